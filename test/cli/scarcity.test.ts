import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, sesswatch } from '../kit/command.js';
import { isAlive, openStage, type Seen } from '../kit/processes.js';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const stage = openStage();
const state = path.join(stage.folder, 'state');
const env = { SESSWATCH_HOME: path.join(state, 'of-ours') };
let agent: Seen;

beforeAll(async () => {
  mkdirSync(state);
  await stage.start({ as: stage.program('claude'), script: { name: 'agent', onEof: 'stay' } });
  agent = stage.seen('agent');
});
afterAll(() => stage.close());

const END_EVERYTHING = ['reap', '--yes', '--idle', '0', '--min-age', '0', '--include', 'idle'] as const;

/** The pids of the agents that a command saw. */
async function agentsSeen(through: readonly string[]): Promise<unknown> {
  const outcome = await sesswatch(['ps', '--json'], { env, through });
  const { processes } = documentOf<{ processes: { pid: number }[] }>(outcome);
  return { code: outcome.code, sees: processes.some(({ pid }) => pid === agent.pid) };
}

describe.runIf(process.platform === 'linux')('with thirty descriptors', () => {
  const through = ['prlimit', '--nofile=30'];

  it('agents are seen as ever', async () => {
    expect(await agentsSeen(through)).toEqual({ code: 0, sees: true });
  });

  it('a snapshot is saved whole', async () => {
    expect((await sesswatch(['snapshot', '-q', '-l', 'few'], { env, through })).code).toBe(0);
    expect((await sesswatch(['diff', 'few', '@now'], { env, through })).code).toBe(0);
  });
});

describe.runIf(canMount).each([
  [
    'a full disk',
    `mount -t tmpfs -o size=16k tmpfs "$0"; dd if=/dev/zero of="$0/fill" bs=1k 2>/dev/null`,
    'the disk is full',
  ],
  ['a read-only state folder', 'mount -t tmpfs -o ro tmpfs "$0"', 'the file system is read-only'],
])('on %s', (_, prepare, why) => {
  const through = ['unshare', '--mount', 'sh', '-c', `${prepare}; exec "$@"`, state];

  it('agents are still seen and counted', async () => {
    expect(await agentsSeen(through)).toEqual({ code: 0, sees: true });
    expect((await sesswatch(['count'], { env, through })).code).toBe(0);
  });

  it('a snapshot that cannot be kept says why, and exits 2', async () => {
    const outcome = await sesswatch(['snapshot', '-l', 'lost'], { env, through });
    expect([outcome.code, outcome.err]).toEqual([2, expect.stringContaining(why)]);
  });

  it('a dry run says that nothing will be proven idle by time', async () => {
    const outcome = await sesswatch(['reap', '--dry-run'], { env, through });
    expect([outcome.code, outcome.err]).toEqual([0, expect.stringContaining('cannot be remembered')]);
  });

  it('nothing is ended, for want of a journal', async () => {
    const outcome = await sesswatch(END_EVERYTHING, { env, through });
    expect([outcome.code, outcome.err]).toEqual([2, expect.stringContaining(why)]);
    expect(isAlive(agent)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('while two shells start one program after the other', () => {
  const shells: ChildProcess[] = [];
  beforeAll(() => {
    const loop = 'while kill -0 $PPID; do /bin/true; done';
    for (let at = 0; at < 2; at++) shells.push(spawn('/bin/sh', ['-c', loop], { stdio: 'ignore' }));
  });
  afterAll(() => {
    for (const shell of shells) shell.kill('SIGKILL');
  });

  it('a scan is whole and misses nobody who stays', async () => {
    for (let at = 0; at < 5; at++) expect(await agentsSeen([])).toEqual({ code: 0, sees: true });
  });
});
