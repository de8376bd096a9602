import { describe, expect, it } from 'vitest';
import { agreedOf, mayStillSignal } from '../../../src/reap/execute/second-look.js';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/reap/plan/policy/policy.js';
import { HOUR, helperOf, judgedTable, ORPHAN, type Row, SELF } from '../kit/judged.js';

/** `npx` above an agent in mid-turn, both without an owner. */
const UNDER_NPX: readonly Row[] = [
  { pid: 100, role: 'launcher', comm: 'npm exec claude', judged: ORPHAN, leader: 101 },
  { pid: 101, ppid: 100, role: 'session', judged: { ...ORPHAN, idleSeconds: undefined, work: 'working' } },
  { pid: 102, ppid: 101, role: 'mcp-server', judged: helperOf(101), leader: 101 },
];

function planOf(rows: readonly Row[], policy: Partial<Policy> = {}) {
  return plan(judgedTable(rows), { ...DEFAULT_POLICY, ...policy }, SELF);
}

describe('the cause of a tree', () => {
  it('is work anywhere in it, whatever its root is, and the flag that is named ends it', () => {
    const { targets, kept } = planOf(UNDER_NPX);
    expect(targets).toEqual([]);
    expect(kept.find(({ identity }) => identity.pid === 101)).toMatchObject({
      kind: 'at-work',
      liftedBy: '--include busy-orphan',
    });
    const asked = planOf(UNDER_NPX, { include: ['busy-orphan'] });
    expect(asked.targets).toMatchObject([{ cause: 'busy-orphan', root: { identity: { pid: 100 } } }]);
    expect(asked.targets[0]?.subject.identity.pid).toBe(101);
    expect(asked.targets[0]?.processes).toHaveLength(3);
    const answers = mayStillSignal(asked.targets.map(agreedOf), {
      judged: judgedTable(UNDER_NPX),
      policy: asked.policy,
      self: SELF,
      facts: {},
      argvOf: ({ argv }) => argv,
    });
    expect(answers).toMatchObject([{ kind: 'ok', target: { cause: 'busy-orphan' } }]);
  });

  it('a burning tree is offered for its CPU when nobody owns it', () => {
    const runaway = { cpuPercent: 98, since: 0, seconds: 3 * HOUR };
    const burning: Row = { pid: 100, role: 'session', judged: { ...ORPHAN, work: 'working', runaway } };
    const policy = { budgets: { cpuPercentFor: { percent: 50, seconds: 300 } } };
    expect(planOf([burning], policy).targets).toMatchObject([{ cause: 'over-cpu' }]);
    const owned: Row = {
      ...burning,
      judged: { verdict: 'live', runaway, owner: { kind: 'terminal', name: 'pts/1' } },
    };
    expect(planOf([owned], policy).targets).toEqual([]);
  });
});

describe('what is asked for by the pid of any process of its tree', () => {
  it.each([
    ['the agent', 101],
    ['its launcher', 100],
    ['its MCP server', 102],
  ])('is the tree of %s', (_, pid) => {
    const made = planOf(UNDER_NPX, { pids: [pid] });
    expect(made.targets.map(({ processes }) => processes.map(({ identity }) => identity.pid))).toEqual([
      [100, 101, 102],
    ]);
  });

  it('is an agent that nothing shows to be lost, and never one that somebody may own', () => {
    const left: Row = { pid: 100, role: 'server', judged: { verdict: 'unknown', ownerlessSince: 1 } };
    expect(planOf([left]).kept).toMatchObject([{ kind: 'not-lost', liftedBy: '--pid 100' }]);
    expect(planOf([left], { pids: [100] }).targets).toMatchObject([{ cause: 'named' }]);
    const notKnown: Row = { pid: 100, role: 'server', judged: { verdict: 'unknown' } };
    expect(planOf([notKnown], { pids: [100] }).targets).toEqual([]);
    const traced: Row = { ...left, detail: { tracerPid: 7 } };
    expect(planOf([traced], { pids: [100] }).targets).toEqual([]);
  });
});
