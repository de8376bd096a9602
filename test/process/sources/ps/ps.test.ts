import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../../src/errors.js';
import type { ProcessRecord } from '../../../../src/process/record.js';
import type { Scan } from '../../../../src/process/scan.js';
import { createPsSource, findPs } from '../../../../src/process/sources/ps/ps.js';
import type { RunTool, ToolOutput, ToolRequest } from '../../../../src/process/sources/run-tool.js';

const fixture = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../../../../fixtures/process', name), 'utf8');

const TAKEN_AT = Date.parse('2026-11-20T10:32:52Z');

interface Setting {
  readonly platform?: NodeJS.Platform;
  readonly selfPid?: number;
  readonly bootId?: string;
  readonly isThere?: (pid: number) => boolean;
}

function psSource(answer: (request: ToolRequest) => Partial<ToolOutput>, setting: Setting = {}) {
  const asked: ToolRequest[] = [];
  const run: RunTool = async (request) => {
    asked.push(request);
    return { stdout: '', stderr: '', exitCode: 0, pid: undefined, ...answer(request) };
  };
  const source = createPsSource({
    run,
    platform: setting.platform ?? 'linux',
    machine: { hostname: 'devbox', bootId: setting.bootId },
    now: () => TAKEN_AT,
    selfPid: setting.selfPid ?? 900,
    psPath: '/bin/ps',
    ...(setting.isThere === undefined ? {} : { isThere: setting.isThere }),
  });
  return { source, asked };
}

/** A row as procps prints it for our columns. */
function row(pid: number, changes: { comm?: string; args?: string; state?: string; ppid?: number; tty?: string } = {}) {
  const { comm = 'node', args = 'node x.js', state = 'S', ppid = 1, tty = '?' } = changes;
  const numbers = `${String(pid).padStart(5)} ${String(ppid).padStart(7)}  1000 ${'ada'.padEnd(64)}`;
  return `${numbers} ${pid} ${pid} ${tty.padEnd(8)} ${state} 1-08:09:05 2048    3 ${comm.padEnd(64)} Fri Nov 20 08:09:05 2026 ${args}`;
}

const SELF = row(900, { args: 'node sesswatch' });

function scanLinux(lines: readonly string[]): Promise<Scan> {
  return psSource(() => ({ stdout: [...lines, SELF, ''].join('\n') })).source.scan();
}

const byPid = (scan: Scan, pid: number): ProcessRecord | undefined => scan.processes.find((one) => one.pid === pid);

