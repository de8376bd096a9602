import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLastRun } from '../../src/reap/journal/read.js';
import { reap } from '../../src/reap/reap.js';
import type { Leftover, RunReap } from '../../src/run/document.js';
import { treesLeft, whatWasEnded } from '../../src/run/end-leftovers.js';
import { isAlive, openStage, type Stage } from '../kit/processes.js';
import { runOnStage } from '../kit/runs.js';
import { NOW_POLICY, openWorld } from '../reap/kit/world.js';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});
afterEach(() => stage.close());

it('leftovers are trees: each root with what is below it', () => {
  const left = (pid: number, depth: number): Leftover => ({
    process: { pid, startTime: String(pid) },
    foundBy: 'tree',
    how: '',
    depth,
    expected: false,
  });
  const trees = treesLeft([left(20, 0), left(21, 1), left(22, 2), left(30, 0)]);
  expect(trees.map(({ processes }) => processes.map(({ pid }) => pid))).toEqual([[20, 21, 22], [30]]);
});

describe('ending what a command left', () => {
  const background = 'exec 0<&- 1>&- 2>&-; sleep 300 & sleep 301 & wait';

  it('ends its tree and only that, and the journal tells it as any reap', async () => {
    await stage.start({ script: { name: 'bystander' } });
    const { deps } = openWorld(stage.folder, { kill: (pid, signal) => void process.kill(pid, signal) });
    const end = async (leftovers: readonly Leftover[]): Promise<RunReap> => {
      const choice = { kind: 'given', trees: treesLeft(leftovers) } as const;
      return whatWasEnded(await reap(deps, NOW_POLICY, { dryRun: false, action: 'run', choice }));
    };
    const report = await runOnStage(stage, ['sh', '-c', `setsid sh -c "${background}" & sleep 0.2`], {
      reap: end,
    });
    expect(report.leftovers.length).toBeGreaterThanOrEqual(3);
    expect(report.reaped).toMatchObject({ ended: report.leftovers.length, survivors: [], kept: [] });
    for (const { process: one } of report.leftovers) {
      expect(isAlive({ pid: one.pid, startTime: one.startTime ?? '' })).toBe(false);
    }
    expect(isAlive(stage.seen('bystander'))).toBe(true);
    const run = readLastRun(deps.stateFolder);
    expect(run?.start?.action).toBe('run');
    expect(run?.targets).toMatchObject([{ cause: 'left-by-command', reason: 'left behind by the command' }]);
    expect(run?.outcomes).toHaveLength(report.leftovers.length);
    expect(run?.end).toMatchObject({ survivors: 0 });
  });
});
