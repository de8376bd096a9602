import { describe, expect, it } from 'vitest';
import { memoryOf, treesOf, treeTotals } from '../../../src/snapshot/document/trees.js';
import { agent } from '../../kit/diff-documents.js';

const tool = (pid: number, fields = {}) =>
  agent(pid, { agent: undefined, sessionId: undefined, role: 'tool', ...fields });
const shapes = (entries: Parameters<typeof treesOf>[0]) =>
  treesOf(entries).map(({ head, members }) => [head.pid, members.map(({ pid }) => pid)]);

describe('treesOf', () => {
  it('puts helpers with the agent that they belong to, and a launcher with what it launched', () => {
    const entries = [
      agent(10, { role: 'launcher', leader: 11 }),
      agent(11, { ppid: 10 }),
      tool(12, { leader: 11, ppid: 1 }),
      tool(13, { leader: undefined, ppid: 12 }),
    ];
    expect(shapes(entries)).toEqual([[11, [10, 11, 12, 13]]]);
  });

  it('gives an agent below an agent a tree of its own, so that sums count nothing twice', () => {
    const entries = [agent(10), tool(11, { leader: 10, ppid: 10 }), agent(12, { ppid: 11 })];
    expect(shapes(entries)).toEqual([
      [10, [10, 11]],
      [12, [12]],
    ]);
  });

  it('heads helpers whose agent is gone by the topmost of them', () => {
    const entries = [tool(20, { leader: undefined, ppid: 1 }), tool(21, { leader: undefined, ppid: 20 })];
    expect(shapes(entries)).toEqual([[20, [20, 21]]]);
  });

  it('leaves out what is no agent and belongs to none', () => {
    expect(shapes([agent(5, { role: undefined, agent: undefined }), agent(6)])).toEqual([[6, [6]]]);
  });

  it('comes to an end where parents go in a circle', () => {
    const entries = [tool(30, { leader: undefined, ppid: 31 }), tool(31, { leader: undefined, ppid: 30 })];
    expect(treesOf(entries).flatMap(({ members }) => members)).toHaveLength(2);
  });
});

describe('the memory of a tree', () => {
  it('is proportional only where all of it could be read', () => {
    const known = [agent(1, { rssBytes: 5, pssBytes: 3 }), agent(2, { rssBytes: 7, pssBytes: 4 })];
    expect(treeTotals(known)).toEqual({ processes: 2, rssBytes: 12, pssBytes: 7 });
    expect(treeTotals([...known, agent(3, { rssBytes: 1 })])).toEqual({ processes: 3, rssBytes: 13 });
  });

  it('is the best that is known of it', () => {
    expect(memoryOf(agent(1, { tree: { processes: 2, rssBytes: 9, pssBytes: 6 } }))).toBe(6);
    expect(memoryOf(agent(1, { tree: { processes: 2, rssBytes: 9 } }))).toBe(9);
    expect(memoryOf(agent(1, { rssBytes: 4, pssBytes: 2 }))).toBe(2);
    expect(memoryOf(agent(1, { rssBytes: undefined }))).toBeUndefined();
  });
});
