import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../../src/errors.js';
import type { ProcessRecord } from '../../../../src/process/record.js';
import type { Scan } from '../../../../src/process/scan.js';
import { createRecordedSource } from '../../../../src/process/sources/recorded/recorded.js';
import { SNAPSHOT_SCHEMA } from '../../../../src/snapshot/document/document.js';

const FIXTURES = path.resolve(import.meta.dirname, '../../../../fixtures');
const corpus = (name: string): string => readFileSync(path.join(FIXTURES, 'corpus', name), 'utf8');

const FILE_TIME = Date.parse('2026-11-20T12:00:00Z');

const read = (text: string, markers?: ReadonlySet<string>): Promise<Scan> =>
  createRecordedSource(text, {
    path: 'given.txt',
    takenAt: FILE_TIME,
    ...(markers === undefined ? {} : { markers }),
  }).scan();

const byPid = (scan: Scan, pid: number): ProcessRecord | undefined => scan.processes.find((one) => one.pid === pid);

/** Compares the named fields only; an expected `undefined` means absent. */
function expectFields(record: ProcessRecord | undefined, expected: Partial<ProcessRecord>): void {
  expect(record).toBeDefined();
  for (const [field, value] of Object.entries(expected))
    expect([field, record?.[field as keyof ProcessRecord]]).toEqual([field, value]);
}

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
  const trees = readdirSync(path.join(FIXTURES, 'corpus/trees')).filter((name) => name.endsWith('.json'));

  it.each(trees)('%s is read row by row', async (name) => {
    const text = corpus(`trees/${name}`);
    const rows = (JSON.parse(text) as { processes: { pid: number; argv: string[]; fds: object }[] }).processes;
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    expect(scan.processes.map((one) => [one.pid, one.argv, one.detail?.fds?.size])).toEqual(
      rows.map((row) => [row.pid, row.argv, Object.keys(row.fds).length]),
    );
    expect(JSON.stringify(scan)).not.toContain('expect');
  });
});

