import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Scan } from '../../../src/process/scan.js';
import { readHistory, readLastRun } from '../../../src/reap/journal/read.js';
import type { Policy } from '../../../src/reap/plan/policy/policy.js';
import type { ReapOptions, ReapResult } from '../../../src/reap/reap.js';
import { eventually, isAlive, openStage, type Stage, statOf } from '../../kit/processes.js';
import { outcome, reapIn, results, seenNow } from '../kit/reaps.js';
import { onStage, startTree, tell } from '../kit/trees.js';
import { openWorld, type World } from '../kit/world.js';

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

describe('ending real trees', () => {
  it('ends a wide and deep tree to the last process, those in sessions of their own too', async () => {
    const deep = 'd() { if [ $1 -gt 0 ]; then (d $(($1 - 1)); sleep 120) & fi; wait; }';
    const wide = 'for i in $(seq 30); do sleep 120 & done; for i in $(seq 5); do setsid sleep 120 & done';
    const pids = await startTree(stage, `${deep}; d 10 & ${wide}; wait`, 46);
    world.marks.push({ pid: pids[0] ?? 0 });
    const bystander = await startTree(stage, 'sleep 120 & wait', 1);
    const seen = pids.map(seenNow);
    const result = await run();
    expect(result.document).toMatchObject({ schema: 'sesswatch/reap/1', survivors: 0 });
    expect(seen.filter(isAlive)).toEqual([]);
    expect([...results(result).keys()].sort()).toEqual([...pids].sort());
    expect(bystander.map(seenNow).every(isAlive)).toBe(true);
    expect(result.kind === 'reaped' && result.document.reclaimedBytes).toBeGreaterThan(0);
  });

  it('asks the agent before its launcher and its server, and those only when it had time to end them', async () => {
    const agent = {
      as: stage.program('gemini'),
      script: {
        name: 'agent',
        touch: ['SIGTERM'] as const,
        children: [{ script: { name: 'server', onEof: 'stay' as const } }],
      },
    };
    await stage.start({
      as: stage.program('gemini'),
      script: { name: 'launcher', ignore: ['SIGTERM'], onEof: 'stay', children: [agent] },
    });
    const [launcher, real, server] = [stage.seen('launcher'), stage.seen('agent'), stage.seen('server')];
    world.marks.push(
      { pid: real.pid },
      { pid: launcher.pid, role: 'launcher' },
      {
        pid: server.pid,
        role: 'mcp-server',
        judged: { verdict: 'live', owner: { kind: 'agent', pid: real.pid, name: 'gemini' } },
      },
    );
    const result = await run();
    expect(world.signals[0]).toEqual({ pid: real.pid, signal: 'SIGTERM' });
    expect([launcher, real, server].filter(isAlive)).toEqual([]);
    expect(outcome(result, real.pid)).toMatchObject({ result: 'gone', signal: 'SIGTERM' });
    expect(outcome(result, launcher.pid)).toMatchObject({ result: 'gone', signal: 'SIGKILL' });
  });

  it('kills what ignores SIGTERM after one grace period for many trees together', async () => {
    const trees = await Promise.all(Array.from({ length: 12 }, () => startTree(stage, STUBBORN, 1)));
    const roots = trees.map(([root]) => root ?? 0);
    world.marks.push(...roots.map((pid) => ({ pid })));
    const clock = virtualClock();
    world = { ...world, deps: { ...world.deps, ...clock } };
    const result = await run();
    expect(roots.map((pid) => outcome(result, pid)?.signal)).toEqual(roots.map(() => 'SIGKILL'));
    expect(result.document).toMatchObject({ survivors: 0 });
    // The wait for agents, the grace period and the time after SIGKILL, each once and not once per tree.
    expect(clock.now()).toBeLessThan(400 + 400 + 2000);
  });

  it('continues a stopped process after SIGTERM, so that it ends by it', async () => {
    await stage.start({ script: { name: 'stopped', touch: ['SIGTERM'] } });
    const one = stage.seen('stopped');
    process.kill(one.pid, 'SIGSTOP');
    await eventually(() => statOf(one.pid)?.state === 'T', 'the process to stop');
    world.marks.push({ pid: one.pid });
    const result = await run();
    expect(outcome(result, one.pid)).toMatchObject({ result: 'gone', signal: 'SIGTERM' });
    expect(world.signals.map(({ signal }) => signal)).toEqual(['SIGTERM', 'SIGCONT']);
  });

  it('leaves zombies out, and calls one gone whose parent does not fetch its exit status', async () => {
    // exec leaves the child to a program that never waits for it.
    const [root = 0, child = 0] = await startTree(stage, 'sleep 120 & exec sleep 120', 1);
    world.marks.push({ pid: child });
    const result = await run();
    expect(outcome(result, child)).toMatchObject({
      result: 'gone',
      detail: expect.stringContaining(`parent ${root}`),
    });
    expect(result.document).toMatchObject({ survivors: 0 });
    const again = await run();
    expect(again.kind).toBe('planned');
    expect(again.plan.kept.map(({ reason }) => reason)).toEqual([expect.stringContaining('defunct')]);
  });

  it('calls a process gone that ended by itself before its signal', async () => {
    const [root = 0, child = 0] = await startTree(stage, 'sleep 120 & while :; do wait; sleep 0.2; done', 1);
    world.marks.push({ pid: root });
    world.beforeSignal = (pid) => {
      if (pid === root) process.kill(child, 'SIGKILL');
    };
    const result = await run();
    expect(results(result).get(child)).toBe('gone');
    expect(result.document).toMatchObject({ survivors: 0 });
  });

  it('finds and ends what a dying tree forks, as long as it hangs on it', async () => {
    const storm = "i=0; trap 'while [ $i -lt 40 ]; do i=$((i+1)); sleep 120 & done' TERM; while :; do sleep 0.05; done";
    const [root = 0] = await startTree(stage, storm, 1);
    world.marks.push({ pid: root });
    const result = await run();
    expect(result.document).toMatchObject({ survivors: 0 });
    expect(await onStage(stage)).toEqual([]);
    expect([...results(result).values()].every((one) => one === 'gone')).toBe(true);
    expect(results(result).size).toBeGreaterThan(10);
  });

  it('comes back from a tree that forks faster than it can be followed', async () => {
    // Each generation leaves a child and ends; the last one is the 100th. Whoever escapes ends before the test gives up.
    const chain = 'f() { [ $1 -gt 0 ] && (trap "" TERM; sleep 0.02; f $(($1 - 1))) & }; f 100; sleep 30';
    const [root = 0] = await startTree(stage, chain, 2);
    world.marks.push({ pid: root });
    const result = await run();
    expect(outcome(result, root)?.result).toBe('gone');
    await vi.waitFor(async () => expect(await onStage(stage)).toEqual([]), { timeout: 60_000 });
  });

  it('does not signal what is another user’s: the tree stays', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('needs root to start a process of another user');
    const [root = 0] = await startTree(stage, 'sleep 120 & wait', 1, 65_534);
    world.marks.push({ pid: root });
    const result = await run();
    expect(result.kind).toBe('planned');
    expect(result.plan.kept[0]?.reason).toContain('another user');
    expect(isAlive(seenNow(root))).toBe(true);
  });

  it('reports not-permitted where the system refuses the signal', async (context) => {
    if (process.getuid?.() !== 0) return context.skip('needs root to become another user');
    const [root = 0] = await startTree(stage, 'sleep 120 & wait', 1, 1);
    world.marks.push({ pid: root });
    // Rights are lost between the look and the signal: kill(2) alone can tell.
    const { kill } = world.deps;
    world = { ...world, deps: { ...world.deps, self: { pid: process.pid, uid: 1 }, kill: asNobody(kill) } };
    const result = await run();
    expect(results(result).get(root)).toBe('not-permitted');
    expect(result.document).toMatchObject({ survivors: 2 });
    expect(isAlive(seenNow(root))).toBe(true);
  });

  it('reports a process in uninterruptible sleep for what it is', async () => {
    const [root = 0] = await startTree(stage, LOOP, 1);
    world.marks.push({ pid: root });
    const { lookNow, source } = world.deps;
    const inDisk = { ...source, scan: async () => inUninterruptibleSleep(await source.scan(), root) };
    world = {
      ...world,
      deps: {
        ...world.deps,
        source: inDisk,
        lookNow: (pid) => {
          const sight = lookNow?.(pid) ?? 'unknown';
          return typeof sight === 'string' ? sight : { ...sight, state: 'D' };
        },
        // The signal stays pending.
        kill: () => {},
        pace: { agentsMs: 20, settleMs: 10, killedMs: 50, interruptedMs: 10 },
      },
    };
    const result = await run({}, { graceSeconds: 0.02 });
    expect(outcome(result, root)).toMatchObject({
      result: 'survived',
      detail: expect.stringContaining('uninterruptible'),
    });
  });
});

