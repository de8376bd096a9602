import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../src/process/record.js';
import {
  createPortableSource,
  type ListProcesses,
  type MeasureProcesses,
} from '../../../src/process/sources/portable.js';
import { eventually, openStage, type Stage } from '../../kit/processes.js';

type Listed = Awaited<ReturnType<ListProcesses>>[number];

const TAKEN_AT = Date.parse('2026-11-20T10:32:52Z');
const SELF: Listed = { pid: 900, ppid: 1, name: 'node', cmd: 'node sesswatch', path: '' };

function portable(
  rows: Listed[] | Error,
  measure: MeasureProcesses = async () => ({}),
  platform: NodeJS.Platform = 'linux',
) {
  return createPortableSource({
    loadPsList: async () => async () => {
      if (rows instanceof Error) throw rows;
      return rows;
    },
    loadPidUsage: async () => measure,
    machine: { hostname: 'devbox', platform, bootId: 'b' },
    now: () => TAKEN_AT,
    selfPid: 900,
  });
}

const reading = (pid: number, elapsed = 10_000) => ({
  pid,
  ppid: 1,
  cpu: 100,
  ctime: 2500,
  memory: 4096,
  elapsed,
  timestamp: TAKEN_AT,
});

describe('a scan by ps-list', () => {
  it('fills what ps-list tells, and no other field', async () => {
    const scan = await portable([
      {
        ...SELF,
        cmd: 'claude  --resume x',
        uid: 1000,
        startTime: new Date(TAKEN_AT - 10_000),
        cpu: 3,
        memory: 4,
      },
    ]).scan();
    expect(scan).toEqual({
      source: 'portable',
      takenAt: TAKEN_AT,
      machine: { hostname: 'devbox', platform: 'linux', bootId: 'b' },
      complete: true,
      problems: [],
      processes: [
        {
          pid: 900,
          ppid: 1,
          uid: 1000,
          startTime: '2026-11-20T10:32:42Z',
          startedAt: TAKEN_AT - 10_000,
          comm: 'node',
          argv: ['claude', '--resume', 'x'],
          argvIsSplitText: true,
        },
      ],
    });
  });

  it.each<[string, Listed, NodeJS.Platform, Partial<ProcessRecord>]>([
    [
      'the executable of Linux, and then not the kernel’s name',
      { pid: 7, ppid: 1, name: 'node', path: '/usr/bin/node', cmd: 'claude' },
      'linux',
      { exe: '/usr/bin/node', comm: undefined, argv: ['claude'] },
    ],
    [
      'no executable of macOS, where it is guessed, but argv[0] with its blanks',
      { pid: 7, ppid: 1, name: 'T3 Code', path: '/Applications/T3 Code', cmd: '/Applications/T3 Code --x' },
      'darwin',
      { exe: undefined, argv: ['/Applications/T3 Code', '--x'] },
    ],
    [
      'the name of macOS without its folder',
      { pid: 7, ppid: 1, name: '/opt/bin/claude', path: '', cmd: 'claude' },
      'darwin',
      { comm: 'claude' },
    ],
    [
      'only a name on Windows',
      { pid: 7, ppid: 1, name: 'claude.exe' },
      'win32',
      { comm: 'claude.exe', argv: undefined, startTime: undefined, uid: undefined },
    ],
    [
      'a zombie',
      { pid: 7, ppid: 1, name: 'claude', path: '', cmd: '[claude] <defunct>' },
      'linux',
      { state: 'Z', comm: 'claude', argv: [] },
    ],
    [
      'no arguments where there are none',
      { pid: 7, ppid: 1, name: 'x', path: '', cmd: '' },
      'linux',
      { argv: undefined, argvIsSplitText: undefined },
    ],
  ])('knows %s', async (_, row, platform, expected) => {
    const scan = await portable([SELF, row], undefined, platform).scan();
    const record = scan.processes.find((one) => one.pid === 7);
    expect(record).toBeDefined();
    for (const [field, value] of Object.entries(expected))
      expect(record?.[field as keyof ProcessRecord]).toEqual(value);
  });

  it('of Windows tells names alone, and that it does', async () => {
    const scan = await portable([SELF, { pid: 7, ppid: 1, name: 'claude.exe' }], undefined, 'win32').scan();
    expect(scan.complete).toBe(false);
    expect(scan.problems[0]?.what).toContain('the names alone');
  });

  it.skipIf(process.platform === 'win32')('runs no ps that somebody’s PATH finds first', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-path-'));
    const { PATH } = process.env;
    try {
      writeFileSync(path.join(folder, 'ps'), `#!/bin/sh\necho ran > ${folder}/ran\n`, { mode: 0o755 });
      process.env.PATH = `${folder}:${PATH}`;
      const machine = { platform: process.platform };
      const source = createPortableSource({ machine, now: Date.now, selfPid: process.pid });
      const scan = await source.scan();
      await source.detail(scan.processes.slice(0, 3), ['memory']);
      expect(scan.complete).toBe(true);
      expect(existsSync(path.join(folder, 'ran'))).toBe(false);
      expect(process.env.PATH).toBe(`${folder}:${PATH}`);
    } finally {
      process.env.PATH = PATH;
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('knows threads of the kernel', async () => {
    const daemon = { pid: 2, ppid: 0, name: 'kthreadd', path: '', cmd: '[kthreadd]' };
    const worker = { pid: 4, ppid: 2, name: 'kworker/R-rcu_g', path: '', cmd: '[kworker/R-rcu_gp]' };
    const scan = await portable([SELF, daemon, worker]).scan();
    expect(scan.processes.map((one) => one.kernelThread)).toEqual([undefined, true, true]);
  });

  it('leaves its own helpers out, and no ps of somebody else', async () => {
    const helper = { pid: 901, ppid: 900, name: 'ps', path: '', cmd: '/bin/ps awwxo pid=,args=' };
    const scan = await portable([SELF, helper, { ...helper, pid: 902, ppid: 5 }]).scan();
    expect(scan.processes.map((one) => one.pid)).toEqual([900, 902]);
  });

  it.each([
    ['names no process, as with BusyBox', []],
    ['fails', new Error('Windows ARM64 is not supported yet.')],
  ])('throws when ps-list %s', async (_, rows) => {
    await expect(portable(rows).scan()).rejects.toMatchObject({
      name: 'SesswatchError',
      code: 'incomplete-scan',
    });
  });

  it('is incomplete when our own process is missing', async () => {
    const scan = await portable([{ ...SELF, pid: 7 }]).scan();
    expect(scan.complete).toBe(false);
    expect(scan.problems[0]?.what).toMatch(/does not show this process/);
  });
});

describe('a closer look by pidusage', () => {
  it('tells memory and CPU time, and not the meaningless first percentage', async () => {
    const source = portable([SELF], async () => ({ 7: reading(7) }));
    expect(await source.detail([{ pid: 7, startedAt: TAKEN_AT - 10_000 }], ['memory'])).toEqual(
      new Map([[7, { cpuSeconds: 2.5, rssBytes: 4096 }]]),
    );
  });

  it('measures nothing unless memory is asked for', async () => {
    const source = portable([SELF], async () => {
      throw new Error('asked');
    });
    expect((await source.detail([{ pid: 7 }], ['user', 'cwd'])).size).toBe(0);
    expect((await source.detail([], ['memory'])).size).toBe(0);
  });

  it.each([
    ['a pid that is gone', async () => ({ 7: null })],
    ['a pid that is left out, as on macOS', async () => ({})],
    ['pids that are all gone', async () => Promise.reject(new Error('No matching pid found'))],
    ['a pid that has become another process', async () => ({ 7: reading(7, 1000) })],
  ])('leaves out %s', async (_, measure) => {
    const source = portable([SELF], measure);
    expect((await source.detail([{ pid: 7, startedAt: TAKEN_AT - 10_000 }], ['memory'])).size).toBe(0);
  });

  it('asks for a bounded number of pids at a time, and goes on when one lot fails', async () => {
    const lots: number[] = [];
    const source = portable([SELF], async (pids) => {
      lots.push(pids.length);
      if (lots.length === 2) throw new Error('No matching pid found');
      return Object.fromEntries(pids.map((pid) => [pid, reading(pid)]));
    });
    const records = Array.from({ length: 150 }, (_, index) => ({ pid: index + 10 }));
    const parts = await source.detail(records, ['memory']);
    expect(lots).toEqual([64, 64, 22]);
    expect(parts.size).toBe(86);
  });
});

describe('identify by ps-list', () => {
  const started = { startTime: new Date(TAKEN_AT) };
  it.each([
    [
      'its start when it is listed',
      [SELF, { pid: 7, ppid: 1, name: 'x', ...started }],
      { bootId: 'b', pid: 7, startTime: '2026-11-20T10:32:52Z' },
    ],
    ['unknown when no start is told, as on Windows', [SELF, { pid: 7, ppid: 1, name: 'x' }], 'unknown'],
    ['gone when a whole list lacks it', [SELF], 'gone'],
    ['unknown when the list lacks ourselves too', [{ pid: 8, ppid: 1, name: 'x' }], 'unknown'],
  ])('answers %s', async (_, rows, answer) => {
    expect(await portable(rows).identify(7)).toEqual(answer);
  });
});

describe('the real ps-list and pidusage', () => {
  let stage: Stage | undefined;
  afterEach(() => stage?.close());

  it('list and measure a process, and keep no descriptor', async () => {
    stage = openStage();
    await stage.start({ as: stage.program('claude'), script: { name: 'agent' }, args: ['--resume', 'x'] });
    const { pid } = stage.seen('agent');
    const source = createPortableSource({
      machine: { platform: process.platform },
      now: Date.now,
      selfPid: process.pid,
    });

    const scan = await source.scan();
    expect(scan).toMatchObject({ complete: true, problems: [] });
    expect(scan.processes.filter((one) => one.ppid === process.pid && one.argv?.includes('awwxo'))).toEqual([]);
    const record = scan.processes.find((one) => one.pid === pid);
    expect(record?.argv?.slice(-2)).toEqual(['--resume', 'x']);

    // Of those that stay: pidusage leaves a file open for a minute when its process ends while it is read.
    const staying = scan.processes.filter((one) => one.pid === pid || one.pid === process.pid);
    const parts = await source.detail(staying, ['memory']);
    expect(parts.get(pid)?.rssBytes).toBeGreaterThan(10_000_000);
    expect(parts.get(pid)?.cpuSeconds).toBeGreaterThanOrEqual(0);
    if (process.platform === 'linux') await eventually(() => openStatFiles() === 0, 'pidusage to close its files');
    expect(await source.identify(pid)).toMatchObject({ pid, startTime: record?.startTime });
  });
});

/** Descriptors of ours on some /proc/PID/stat. */
function openStatFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return /^\/proc\/\d+\/stat$/.test(readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      // The descriptor of the listing itself, closed by now.
      return false;
    }
  }).length;
}