describe('the text of ps', () => {
  it('is read without a header as pid, ppid, etime, rss, command', async () => {
    const scan = await read('   13     3  1-08:09:05 40388 node --watch src/bin.ts\n');
    expect(scan).toMatchObject({
      source: 'recorded',
      takenAt: FILE_TIME,
      complete: true,
      problems: [],
      machine: {},
    });
    expect(scan.processes).toEqual([
      {
        pid: 13,
        ppid: 3,
        startedAt: FILE_TIME - 115_745_000,
        rssBytes: 41_357_312,
        argv: ['node', '--watch', 'src/bin.ts'],
        argvIsSplitText: true,
      },
    ]);
  });

  it.each<[string, string, Partial<ProcessRecord>]>([
    [
      'ps -Ao pid,ppid,etime,rss,command',
      '  PID  PPID     ELAPSED   RSS COMMAND\n    7     1       00:09  2048 claude -c',
      { ppid: 1, startedAt: FILE_TIME - 9000, rssBytes: 2_097_152, argv: ['claude', '-c'] },
    ],
    [
      'that of macOS',
      '  PID  PPID ELAPSED    RSS COMMAND\n    7     1   08:09   2048 claude -c',
      { startedAt: FILE_TIME - 489_000, argv: ['claude', '-c'] },
    ],
    [
      'ps aux of Linux',
      'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nada            7  0.0  0.1 168140 12800 pts/3    Ssl+ Nov20   1:04 claude -c',
      {
        user: 'ada',
        uid: undefined,
        rssBytes: 13_107_200,
        tty: 'pts/3',
        state: 'S',
        cpuSeconds: 64,
        argv: ['claude', '-c'],
        startedAt: undefined,
        startTime: undefined,
      },
    ],
    [
      'ps aux of macOS',
      'USER   PID  %CPU %MEM      VSZ    RSS   TT  STAT STARTED      TIME COMMAND\nada      7   0.0  0.2 408932544 254112 s003  S+    9:01AM   5:02.10 claude -c',
      { user: 'ada', tty: 's003', state: 'S', cpuSeconds: 302.1, argv: ['claude', '-c'] },
    ],
    [
      'ps -ef',
      'UID          PID    PPID  C STIME TTY          TIME CMD\nada            7       1  0 Nov20 ?        00:01:04 claude -c',
      { user: 'ada', uid: undefined, ppid: 1, tty: null, cpuSeconds: 64, argv: ['claude', '-c'] },
    ],
    [
      'ps -ef of macOS, with numbers for users',
      '  UID   PID  PPID   C STIME   TTY           TIME CMD\n  501     7     1   0  9:01AM ??         5:02.10 claude -c',
      { uid: 501, user: undefined, ppid: 1, tty: null },
    ],
    [
      'ps -ejH-like groups',
      '    PID    PGID     SID TTY          TIME CMD\n      7       7       6 pts/3    00:00:00 claude',
      { pgid: 7, sid: 6 },
    ],
    [
      'another order, and seconds',
      'RSS ELAPSED PID S NLWP USER COMMAND\n2048 0905 7 R 9 ada claude',
      { startedAt: FILE_TIME - 905_000, rssBytes: 2_097_152, state: 'R', threads: 9, user: 'ada' },
    ],
    [
      'lstart',
      '  PID                  STARTED COMMAND\n    7 Fri Nov 20 08:09:05 2026 claude -c',
      { startTime: '2026-11-20T08:09:05', startedAt: undefined, argv: ['claude', '-c'] },
    ],
    [
      'start, a day',
      '  PID  STARTED COMMAND\n    7   Nov 20 claude -c',
      { startTime: undefined, argv: ['claude', '-c'] },
    ],
    [
      'start, a time',
      '  PID  STARTED COMMAND\n    7 08:09:05 claude -c',
      { startTime: undefined, argv: ['claude', '-c'] },
    ],
    [
      'a name with blanks before the arguments',
      '    PID COMMAND         COMMAND\n      7 tmux: server    tmux new-session -d',
      { comm: 'tmux: server', argv: ['tmux', 'new-session', '-d'] },
    ],
    [
      'a name so long that it moved the arguments',
      '    PID COMMAND         COMMAND\n      7 pool_workqueue_release claude -c',
      { comm: 'pool_workqueue_release', argv: ['claude', '-c'] },
    ],
  ])('is read under the header of %s', async (_, text, expected) => {
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    expect(scan.processes).toHaveLength(1);
    expectFields(byPid(scan, 7), expected);
  });

  it.each<[string, string, Partial<ProcessRecord>]>([
    ['08 and 09', '08:09', { startedAt: FILE_TIME - 489_000 }],
    ['hours of 08', '08:09:09', { startedAt: FILE_TIME - 29_349_000 }],
    ['days of 09', '09-08:09:08', { startedAt: FILE_TIME - 806_948_000 }],
  ])('reads an age with %s in decimal', async (_, elapsed, expected) => {
    expectFields(byPid(await read(`7 1 ${elapsed} 10 claude`), 7), expected);
  });

  it.each<[string, string, Partial<ProcessRecord>]>([
    ['a thread of the kernel', '7 2 00:05 0 [kworker/0:1]', { comm: 'kworker/0:1', argv: [] }],
    ['a zombie', '7 1 00:05 0 [claude] <defunct>', { comm: 'claude', argv: [], state: 'Z' }],
    ['a zombie of macOS', '7 1 00:05 0 <defunct>', { argv: [], state: 'Z' }],
    ['arguments that macOS could not read', '7 1 00:05 0 (claude)', { comm: 'claude', argv: undefined }],
    [
      'a name that plays with parentheses',
      '7 1 00:05 0 foo) Z 1 2',
      { argv: ['foo)', 'Z', '1', '2'], comm: undefined },
    ],
    ['characters beyond ASCII', '7 1 00:05 0 claude ünï 日本', { argv: ['claude', 'ünï', '日本'] }],
  ])('knows %s', async (_, text, expected) => {
    expectFields(byPid(await read(text), 7), expected);
  });

  it('marks threads of the kernel', async () => {
    const scan = await read('2 0 00:05 0 [kthreadd]\n9 2 00:05 0 [kworker/0:1]\n10 1 00:05 9 claude');
    expect(scan.processes.map((one) => one.kernelThread)).toEqual([true, true, undefined]);
  });

  it.each([
    ['Windows line ends', '7 1 00:05 10 claude -c\r\n8 1 00:05 10 codex\r\n'],
    ['a byte order mark', '\uFEFF7 1 00:05 10 claude -c\n8 1 00:05 10 codex'],
    ['blanks and empty lines at its end', '7 1 00:05 10 claude -c   \n\n8 1 00:05 10 codex\n  \n\n'],
  ])('tolerates %s', async (_, text) => {
    const scan = await read(text);
    expect(scan).toMatchObject({ complete: true, problems: [] });
    expect(scan.processes.map((one) => one.argv)).toEqual([['claude', '-c'], ['codex']]);
  });

  it.each([
    ['a prompt', '$ ps -Ao pid,ppid,etime,rss,command\n7 1 00:05 10 claude', [7]],
    ['the rest of arguments with a line end', '7 1 00:05 10 claude -p two\nlines 2 00:05', [7]],
    ['a second row of a pid, which may be forged', '7 1 00:05 10 claude\n7 1 00:09 99 bash', [7]],
    ['a row with words for numbers', 'PID PPID COMMAND\n7 1 claude\n8 one codex', [7]],
  ])('leaves out %s, and says so', async (_, text, pids) => {
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    expect(scan.processes.map((one) => one.pid)).toEqual(pids);
    expect(byPid(scan, 7)?.argv?.[0]).toBe('claude');
    expect(scan.problems.map((one) => one.what)).toEqual(['given.txt: 1 line is no row of a process']);
  });

  it('may be a header alone: nothing ran', async () => {
    expect(await read('  PID  PPID ELAPSED   RSS COMMAND\n')).toMatchObject({
      complete: true,
      processes: [],
    });
  });

  it.each([
    ['is empty', ''],
    ['is blank', ' \n\n'],
    ['is a letter', 'Dear Ada,\nfive claude are left.\n'],
    ['is the error of a ps', 'ps: unknown option -- A\n'],
    ['has a header without a pid', 'USER COMMAND\nada claude\n'],
    ['is CSV of something else', 'name,amount\nclaude,7\n'],
    ['counts in a sentence', '3 claude processes were left.\n'],
  ])('is refused when it %s', async (_, text) => {
    const scan = read(text);
    await expect(scan).rejects.toMatchObject({ name: 'SesswatchError', code: 'format' });
    await expect(scan).rejects.toThrow(/given\.txt/);
  });
});

