import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../../src/process/record.js';
import { SNAPSHOT_SCHEMA } from '../../../../src/snapshot/document/document.js';
import { byPid, expectFields, FILE_TIME, read } from './read-recorded.js';

const TREES = path.resolve(import.meta.dirname, '../../../../fixtures/corpus/trees');

const SNAPSHOT = {
  schema: SNAPSHOT_SCHEMA,
  id: '20261120T103252000Z-first',
  label: 'first',
  takenAt: '2026-11-20T10:32:52.000Z',
  machine: { hostname: 'devbox', bootId: 'b', platform: 'linux', release: '6.1', source: 'procfs' },
  complete: true,
  totals: { processes: 1 },
  processes: [
    {
      pid: 7,
      startTime: '12345',
      startedAt: '2026-11-20T10:32:42.500Z',
      ppid: 1,
      uid: 1000,
      user: 'ada',
      pgid: 7,
      sid: 7,
      tty: 'pts/3',
      state: 'S',
      comm: 'claude',
      exe: '/opt/claude',
      argv: ['claude', '', '--resume', 'x'],
      cwd: '/src',
      cpuSeconds: 1.5,
      rssBytes: 4096,
      pssBytes: 2048,
      threads: 9,
      ageSeconds: 9.5,
      agent: 'codex',
      role: 'server',
      sessionId: 'forged',
      owner: { kind: 'terminal', name: 'pts/3' },
      verdict: 'orphan',
      evidence: [],
    },
  ],
};

const json = (changes: object): string => JSON.stringify({ ...SNAPSHOT, ...changes });

