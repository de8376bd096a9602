import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../src/process/record.js';
import type { Scan } from '../../../src/process/scan.js';
import { createProcfsSource } from '../../../src/process/sources/procfs/procfs.js';
import { createPsSource, findPs } from '../../../src/process/sources/ps/ps.js';
import { runTool } from '../../../src/process/sources/run-tool.js';
import { commOf, eventually, openStage, type Stage, statOf } from '../../kit/processes.js';

const FORGED = 'x\n    1       0     0 root 1 1 ? S 00:00:00 1 1 init Fri Nov 20 08:09:05 2026 forged';

/** Both readers of Linux see the same machine; what one says of a process, the other must not deny. */
describe.runIf(process.platform === 'linux' && existsSync(findPs()))('a real ps', () => {
  let stage: Stage;
  let before: Scan;
  let listed: Scan;
  let after: Scan;
  let users: ReadonlyMap<number, { uid?: number | undefined; user?: string | undefined }>;
  const source = createPsSource({
    run: runTool,
    platform: 'linux',
    machine: {},
    now: Date.now,
    selfPid: process.pid,
  });
  const procfs = createProcfsSource({
    selfPid: process.pid,
    machine: {},
    markers: new Set(),
    now: Date.now,
    readPasswd: () => readFileSync('/etc/passwd', 'utf8'),
  });
  let zombiesParent: number;

  beforeAll(async () => {
    stage = openStage();
    await stage.start({
      as: stage.program('foo) Z '),
      script: { name: 'parenthesis' },
      args: ['a', '', 'b  c'],
    });
    await stage.start({
      as: stage.program('tmux: server'),
      script: { name: 'colon' },
      args: ['ünïcode', '日本'],
    });
    await stage.start({
      as: stage.program('claude'),
      script: { name: 'forger' },
      args: [FORGED],
      detached: true,
    });
    // The copy of the shell ends, and `sleep`, which the shell became, never asks for its exit code.
    const parent = spawn('/bin/sh', ['-c', ': & exec sleep 600'], { stdio: 'ignore' });
    zombiesParent = parent.pid ?? 0;
    await eventually(() => readFileSync(`/proc/${zombiesParent}/comm`, 'utf8') === 'sleep\n', 'sleep to run');
    stage.register({ pid: zombiesParent, startTime: statOf(zombiesParent)?.startTime ?? '' });
    await eventually(() => readdirSync('/proc').some((name) => isZombie(statOf(Number(name)))), 'a zombie');

    before = await procfs.scan();
    listed = await source.scan();
    after = await procfs.scan();
    users = await procfs.detail(after.processes, ['user']);
  });
  afterAll(() => stage.close());

  const isZombie = (one: Pick<ProcessRecord, 'ppid' | 'state'> | undefined): boolean =>
    one?.ppid === zombiesParent && one.state === 'Z';

  /** Processes that were there all the time, as procfs saw them before and after, and as ps saw them between. */
  const pairs = (): { old: ProcessRecord; ps: ProcessRecord; now: ProcessRecord }[] =>
    before.processes.flatMap((old) => {
      const now = after.processes.find((one) => one.pid === old.pid && one.startTime === old.startTime);
      const ps = listed.processes.find((one) => one.pid === old.pid);
      // Of a process whose main thread has exited, ps tells what that thread is: a zombie.
      const hasSurvivors = ps?.state === 'Z' && (ps.threads ?? 1) > 1;
      return now === undefined || ps === undefined || hasSurvivors ? [] : [{ old, ps, now }];
    });

  /** Changed between the readings of procfs, printed otherwise, or of a kernel worker, which renames itself with each piece of work. */
  const isUnsteady = (old: ProcessRecord, before?: string, after?: string): boolean =>
    old.kernelThread === true || before !== after || /\p{C}/u.test(before ?? '');

  it('is complete, and lists every process that was there all the time', () => {
    expect(listed).toMatchObject({ complete: true, problems: [] });
    const lasting = before.processes.filter((old) =>
      after.processes.some((one) => one.pid === old.pid && one.startTime === old.startTime),
    );
    expect(lasting.length).toBeGreaterThan(4);
    const pids = new Set(listed.processes.map(({ pid }) => pid));
    expect(lasting.filter(({ pid }) => !pids.has(pid))).toEqual([]);
  });

  it.each<keyof ProcessRecord>(['ppid', 'pgid', 'sid', 'tty', 'kernelThread'])('agrees with procfs on %s', (field) => {
    for (const { old, ps, now } of pairs()) {
      // What changed between the two readings of procfs may be either.
      if (old[field] === now[field]) expect([ps.pid, ps[field]]).toEqual([old.pid, old[field]]);
    }
  });

  it('agrees with procfs on the start, to the second that it prints', () => {
    for (const { old, ps } of pairs()) {
      expect(Math.abs((ps.startedAt ?? 0) - (old.startedAt ?? 0))).toBeLessThan(2000);
      expect(ps.startTime).toBe(`${new Date(ps.startedAt ?? 0).toISOString().slice(0, 19)}Z`);
    }
  });

  it('agrees with procfs on the name, but for blanks at its end and control characters', () => {
    for (const { old, ps, now } of pairs()) {
      if (isUnsteady(old, old.comm, now.comm)) continue;
      expect([ps.pid, ps.comm]).toEqual([old.pid, old.comm?.trim()]);
    }
  });

  it('agrees with procfs on the arguments, once joined and split at blanks', () => {
    for (const { old, ps, now } of pairs()) {
      const joined = old.argv?.join(' ');
      if (isUnsteady(old, joined, now.argv?.join(' '))) continue;
      expect([ps.pid, ps.argv]).toEqual([old.pid, joined?.split(/\s+/).filter((part) => part !== '')]);
    }
  });

  it('agrees with procfs on the user', () => {
    expect(users.size).toBeGreaterThan(4);
    for (const { ps } of pairs()) {
      const part = users.get(ps.pid);
      if (part?.uid !== undefined) expect([ps.pid, ps.uid, ps.user]).toEqual([ps.pid, part.uid, part.user]);
    }
  });

  it('agrees with procfs on the state', () => {
    const kind = (state: string | undefined): string | undefined =>
      // Running, waiting and a kernel worker's idleness change from one reading to the next.
      state === 'R' || state === 'D' || state === 'I' ? 'S' : state;
    for (const { old, ps, now } of pairs()) {
      if (kind(old.state) === kind(now.state)) expect([ps.pid, kind(ps.state)]).toEqual([old.pid, kind(old.state)]);
    }
    expect(listed.processes.find(isZombie)).toMatchObject({ comm: 'sh', argv: [], state: 'Z' });
  });

  it('agrees with procfs on CPU time, to the second that it prints', () => {
    for (const { old, ps, now } of pairs()) {
      expect(ps.cpuSeconds).toBeGreaterThanOrEqual(Math.floor(old.cpuSeconds ?? 0));
      expect(ps.cpuSeconds).toBeLessThanOrEqual(now.cpuSeconds ?? 0);
    }
  });

  it('agrees with procfs on memory and threads of processes at rest', () => {
    for (const name of ['parenthesis', 'colon', 'forger']) {
      const { pid } = stage.seen(name);
      const pair = pairs().find(({ ps }) => ps.pid === pid);
      expect(pair?.ps.threads).toBe(pair?.now.threads);
      expect((pair?.ps.rssBytes ?? 0) / (pair?.now.rssBytes ?? 0)).toBeCloseTo(1, 0);
      expect(pair?.ps.rssBytes).toBeGreaterThan(10_000_000);
    }
  });

  it('is not fooled by a row forged in the arguments of a process', () => {
    const forger = listed.processes.find((one) => one.pid === stage.seen('forger').pid);
    expect(forger?.comm).toBe(commOf('claude'));
    expect(forger?.argv?.slice(-2)).toEqual(['2026', 'forged']);
    expect(listed.processes.filter((one) => one.pid === 1)).toHaveLength(1);
    expect(listed.processes.find((one) => one.pid === 1)?.argv).not.toContain('forged');
  });

  it('keeps characters beyond ASCII', () => {
    const colon = listed.processes.find((one) => one.pid === stage.seen('colon').pid);
    expect(colon?.comm).toBe(commOf('tmux: server'));
    expect(colon?.argv?.slice(-2)).toEqual(['ünïcode', '日本']);
  });

  it('does not list itself', () => {
    expect(listed.processes.filter((one) => one.comm === 'ps' && one.ppid === process.pid)).toEqual([]);
  });

  it('identifies a process as its scan did', async () => {
    const { pid } = stage.seen('colon');
    const seen = listed.processes.find((one) => one.pid === pid);
    expect(await source.identify(pid)).toEqual({ bootId: undefined, pid, startTime: seen?.startTime });
  });

  it('calls a pid gone that nobody has', async () => {
    // Beyond PID_MAX_LIMIT of Linux, 2^22.
    expect(await source.identify(4_194_305)).toBe('gone');
  });
});
