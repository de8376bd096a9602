import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunReport, runExitCode } from '../../src/run/document.js';
import { isAlive, openStage, type Stage } from '../kit/processes.js';
import { runOnStage, SUBREAPERS } from '../kit/runs.js';

const exitCode = (report: RunReport): number => runExitCode(report, os.constants.signals);
const foundBy = (report: RunReport): string[] => report.leftovers.map((leftover) => leftover.foundBy);
const BACKGROUND = 'exec 1>&- 2>&- 0<&-; exec sleep 300';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});
afterEach(() => stage.close());

// Each way of starting the command must tell the same of it.
const starters = [
  ['node itself', []] as const,
  ...SUBREAPERS.filter((one, at, all) => all.findIndex((other) => other.name === one.name) === at).map(
    (one) => [`a subreaper held by ${one.name}`, [one]] as const,
  ),
];

describe.each(starters)('a command started by %s', (_, subreapers) => {
  it('that leaves nothing passes', async () => {
    const report = await runOnStage(stage, ['sh', '-c', 'sleep 0.01 & wait'], { subreapers });
    expect(report.end).toEqual({ kind: 'exited', code: 0 });
    expect(report.leftovers).toEqual([]);
    expect(report.unattributed).toEqual([]);
    expect(exitCode(report)).toBe(0);
  });

  it('that leaves a child fails with 1, and names it', async () => {
    const report = await runOnStage(stage, ['sh', '-c', `(${BACKGROUND}) & sleep 0.1`], { subreapers });
    expect(report.leftovers).toMatchObject([{ depth: 0, process: { comm: 'sleep' } }]);
    expect(report.leftovers[0]?.process.rssBytes).toBeGreaterThan(0);
    expect(exitCode(report)).toBe(1);
  });

  it('that failed keeps its own code, leak or no leak', async () => {
    const report = await runOnStage(stage, ['sh', '-c', `(${BACKGROUND}) & exit 7`], { subreapers });
    expect(report.end).toEqual({ kind: 'exited', code: 7 });
    expect(report.leftovers).toHaveLength(1);
    expect(exitCode(report)).toBe(7);
  });

  it('that a signal ended passes the signal on', async () => {
    const report = await runOnStage(stage, ['sh', '-c', 'kill -SEGV $$'], { subreapers });
    expect(report.end).toEqual({ kind: 'signalled', signal: 'SIGSEGV' });
    expect(exitCode(report)).toBe(128 + 11);
  });

  it.each([
    ['is not found', './no-such-command', 127],
    ['is not executable', import.meta.filename, 126],
  ])('that %s exits as shells do', async (_case, command, code) => {
    const report = await runOnStage(stage, [command], { subreapers });
    expect(report.end).toMatchObject({ kind: 'not-started', code });
    expect(exitCode(report)).toBe(code);
  });

  it('receives arguments, folder and environment unchanged, and this run’s id', async () => {
    const file = path.join(stage.folder, 'told.json');
    const script = `require('fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify({ argv: process.argv.slice(1), cwd: process.cwd(), env: process.env }))`;
    const env = { PATH: process.env.PATH, A: 'ä b', LANG: 'xx_XX.UTF-8' };
    const report = await runOnStage(stage, [process.execPath, '-e', script, '', 'a b', '$x', 'ä'], {
      subreapers,
      env,
      cwd: stage.folder,
    });
    const told = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    expect(told).toEqual({
      argv: ['', 'a b', '$x', 'ä'],
      cwd: stage.folder,
      env: { ...env, SESSWATCH_RUN_ID: report.runId },
    });
  });

  it('is sent the signals that sesswatch is sent', async () => {
    const ready = path.join(stage.folder, 'ready');
    const script = `trap "exit 9" TERM; : > '${ready}'; while :; do sleep 0.02; done`;
    const report = await runOnStage(stage, ['sh', '-c', script], {
      subreapers,
      forwardSignals: (forward) => {
        const timer = setInterval(() => {
          if (existsSync(ready)) forward('SIGTERM', false);
        }, 5);
        return () => clearInterval(timer);
      },
    });
    expect(report.end).toEqual({ kind: 'exited', code: 9 });
  });

  it('that double-forks with a session of its own and clears its group is found', async () => {
    const report = await runOnStage(
      stage,
      ['sh', '-c', `setsid sh -c 'setsid sh -c "${BACKGROUND}" & exit 0' & wait`],
      { subreapers },
    );
    expect(report.leftovers).toHaveLength(1);
    expect(exitCode(report)).toBe(1);
  });

  it('that starts 500 short-lived children passes', async () => {
    const report = await runOnStage(
      stage,
      ['sh', '-c', 'i=0; while [ $i -lt 500 ]; do /bin/true & i=$((i+1)); done; wait'],
      { subreapers },
    );
    expect(report.leftovers).toEqual([]);
    expect(exitCode(report)).toBe(0);
  });
});

