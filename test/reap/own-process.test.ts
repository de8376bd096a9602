import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readHistory } from '../../src/reap/journal/read.js';
import { reap } from '../../src/reap/reap.js';
import { eventually, isAlive, openStage, type Stage, statOf } from '../kit/processes.js';
import { bundleScenarios } from './kit/own-process.js';
import type { Moment, ReuseReport, Scenario } from './kit/scenario.js';
import { register, startTree } from './kit/trees.js';
import { NOW_POLICY, openWorld } from './kit/world.js';

let shared: Stage;
let stage: Stage;
let argumentsOf: (scenario: Scenario) => string[];
beforeAll(async () => {
  shared = openStage();
  argumentsOf = await bundleScenarios(shared.folder);
});
afterAll(() => shared.close());
beforeEach(() => {
  stage = openStage();
});
afterEach(() => stage.close());

describe('sesswatch killed in the middle of a reap', () => {
  it('leaves a lock that the next run takes over, and a run without an end that the next one reports', async () => {
    const [root = 0] = await startTree(stage, "trap '' TERM; while :; do sleep 0.2; done", 1);
    const victim = spawn(process.execPath, argumentsOf({ kind: 'reap', folder: stage.folder, pids: [root] }), {
      stdio: 'ignore',
    });
    register(stage, victim.pid ?? 0);
    await eventually(() => existsSync(path.join(stage.folder, 'signalled')), 'the first signal');
    const ended = new Promise((resolve) => victim.once('exit', resolve));
    victim.kill('SIGKILL');
    await ended;
    const startTime = statOf(root)?.startTime ?? '';
    expect(isAlive({ pid: root, startTime })).toBe(true);

    const world = openWorld(stage.folder);
    world.marks.push({ pid: root });
    const [interrupted] = readHistory(world.deps.stateFolder);
    expect(interrupted?.end).toBeUndefined();
    expect(interrupted?.signals.map(({ signal }) => signal)).toEqual(['SIGTERM']);
    const result = await reap(world.deps, NOW_POLICY, { dryRun: false });
    expect(result.document).toMatchObject({ survivors: 0, unfinishedRun: interrupted?.run });
    expect(isAlive({ pid: root, startTime })).toBe(false);
    expect(readHistory(world.deps.stateFolder).map(({ end }) => end?.survivors)).toEqual([0, undefined]);
  });
});

describe('a full disk', () => {
  it('keeps a reap from starting: nothing is ended without a record', async (context) => {
    if (!canMount()) context.skip('needs root and a private mount namespace');
    const [root = 0] = await startTree(stage, 'while :; do sleep 0.2; done', 1);
    const state = path.join(stage.folder, 'state');
    mkdirSync(state);
    const full = `mount -t tmpfs -o size=16k,mode=700 full ${state} && head -c 16k /dev/zero > ${state}/ballast; "$@"`;
    const program = argumentsOf({ kind: 'reap', folder: stage.folder, pids: [root] });
    const answer = execFileSync('unshare', ['--mount', 'sh', '-c', full, 'sh', process.execPath, ...program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(JSON.parse(answer)).toMatchObject({
      code: 'storage',
      message: expect.stringContaining('full'),
      signals: [],
    });
    expect(isAlive({ pid: root, startTime: statOf(root)?.startTime ?? '' })).toBe(true);
  });
});

describe('a pid that is used again', () => {
  const moments: readonly (readonly [Moment, Partial<ReuseReport>])[] = [
    ['before the second look', { dropped: ['ended by itself'] }],
    ['before the look for SIGTERM', { result: 'identity-changed' }],
    ['right before SIGTERM', { result: 'identity-changed' }],
    ['before the survey for SIGKILL', { result: 'identity-changed' }],
    ['before the look for SIGKILL', { result: 'identity-changed' }],
    ['right before SIGKILL', { result: 'identity-changed' }],
  ];
  it.for(moments)('%s: whoever has it now lives and gets no signal', async ([moment, expected], context) => {
    if (!canChoosePids()) context.skip('needs root and a private pid namespace to choose a pid');
    const report = await inPidNamespace({ kind: 'reuse', folder: stage.folder, moment });
    expect(report).toMatchObject({ innocentLives: true, signalsAfterReuse: 0, ...expected });
  });
});

/** pid 1 of the namespace is a shell, which fetches the exit status of orphans; all in it end with it. */
const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child'];

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'probe', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, or not allowed to in this container.
    return false;
  }
}

function canChoosePids(): boolean {
  try {
    execFileSync('unshare', [...UNSHARE, 'sh', '-c', 'echo 300 > /proc/sys/kernel/ns_last_pid'], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    // Not root, no unshare, or a kernel without CONFIG_CHECKPOINT_RESTORE.
    return false;
  }
}

async function inPidNamespace(scenario: Scenario): Promise<ReuseReport> {
  const inside = ['sh', '-c', '"$@"; exit $?', 'sh', process.execPath, ...argumentsOf(scenario)];
  const child = spawn('unshare', [...UNSHARE, ...inside], { stdio: ['ignore', 'pipe', 'inherit'] });
  register(stage, child.pid ?? 0);
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(text) as ReuseReport;
}