describe('what changes between the plan and the first signal', () => {
  it('spares a process that became another program', async () => {
    const [root = 0] = await startTree(stage, 'read line; exec sleep 121', 0);
    world.marks.push({ pid: root });
    world.beforeSurvey = async (number) => {
      if (number !== 2) return;
      tell(root, 'go');
      await eventually(() => commOf(root) === 'sleep', 'the shell to become another program');
    };
    const result = await run();
    expect(result).toMatchObject({
      kind: 'planned',
      dropped: [{ root, reason: expect.stringContaining('arguments') }],
    });
    expect(world.signals).toEqual([]);
    expect(isAlive(seenNow(root))).toBe(true);
  });

  it('spares a tree whose owner is there again', async () => {
    const [root = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: root });
    world.beforeSurvey = (number) => {
      if (number === 2)
        world.marks[0] = {
          pid: root,
          judged: { verdict: 'live', owner: { kind: 'terminal', name: 'pts/1' } },
        };
    };
    const result = await run();
    expect(result).toMatchObject({
      kind: 'planned',
      dropped: [{ root, reason: expect.stringContaining('pts/1') }],
    });
    expect(world.signals).toEqual([]);
  });

  it('ends a part of the tree that lost its parent meanwhile', async () => {
    const [root = 0, middle = 0, leaf = 0] = await startTree(
      stage,
      '(sleep 120; :) & while :; do wait; sleep 0.2; done',
      2,
    );
    world.marks.push({ pid: root });
    const seen = [root, leaf].map(seenNow);
    world.beforeSurvey = async (number) => {
      if (number !== 2) return;
      process.kill(middle, 'SIGKILL');
      await eventually(() => statOf(leaf)?.ppid !== middle, 'the leaf to be adopted');
    };
    const result = await run();
    expect(result.document).toMatchObject({ survivors: 0 });
    expect(seen.filter(isAlive)).toEqual([]);
  });

  it('asks nobody when the person says none, and ends only what was chosen', async () => {
    const [first = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    const [second = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: first }, { pid: second });
    const none = await run({ confirm: async () => [] });
    expect(none.kind).toBe('planned');
    expect(world.signals).toEqual([]);
    const one = await run({
      confirm: async ({ targets }) => targets.filter(({ root }) => root.identity.pid === second),
    });
    expect(one.document).toMatchObject({ survivors: 0 });
    expect(isAlive(seenNow(first))).toBe(true);
    expect(statOf(second)).toBeUndefined();
    const runs = readHistory(world.deps.stateFolder);
    expect(runs.map(({ chosen }) => chosen?.roots)).toEqual([[second], []]);
  });

  it('a dry run signals nobody and leaves no file', async () => {
    const [root = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: root });
    const result = await run({ dryRun: true });
    expect(result.document).toMatchObject({ schema: 'sesswatch/plan/1', dryRun: true, totals: { trees: 1 } });
    expect(world.signals).toEqual([]);
    expect(readLastRun(world.deps.stateFolder)).toBeUndefined();
  });
});

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

/** Sends signals with the rights of a user who has none over others' processes. */
function asNobody(kill: (pid: number, signal: NodeJS.Signals) => void): typeof kill {
  return (pid, signal) => {
    process.seteuid?.(65_534);
    try {
      process.kill(pid, signal);
    } finally {
      process.seteuid?.(0);
    }
    // Reached only if the system allowed it after all.
    kill(pid, signal);
  };
}

function inUninterruptibleSleep(scan: Scan, pid: number): Scan {
  return {
    ...scan,
    processes: scan.processes.map((one) => (one.pid === pid ? { ...one, state: 'D' } : one)),
  };
}

function commOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}
