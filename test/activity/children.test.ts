import { describe, expect, it } from 'vitest';
import { type ChildMark, type ChildReading, childrenAtWork } from '../../src/activity/children.js';

const at = (seconds: number) => ({ at: seconds * 1000, awakeSeconds: seconds });
const child = (cpuSeconds: number | undefined, ioBytes: number | undefined): ChildReading => ({
  ...{ id: '7/1', name: 'server(7)', isToolCall: false, holdsTerminal: false, cpuSeconds, ioBytes },
});

/** The looks at one child, one after the other; answers with the mark of the last. */
function looks(...readings: readonly (readonly [number, ChildReading])[]): ChildMark | undefined {
  let marks: readonly ChildMark[] | undefined;
  for (const [seconds, reading] of readings) marks = childrenAtWork([reading], marks, at(seconds)).marks;
  return marks?.[0];
}

describe('since when a child of an agent is still', () => {
  it.each<[string, ChildMark | undefined, number | undefined]>([
    ['the first look, when it has not moved since', looks([0, child(1, 1)], [90, child(1, 1)], [200, child(1, 1)]), 0],
    ['the look that saw it move', looks([0, child(1, 1)], [90, child(9, 1)], [200, child(9, 1)]), 90],
    ['the look that saw it move data', looks([0, child(1, 1)], [90, child(1, 1e6)], [200, child(1, 1e6)]), 90],
    ['the look that saw one short call', looks([0, child(1, 1)], [90, child(1, 90)], [200, child(1, 90)]), 90],
    ['nobody knows, where its data is not read', looks([0, child(1, undefined)], [90, child(1, undefined)]), undefined],
    ['this look, when it is the first', looks([5, child(1, 1)]), 5],
  ])('is %s', (_, mark, since) => {
    expect(mark?.stillSince?.at).toBe(since === undefined ? undefined : since * 1000);
  });
});
