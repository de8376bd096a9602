import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../../src/process/record.js';
import type { Scan } from '../../../../src/process/scan.js';
import { createRecordedSource } from '../../../../src/process/sources/recorded/recorded.js';

// What people copy out of terminals, mails and reports; ids, folders and names are made up.

const TAKEN_AT = Date.parse('2026-11-20T12:00:00Z');
const read = (text: string): Promise<Scan> =>
  createRecordedSource(text, { path: 'given.txt', takenAt: TAKEN_AT }).scan();

const CIM = `ProcessId       : 10800
ParentProcessId : 33956
CommandLine     : "C:\\Program Files\\claude.exe" --resume U

ProcessId       : 33956
ParentProcessId : 1200
CommandLine     : C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`;
const CLAUDE: Partial<ProcessRecord> = {
  ppid: 33956,
  argv: ['C:\\Program Files\\claude.exe', '--resume', 'U'],
};

describe('a pasted table', () => {
  it.each<[string, string, number, Partial<ProcessRecord>]>([
    [
      'ps auxf',
      'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nu 5000 0.0 0.0 9 5 pts/3 Ss 08:04 0:00 -bash\nu 5120 0.0 0.1 9 512 pts/3 Sl+ 08:04 0:01  \\_ claude --resume U',
      5120,
      { ppid: 5000, argv: ['claude', '--resume', 'U'], argvIsSplitText: true, rssBytes: 524_288 },
    ],
    [
      'ps axf, a grandchild',
      '  PID TTY      STAT   TIME COMMAND\n    8 ?        Ss     0:00 sh\n    9 ?        S      0:00  \\_ claude\n   10 ?        S      0:00  |   \\_ node x.js\n   11 ?        S      0:00  \\_ y',
      10,
      { ppid: 9, argv: ['node', 'x.js'] },
    ],
    [
      'a command before other columns',
      'COMMAND                 PID  PPID ELAPSED\nclaude --resume U        7     1   00:09',
      7,
      { ppid: 1, argv: ['claude', '--resume', 'U'], startedAt: TAKEN_AT - 9000 },
    ],
    [
      'a date behind the command',
      '  PID COMMAND                      PPID                  STARTED\n    7 claude -c                       1 Fri Nov 20 08:09:05 2026',
      7,
      { ppid: 1, startTime: '2026-11-20T08:09:05', argv: ['claude', '-c'] },
    ],
    ['lower case', 'pid ppid elapsed command\n7 1 00:09 claude -c', 7, { ppid: 1, argv: ['claude', '-c'] }],
    [
      'a date of another country, without its year',
      'PID STARTED COMMAND\n7 Wed  2 Sep 21:51:24 claude -c',
      7,
      { startTime: undefined, argv: ['claude', '-c'] },
    ],
    ['a mail', '> \n> PID PPID COMMAND\n> 7 1 claude -c\n>> 8 7 node x.js', 8, { ppid: 7, argv: ['node', 'x.js'] }],
    [
      'colours of grep',
      '  PID  PPID COMMAND\n    7     1 \u001b[01;31m\u001b[Kclaude\u001b[m\u001b[K -c',
      7,
      { argv: ['claude', '-c'] },
    ],
    ['a fence of Markdown', '```\nPID PPID COMMAND\n7 1 claude -c\n```', 7, { argv: ['claude', '-c'] }],
    [
      'a table of Markdown',
      '| PID | ELAPSED | COMMAND |\n|----:|:-------:|---|\n| 7 | 00:09 | `claude -p "a \\| b"` |',
      7,
      { startedAt: TAKEN_AT - 9000, argv: ['claude', '-p', '"a', '|', 'b"'] },
    ],
    [
      'a table of Markdown without outer bars',
      'PID | COMMAND\n--- | ---\n7 | sh -c a | b',
      7,
      { argv: ['sh', '-c', 'a', '|', 'b'] },
    ],
    [
      'ps aux without its head',
      'u  7   0.0  0.1 410000 62000   ??  S     3:57PM   0:00.03 claude -c',
      7,
      { user: 'u', tty: null, state: 'S', rssBytes: 63_488_000, cpuSeconds: 0.03, argv: ['claude', '-c'] },
    ],
    [
      'ps -ef without its head',
      'u     7     1  0 Nov20 pts/1  00:01:04 claude -c',
      7,
      { user: 'u', ppid: 1, tty: 'pts/1', cpuSeconds: 64 },
    ],
    [
      'columns of one’s own without a head',
      '7 1 pts/2 S+ 06-18:21:02 claude -c',
      7,
      { ppid: 1, tty: 'pts/2', state: 'S', startedAt: TAKEN_AT - 584_462_000, argv: ['claude', '-c'] },
    ],
    [
      'an age that may be CPU time',
      '7 1 ? S 00:01:02 claude -c',
      7,
      { startedAt: undefined, cpuSeconds: undefined, argv: ['claude', '-c'] },
    ],
    [
      'memory and age in the other order',
      '7 1 2048 00:09 claude -c',
      7,
      { rssBytes: 2_097_152, startedAt: TAKEN_AT - 9000 },
    ],
    ['ps x without its head', '7 pts/1    Sl+    0:04 claude -c', 7, { tty: 'pts/1', state: 'S', cpuSeconds: 4 }],
    [
      'top -b',
      'top - 10:00:00 up 1 day\nTasks: 1 total\n\n  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n    7 u         20   0   70.4g   1.5g  50000 S   0.0   2.5   1:04.50 claude',
      7,
      { user: 'u', rssBytes: 1_610_612_736, cpuSeconds: 64.5, comm: 'claude', argv: undefined },
    ],
    [
      'top -b -c',
      '  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n    7 u         20   0   70.4g 245000  50000 S   0.0   2.5   1:04.50 claude --resume U',
      7,
      { rssBytes: 250_880_000, argv: ['claude', '--resume', 'U'] },
    ],
    [
      'a tree of htop',
      '  PID USER  PRI  NI  VIRT   RES   SHR S CPU%▽MEM%   TIME+  Command\n    7 u      20   0  9M     5M    1M S  0.0  0.1  0:00.10 -bash\n    8 u      20   0  9M   245M    1M S  0.0  0.1  0:01.00 └─ claude --resume U',
      8,
      { ppid: 7, rssBytes: 256_901_120, argv: ['claude', '--resume', 'U'] },
    ],
    [
      'procs',
      ' PID:▲ User     │ TTY   CPU MEM CPU Time │ Command\n 7     u        │ pts/1 0.0 0.1 00:00:10 │ claude --resume U',
      7,
      { user: 'u', tty: 'pts/1', cpuSeconds: 10, argv: ['claude', '--resume', 'U'] },
    ],
    [
      'ps of BusyBox',
      'PID   USER     TIME  COMMAND\n    7 root      0:01 {claude} node /usr/bin/claude -c',
      7,
      { comm: 'claude', argv: ['node', '/usr/bin/claude', '-c'] },
    ],
    [
      'pstree -p',
      'systemd(1)-+-bash(6)---claude(7)-+-node(8)\n           |                     |-node(9)\n           |                     `-{claude}(10)\n           `-sshd(20)',
      9,
      { ppid: 7, comm: 'node', argv: undefined },
    ],
    [
      'pstree -p, back at an earlier column',
      'systemd(1)-+-bash(6)---claude(7)-+-node(8)\n           |                     `-node(9)\n           `-claude(20)',
      20,
      { ppid: 1, comm: 'claude' },
    ],
    ['pstree -p with lines', 'systemd(1)─┬─bash(6)───claude(7)\n           └─sshd(20)', 7, { ppid: 6, comm: 'claude' }],
    [
      'pstree -ap',
      'systemd,1\n  |-bash,6\n  |   `-claude,7 --resume U\n  `-sshd,20 -D',
      7,
      { ppid: 6, comm: 'claude', argv: ['claude', '--resume', 'U'] },
    ],
    [
      'pstree of BSD',
      '-+= 00001 root /sbin/launchd\n |-+= 00006 u -zsh\n | \\--= 00007 u claude --resume U',
      7,
      { ppid: 6, user: 'u', argv: ['claude', '--resume', 'U'] },
    ],
    ['pgrep -af', '7 claude --resume U\n9 node /x/y.js', 9, { argv: ['node', '/x/y.js'], ppid: undefined }],
    ['pgrep -l, names alone', '7 claude\n9 npm exec @playw', 9, { comm: 'npm exec @playw', argv: undefined }],
    [
      'tasklist',
      '\nImage Name                     PID Session Name        Session#    Mem Usage\n========================= ======== ================ =========== ============\nSystem Idle Process              0 Services                   0          8 K\nclaude.exe                   10800 Console                    1    245,108 K',
      10800,
      { comm: 'claude.exe', argv: undefined, rssBytes: 250_990_592 },
    ],
    [
      'tasklist in another language',
      '\nAbbildname                     PID Sitzungsname       Sitz.-Nr. Speichernutzung\n========================= ======== ================ =========== ===============\nclaude.exe                   10800 Console                    1       245.108 K',
      10800,
      { comm: 'claude.exe' },
    ],
    [
      'tasklist /fo csv',
      '"Image Name","PID","Session Name","Session#","Mem Usage"\n"claude.exe","10800","Console","1","245,108 K"',
      10800,
      { comm: 'claude.exe', rssBytes: 250_990_592 },
    ],
    [
      'tasklist /fo list',
      '\nImage Name:   claude.exe\nPID:          10800\nSession Name: Console\nSession#:     1\nMem Usage:    245,108 K\n\nImage Name:   node.exe\nPID:          12\nSession Name: Console\nSession#:     1\nMem Usage:    1 K\n',
      10800,
      { comm: 'claude.exe', rssBytes: 250_990_592 },
    ],
    ['Format-List', CIM, 10800, CLAUDE],
    [
      'Format-List that was wrapped',
      `ProcessId       : 10800\nParentProcessId : 33956\nCommandLine     : "C:\\Program Files\\claude.exe" --res\n                  ume U\n`,
      10800,
      CLAUDE,
    ],
    [
      'wmic /format:list',
      'CommandLine="C:\\Program Files\\claude.exe" --resume U\r\r\nParentProcessId=33956\r\r\nProcessId=10800\r\r\n\r\r\n',
      10800,
      CLAUDE,
    ],
    [
      'wmic as a table',
      'CommandLine                                  ParentProcessId  ProcessId\n"C:\\Program Files\\claude.exe" --resume U     33956            10800',
      10800,
      CLAUDE,
    ],
    [
      'wmic /format:csv',
      'Node,CommandLine,ParentProcessId,ProcessId\nPC,"C:\\Program Files\\claude.exe" --resume U,33956,10800',
      10800,
      CLAUDE,
    ],
    [
      'ConvertTo-Csv',
      '#TYPE Selected\n"ProcessId","ParentProcessId","CommandLine"\n"10800","33956","""C:\\Program Files\\claude.exe"" --resume U"',
      10800,
      CLAUDE,
    ],
    [
      'Format-Table',
      '\nProcessId ParentProcessId CommandLine\n--------- --------------- -----------\n    10800           33956 "C:\\Program Files\\claude.exe" --resume U\n',
      10800,
      CLAUDE,
    ],
    [
      'the table of Get-CimInstance',
      '\nProcessId Name                HandleCount WorkingSetSize VirtualSize\n--------- ----                ----------- -------------- -----------\n0         System Idle Process 0           8192           8192\n10800     claude.exe          512         250990592      4096\n',
      10800,
      { comm: 'claude.exe', rssBytes: 250_990_592 },
    ],
    [
      'Get-Process',
      '\nHandles  NPM(K)    PM(K)      WS(K)     CPU(s)     Id  SI ProcessName\n-------  ------    -----      -----     ------     --  -- -----------\n    512      30   150000     245108      12.50  10800   1 claude\n      0       0       60          8                 0   0 Idle\n',
      10800,
      { comm: 'claude', rssBytes: 250_990_592, cpuSeconds: 12.5 },
    ],
    [
      'Get-Process of PowerShell 7',
      '\n NPM(K)    PM(M)      WS(M)     CPU(s)      Id  SI ProcessName\n ------    -----      -----     ------      --  -- -----------\n     30   150.11     239.00      12.50   10800   1 claude\n',
      10800,
      { comm: 'claude', rssBytes: 250_609_664 },
    ],
    [
      'code --status',
      'CPU %\tMem MB\t   PID\tProcess\n    0\t   308\t  5960\textension-host [1]\n    0\t    83\t 16276\t     c:\\x\\claude.exe --resume U',
      16276,
      { ppid: 5960, rssBytes: 87_031_808, argv: ['c:\\x\\claude.exe', '--resume', 'U'] },
    ],
  ])('is read: %s', async (_, text, pid, expected) => {
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    const record = scan.processes.find((one) => one.pid === pid);
    expect(record).toBeDefined();
    for (const [field, value] of Object.entries(expected)) {
      expect([field, record?.[field as keyof ProcessRecord]]).toEqual([field, value]);
    }
  });

  const ROW = {
    ProcessId: 10800,
    ParentProcessId: 33956,
    Name: 'claude.exe',
    CommandLine: '"C:\\Program Files\\claude.exe" --resume U',
  };
  it.each([
    ['an array', [ROW]],
    ['one process', ROW],
    ['what PowerShell 5.1 wraps', { value: [ROW], Count: 1 }],
  ])('may be the JSON of Get-CimInstance: %s', async (_, json) => {
    const scan = await read(JSON.stringify(json));
    expect(scan).toMatchObject({ complete: true, machine: { platform: 'win32' } });
    expect(scan.processes).toMatchObject([{ pid: 10800, ...CLAUDE }]);
  });

  it('is not read as a table of Windows where it is none', async () => {
    expect((await read('PID PPID COMMAND\n7 1 claude')).machine).toEqual({});
    expect((await read(CIM)).machine).toEqual({ platform: 'win32' });
  });

  it('of a command line that Windows told is no split of joined text', async () => {
    const [record] = (await read(CIM)).processes;
    expect(record?.argvIsSplitText).toBeUndefined();
  });

  it('may be one of several in a file, which add to each other', async () => {
    const text = `PS C:\\> tasklist\n\nImage Name                     PID Session Name        Session#    Mem Usage\n========================= ======== ================ =========== ============\nclaude.exe                   10800 Console                    1    245,108 K\nnode.exe                         7 Console                    1          9 K\n\n${CIM}\n`;
    const scan = await read(text);
    expect(scan.processes.map(({ pid }) => pid)).toEqual([10800, 7, 33956]);
    expect(scan.processes[0]).toMatchObject({ ...CLAUDE, comm: 'claude.exe', rssBytes: 250_990_592 });
  });

  it('keeps two programs apart that two tables tell of one pid', async () => {
    const scan = await read('PID PPID COMMAND\n7 1 claude -c\n\n  PID COMMAND\n    7 node x.js\n');
    expect(scan.processes).toMatchObject([{ pid: 7, ppid: 1, argv: ['claude', '-c'] }]);
  });

  it('of top counts as it was printed last', async () => {
    const top = (time: string, pid: number): string =>
      `top - ${time} up 1 day\n\n  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n    ${pid} u         20   0   1   1  1 S   0.0   2.5   1:04.50 claude\n\n`;
    const scan = await read(`${top('10:00:00', 7)}${top('10:00:05', 8)}`);
    expect(scan.processes.map(({ pid }) => pid)).toEqual([8]);
  });

  it.each([
    [
      'a tree that the terminal cut',
      'systemd(1)-+-bash(6)---claude(7)-+-nod+\n           `-sshd(20)\n',
      /cut where the terminal ended/,
    ],
    ['a head that does not fit its rows', 'PID PPID COMMAND\n7 x claude\n8 y codex\n9 1 sh\n', /2 lines are no rows/],
  ])('is incomplete when it is %s', async (_, text, problem) => {
    const scan = await read(text);
    expect(scan.complete).toBe(false);
    expect(scan.problems[0]?.what).toMatch(problem);
  });

  it.each([
    ['names without arguments', '7 claude\n9 codex', /of 2 of 2 processes only the name is told/],
    ['no parents', '7 claude -c --verbose\n', /does not tell who started whom/],
  ])('says that it tells %s, and what would', async (_, text, what) => {
    const { problems } = await read(text);
    expect(problems.map((problem) => problem.what).join('\n')).toMatch(what);
    expect(problems[0]?.hint).toContain('ps -Ao pid,ppid,etime,rss,command');
  });

  it.each([
    ['counts in a sentence', 'Ada wrote:\n3 claude processes were left, 2 codex.\n'],
    ['a numbered list', '1 start claude\n1 stop it\n'],
    ['a stack trace', 'Error: x\n    at claude (/src/a.js:7:1)\n'],
    ['a table of other things', '| Name | Amount |\n|---|---|\n| claude | 7 |\n'],
    ['settings', 'Name: claude\nPath: /usr/bin/claude\n'],
    ['a tree of files', 'src\n|-- claude.ts\n`-- codex.ts\n'],
  ])('is none: %s', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'format' });
  });
});
