import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diffSnapshots, hasLeak } from '../../src/snapshot/diff/diff.js';
import type { SnapshotDiff } from '../../src/snapshot/diff/document.js';
import { parseExpectation } from '../../src/snapshot/diff/expectation.js';
import { openStage, type Stage } from '../kit/processes.js';
import { snapshotOf, startT3, type T3Host } from './host.js';

// The nine cases of the T3 Code leak investigation: what a pair of labelled snapshots says of the host before and
// after its fix.

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});
afterEach(() => stage.close());

/** The pair of snapshots around what the host is told. */
async function around(expectation: string, act: () => Promise<unknown>): Promise<SnapshotDiff> {
  const before = await snapshotOf(stage, 'before');
  await act();
  const after = await snapshotOf(stage, 'after');
  return diffSnapshots(before, after, [parseExpectation(expectation)]);
}

const pidsOf = (threads: Awaited<ReturnType<T3Host['tell']>>) => threads.map((thread) => thread.pid);
const leaked = (diff: SnapshotDiff) => diff.leaks.map((leak) => leak.process.pid);

describe.each([
  ['before its fix', true],
  ['after its fix', false],
])('T3 Code %s', (_, leak) => {
  const variant = leak ? ['--leak'] : [];

  it('A1: archives one thread', async () => {
    const host = await startT3(stage, variant);
    const [started] = await host.tell('start t1');
    const archived = await around('claude=0', () => host.tell('archive t1'));
    const [resumed] = await host.tell('resume t1');
    expect(hasLeak(archived)).toBe(leak);
    expect(leaked(archived)).toEqual(leak ? [started?.pid] : []);
    expect(resumed?.session).toBe(started?.session);
    expect(resumed?.pid === started?.pid).toBe(leak);
  });

  it('A2: archives five threads, one after the other', async () => {
    const host = await startT3(stage, variant);
    const names = ['t1', 't2', 't3', 't4', 't5'];
    for (const name of names) await host.tell(`start ${name}`);
    const ready = await snapshotOf(stage, 'ready');
    const counts = [ready.processes.length];
    for (const name of names) {
      await host.tell(`archive ${name}`);
      counts.push((await snapshotOf(stage, 'step')).processes.length);
    }
    expect(counts).toEqual(leak ? [5, 5, 5, 5, 5, 5] : [5, 4, 3, 2, 1, 0]);
    const diff = diffSnapshots(ready, await snapshotOf(stage, 'after'), [parseExpectation('claude=0')]);
    expect(hasLeak(diff)).toBe(leak);
    expect(leaked(diff)).toEqual(leak ? ready.processes.map((process) => process.pid) : []);
  });

  it('A3: deletes a thread, the control', async () => {
    const host = await startT3(stage, variant);
    await host.tell('start t1');
    const diff = await around('claude=0', () => host.tell('delete t1'));
    expect(diff.gone).toHaveLength(1);
    expect(hasLeak(diff)).toBe(false);
  });

  it.each([
    ['C1', 'effort t1 low', 'equals'],
    ['C2', 'model t1 claude-opus-4-6', 'equals'],
    ['C3', 'mode t1 acceptEdits', 'blank'],
  ])('%s: %s, with flags written %s', async (_case, command, flags) => {
    const host = await startT3(stage, [...variant, '--flags', flags]);
    const [started] = await host.tell('start t1');
    const diff = await around('claude=1', () => host.tell(command));
    expect(diff.moved).toMatchObject([{ sessionId: started?.session, kept: leak ? [started?.pid] : [] }]);
    expect(diff.totals.after.byAgent.claude?.count).toBe(leak ? 2 : 1);
    expect(hasLeak(diff)).toBe(leak);
    expect(diff.leaks[0]).toEqual(
      leak
        ? expect.objectContaining({
            reason: 'superseded',
            process: expect.objectContaining({ pid: started?.pid }),
          })
        : undefined,
    );
  });

  it('D1: stops and starts the server', async () => {
    const host = await startT3(stage, variant);
    const [started] = await host.tell('start t1');
    const stopped = await around('claude=0', () => host.exit());
    expect(hasLeak(stopped)).toBe(false);
    const again = await startT3(stage, variant);
    const diff = await around('claude=1', () => again.tell('resume t1'));
    expect(hasLeak(diff)).toBe(false);
    expect(diff.appeared).toMatchObject([{ sessionId: started?.session }]);
    expect(diff.appeared[0]?.pid).not.toBe(started?.pid);
  });

  it('D2: exits cleanly', async () => {
    const host = await startT3(stage, variant);
    await host.tell('start t1');
    await host.tell('start t2');
    const diff = await around('claude=0', () => host.exit());
    expect(diff.gone).toHaveLength(2);
    expect(hasLeak(diff)).toBe(false);
  });

  it('B1: sweeps what is idle beyond the threshold, and only that', async () => {
    const host = await startT3(stage, [...variant, '--idle-after', '0']);
    await host.tell('start idle');
    await host.tell('start busy');
    const [idle, busy] = pidsOf(await host.tell('busy busy'));
    const diff = await around('claude=1', () => host.tell('idle-reap'));
    expect(hasLeak(diff)).toBe(leak);
    expect(diff.gone.map((process) => process.pid)).toEqual(leak ? [] : [idle]);
    expect(diff.stayed.map((one) => one.process.pid)).toEqual(leak ? [idle, busy] : [busy]);
    // One of the two was expected to stay; which, a count alone cannot say.
    expect(leaked(diff)).toEqual(leak ? [idle, busy] : []);
  });
});
