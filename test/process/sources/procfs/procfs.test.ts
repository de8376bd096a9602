import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseStat,
  parseTerminalDrivers,
  splitAtNul,
  terminalName,
} from '../../../../src/process/sources/procfs/parse.js';
import { createProcfsSource, startTimeOf } from '../../../../src/process/sources/procfs/procfs.js';
import { commOf, eventually, openStage, type Stage, statOf } from '../../../kit/processes.js';

/** `exit` of the system calls, by architecture, which ends one thread: asm/unistd.h. */
const EXIT_OF_A_THREAD = process.arch === 'x64' ? 60 : 93;
const hasPerlThreads = (): boolean => spawnSync('perl', ['-Mthreads', '-e', '1']).status === 0;

const TAIL = '1 42 42 34817 -1 4194304 9 8 7 6 150 50 0 0 20 0 3 0 777 1000 25 1';

describe('a row of /proc/PID/stat', () => {
  it.each([
    ['a plain name', '42 (node) S', 'node', 'S'],
    ['a name with blanks', '42 (tmux: server) S', 'tmux: server', 'S'],
    ['a name that fakes a state', '42 (foo) Z ) S', 'foo) Z ', 'S'],
    ['a name with a line end', '42 (a\nb) R', 'a\nb', 'R'],
    ['a name of parentheses', '42 ()()) T', ')()', 'T'],
    ['a name in another script', '42 (クロード) S', 'クロード', 'S'],
  ])('is read after the last parenthesis: %s', (_, head, comm, state) => {
    expect(parseStat(`${head} ${TAIL}\n`)).toEqual({
      comm,
      state,
      ppid: 1,
      pgid: 42,
      sid: 42,
      ttyNumber: 34817,
      flags: 4194304,
      cpuTicks: 200,
      threads: 3,
      startTicks: '777',
      rssPages: 25,
    });
  });

  it.each([['nothing'], ['42 (cut'], ['42 (cut) S 1 2 3']])('is nothing when cut: %s', (text) => {
    expect(parseStat(text)).toBeUndefined();
  });
});

describe('argv of /proc/PID/cmdline', () => {
  it.each<[string, string, string[]]>([
    ['elements end with a NUL', 'claude\0-p\0', ['claude', '-p']],
    ['inner empty elements are real', 'claude\0--setting-sources\0\0--x\0', ['claude', '--setting-sources', '', '--x']],
    ['the padding of a title is kept', 'claude\0\0\0', ['claude', '', '']],
    ['a title without a NUL is one element', 'sshd: u@pts/3', ['sshd: u@pts/3']],
    ['line ends belong to the text', 'sh\0-c\0a\nb\0', ['sh', '-c', 'a\nb']],
    ['a kernel thread or zombie has none', '', []],
  ])('%s', (_, text, argv) => {
    expect(splitAtNul(text)).toEqual(argv);
  });
});

describe('the name of a terminal', () => {
  const drivers = parseTerminalDrivers(
    'pty_slave            /dev/pts      136 0-1048575 pty:slave\nttyprintk            /dev/ttyprintk   5 3 console\nhvc                  /dev/hvc      229 0-7 system\n',
  );
  it.each<[string, number, string | null]>([
    ['no terminal', 0, null],
    ['a pseudo-terminal', 136 * 256 + 3, 'pts/3'],
    ['a pseudo-terminal beyond 255', (136 << 8) | (1 << 20) | 44, 'pts/300'],
    ['a console', 4 * 256 + 1, 'tty1'],
    ['a serial line', 4 * 256 + 65, 'ttyS1'],
    ['a line of a listed driver', 229 * 256 + 2, 'hvc2'],
    ['a driver’s only line', 5 * 256 + 3, 'ttyprintk'],
    ['a line of no known driver', 99 * 256 + 2, '99:2'],
  ])('%s', (_, device, name) => {
    expect(terminalName(device, drivers)).toBe(name);
  });
});

