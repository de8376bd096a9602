import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../src/errors.js';
import { execute } from '../../../src/reap/execute/execute.js';
import { readLastRun } from '../../../src/reap/journal/read.js';
import { plan } from '../../../src/reap/plan/plan.js';
import type { Policy } from '../../../src/reap/plan/policy/policy.js';
import { aroundAgents, withUsers } from '../../../src/reap/plan/users.js';
import type { ReapDeps, ReapOptions, ReapResult } from '../../../src/reap/reap.js';
import { eventually, isAlive, openStage, type Stage } from '../../kit/processes.js';
import { outcome, reapIn, results, seenNow } from '../kit/reaps.js';
import { startTree } from '../kit/trees.js';
import { NOW_POLICY, openWorld, type World } from '../kit/world.js';

const LOOP = 'while :; do sleep 0.2; done';
const STUBBORN = `trap '' TERM; ${LOOP}`;

let stage: Stage;
let world: World;
beforeEach(() => {
  stage = openStage();
  world = openWorld(stage.folder);
});
afterEach(() => stage.close());

const run = (options?: Partial<ReapOptions>, policy?: Partial<Policy>): Promise<ReapResult> =>
  reapIn(world, options, policy);

describe('what goes wrong on the way', () => {
  it('stops signalling when the table cannot be read between two steps, and still verifies', async () => {
    const [root = 0] = await startTree(stage, STUBBORN, 1);
    world.marks.push({ pid: root });
    world.beforeSurvey = (number) => {
      if (number === 3) throw new Error('out of descriptors');
    };
    const result = await run();
    expect(result).toMatchObject({
      kind: 'reaped',
      execution: { stopped: { why: 'scan-failed', detail: 'out of descriptors' } },
    });
    expect(results(result).get(root)).toBe('survived');
    expect(world.signals.map(({ signal }) => signal)).not.toContain('SIGKILL');
    expect(isAlive(seenNow(root))).toBe(true);
  });

  it('a scan that fails while waiting changes nothing', async () => {
    const [root = 0] = await startTree(stage, STUBBORN, 1);
    world.marks.push({ pid: root });
    const { source } = world.deps;
    let scans = 0;
    const flaky = {
      ...source,
      scan: () => (++scans % 2 === 0 ? Promise.reject(new Error('flaky')) : source.scan()),
    };
    world = { ...world, deps: { ...world.deps, source: flaky } };
    expect((await run()).document).toMatchObject({ survivors: 0 });
  });

  it('an interruption stops the ladder, verifies what was done, and is on record', async () => {
    const [root = 0] = await startTree(stage, STUBBORN, 1);
    await stage.start({ script: { name: 'obedient' } });
    const obedient = stage.seen('obedient').pid;
    world.marks.push({ pid: root }, { pid: obedient });
    const control = new AbortController();
    world = {
      ...world,
      deps: {
        ...world.deps,
        abort: control.signal,
        pace: { agentsMs: 5000, settleMs: 60, killedMs: 2000, interruptedMs: 300 },
      },
    };
    const ended = run();
    await eventually(() => world.signals.length >= 2, 'the first signals');
    control.abort('SIGTERM');
    const result = await ended;
    expect(result).toMatchObject({
      kind: 'reaped',
      execution: { stopped: { why: 'interrupted', detail: 'SIGTERM' } },
    });
    expect(results(result).get(root)).toBe('survived');
    expect(results(result).get(obedient)).toBe('gone');
    expect(world.signals.map(({ signal }) => signal)).not.toContain('SIGKILL');
    expect(readLastRun(world.deps.stateFolder)?.end?.stopped).toContain('interrupted');
  });

  it('a veto that comes up between two steps keeps the tree from SIGKILL', async () => {
    const [root = 0] = await startTree(stage, STUBBORN, 1);
    world.marks.push({ pid: root });
    world.beforeSurvey = (number) => {
      if (number < 4) return;
      world.marks[0] = {
        pid: root,
        judged: {
          vetoes: [
            {
              kind: 'registry-busy',
              value: 'busy',
              text: 'its registry says busy',
              liftedBy: 'busy-orphan',
            },
          ],
        },
      };
    };
    const result = await run();
    expect(outcome(result, root)).toMatchObject({
      result: 'survived',
      detail: expect.stringContaining('its registry says busy'),
    });
    expect(world.signals.map(({ signal }) => signal)).not.toContain('SIGKILL');
  });

  it('a jump of the wall clock shortens no grace period', async () => {
    const [root = 0] = await startTree(stage, STUBBORN, 1);
    world.marks.push({ pid: root });
    const clock = virtualClock();
    let wall = Date.now();
    let killedAt: number | undefined;
    world.beforeSignal = (_, signal) => {
      wall += 86_400_000;
      if (signal === 'SIGKILL') killedAt ??= clock.now();
    };
    world = { ...world, deps: { ...world.deps, ...clock, wallClock: () => wall } };
    expect((await run()).document).toMatchObject({ survivors: 0 });
    // 400 ms for agents and 400 ms of grace, by the clock that nobody sets.
    expect(killedAt).toBeGreaterThanOrEqual(800);
  });

  it('sends no signal that it cannot record', async () => {
    const [root = 0] = await startTree(stage, LOOP, 1);
    world.marks.push({ pid: root });
    const { deps } = world;
    const judged = await withUsersOf(deps);
    const { targets } = plan(judged, NOW_POLICY, deps.self);
    const { outcomes, stopped } = await execute(targets, judged, {
      ...deps,
      scan: () => deps.source.scan(),
      record() {
        throw new SesswatchError('storage', 'the disk is full', 'free some space');
      },
      graceSeconds: 0.1,
    });
    expect(stopped).toMatchObject({ why: 'journal-failed', detail: 'the disk is full' });
    expect(world.signals).toEqual([]);
    expect(outcomes.every(({ signal }) => signal === undefined)).toBe(true);
    expect(isAlive(seenNow(root))).toBe(true);
  });

  it('of two runs at once one does the work and the other says who does it', async () => {
    const [root = 0] = await startTree(stage, STUBBORN, 1);
    world.marks.push({ pid: root });
    const answers = await Promise.allSettled([run(), run()]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const rejected = answers.find(({ status }) => status === 'rejected');
    expect(rejected).toMatchObject({
      reason: { code: 'locked', message: expect.stringContaining(`(${process.pid})`) },
    });
  });
});

async function withUsersOf(deps: ReapDeps) {
  const judged = await deps.survey();
  return withUsers(judged, aroundAgents(judged), deps.source);
}

/** A clock that moves by waiting alone, while processes get a little real time to end. */
function virtualClock() {
  let now = 0;
  return {
    now: () => now,
    async wait(milliseconds: number) {
      now += milliseconds;
      await new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 20)));
    },
  };
}
