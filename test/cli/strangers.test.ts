import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';

/** nobody, on every system. */
const STRANGER = 65_534;
/** POSIX has it everywhere. */
const MKFIFO = 'mkfifo';
const isRoot = process.getuid?.() === 0;

let folder: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-strangers-'));
  // A stranger's programs lie in it.
  chmodSync(folder, 0o755);
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A program of this name that waits, run by a stranger. */
async function startAsStranger(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const program = path.join(folder, name);
  copyFileSync('/bin/sleep', program);
  chmodSync(program, 0o755);
  const child = spawn(program, ['1000', ...args], {
    uid: STRANGER,
    gid: STRANGER,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: 'ignore',
  });
  started.push(child);
  await new Promise((resolve) => child.on('spawn', resolve));
  return child;
}

describe.runIf(isRoot)('a state folder of somebody else', () => {
  const env = () => ({ SESSWATCH_HOME: path.join(folder, 'state') });
  beforeEach(() => {
    const state = path.join(folder, 'state');
    mkdirSync(state, { mode: 0o700 });
    writeFileSync(path.join(state, 'ledger.json'), '{"schema":"sesswatch/ledger/1","adopters":[],"entries":[]}');
    chownSync(state, STRANGER, STRANGER);
  });

  it.each([
    [['snapshot', '--label', 'x']],
    [['snapshots']],
    [['reap', '--yes']],
    [['reap', '--dry-run']],
    [['run', '--reap', '--', '/bin/true']],
    [['schedule', 'status']],
  ])('is refused by %j', async (args) => {
    const { code, err } = await sesswatch(args, { env: env() });
    expect(err).toMatch(/state belongs to user 65534, not to you \(0\) or root/);
    expect(code).toBe(2);
  });

  it('is left alone by a look, which says so', async () => {
    const { code, err } = await sesswatch(['ps'], { env: env() });
    expect(err).toMatch(/state belongs to user 65534.*this counts as the first look/);
    expect(code).toBe(0);
  });
});

it.runIf(process.platform === 'linux')('a state folder in procfs is given up at once', async () => {
  const { code, err } = await sesswatch(['reap', '--yes'], { env: { SESSWATCH_HOME: '/proc/x/y' } });
  expect(err).toMatch(/^sesswatch: cannot make \/proc\/x.*: it does not exist/);
  expect(code).toBe(2);
});

describe.runIf(isRoot)('a registry folder that a process of somebody else names', () => {
  it.each<[string, (file: string) => void]>([
    ['a pipe', (file) => execFileSync(MKFIFO, [file])],
    ['a link to a device that never ends', (file) => execFileSync('/bin/ln', ['-s', '/dev/zero', file])],
    [
      'a file of 400 MB',
      (file) => {
        writeFileSync(file, '');
        truncateSync(file, 400e6);
      },
    ],
  ])('does not hold up a look when it holds %s', async (_, make) => {
    const config = path.join(folder, 'config');
    mkdirSync(path.join(config, 'sessions'), { recursive: true });
    const child = await startAsStranger('claude', [], { CLAUDE_CONFIG_DIR: config, CLAUDECODE: '1' });
    make(path.join(config, 'sessions', `${child.pid}.json`));
    for (const args of [
      ['ps', '--json'],
      ['reap', '--dry-run', '--json'],
    ]) {
      const { code, out } = await sesswatch(args);
      expect(code).toBe(0);
      expect(JSON.parse(out)).toHaveProperty('schema');
    }
  });
});