describe('procfs of recorded files', () => {
  let root: string;
  const source = (selfPid?: number) =>
    createProcfsSource({ root, selfPid, machine: {}, markers: new Set(['CLAUDE_PID']), now: () => 0 });
  const put = (pid: number, files: Readonly<Record<string, string>>): void => {
    mkdirSync(path.join(root, String(pid)), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, String(pid), name), text);
  };

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-procfs-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('tells the tracer of a process, and nothing where there is none', async () => {
    put(7, {
      stat: `7 (a) S ${TAIL}`,
      status: 'Name:\ta\nTracerPid:\t41\nNSpid:\t7\t3\t1\nNSpgid:\t7\t3\t1\n',
    });
    put(8, {
      stat: `8 (b) S ${TAIL}`,
      status: 'Name:\tb\nTracerPid:\t0\nUid:\t1\t2\t1\t1\nNSpid:\t8\nNSpgid:\t8\n',
    });
    const { processes } = await source().scan();
    const parts = await source().detail(processes, ['user']);
    expect(parts.get(7)?.detail).toEqual({ tracerPid: 41, innerPids: [3, 1] });
    expect(parts.get(8)).toMatchObject({ uid: 2, detail: {} });
  });

  it('skips a process that vanished after the folder was listed', async () => {
    put(7, { stat: `7 (a) S ${TAIL}`, cmdline: 'a\0' });
    put(8, {});
    const scan = await source().scan();
    expect(scan.processes.map((one) => one.pid)).toEqual([7]);
    expect(scan.complete).toBe(true);
  });

  it('is incomplete when a row is not in the kernel’s form', async () => {
    put(7, { stat: 'rubbish' });
    const scan = await source().scan();
    expect(scan.complete).toBe(false);
    expect(scan.problems[0]?.what).toContain('/7/stat');
  });

  it('is incomplete when the scanner’s own process is not there', async () => {
    put(7, { stat: `7 (a) S ${TAIL}`, cmdline: 'a\0' });
    expect((await source(9).scan()).complete).toBe(false);
    expect((await source(7).scan()).complete).toBe(true);
  });

  it('is an error when nothing can be read at all', async () => {
    rmSync(root, { recursive: true });
    await expect(source().scan()).rejects.toMatchObject({ code: 'incomplete-scan' });
  });

  it('keeps allowed markers only and drops every other variable', async () => {
    put(7, { stat: `7 (a) S ${TAIL}`, environ: 'CLAUDE_PID=5\0API_KEY=secret\0' });
    const { processes } = await source().scan();
    const parts = await source().detail(processes, ['markers']);
    expect(parts.get(7)?.detail).toEqual({ markers: { CLAUDE_PID: '5' } });
  });

  it('gives no detail for a pid that another process has by now', async () => {
    put(7, { stat: `7 (a) S ${TAIL}` });
    const { processes } = await source().scan();
    put(7, { stat: `7 (a) S ${TAIL.replace('777', '778')}`, environ: 'CLAUDE_PID=5\0' });
    expect((await source().detail(processes, ['markers'])).size).toBe(0);
  });

  it.skipIf(process.getuid?.() === 0)('marks what it may not read as absent', async () => {
    put(7, { stat: `7 (a) S ${TAIL}`, cmdline: 'a\0' });
    chmodSync(path.join(root, '7/cmdline'), 0);
    const scan = await source().scan();
    expect(scan.processes[0]?.argv).toBeUndefined();
    expect(scan.complete).toBe(true);
  });

  it('leaves the rows of skipped programs out where only a count is wanted', async () => {
    put(7, { stat: `7 (claude) S ${TAIL}`, cmdline: 'claude\0' });
    put(8, { stat: `8 (sleep) S ${TAIL}`, cmdline: 'sleep\x009\0' });
    put(9, { stat: 'rubbish' });
    const scan = await source(8).scan({ skipProgram: (comm) => comm === 'sleep', dropSkipped: true });
    expect(scan.processes.map((one) => one.pid)).toEqual([7]);
    // What is damaged is still said.
    expect(scan.complete).toBe(false);
  });

  it('leaves argv and executable of skipped programs for a closer look', async () => {
    put(7, { stat: `7 (claude) S ${TAIL}`, cmdline: 'claude\0' });
    put(8, { stat: `8 (sleep) S ${TAIL}`, cmdline: 'sleep\x009\0' });
    symlinkSync('/bin/sleep', path.join(root, '8/exe'));
    const { processes } = await source().scan({ skipProgram: (comm) => comm === 'sleep' });
    expect(processes.map((one) => one.argv)).toEqual([['claude'], undefined]);
    const parts = await source().detail(processes, ['argv']);
    expect(parts.get(8)).toMatchObject({ argv: ['sleep', '9'], exe: '/bin/sleep' });
  });
});