describe('ps of Linux', () => {
  it('fills every field that its columns tell', async () => {
    const scan = await scanLinux([row(7, { tty: 'pts/3', args: 'claude --resume x' })]);
    expect(scan).toMatchObject({ source: 'ps', takenAt: TAKEN_AT, complete: true, problems: [] });
    expect(byPid(scan, 7)).toEqual({
      pid: 7,
      startTime: '2026-11-20T08:09:05Z',
      startedAt: Date.parse('2026-11-20T08:09:05Z'),
      ppid: 1,
      uid: 1000,
      user: 'ada',
      pgid: 7,
      sid: 7,
      tty: 'pts/3',
      state: 'S',
      comm: 'node',
      argv: ['claude', '--resume', 'x'],
      argvIsSplitText: true,
      cpuSeconds: 115_745,
      rssBytes: 2_097_152,
      threads: 3,
    });
  });

  it('asks by absolute path, in one call, uncut, in UTC, with nothing of our environment', async () => {
    const { source, asked } = psSource(() => ({ stdout: `${SELF}\n` }));
    await source.scan();
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ file: '/bin/ps', env: { LC_ALL: 'C.UTF-8', TZ: 'UTC0' } });
    expect(asked[0]?.args.slice(0, 2)).toEqual(['-A', '-ww']);
    expect(asked[0]?.args.at(-1)).toBe('args=');
  });

  it.each([
    ['a parenthesis and a state', 'foo) Z '],
    ['digits that look like columns', '1 0 0 root 1'],
    ['a colon and a blank', 'tmux: server'],
    ['nothing at all', ''],
    ['characters beyond ASCII', '日本語'],
    ['more than 15 bytes, as kernel workers have', 'kworker/R-kvfree_rcu_reclaim'],
  ])('is not led astray by a name with %s', async (_, comm) => {
    const scan = await scanLinux([row(7, { comm, args: 'a b' })]);
    expect(scan.complete).toBe(true);
    expect(byPid(scan, 7)).toMatchObject({ comm: comm.trim(), argv: ['a', 'b'], state: 'S', threads: 3 });
  });

  it('takes arguments that look like the columns before them for arguments', async () => {
    const args = `x ${row(1).trim()}`;
    const scan = await scanLinux([row(7, { args })]);
    expect(scan.processes.map((one) => one.pid)).toEqual([7, 900]);
    expect(byPid(scan, 7)?.argv?.[0]).toBe('x');
  });

  it.each([
    ['a line separator of Unicode', 'a \u2028 b'],
    ['a carriage return', 'a\rb'],
  ])('does not end the arguments at %s', async (_, args) => {
    const scan = await scanLinux([row(7, { args })]);
    expect(scan.complete).toBe(true);
    expect(byPid(scan, 7)?.argv?.at(-1)).toBe('b');
  });

  it.each([
    [
      'a thread of the kernel',
      [
        row(2, { ppid: 0, comm: 'kthreadd', args: '[kthreadd]' }),
        row(4, { ppid: 2, comm: 'kworker/0:0', args: '[kworker/0:0]' }),
      ],
      4,
      { argv: undefined, kernelThread: true },
    ],
    [
      'pid 2 of a container, which is anybody',
      [row(2, { ppid: 1, comm: 'claude', args: 'claude' }), row(4, { ppid: 2 })],
      4,
      { kernelThread: undefined, argv: ['node', 'x.js'] },
    ],
    [
      'a zombie',
      [row(4, { state: 'Z', comm: 'claude <defunct>', args: '[claude] <defunct>' })],
      4,
      { argv: [], comm: 'claude', state: 'Z' },
    ],
    [
      'a program that cleared its arguments',
      [row(4, { comm: 'foo', args: '[foo]' })],
      4,
      { argv: [], argvIsSplitText: undefined },
    ],
    [
      'a program that calls itself like one',
      [row(4, { comm: 'foo', args: '[kthreadd]' })],
      4,
      { argv: ['[kthreadd]'] },
    ],
  ])('knows %s', async (_, lines, pid, expected) => {
    const record = byPid(await scanLinux(lines), pid);
    expect(record).toBeDefined();
    for (const [field, value] of Object.entries(expected))
      expect(record?.[field as keyof ProcessRecord]).toEqual(value);
  });

  it('leaves the helper itself out', async () => {
    const { source } = psSource(() => ({
      stdout: `${SELF}\n${row(901, { comm: 'ps', ppid: 900 })}\n`,
      pid: 901,
    }));
    expect((await source.scan()).processes.map((one) => one.pid)).toEqual([900]);
  });

  it.each([
    ['lacks our own process', [row(7)].join('\n'), /does not show this process/],
    ['lists a pid twice', [row(7), row(7, { args: 'forged' }), SELF].join('\n'), /pid 7 twice/],
    ['lists our own pid twice', [SELF, row(900)].join('\n'), /pid 900 twice/],
    ['holds a line that is no row', [row(7, { args: 'two' }), 'lines', SELF].join('\n'), /1 lines that are no rows/],
    [
      'holds a row with a date of another language',
      [row(7).replace('Fri Nov', 'ven. nov.'), SELF].join('\n'),
      /no rows/,
    ],
  ])('is incomplete when the answer %s', async (_, stdout, problem) => {
    const scan = await psSource(() => ({ stdout })).source.scan();
    expect(scan.complete).toBe(false);
    expect(scan.problems.map((one) => one.what).join('\n')).toMatch(problem);
  });

  it('believes neither of two rows with one pid', async () => {
    const scan = await scanLinux([row(7), row(7, { args: 'forged' }), row(8)]);
    expect(scan.processes.map((one) => one.pid)).toEqual([8, 900]);
  });

  it.each([
    ['is empty', { stdout: '' }],
    ['comes with a non-zero exit', { stdout: `${SELF}\n`, exitCode: 1, stderr: 'ps: out of memory' }],
    ['is BusyBox’s, which ignores the columns', { stdout: fixture('ps-busybox.txt') }],
    [
      'is BusyBox’s, which refuses the columns',
      { exitCode: 1, stderr: "ps: bad -o argument 'lstart', supported arguments: user,group,comm" },
    ],
  ])('throws when the answer %s', async (_, answer) => {
    const scan = psSource(() => answer).source.scan();
    await expect(scan).rejects.toMatchObject({ name: 'SesswatchError', code: 'incomplete-scan' });
  });

  it('says what the helper said', async () => {
    const { source } = psSource(() => ({ exitCode: 1, stderr: 'ps: bad\u001b[2J\nmore' }));
    await expect(source.scan()).rejects.toThrow('exit code 1, it said "ps: bad\\u001b[2J"');
  });

  it('passes on that the helper did not start', async () => {
    const { source } = psSource(() => {
      throw new SesswatchError('incomplete-scan', '/bin/ps could not be run', 'see sesswatch doctor');
    });
    await expect(source.scan()).rejects.toMatchObject({ code: 'incomplete-scan' });
  });

  it('knows no more on a closer look', async () => {
    const { source } = psSource(() => ({ stdout: SELF }));
    expect((await source.detail([{ pid: 900 }], ['cwd', 'fds'])).size).toBe(0);
  });
});