describe('what left unseen', () => {
  const leaveUnseen = `setsid setsid env -i /bin/sh -c "${BACKGROUND}" & exit 0`;
  it.skipIf(SUBREAPERS.length === 0)('is found under a subreaper even with a cleared environment', async () => {
    const report = await runOnStage(stage, ['sh', '-c', leaveUnseen], { subreapers: SUBREAPERS });
    expect(report.leftovers).toHaveLength(1);
    expect(report.notes).toEqual([]);
    expect(report.detection).toContainEqual(expect.objectContaining({ way: 'subreaper', available: true }));
  });

  it('is found in the tree, or named as not attributable, without one', async () => {
    const report = await runOnStage(stage, ['sh', '-c', leaveUnseen]);
    const ours = report.unattributed.filter((one) => one.argv?.join(' ') === 'sleep 300');
    for (const one of ours) {
      if (one.startTime !== undefined) stage.register({ pid: one.pid, startTime: one.startTime });
    }
    // Other programs of this machine may have started daemons meanwhile.
    expect(report.leftovers.length + report.unattributed.length).toBeGreaterThan(0);
    expect(report.notes.join()).toMatch(/clears its environment.*cannot be found/);
  });

  it('is found by the cookie when it left before the first look', async () => {
    const report = await runOnStage(stage, ['sh', '-c', `setsid setsid sh -c "${BACKGROUND}" & exit 0`]);
    expect(report.leftovers).toHaveLength(1);
    expect(['cookie', 'tree', 'session', 'group']).toContain(foundBy(report)[0]);
  });

  it('of a run within a run is found by the outer one too', async () => {
    const report = await runOnStage(stage, [
      'sh',
      '-c',
      `SESSWATCH_RUN_ID=$SESSWATCH_RUN_ID,inner setsid setsid sh -c "${BACKGROUND}" & exit 0`,
    ]);
    expect(report.leftovers).toHaveLength(1);
  });
});

describe('a leak test', () => {
  it('never takes what existed before for a leftover', async () => {
    await stage.start({ script: { name: 'before' } });
    const report = await runOnStage(stage, ['true']);
    expect(report.leftovers).toEqual([]);
    expect(isAlive(stage.seen('before'))).toBe(true);
  });

  it('hands only what leaked to the reaper, and reports what came of it', async () => {
    const report = await runOnStage(stage, ['sh', '-c', `(${BACKGROUND}) & sleep 0.05`], {
      reap: async (leftovers) => {
        for (const { process: left } of leftovers) process.kill(left.pid, 'SIGKILL');
        return { ended: leftovers.length, survivors: [], kept: [], heldBytes: 0 };
      },
    });
    expect(report.reaped?.ended).toBe(1);
    expect(exitCode(report)).toBe(1);
  });

  it('saves before the command starts and after it settled', async () => {
    const order: string[] = [];
    const report = await runOnStage(stage, ['true'], {
      save: async (when) => {
        order.push(when);
        return `id-${when}`;
      },
    });
    expect(order).toEqual(['before', 'after']);
    expect(report.saved).toEqual({ before: 'id-before', after: 'id-after' });
  });

  it('reports at once when a signal comes while it settles', async () => {
    let ended = false;
    const report = await runOnStage(stage, ['sh', '-c', `(${BACKGROUND}) & sleep 0.05`], {
      settleMs: 600_000,
      forwardSignals: (forward) => {
        const timer = setInterval(() => {
          if (ended) forward('SIGINT', true);
        }, 50);
        setTimeout(() => {
          ended = true;
        }, 300);
        return () => clearInterval(timer);
      },
    });
    expect(report.settled).toBe(false);
    expect(report.leftovers).toHaveLength(1);
  });
});