describe.skipIf(process.platform !== 'linux')('procfs of this machine', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());
  const live = () =>
    createProcfsSource({
      selfPid: process.pid,
      machine: {},
      markers: new Set(['CLAUDE_PID']),
      now: Date.now,
      readPasswd: () => `me:x:${process.getuid?.()}:0::/:/bin/sh\n`,
    });

  it('shows a link named claude to node with the name claude', async () => {
    await stage.start({
      as: stage.program('claude'),
      args: ['--session-id', 'u1', ''],
      script: { name: 'agent' },
    });
    const agent = stage.seen('agent');
    const scan = await live().scan();
    const record = scan.processes.find((one) => one.pid === agent.pid);
    expect(scan.complete).toBe(true);
    expect(record).toMatchObject({ comm: commOf('claude'), startTime: agent.startTime, ppid: process.pid });
    expect(record?.argv?.slice(-3)).toEqual(['--session-id', 'u1', '']);
    expect(record?.exe).toBe(process.execPath);
    expect(Math.abs((record?.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('looks closer at one process: folder, descriptors, markers, user, memory', async () => {
    await stage.start({
      script: { name: 'agent' },
      env: { CLAUDE_PID: '123', SECRET_TOKEN: 'no' },
      cwd: stage.folder,
    });
    const agent = stage.seen('agent');
    const source = live();
    const record = (await source.scan()).processes.find((one) => one.pid === agent.pid);
    const wanted = ['argv', 'user', 'cwd', 'fds', 'markers', 'memory', 'cgroup', 'io'] as const;
    const part = record && (await source.detail([record], wanted)).get(agent.pid);
    expect(part).toMatchObject({ uid: process.getuid?.(), user: 'me', exe: process.execPath });
    expect(part?.detail).toMatchObject({ cwd: stage.folder, markers: { CLAUDE_PID: '123' } });
    // The kit gives stdin as a pipe; node makes pipes of socket pairs.
    expect(part?.detail?.fds?.get(0)).toMatch(/^(pipe|socket):\[\d+\]$/);
    expect(part?.detail?.pssBytes).toBeGreaterThan(1024 * 1024);
  });

  it.runIf(hasPerlThreads())('sees a process whose main thread has exited by what its other threads say', async () => {
    const script = `use threads; threads->create(sub { sleep 600 }); syscall(${EXIT_OF_A_THREAD}, 0)`;
    const child = spawn('perl', ['-e', script, 'claude'], { stdio: 'ignore', cwd: stage.folder });
    const pid = child.pid ?? 0;
    stage.register({ pid, startTime: statOf(pid)?.startTime ?? '' });
    await eventually(() => statOf(pid)?.state === 'Z', 'the main thread to exit');
    const source = live();
    const record = (await source.scan()).processes.find((one) => one.pid === pid);
    expect(record?.argv).toEqual(['perl', '-e', script, 'claude']);
    expect(record).toMatchObject({ state: 'S', exe: expect.stringMatching(/perl/) });
    expect(record?.rssBytes).toBeGreaterThan(1024 * 1024);
    const part = record && (await source.detail([record], ['cwd', 'fds'])).get(pid);
    expect(part?.detail).toMatchObject({ cwd: stage.folder });
    expect(part?.detail?.fds?.get(0)).toBe('/dev/null');
  });

  it('tells who has a pid, and that nobody has it', async () => {
    const child = await stage.start({ script: { name: 'agent' } });
    const agent = stage.seen('agent');
    expect(await live().identify(agent.pid)).toMatchObject({ pid: agent.pid, startTime: agent.startTime });
    expect(startTimeOf(agent.pid)).toBe(agent.startTime);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(await live().identify(agent.pid)).toBe('gone');
    expect(startTimeOf(agent.pid)).toBeUndefined();
  });

  it('agrees with ps about processes, parents, groups and terminals', async () => {
    await stage.start({ script: { name: 'one' }, detached: true });
    const { pid } = stage.seen('one');
    const text = execFileSync('ps', ['-o', 'ppid=,pgid=,sid=,tty=,comm=', '-p', String(pid)], {
      encoding: 'utf8',
    });
    const record = (await live().scan()).processes.find((one) => one.pid === pid);
    const told = [record?.ppid, record?.pgid, record?.sid, record?.tty ?? '?', record?.comm].join(' ');
    expect(told).toBe(text.trim().split(/\s+/).join(' '));
  });
});

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('procfs of another pid namespace', () => {
  it('is no view of ours, whoever has our number there', () => {
    const script = `
      const { createProcfsSource } = require(process.argv[1]);
      const options = { selfPid: process.pid, machine: {}, markers: new Set(), now: Date.now };
      createProcfsSource(options).scan().then(({ complete }) => console.log(complete));`;
    const bundle = path.join(mkdtempSync(path.join(os.tmpdir(), 'sesswatch-namespace-')), 'procfs.cjs');
    try {
      buildSync({
        entryPoints: [path.resolve(import.meta.dirname, '../../../../src/process/sources/procfs/procfs.ts')],
        outfile: bundle,
        bundle: true,
        platform: 'node',
        format: 'cjs',
      });
      const run = (flags: readonly string[]): string =>
        execFileSync('unshare', [...flags, process.execPath, '-e', script, bundle], {
          encoding: 'utf8',
        }).trim();
      expect(run(['--pid', '--fork'])).toBe('false');
      expect(run(['--pid', '--fork', '--mount-proc'])).toBe('true');
    } finally {
      rmSync(path.dirname(bundle), { recursive: true, force: true });
    }
  });
});
