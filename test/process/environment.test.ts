import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examineEnvironment, judgeEnvironment, type Topic } from '../../src/process/environment.js';
import {
  type EnvironmentFacts,
  type EnvironmentRequest,
  readEnvironment,
} from '../../src/process/environment-facts.js';

/** A machine with nothing to say against it. */
const WELL: EnvironmentFacts = {
  platform: 'linux',
  root: '/proc',
  procfs: true,
  ownPidListed: true,
  hidepid: undefined,
  nsPids: [4121],
  pidNamespaces: { own: 'pid:[1]', ofPid1: 'pid:[1]' },
  container: undefined,
  pid1: 'systemd',
  wsl: false,
  user: { uid: 1000, groups: [1000] },
  psKind: 'procps',
  ss: true,
  tmuxSockets: [],
  sqlite: 'node:sqlite',
  nodeVersion: '24.1.0',
  now: Date.parse('2026-11-20T00:00:00Z'),
  stateHome: { folder: '/s', state: 'there', mode: 0o700, freeBytes: 1e9 },
  configFiles: [],
};

function finding(topic: Topic, facts: Partial<EnvironmentFacts>) {
  return judgeEnvironment({ ...WELL, ...facts }).findings.find((one) => one.topic === topic);
}

describe('the examination of a machine', () => {
  it('finds nothing on one that is well', () => {
    const report = judgeEnvironment(WELL);
    expect(report.healthy).toBe(true);
    expect(report.findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it.each<[string, Topic, string | undefined, Partial<EnvironmentFacts>]>([
    ['no procfs', 'process table', 'problem', { procfs: false, ownPidListed: undefined }],
    ['a procfs without us', 'process table', 'problem', { ownPidListed: false }],
    ['hidepid=0', 'hidepid', undefined, { hidepid: { mode: '0' } }],
    ['hidepid=1', 'hidepid', 'note', { hidepid: { mode: '1' } }],
    ['hidepid=noaccess', 'hidepid', 'note', { hidepid: { mode: 'noaccess' } }],
    ['hidepid=2', 'hidepid', 'problem', { hidepid: { mode: '2' } }],
    ['hidepid=invisible', 'hidepid', 'problem', { hidepid: { mode: 'invisible' } }],
    ['hidepid=ptraceable', 'hidepid', 'problem', { hidepid: { mode: 'ptraceable' } }],
    ['hidepid for root', 'hidepid', 'ok', { hidepid: { mode: '2' }, user: { uid: 0, groups: [0] } }],
    ['hidepid for its group', 'hidepid', 'ok', { hidepid: { mode: '2', gid: 1000 } }],
    ['hidepid for another group', 'hidepid', 'problem', { hidepid: { mode: '2', gid: 7 } }],
    ['a pid in two namespaces', 'pid namespace', 'problem', { nsPids: [4121, 1] }],
    ['pid 1 in another one', 'pid namespace', 'problem', { pidNamespaces: { own: 'pid:[2]', ofPid1: 'pid:[1]' } }],
    ['pid 1 that hides its own', 'pid namespace', undefined, { pidNamespaces: { own: 'pid:[2]' } }],
    ['a container', 'container', 'note', { container: '/.dockerenv' }],
    ['an application as pid 1', 'pid 1', 'note', { pid1: 'node' }],
    ['an init of containers as pid 1', 'pid 1', undefined, { pid1: 'tini' }],
    ['WSL', 'WSL', 'note', { wsl: true }],
    ['root', 'user', 'note', { user: { uid: 0, groups: [0] } }],
    ['BusyBox beside procfs', 'ps', 'note', { psKind: 'busybox' }],
    ['BusyBox without procfs', 'ps', 'problem', { psKind: 'busybox', procfs: false }],
    ['no ps beside procfs', 'ps', 'ok', { psKind: undefined }],
    ['no ps on macOS', 'ps', 'problem', { psKind: undefined, procfs: false, platform: 'darwin' }],
    [
      'no ps on Windows, whatever has that name',
      'ps',
      undefined,
      { psKind: 'unknown', procfs: false, platform: 'win32' },
    ],
    ['no ss', 'sockets', 'note', { ss: false }],
    ['no ss on macOS', 'sockets', undefined, { ss: false, platform: 'darwin' }],
    ['no SQLite', 'sqlite', 'note', { sqlite: undefined }],
    ['Node 20 after its end', 'node', 'note', { nodeVersion: '20.20.2' }],
    ['Node 20 on its last day', 'node', 'ok', { nodeVersion: '20.20.2', now: Date.parse('2026-04-30T12:00:00Z') }],
    ['Node 18', 'node', 'problem', { nodeVersion: '18.0.0' }],
    ['no state folder', 'state folder', 'problem', { stateHome: { folder: undefined } }],
    ['a read-only state folder', 'state folder', 'problem', { stateHome: { folder: '/s', state: 'not-writable' } }],
    ['one that others read', 'state folder', 'note', { stateHome: { ...WELL.stateHome, mode: 0o755 } }],
    ['one that others write', 'state folder', 'problem', { stateHome: { ...WELL.stateHome, mode: 0o777 } }],
    ['a full disk', 'state folder', 'problem', { stateHome: { ...WELL.stateHome, freeBytes: 1e6 } }],
    ['tmux', 'tmux', 'ok', { tmuxSockets: ['default'] }],
  ])('takes %s for what it is: %s %s', (_, topic, level, facts) => {
    expect(finding(topic, facts)?.level).toBe(level);
  });

  it('says of everything but ok what it means', () => {
    const worst = judgeEnvironment({
      ...WELL,
      procfs: false,
      hidepid: { mode: '2' },
      nsPids: [1, 2],
      pid1: 'x',
      wsl: true,
      ss: false,
    });
    expect(worst.healthy).toBe(false);
    for (const one of worst.findings) if (one.level !== 'ok') expect(one.means, one.topic).toBeDefined();
  });
});

describe('the facts about a machine', () => {
  let top: string;
  beforeEach(() => {
    top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'sesswatch-doctor-')));
    plant('proc/4121/status', 'Name:\tnode\nNSpid:\t4121\n');
    plant('proc/4121/mounts', 'proc /proc proc rw,nosuid,relatime,hidepid=invisible,gid=27 0 0\n');
    plant('proc/1/comm', 'tini\n');
    plant('proc/1/cgroup', '0::/kubepods/burstable/pod1\n');
    plant('proc/sys/kernel/osrelease', '5.15.90.1-microsoft-standard-WSL2\n');
    symlinkSync('4121', path.join(top, 'proc/self'));
  });
  afterEach(() => rmSync(top, { recursive: true, force: true }));

  function plant(name: string, text: string): void {
    const file = path.join(top, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  function read(request: Partial<EnvironmentRequest> = {}) {
    return readEnvironment({
      platform: 'linux',
      env: {},
      stateHome: path.join(top, 'state'),
      configFiles: [],
      now: 0,
      root: path.join(top, 'proc'),
      fileRoot: top,
      pid: 4121,
      uid: 1000,
      run: async () => '',
      ...request,
    });
  }

  it('are read from the process table', async () => {
    expect(await read()).toMatchObject({
      procfs: true,
      ownPidListed: true,
      hidepid: { mode: 'invisible', gid: 27 },
      nsPids: [4121],
      container: 'kubepods',
      pid1: 'tini',
      wsl: true,
    });
  });

  it('do not take another process for us', async () => {
    expect((await read({ pid: 7 })).ownPidListed).toBe(false);
  });

  it('take the last of two mounts on one place', async () => {
    plant('proc/4121/mounts', 'proc /proc proc rw,hidepid=2 0 0\nproc /proc proc rw 0 0\n');
    expect((await read()).hidepid).toBeUndefined();
  });

  it('are absent where there is no process table', async () => {
    expect(await read({ root: path.join(top, 'none') })).toMatchObject({
      procfs: false,
      ownPidListed: undefined,
      pid1: undefined,
      nsPids: undefined,
    });
  });

  it.each([
    ['ps from procps-ng 4.0.2', 'procps'],
    ['BusyBox v1.36.1 multi-call binary', 'busybox'],
    ['ps: illegal option -- -\nusage: ps [-AaCcEefhjlMmrSTvwXx]', 'bsd'],
    ['hello', 'unknown'],
  ])('tell by %j that ps is %s', async (said, kind) => {
    plant('usr/bin/ps', '');
    expect((await read({ run: async () => said })).psKind).toBe(kind);
  });

  it('tell BusyBox by where ps leads to, without running it', async () => {
    plant('bin/busybox', '');
    symlinkSync('busybox', path.join(top, 'bin/ps'));
    const run = () => Promise.reject(new Error('was run'));
    expect((await read({ run })).psKind).toBe('busybox');
  });

  it.each([
    ['22.12.0', undefined],
    ['22.13.0', 'node:sqlite'],
    ['24.0.0', 'node:sqlite'],
  ])('know that Node %s reads SQLite by %s', async (nodeVersion, sqlite) => {
    expect((await read({ nodeVersion })).sqlite).toBe(sqlite);
  });

  it('know the sqlite3 and ss programs and the tmux sockets', async () => {
    plant('usr/bin/sqlite3', '');
    plant('usr/sbin/ss', '');
    plant('tmp/tmux-1000/default', '');
    plant('tmp/tmux-1000/codeman', '');
    expect(await read({ nodeVersion: '20.0.0' })).toMatchObject({
      sqlite: 'sqlite3',
      ss: true,
      tmuxSockets: ['codeman', 'default'],
    });
  });

  it('know a state folder that is there, that is to be made, and that cannot be', async () => {
    expect((await read()).stateHome).toMatchObject({ state: 'to-be-made' });
    mkdirSync(path.join(top, 'state'));
    chmodSync(path.join(top, 'state'), 0o750);
    expect((await read()).stateHome).toMatchObject({
      state: 'there',
      mode: 0o750,
      freeBytes: expect.any(Number),
    });
    plant('file', '');
    expect((await read({ stateHome: path.join(top, 'file/below') })).stateHome.state).toBe('not-writable');
    expect((await read({ stateHome: undefined })).stateHome).toEqual({ folder: undefined });
  });

  it('of this very machine make a report', async () => {
    const report = await examineEnvironment({
      platform: process.platform,
      env: process.env,
      stateHome: top,
      configFiles: [],
      now: Date.now(),
    });
    expect(report.schema).toBe('sesswatch/doctor/1');
    expect(report.findings.map(({ topic }) => topic)).toContain('node');
    if (process.platform === 'linux') {
      expect(report.findings.find(({ topic }) => topic === 'process table')?.level).toBe('ok');
    }
  });
});