describe('a capture', () => {
  it.each([
    ['baseline', 'capture-baseline.txt', '2026-11-20T10:32:50Z', 0],
    ['ready', 'capture-ready.txt', '2026-11-20T10:32:52Z', 7],
    ['after-archive', 'capture-after-archive.txt', '2026-11-20T10:32:55Z', 7],
  ])('of the archive investigation is read: %s', async (_, name, takenAt, count) => {
    const scan = await read(corpus(`captures/${name}`));
    expect(scan).toMatchObject({ complete: true, problems: [], takenAt: Date.parse(takenAt) });
    expect(scan.processes).toHaveLength(count);
    expect(scan.processes.filter((one) => one.argv?.[0] === 'claude')).toHaveLength(count === 0 ? 0 : 5);
  });

  it('counts an age back from its own time', async () => {
    const scan = await read(corpus('captures/capture-ready.txt'));
    expectFields(byPid(scan, 13), {
      startedAt: Date.parse('2026-11-20T10:32:50Z'),
      argv: ['node', '--watch', 'src/bin.ts'],
      rssBytes: 40_388 * 1024,
    });
  });

  const block = (title: string, pgrep: string, ps: string): string =>
    `=== ${title} ===\n-- pgrep --\n${pgrep}-- ps --\n${ps}`;

  it('takes a process that both programs list for one', async () => {
    const scan = await read(block('t', '7 claude -c\n', '7 1 00:05 10 claude -c\n'));
    expect(scan.processes).toHaveLength(1);
    expectFields(byPid(scan, 7), { rssBytes: 10_240 });
  });

  it('keeps a process that only pgrep lists', async () => {
    const scan = await read(block('t', '7 claude -c\n9 codex\n9 codex\n', '7 1 00:05 10 claude -c\n'));
    expect(scan.processes).toHaveLength(2);
    expectFields(byPid(scan, 9), { argv: ['codex'], argvIsSplitText: true, ppid: undefined });
  });

  it('of several moments stands for the last', async () => {
    const first = block('2026-11-20T10:00:00+0000', '', '7 1 00:05 10 claude\n8 1 00:05 10 claude\n');
    const scan = await read(`${first}${block('2026-11-20T11:00:00+0000', '', '8 1 01:00:05 10 claude\n')}`);
    expect(scan.takenAt).toBe(Date.parse('2026-11-20T11:00:00Z'));
    expect(scan.processes.map((one) => one.pid)).toEqual([8]);
  });

  it.each([
    ['UTC with a colon', '2026-11-20T10:32:52+00:00', '2026-11-20T10:32:52Z'],
    ['another zone without one', '2026-11-20T11:32:52+0100', '2026-11-20T10:32:52Z'],
    ['Z and fractions', '2026-11-20 10:32:52.250Z', '2026-11-20T10:32:52.250Z'],
    ['a label before it', 'after archive 2026-11-20T10:32:52Z', '2026-11-20T10:32:52Z'],
    ['the form of date', 'Fri Nov 20 10:32:52 UTC 2026', '2026-11-20T10:32:52Z'],
    ['a label that ends with a number', 'ready 1', '2026-11-20T12:00:00Z'],
  ])('has its time from a title with %s', async (_, title, takenAt) => {
    expect((await read(block(title, '', ''))).takenAt).toBe(Date.parse(takenAt));
  });

  it.each([
    ['without pgrep', '=== t ===\n-- ps --\n7 1 00:05 10 claude\n'],
    ['without ps', '=== t ===\n-- pgrep --\n7 claude\n'],
    ['without titles', '-- pgrep --\n7 claude\n-- ps --\n7 1 00:05 10 claude\n'],
    ['without section names', '=== t ===\n7 1 00:05 10 claude\n'],
    ['with sections of other programs', '=== t ===\n-- free --\n8 1 00:05 10 no\n-- ps aux --\n7 1 00:05 10 claude\n'],
    ['with a header in it', '=== t ===\n-- ps --\n PID PPID ELAPSED RSS COMMAND\n 7 1 00:05 10 claude\n'],
    ['with Windows line ends', '=== t ===\r\n-- ps --\r\n7 1 00:05 10 claude\r\n'],
  ])('is read %s', async (_, text) => {
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    expect(scan.processes.map((one) => [one.pid, one.argv])).toEqual([[7, ['claude']]]);
  });

  it('is incomplete when it holds only an error message: that is not the same as nothing running', async () => {
    const scan = await read(block('t', '', 'bash: ps: command not found\n'));
    expect(scan).toMatchObject({ complete: false, processes: [] });
  });

  it('is refused when its last moment was cut before the first section', async () => {
    const text = `${block('a', '', '7 1 00:05 10 claude\n')}=== 2026-11-20T11:00:00Z ===\n`;
    await expect(read(text)).rejects.toMatchObject({ code: 'format' });
  });
});

describe('whatever is recorded', () => {
  const piece = fc.constantFrom(
    '=== t ===\n',
    '-- ps --\n',
    '-- pgrep --\n',
    'PID COMMAND\n',
    '{',
    '[',
    '"',
    '7 1 00:05 9 x\n',
    '7 ',
  );

  it('is either a table of distinct pids or an error of the file, never another failure', async () => {
    const text = fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, async (one) => {
        try {
          const pids = (await read(one)).processes.map((process) => process.pid);
          expect(new Set(pids).size).toBe(pids.length);
        } catch (error) {
          expect(error).toBeInstanceOf(SesswatchError);
        }
      }),
    );
  });

  it('identifies nobody and knows no more on a closer look', async () => {
    const source = createRecordedSource(json({}), { path: 'a.json', takenAt: 0 });
    expect(await source.identify(7)).toBe('unknown');
    expect((await source.detail([{ pid: 7 }], ['cwd', 'fds'])).size).toBe(0);
  });
});
