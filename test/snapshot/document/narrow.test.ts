import { describe, expect, it } from 'vitest';
import { narrowToHosts } from '../../../src/snapshot/document/narrow.js';
import { agent, snapshot } from '../../kit/diff-documents.js';

const isT3 = (host: string | undefined): boolean => host === 'T3 Code';
const pids = (side: { processes: readonly { pid: number }[] }) => side.processes.map(({ pid }) => pid);

describe('a diff of one host', () => {
  it("leaves a developer's own sessions out of both sides and their totals", () => {
    const rows = [agent(11, { host: 'T3 Code' }), agent(12), { pid: 5, comm: 'bash' }];
    const [before, after] = narrowToHosts([snapshot('a', rows), snapshot('b', rows)], isT3);
    expect([pids(before), pids(after)]).toEqual([
      [11, 5],
      [11, 5],
    ]);
    expect(after.totals).toMatchObject({ agents: 1, byAgent: { claude: 1 } });
  });

  it('keeps an agent that lost its host meanwhile: it is that host that leaked it', () => {
    const sides = narrowToHosts(
      [snapshot('a', [agent(11, { host: 'T3 Code' })]), snapshot('b', [agent(11, { verdict: 'orphan' })])],
      isT3,
    );
    expect(sides.map(pids)).toEqual([[11], [11]]);
  });

  it('takes the generations of what is left', () => {
    const generation = { server: 'x-mcp', count: 2, olderRssBytes: 1e8, older: [7] };
    const side = {
      ...snapshot('a', [agent(11, { host: 'T3 Code' }), agent(12)]),
      generations: [
        { ...generation, leader: 11 },
        { ...generation, leader: 12 },
      ],
    };
    const [{ generations, totals }] = narrowToHosts([side, side], isT3);
    expect([generations?.map(({ leader }) => leader), totals.generations?.count]).toEqual([[11], 1]);
  });

  it('takes helpers with the agent that they belong to', () => {
    const rows = [
      agent(11, { host: 'T3 Code' }),
      agent(12, { role: 'tool', leader: 11, agent: undefined }),
      agent(13, { role: 'tool', leader: 14, agent: undefined }),
    ];
    expect(narrowToHosts([snapshot('a', rows), snapshot('b', [])], isT3).map(pids)).toEqual([[11, 12], []]);
  });
});
