import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../src/process/record.js';
import type { Scan } from '../../src/process/scan.js';
import { createProcfsSource } from '../../src/process/sources/procfs/procfs.js';
import { createProcessTable } from '../../src/process/table.js';
import type { ExecuteDeps } from '../../src/reap/execute/execute.js';
import type { Leftover } from '../../src/run/document.js';
import { leftoverTargets, reapLeftovers } from '../../src/run/reap-leftovers.js';
import type { JudgedTable } from '../../src/verdict/judgement.js';
import { isAlive, openStage, type Stage } from '../kit/processes.js';
import { runOnStage } from '../kit/runs.js';

const SELF = { pid: 10, uid: 1000 };

function judgedOf(scan: Scan): JudgedTable {
  return { table: createProcessTable(scan), members: new Map(), judgements: new Map(), notes: [] };
}

function tableOf(...rows: readonly Partial<ProcessRecord>[]): JudgedTable {
  return judgedOf({
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
      ...row,
    })),
  });
}

const left = (pid: number, depth = 0): Leftover => ({
  process: { pid, startTime: String(pid) },
  foundBy: 'tree',
  how: '',
  depth,
  expected: false,
});

describe('leftoverTargets', () => {
  const me = { pid: SELF.pid };

  it('makes a tree of each root with what is below it', () => {
    const judged = tableOf(me, { pid: 20 }, { pid: 21, ppid: 20 }, { pid: 30 });
    const { targets, kept } = leftoverTargets([left(20), left(21, 1), left(30)], judged, SELF, {});
    expect(targets.map((target) => target.processes.map(({ identity }) => identity.pid))).toEqual([
      [20, 21],
      [30],
    ]);
    expect(kept).toEqual([]);
  });

  it.each([
    ['another process has its pid', { startTime: '99' }],
    ['it is a zombie', { state: 'Z' }],
  ])('has no target when %s by now', (_, fields) => {
    expect(leftoverTargets([left(20)], tableOf(me, { pid: 20, ...fields }), SELF, {})).toEqual({
      targets: [],
      kept: [],
    });
  });

  it.each([
    ['another user', { uid: 0, user: 'root' }, {}, /belongs to another user/],
    ['an unknown user', { uid: undefined }, {}, /user could not be read/],
    ['a protect rule', {}, { protectedBy: () => 'cwd /srv' }, /protected by cwd \/srv/],
  ])('refuses a whole tree for %s in it', (_, fields, facts, reason) => {
    const judged = tableOf(me, { pid: 20 }, { pid: 21, ppid: 20, ...fields });
    const { targets, kept } = leftoverTargets([left(20), left(21, 1)], judged, SELF, facts);
    expect(targets).toEqual([]);
    expect(kept.find(({ pid }) => pid === 21)?.reason).toMatch(reason);
  });

  it('never ends what sesswatch runs under', () => {
    const judged = tableOf({ pid: 5 }, { pid: SELF.pid, ppid: 5 });
    const { targets, kept } = leftoverTargets([left(5)], judged, SELF, {});
    expect(targets).toEqual([]);
    expect(kept).toEqual([{ pid: 5, reason: 'sesswatch runs below it' }]);
  });
});

describe('reapLeftovers', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());

  it('ends the tree that a command left, and only that', async () => {
    await stage.start({ script: { name: 'bystander' } });
    const source = createProcfsSource({
      selfPid: process.pid,
      machine: { hostname: os.hostname(), platform: process.platform },
      markers: new Set(),
      now: Date.now,
    });
    const deps: ExecuteDeps = {
      survey: async () => judgedOf(await source.scan()),
      scan: () => source.scan(),
      kill: process.kill,
      now: () => performance.now(),
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      record: () => {},
      self: { pid: process.pid, uid: process.getuid?.() },
      facts: {},
      graceSeconds: 1,
    };
    const background = 'exec 0<&- 1>&- 2>&-; sleep 300 & sleep 301 & wait';
    const report = await runOnStage(stage, ['sh', '-c', `setsid sh -c "${background}" & sleep 0.2`], {
      reap: (leftovers) => reapLeftovers(leftovers, source, deps),
    });
    expect(report.leftovers.length).toBeGreaterThanOrEqual(3);
    expect(report.reaped).toMatchObject({ ended: report.leftovers.length, survivors: [], kept: [] });
    for (const { process: one } of report.leftovers) {
      expect(isAlive({ pid: one.pid, startTime: one.startTime ?? '' })).toBe(false);
    }
    expect(isAlive(stage.seen('bystander'))).toBe(true);
  });
});
