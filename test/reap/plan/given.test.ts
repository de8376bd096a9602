import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../src/process/record.js';
import { createProcessTable } from '../../../src/process/table.js';
import type { PlanFacts } from '../../../src/reap/plan/context.js';
import { type Given, givenTrees } from '../../../src/reap/plan/given.js';
import { DEFAULT_POLICY } from '../../../src/reap/plan/policy/policy.js';
import type { JudgedTable } from '../../../src/verdict/judgement.js';
import { protectRule } from '../../verdict/rows.js';

const SELF = { pid: 10, uid: 1000 };

function tableOf(...rows: readonly Partial<ProcessRecord>[]): JudgedTable {
  const table = createProcessTable({
    source: 'procfs',
    takenAt: 0,
    machine: { bootId: 'boot' },
    complete: true,
    problems: [],
    processes: rows.map((row) => ({
      pid: 0,
      ppid: 1,
      uid: 1000,
      startTime: String(row.pid),
      state: 'S',
      argv: ['node'],
      ...row,
    })),
  });
  return { table, members: new Map(), judgements: new Map(), notes: [] };
}

const left = (...pids: readonly number[]): Given => ({
  processes: pids.map((pid) => ({ pid, startTime: String(pid) })),
  reason: 'left behind by the command',
});

function planOf(judged: JudgedTable, trees: readonly Given[], facts: PlanFacts = {}) {
  return givenTrees(judged, DEFAULT_POLICY, trees, { self: SELF, facts });
}

describe('a plan of given trees', () => {
  const me = { pid: SELF.pid };

  it('has a target for each tree', () => {
    const judged = tableOf(me, { pid: 20 }, { pid: 21, ppid: 20 }, { pid: 30 });
    const { targets, kept } = planOf(judged, [left(20, 21), left(30)]);
    expect(targets.map((target) => target.processes.map(({ identity }) => identity.pid))).toEqual([[20, 21], [30]]);
    expect(kept).toEqual([]);
  });

  it.each([
    ['another process has its pid', { startTime: '99' }],
    ['it is a zombie', { state: 'Z' }],
  ])('has no target when %s by now', (_, fields) => {
    expect(planOf(tableOf(me, { pid: 20, ...fields }), [left(20)])).toMatchObject({
      targets: [],
      kept: [],
    });
  });

  it.each([
    ['another user', { uid: 0, user: 'root' }, {}, /belongs to another user/],
    ['an unknown user', { uid: undefined }, {}, /user could not be read/],
    [
      'a protect rule',
      { exe: '/srv/x' },
      { protect: [[protectRule('exe', '/srv/**')]] },
      /protect rule exe=\/srv.* covers it/,
    ],
  ])('keeps a whole tree for %s in it', (_, fields, facts, reason) => {
    const judged = tableOf(me, { pid: 20 }, { pid: 21, ppid: 20, ...fields });
    const { targets, kept } = planOf(judged, [left(20, 21)], facts);
    expect(targets).toEqual([]);
    expect(kept.find(({ identity }) => identity.pid === 21)?.reason).toMatch(reason);
  });

  it('never ends what sesswatch runs under', () => {
    const judged = tableOf({ pid: 5 }, { pid: SELF.pid, ppid: 5 });
    const { targets, kept } = planOf(judged, [left(5)]);
    expect(targets).toEqual([]);
    expect(kept).toMatchObject([{ identity: { pid: 5 }, reason: 'this program runs below it' }]);
  });
});