describe('ps of macOS', () => {
  const macOutput = (request: ToolRequest): Partial<ToolOutput> =>
    request.args.at(-1) === 'comm='
      ? { stdout: fixture('ps-macos-names.txt'), pid: 902 }
      : { stdout: fixture('ps-macos.txt'), pid: 901 };
  const scanMac = (answer = macOutput): Promise<Scan> => psSource(answer, { platform: 'darwin' }).source.scan();

  it('fills every field that its columns tell, and no other', async () => {
    const scan = await scanMac();
    expect(scan).toMatchObject({ complete: true, problems: [] });
    expect(byPid(scan, 715)).toEqual({
      pid: 715,
      startTime: '2026-11-20T09:01:59Z',
      startedAt: Date.parse('2026-11-20T09:01:59Z'),
      ppid: 702,
      uid: 501,
      user: 'ada',
      pgid: 715,
      tty: 'ttys003',
      state: 'S',
      comm: '2.1.197',
      argv: ['claude', '--resume', '296187f1-0000-4000-8000-000000000001'],
      argvIsSplitText: true,
      cpuSeconds: 302.1,
      rssBytes: 254_066_688,
    });
  });

  it.each([
    [
      'keeps argv[0] whole, blanks and all',
      640,
      { argv: ['/Applications/T3 Code (Alpha).app/Contents/MacOS/T3 Code (Alpha)', '--type=main'] },
    ],
    ['keeps the name of a login shell', 702, { argv: ['-zsh'], comm: 'zsh' }],
    ['knows no arguments where only the name could be read', 88, { argv: undefined, comm: 'WindowServer' }],
    ['knows that there is no terminal', 88, { tty: null }],
    ['reads the id of nobody', 301, { uid: 4_294_967_294, user: 'nobody' }],
    ['reads minutes of CPU time beyond an hour', 640, { cpuSeconds: 7425.67 }],
    ['calls a long sleep a sleep', 716, { state: 'S' }],
    ['calls an uninterruptible wait D', 720, { state: 'D', comm: 'a 1 b' }],
    ['sees a zombie', 731, { state: 'Z', argv: undefined, comm: 'node' }],
    ['does not know threads and session', 640, { threads: undefined, sid: undefined }],
  ])('%s', async (_, pid, expected) => {
    const record = byPid(await scanMac(), pid);
    for (const [field, value] of Object.entries(expected))
      expect(record?.[field as keyof ProcessRecord]).toEqual(value);
  });

  it('keeps escaped line ends inside their own row', async () => {
    const scan = await scanMac();
    expect(scan.processes.filter((one) => one.pid === 1)).toHaveLength(1);
    expect(byPid(scan, 716)?.argv?.[0]).toBe(
      '/Users/ada/Library/Application Support/Claude/claude-code/2.1.197/claude',
    );
    expect(byPid(scan, 716)?.argv).toContain('lines^Jand');
  });

  it('leaves both helpers out', async () => {
    expect((await scanMac()).processes.map((one) => one.comm)).not.toContain('ps');
  });

  it('cuts argv[0] at blanks when the names could not be read, and says nothing false', async () => {
    const scan = await scanMac((request) => {
      if (request.args.at(-1) === 'comm=') throw new SesswatchError('incomplete-scan', 'no', 'hint');
      return { stdout: fixture('ps-macos.txt') };
    });
    expect(scan.complete).toBe(true);
    expect(byPid(scan, 640)?.argv?.[0]).toBe('/Applications/T3');
  });

  it('gives no name to a pid that changed hands between the two calls', async () => {
    const scan = await scanMac((request) =>
      request.args.at(-1) === 'comm='
        ? {
            stdout:
              '  640 Fri Nov 20 10:32:51 2026     /Applications/T3 Code (Alpha).app/Contents/MacOS/T3 Code (Alpha)\n',
          }
        : { stdout: fixture('ps-macos.txt') },
    );
    expect(byPid(scan, 640)?.argv?.[0]).toBe('/Applications/T3');
  });

  it('takes the start of pid 1 for the boot, which it cannot ask for', async () => {
    expect((await scanMac()).machine.bootId).toBe('pid1@2026-11-13T06:02:11Z');
  });

  it('keeps the boot id that it was given', async () => {
    const { source } = psSource(macOutput, { platform: 'darwin', bootId: 'b' });
    expect((await source.scan()).machine.bootId).toBe('b');
  });
});

