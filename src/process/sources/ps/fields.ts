import type { ProcessRecord } from '../../record.js';
import { LSTART, parseElapsed, parseLstart } from './elapsed.js';

/** How one family of `ps` is asked and what it answers. */
export interface PsDialect {
  /** Keyword and pattern of each column but the last, which is the command text. */
  readonly columns: readonly (readonly [keyword: string, pattern: string])[];
  /** The whole environment of the helper. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether argv[0] has to be asked for apart, by {@link commandNameArguments}. */
  readonly asksCommandName: boolean;
  /** Linux: threads of the kernel are rows too, and a process without arguments shows its name as `[name]`. */
  readonly isLinux: boolean;
}

/**
 * Every process with these columns. No header, no cut at any width, one `-o` per column (POSIX lets the text
 * after `=` run to the end of the argument). The command text comes last, for it may hold anything; before it
 * `lstart`, whose 24 characters are longer than a name can be (15 bytes on Linux, 16 on BSD): so a name with
 * blanks and digits in it cannot shift the columns.
 */
export function scanArguments(dialect: PsDialect): string[] {
  const keywords = [...dialect.columns.map(([keyword]) => keyword), 'args'];
  return ['-A', '-ww', ...keywords.flatMap((keyword) => ['-o', `${keyword}=`])];
}

/** May be empty, as a program can make it: then the blanks of its width stand before the start. */
const COMM = '(?<comm>\\S.*?|)';

/**
 * procps. Under a UTF-8 locale it prints arguments as they are, under C a `?` for each byte beyond ASCII. Where
 * C.UTF-8 is missing (musl, old glibc), setlocale(3) fails and the program stays in C: the fallback needs no
 * look-up. The times are alike in both. A line end in a name or in arguments is printed as a blank or `?`.
 */
const PROCPS: PsDialect = {
  columns: [
    ['pid', '(?<pid>\\d+)'],
    ['ppid', '(?<ppid>\\d+)'],
    ['uid', '(?<uid>\\d+)'],
    // A name that does not fit is printed as its number, or cut.
    ['user:64', '(?<user>\\S.*?)'],
    ['pgid', '(?<pgid>\\d+)'],
    ['sid', '(?<sid>\\d+)'],
    ['tty', '(?<tty>\\S+)'],
    ['state', '(?<state>\\S+)'],
    ['time', '(?<time>[\\d:.-]+)'],
    ['rss', '(?<rss>\\d+)'],
    ['nlwp', '(?<threads>\\d+)'],
    // 64: names of kernel workers are longer than 15.
    ['comm:64', COMM],
    ['lstart', `(?<lstart>${LSTART})`],
  ],
  // TZ: lstart is wall time, and an hour of each autumn exists twice in most zones.
  env: { LC_ALL: 'C.UTF-8', TZ: 'UTC0' },
  asksCommandName: false,
  isLinux: true,
};

/**
 * macOS and the BSDs: no thread count, no session id that is one (`sess` is an address). `ucomm` is the kernel's
 * name. `comm` is argv[0] here, and is cut at 16 bytes unless it is the last column (Apple's adv_cmds,
 * ps/print.c), so it takes a call of its own. Line ends are printed as `^J` (vis(3), VIS_NL).
 */
const BSD: PsDialect = {
  columns: [
    ['pid', '(?<pid>\\d+)'],
    ['ppid', '(?<ppid>\\d+)'],
    ['uid', '(?<uid>-?\\d+)'],
    ['user', '(?<user>\\S.*?)'],
    ['pgid', '(?<pgid>\\d+)'],
    ['tty', '(?<tty>\\S+)'],
    ['state', '(?<state>\\S+)'],
    ['time', '(?<time>[\\d:.-]+)'],
    ['rss', '(?<rss>\\d+)'],
    ['ucomm', COMM],
    ['lstart', `(?<lstart>${LSTART})`],
  ],
  // Not LC_ALL: characters in UTF-8, but dates as in C. `UTF-8` alone is a locale of macOS.
  env: { LANG: 'C', LC_CTYPE: 'UTF-8', TZ: 'UTC0' },
  asksCommandName: true,
  isLinux: false,
};

export function dialectOf(platform: NodeJS.Platform): PsDialect {
  return platform === 'linux' || platform === 'android' ? PROCPS : BSD;
}

/** Rows of a scan, and how many lines were none. */
export interface PsRows {
  readonly rows: readonly ProcessRecord[];
  readonly strayLines: number;
}

/**
 * Parses the answer to {@link scanArguments}. A line counts only when every column of it does.
 * `commandNames`: argv[0] by pid and start, where the dialect asks for it.
 */
