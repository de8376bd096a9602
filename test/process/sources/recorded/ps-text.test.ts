import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../../src/process/record.js';
import { byPid, expectFields, FILE_TIME, read } from './read-recorded.js';

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