describe('identify', () => {
  const starts = '  1 Fri Nov 13 06:02:11 2026    \n7 Fri Nov 20 08:09:05 2026\n';

  it('answers with the start of the process that has the pid now', async () => {
    const { source, asked } = psSource(() => ({ stdout: starts }), { bootId: 'b' });
    expect(await source.identify(7)).toEqual({ bootId: 'b', pid: 7, startTime: '2026-11-20T08:09:05Z' });
    expect(asked[0]?.args).toContain('7,1');
  });

  it('names the same boot as a scan does', async () => {
    const { source } = psSource(() => ({ stdout: starts }), { platform: 'darwin' });
    expect(await source.identify(7)).toMatchObject({ bootId: 'pid1@2026-11-13T06:02:11Z' });
  });

  it.each([
    ['gone when the kernel does not know the pid either', false, 'gone'],
    ['unknown when only ps does not show it, as with hidepid', true, 'unknown'],
  ])('answers %s', async (_, there, answer) => {
    const { source } = psSource(() => ({ stdout: '', exitCode: 1 }), { isThere: () => there });
    expect(await source.identify(7)).toBe(answer);
  });
});

describe('findPs', () => {
  it.each([
    ['/bin/ps where it is', ['/bin/ps', '/usr/bin/ps'], '/bin/ps'],
    ['/usr/bin/ps where only that is', ['/usr/bin/ps'], '/usr/bin/ps'],
    ['/bin/ps where there is none, so that the error names it', [], '/bin/ps'],
  ])('finds %s', (_, present, found) => {
    expect(findPs((one) => present.includes(one))).toBe(found);
  });
});