export function parsePsRows(
  dialect: PsDialect,
  output: string,
  commandNames: ReadonlyMap<string, string> = new Map(),
): PsRows {
  // `s`: no character of the arguments may end the match, U+2028 neither. `+?`: the first start after the name is its own.
  const pattern = new RegExp(`^\\s*${dialect.columns.map(([, one]) => one).join('\\s+?')}(?:\\s(?<args>.*))?$`, 's');
  const rows: ProcessRecord[] = [];
  let strayLines = 0;
  for (const line of output.split('\n')) {
    if (line.trim() === '') continue;
    const groups = pattern.exec(line)?.groups;
    const row = groups === undefined ? undefined : toRecord(dialect, groups, commandNames);
    if (row === undefined) strayLines += 1;
    else rows.push(row);
  }
  return { rows: dialect.isLinux ? markKernelThreads(rows) : rows, strayLines };
}

/** Asks for argv[0] of every process, whole. */
export function commandNameArguments(): string[] {
  return ['-A', '-ww', '-o', 'pid=', '-o', 'lstart=', '-o', 'comm='];
}

/** argv[0] by pid and start, so that a pid that changed hands between two calls gets no stranger's name. */
export function parseCommandNames(output: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const line of output.split('\n')) {
    const match = COMMAND_NAME_ROW.exec(line);
    if (match === null) continue;
    const [, pid, lstart, name = ''] = match;
    if (name.trim() !== '') names.set(`${pid} ${lstart}`, name.trim());
  }
  return names;
}

const COMMAND_NAME_ROW = new RegExp(`^\\s*(\\d+)\\s+(${LSTART})\\s+(.*)$`, 's');

/** Parts at blanks: all that is left of argv once it was joined. Elements with blanks inside are cut. */
export function splitAtBlanks(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s+/);
}

/** `null` for the many ways to print that there is no controlling terminal. */
export function terminalOf(text: string): string | null {
  return text === '' || text === '?' || text === '??' || text === '-' ? null : text;
}

/**
 * Marks the kernel's threads of Linux: `kthreadd`, pid 2, and its children. Inside a container pid 2 is
 * anybody, hence the look at its name and parent.
 */
export function markKernelThreads(rows: readonly ProcessRecord[]): readonly ProcessRecord[] {
  const isDaemon = (row: ProcessRecord): boolean => row.pid === 2 && row.ppid === 0 && row.comm === 'kthreadd';
  if (!rows.some(isDaemon)) return rows;
  return rows.map((row) =>
    isDaemon(row) || row.ppid === 2 ? { ...row, argv: undefined, argvIsSplitText: undefined, kernelThread: true } : row,
  );
}

function toRecord(
  dialect: PsDialect,
  groups: Readonly<Record<string, string | undefined>>,
  commandNames: ReadonlyMap<string, string>,
): ProcessRecord | undefined {
  const wallTime = parseLstart(groups.lstart ?? '');
  const cpuSeconds = parseElapsed(groups.time ?? '');
  if (wallTime === undefined || cpuSeconds === undefined) return undefined;
  const startTime = `${wallTime}Z`;
  const state = stateOf(dialect, groups.state ?? '');
  const comm = withoutDefunct(groups.comm ?? '');
  return {
    pid: Number(groups.pid),
    startTime,
    startedAt: Date.parse(startTime),
    ppid: Number(groups.ppid),
    // BSD prints the id of `nobody`, 4294967294, as -2.
    uid: Number(groups.uid) >>> 0,
    user: groups.user,
    pgid: Number(groups.pgid),
    sid: groups.sid === undefined ? undefined : Number(groups.sid),
    tty: terminalOf(groups.tty ?? ''),
    state,
    comm,
    ...argvOf(dialect, comm, groups.args ?? '', commandNames.get(`${groups.pid} ${groups.lstart}`)),
    cpuSeconds,
    rssBytes: Number(groups.rss) * 1024,
    threads: groups.threads === undefined ? undefined : Number(groups.threads),
  };
}

function argvOf(
  dialect: PsDialect,
  comm: string,
  args: string,
  commandName: string | undefined,
): Pick<ProcessRecord, 'argv' | 'argvIsSplitText'> {
  const text = withoutDefunct(args.trim());
  // No arguments at all: a thread of the kernel, a zombie, or a program that cleared them.
  if (dialect.isLinux && text === `[${comm.trim()}]`) return { argv: [] };
  // BSD: the arguments could not be read, so they are unknown.
  if (!dialect.isLinux && (text === '' || text === `(${comm.trim()})`)) return {};
  if (commandName !== undefined && (text === commandName || text.startsWith(`${commandName} `))) {
    return { argv: [commandName, ...splitAtBlanks(text.slice(commandName.length))], argvIsSplitText: true };
  }
  return { argv: splitAtBlanks(text), argvIsSplitText: true };
}

/** procps adds it to the name and to the arguments of a zombie. */
function withoutDefunct(text: string): string {
  return text.endsWith(DEFUNCT) ? text.slice(0, -DEFUNCT.length) : text;
}

const DEFUNCT = ' <defunct>';

/** The first letter, in Linux's meaning: BSD's `I` is asleep for long, its `U` a wait that no signal ends. */
function stateOf(dialect: PsDialect, text: string): string | undefined {
  const letter = text.slice(0, 1);
  if (dialect.isLinux) return letter;
  if (letter === 'I') return 'S';
  return letter === 'U' ? 'D' : letter;
}
