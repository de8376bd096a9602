import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/reap/plan/policy/policy.js';
import type { Generation, JudgedTable } from '../../../src/verdict/judgement.js';
import { HOUR, judgedTable, NOW, type Row, SELF } from '../kit/judged.js';

const LIVE = {
  verdict: 'live',
  owner: { kind: 'agent', name: 'claude', pid: 100 },
  reason: 'works for claude(100)',
} as const;
const server = (pid: number, more: Partial<Row> = {}): Row => ({
  ...{ pid, ppid: 100, role: 'mcp-server', leader: 100, argv: ['x-mcp'], startedAt: NOW - 5 * HOUR * 1000 },
  judged: LIVE,
  ...more,
});
const ROWS: readonly Row[] = [
  { pid: 100, ppid: 40, role: 'session', judged: { verdict: 'live', reason: 'works for bash(40)' } },
  server(110),
  server(111, { ppid: 110 }),
  server(120),
];
const GENERATION: Generation = {
  ...{ leader: 100, agent: 'claude', server: 'x-mcp', count: 2, olderRssBytes: 1, older: [110] },
  newestStartedAt: NOW - 2 * HOUR * 1000,
  unused: [{ pid: 110, because: 'its stdin is closed' }],
};

function planOf(policy: Partial<Policy>, generation: Partial<Generation> = {}, rows = ROWS) {
  const judged: JudgedTable = { ...judgedTable(rows), generations: [{ ...GENERATION, ...generation }] };
  return plan(judged, { ...DEFAULT_POLICY, ...policy }, SELF);
}

const ended = (made: ReturnType<typeof planOf>) =>
  made.targets.map(({ cause, processes }) => [cause, ...processes.map(({ identity }) => identity.pid)]);

const ASKED = { include: ['generations'] } as const;

describe('an older generation of an MCP server under a live agent', () => {
  it('stays by default, and the plan says which flag ends it', () => {
    const made = planOf({});
    expect(made.targets).toEqual([]);
    expect(made.kept).toMatchObject([
      {
        identity: { pid: 110 },
        reason: 'is an older generation of x-mcp under claude(100): its stdin is closed',
        liftedBy: '--include generations',
      },
    ]);
  });

  it('goes when asked, with all that belongs to it and nothing of the newest', () => {
    const made = planOf(ASKED);
    expect(ended(made)).toEqual([['older-generation', 110, 111]]);
    expect(made.targets[0]?.reason).toContain('its stdin is closed');
  });

  it.each<[string, Partial<Policy>, Partial<Generation>, readonly Row[]]>([
    ['that is in use', ASKED, { unused: [] }, ROWS],
    ['whose newer one began a minute ago', ASKED, { newestStartedAt: NOW - 60_000 }, ROWS],
    ['whose newer one began nobody knows when', ASKED, { newestStartedAt: undefined }, ROWS],
    ['when other things are asked for', { include: ['idle', 'superseded', 'leftover'] }, {}, ROWS],
    [
      'that is protected',
      ASKED,
      {},
      ROWS.map((row) =>
        row.pid === 110
          ? { ...row, judged: { ...LIVE, vetoes: [{ kind: 'traced' as const, value: '7', text: 'is traced' }] } }
          : row,
      ),
    ],
  ])('%s stays', (_, policy, generation, rows) => {
    expect(ended(planOf(policy, generation, rows))).toEqual([]);
  });

  it('named alone stays, named and asked for goes', () => {
    expect(ended(planOf({ pids: [110], idleSeconds: 0 }))).toEqual([]);
    expect(ended(planOf({ ...ASKED, pids: [110], idleSeconds: 0 }))).toEqual([['older-generation', 110, 111]]);
  });
});