describe('a recorded snapshot', () => {
  it('gives back the process table, and beside it what each process was for an agent', async () => {
    expect(await read(json({}))).toEqual({
      source: 'recorded',
      takenAt: Date.parse('2026-11-20T10:32:52Z'),
      machine: { hostname: 'devbox', bootId: 'b', platform: 'linux', release: '6.1' },
      complete: true,
      problems: [],
      processes: [
        {
          pid: 7,
          startTime: '12345',
          startedAt: Date.parse('2026-11-20T10:32:42.500Z'),
          ppid: 1,
          uid: 1000,
          user: 'ada',
          pgid: 7,
          sid: 7,
          tty: 'pts/3',
          state: 'S',
          comm: 'claude',
          exe: '/opt/claude',
          argv: ['claude', '', '--resume', 'x'],
          cpuSeconds: 1.5,
          rssBytes: 4096,
          threads: 9,
          recorded: { agent: 'codex', role: 'server', sessionId: 'forged' },
          detail: { cwd: '/src', pssBytes: 2048 },
        },
      ],
    });
  });

  it.each([
    ['without a schema', json({ schema: undefined })],
    ['as processes alone', JSON.stringify({ processes: SNAPSHOT.processes })],
    ['as bare rows', JSON.stringify(SNAPSHOT.processes)],
    ['with a byte order mark', `\uFEFF${json({})}`],
    ['with Windows line ends', JSON.stringify(SNAPSHOT, null, 2).replaceAll('\n', '\r\n')],
    ['with blanks around it', `\n  ${json({})}\n\n`],
  ])('is read %s', async (_, text) => {
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    expectFields(byPid(scan, 7), { argv: ['claude', '', '--resume', 'x'], rssBytes: 4096 });
  });

  it('takes the time of the file where the document does not say when', async () => {
    const scan = await read('{"processes":[{"pid":7,"comm":"claude","ageSeconds":10}]}');
    expect(scan.takenAt).toBe(FILE_TIME);
    expectFields(byPid(scan, 7), { startedAt: FILE_TIME - 10_000 });
  });

  it.each(['-271821-04-20T00:00:00.000Z', '+275760-09-13T00:00:00.000Z', 'never'])(
    'is refused when it was taken at %s',
    async (takenAt) => {
      await expect(read(json({ takenAt }))).rejects.toMatchObject({ code: 'format' });
    },
  );

  it('leaves out a start that no clock shows', async () => {
    const rows = [
      { pid: 7, comm: 'a', startedAt: '-271821-04-20T00:00:00.000Z' },
      { pid: 8, comm: 'b', ageSeconds: 1e17 },
    ];
    const scan = await read(JSON.stringify(rows));
    expect([byPid(scan, 7)?.startedAt, byPid(scan, 8)?.startedAt]).toEqual([undefined, undefined]);
  });

  it.each<[string, object, Partial<ProcessRecord>]>([
    [
      'only a pid and a name',
      { pid: 7, comm: 'claude' },
      {
        comm: 'claude',
        argv: undefined,
        ppid: undefined,
        rssBytes: undefined,
        tty: undefined,
        detail: undefined,
      },
    ],
    ['only a pid and arguments', { pid: 7, argv: ['claude'] }, { argv: ['claude'], comm: undefined }],
    ['an empty argv', { pid: 7, argv: [] }, { argv: [] }],
    [
      'only joined text',
      { pid: 7, argv: null, args: 'claude  --resume x' },
      { argv: ['claude', '--resume', 'x'], argvIsSplitText: true },
    ],
    ['a split that was marked as one', { pid: 7, argv: ['a'], argvIsSplitText: true }, { argvIsSplitText: true }],
    ['no terminal, known', { pid: 7, comm: 'x', tty: null }, { tty: null }],
    ['the ? of Linux for a terminal', { pid: 7, comm: 'x', tty: '?' }, { tty: null }],
    ['the ?? of macOS for a terminal', { pid: 7, comm: 'x', tty: '??' }, { tty: null }],
    ['a dash for a terminal', { pid: 7, comm: 'x', tty: '-' }, { tty: null }],
    ['an empty text for a terminal', { pid: 7, comm: 'x', tty: '' }, { tty: null }],
    [
      'values of the wrong kind',
      {
        pid: 7,
        comm: 'x',
        ppid: '1',
        rssBytes: -1,
        uid: 1.5,
        exe: 3,
        state: [],
        startedAt: 'x',
        cpuSeconds: null,
      },
      {
        ppid: undefined,
        rssBytes: undefined,
        uid: undefined,
        exe: undefined,
        state: undefined,
        startedAt: undefined,
        cpuSeconds: undefined,
      },
    ],
    [
      'kilobytes, as recorded trees have',
      { pid: 7, comm: 'x', rss_kb: 2, pss_kb: 1 },
      { rssBytes: 2048, detail: { pssBytes: 1024 } },
    ],
    [
      'descriptors by number',
      { pid: 7, comm: 'x', fds: { 0: '/dev/pts/3 (deleted)', 2: 'pipe:[9]', x: 'y' } },
      {
        detail: {
          fds: new Map([
            [0, '/dev/pts/3 (deleted)'],
            [2, 'pipe:[9]'],
          ]),
        },
      },
    ],
  ])('may hold %s', async (_, row, expected) => {
    const scan = await read(JSON.stringify([row]));
    expect(scan.complete).toBe(true);
    expectFields(byPid(scan, 7), expected);
  });

  it('keeps only the environment markers that it is told to, never a key', async () => {
    const rows = [{ pid: 7, comm: 'x', env: { CLAUDE_PID: '6', ANTHROPIC_API_KEY: 'sk-1', CLAUDECODE: 1 } }];
    const marked = await read(JSON.stringify(rows), new Set(['CLAUDE_PID', 'CLAUDECODE']));
    expectFields(byPid(marked, 7), { detail: { markers: { CLAUDE_PID: '6' } } });
    expect(JSON.stringify(await read(JSON.stringify(rows)))).not.toContain('sk-1');
  });

  it('knows threads of the kernel, which a document does not mark', async () => {
    const scan = await read('[{"pid":2,"ppid":0,"comm":"kthreadd"},{"pid":9,"ppid":2,"comm":"kworker/0:1"}]');
    expect(scan.processes.map((one) => one.kernelThread)).toEqual([true, true]);
  });

  it.each([
    ['of no process', json({ processes: [] })],
    ['of no process, bare', '[]'],
  ])('may be one %s', async (_, text) => {
    expect(await read(text)).toMatchObject({ complete: true, processes: [] });
  });

  it('stays incomplete when it was', async () => {
    const scan = await read(json({ complete: false, problems: ['/proc/9/stat: EIO'] }));
    expect(scan.complete).toBe(false);
    expect(scan.problems[0]?.what).toBe('/proc/9/stat: EIO');
  });

  it('is incomplete when some rows are no processes', async () => {
    const scan = await read('[{"pid":7,"comm":"claude"},{"pid":8},{"comm":"x"},{"pid":-1,"comm":"x"},null]');
    expect(scan.complete).toBe(false);
    expect(scan.processes.map((one) => one.pid)).toEqual([7]);
    expect(scan.problems[0]?.what).toBe('given.txt: 4 of 5 rows have no pid, or neither argv nor comm');
  });

  it.each([
    ['truncated', json({}).slice(0, 300), /given.txt is no whole JSON/],
    ['of a newer schema', json({ schema: 'sesswatch/snapshot/2' }), /sesswatch\/snapshot\/2.*up to version 1/],
    ['another document of ours', json({ schema: 'sesswatch/diff/1' }), /"sesswatch\/diff\/1", no snapshot/],
    ['of a schema that is none', json({ schema: 7 }), /is a 7, no snapshot/],
    ['of a version that is none', json({ schema: 'sesswatch/snapshot/x' }), /no snapshot/],
    ['foreign', '{"name":"x","version":"1.0.0"}', /holds no process table/],
    ['of foreign rows', '[{"name":"x"}]', /holds no process table/],
    ['of numbers', '[1,2,3]', /holds no process table/],
    ['without rows', json({ processes: { 7: {} } }), /holds no process table/],
  ])('is refused when it is %s', async (_, text, message) => {
    const scan = read(text);
    await expect(scan).rejects.toMatchObject({ name: 'SesswatchError', code: 'format' });
    await expect(scan).rejects.toThrow(message);
  });
});

describe('recorded trees of real agents', () => {
  const trees = readdirSync(TREES).filter((name) => name.endsWith('.json'));

  it.each(trees)('%s is read row by row', async (name) => {
    const text = readFileSync(path.join(TREES, name), 'utf8');
    const rows = (JSON.parse(text) as { processes: { pid: number; argv: string[]; fds: object }[] }).processes;
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    expect(scan.processes.map((one) => [one.pid, one.argv, one.detail?.fds?.size])).toEqual(
      rows.map((row) => [row.pid, row.argv, Object.keys(row.fds).length]),
    );
    expect(JSON.stringify(scan)).not.toContain('expect');
  });
});
