import { describe, expect, it } from 'vitest';
import { generationLines } from '../../../src/output/text/agents/generations.js';

const takenAt = '2026-01-15T10:00:00.000Z';
const of = (leader: number) => ({
  ...{ leader, server: 'x-mcp', count: 2, olderRssBytes: 5_000_000, older: [leader + 1] },
});

describe('the lines about generations', () => {
  it('name the host where it is no agent, and are silent about a time that is not known', () => {
    expect(generationLines({ takenAt, generations: [{ ...of(7), host: 'Zed' }] })).toEqual([
      'Zed(7) runs 2 generations of the same MCP server, x-mcp: the older one holds 5 MB RSS',
    ]);
  });

  it('sum up all but the four largest', () => {
    const lines = generationLines({ takenAt, generations: [1, 2, 3, 4, 5, 6].map(of) });
    expect(lines).toHaveLength(5);
    expect(lines[4]).toBe('2 more MCP servers with 2 older generations, which hold 10 MB RSS (sesswatch ps --json)');
  });

  it('let no control characters of a name through', () => {
    const [line] = generationLines({ takenAt, generations: [{ ...of(7), server: 'x\u001b[2J' }] });
    expect(line).not.toContain('\u001b');
  });

  it('are none where nothing runs twice', () => {
    expect(generationLines({ takenAt })).toEqual([]);
  });
});
