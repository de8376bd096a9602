import { withoutAbsent } from '../../../decode.js';
import type { ProcessRecord } from '../../record.js';
import { parseElapsed, parseElapsedOrSeconds, parseLstart } from '../ps/elapsed.js';
import { splitAtBlanks, terminalOf } from '../ps/fields.js';
import { splitCommandLine } from '../windows/command-line.js';

/** What a column holds, whatever its head is called. `other`: nothing that is kept. */
export type Field =
  | 'pid'
  | 'ppid'
  | 'user'
  | 'uid'
  | 'pgid'
  | 'sid'
  | 'tty'
  | 'state'
  | 'elapsed'
  | 'started'
  | 'time'
  | 'cpuSeconds'
  | 'rssKilobytes'
  | 'rssMegabytes'
  | 'rssBytes'
  | 'threads'
  | 'name'
  | 'exe'
  | 'command'
  | 'windowsCommand'
  | 'other';

/** Cells of one row by what they hold. */
export type Cells = ReadonlyMap<Field, string>;

/** Of two columns of one kind the first one counts. */
export function firstOfEach(cells: readonly (readonly [Field, string])[]): Cells {
  return new Map([...cells].reverse());
}

/**
 * Heads by what their columns hold, in lower case: ps of procps, BSD and BusyBox, top, htop, procs, tasklist,
 * Get-Process, Win32_Process, `code --status`.
 */
const HEADS: Readonly<Record<Field, string>> = {
  pid: 'pid|processid|id|process id',
  ppid: 'ppid|parentprocessid|parent pid|parent process id',
  user: 'user|euser|ruser|uname|username|user name|owner',
  uid: 'uid|euid|ruid',
  pgid: 'pgid|pgrp',
  sid: 'sid',
  tty: 'tty|tt|tname',
  state: 'stat|state|s',
  elapsed: 'elapsed|etime|etimes',
  started: 'started|start|stime|lstart',
  time: 'time|time+|cputime|cpu time',
  cpuSeconds: 'cpu(s)',
  rssKilobytes: 'rss|rsz|rssize|res|mem usage|ws(k)',
  rssMegabytes: 'ws(m)|mem mb',
  rssBytes: 'workingsetsize|workingset|workingset64|ws',
  threads: 'nlwp|thcnt|thr|threads|threadcount',
  name: 'comm|ucomm|ucmd|image name|imagename|name|processname|caption',
  exe: 'executablepath|path',
  command: 'command|cmd|args|command line|process',
  windowsCommand: 'commandline',
  other:
    '%cpu|%mem|cpu%|mem%|cpu|mem|cpu %|mem %|vsz|vsize|virt|vss|pri|pr|ni|nice|shr|c|f|flags|addr|sz|wchan|psr|cls|rtprio|pss|uss|swap|' +
    'tpgid|jobc|sess|lwp|spid|tid|cgroup|unit|label|session name|session#|status|window title|handles|npm(k)|npm(m)|' +
    'pm(k)|pm(m)|vm(k)|vm(m)|si|handlecount|virtualsize|sessionid|priority|node|creationdate|kernelmodetime|' +
    'usermodetime|pscomputername|starttime|cpu(%)|mem(%)|read|write|tcp|udp|description|handle|company|product',
};

const FIELD_OF: ReadonlyMap<string, Field> = new Map(
  (Object.entries(HEADS) as [Field, string][]).flatMap(([field, heads]) =>
    heads.split('|').map((head) => [head, field] as const),
  ),
);

/** What the column under a head holds; `undefined` when nobody calls a column that. Marks of sorting are passed over. */
export function fieldOf(head: string): Field | undefined {
  return FIELD_OF.get(
    head
      .replace(/[:▲▼△▽]+$/u, '')
      .trim()
      .toLowerCase(),
  );
}

/** Whether columns make a process table: a pid, and what it runs. */
export function isTable(fields: readonly (Field | undefined)[]): boolean {
  return fields.includes('pid') && COMMANDS.some((field) => fields.includes(field));
}

const COMMANDS: readonly Field[] = ['command', 'windowsCommand', 'name', 'exe'];

/**
 * A record of the cells of a row. `undefined` when it has no pid, or a cell is no number where one must be: then it is the
 * rest of a broken line.
 *
 * @param takenAt milliseconds since the epoch, from which ages are counted back
 */
export function recordOf(cells: Cells, takenAt: number): ProcessRecord | undefined {
  const pid = count(cells.get('pid'));
  if (pid === undefined) return undefined;
  if (NUMBERS.some((field) => isNoNumber(cells.get(field)))) return undefined;
  const elapsedText = present(cells.get('elapsed'));
  const elapsed = elapsedText === undefined ? undefined : parseElapsedOrSeconds(elapsedText);
  if (elapsedText !== undefined && elapsed === undefined) return undefined;
  const rssBytes = memoryOf(cells);
  if (Number.isNaN(rssBytes)) return undefined;
  const uid = cells.get('uid');
  const tty = cells.get('tty');
  const state = present(cells.get('state'))?.slice(0, 1);
  const name = present(cells.get('name'));
  const record: ProcessRecord = withoutAbsent({
    pid,
    // Wall time in a zone that nobody wrote down: good to be compared, not to count an age from.
    startTime: parseLstart(cells.get('started') ?? ''),
    startedAt: elapsed === undefined ? undefined : takenAt - elapsed * 1000,
    ppid: count(cells.get('ppid')),
    // `ps -ef` prints the user's name under UID.
    uid: count(uid),
    user: present(cells.get('user')) ?? (count(uid) === undefined ? present(uid) : undefined),
    pgid: count(cells.get('pgid')),
    sid: count(cells.get('sid')),
    tty: tty === undefined ? undefined : terminalOf(tty),
    cpuSeconds: decimal(cells.get('cpuSeconds')) ?? parseElapsed(cells.get('time') ?? ''),
    rssBytes,
    threads: count(cells.get('threads')),
    exe: present(cells.get('exe')),
    ...commandOf(cells.get('command') ?? ''),
    ...windowsCommandOf(cells.get('windowsCommand')),
    ...withoutAbsent({ comm: name, state }),
  });
  const isNamed = record.argv !== undefined || record.comm !== undefined || record.exe !== undefined;
  return isNamed ? record : undefined;
}

const NUMBERS: readonly Field[] = ['ppid', 'pgid', 'threads'];

/** A command as text: argv split at blanks, or what the brackets around a bare name mean. */
export function commandOf(text: string): Pick<ProcessRecord, 'argv' | 'argvIsSplitText' | 'comm' | 'state'> {
  const command = text.trim();
  if (command === '<defunct>') return { argv: [], state: 'Z' };
  // Linux: no arguments, as with the kernel's threads and zombies.
  const bare = /^\[([^\]]+)\](| <defunct>)$/.exec(command);
  if (bare !== null) return { argv: [], comm: bare[1], ...(bare[2] === '' ? {} : { state: 'Z' }) };
  // BSD: the arguments could not be read.
  const unread = /^\(([^)]+)\)$/.exec(command);
  if (unread !== null) return { comm: unread[1] };
  // BusyBox: the kernel's name before arguments that begin otherwise.
  const renamed = /^\{([^}]+)\} (\S.*)$/s.exec(command);
  if (renamed !== null) return { comm: renamed[1], argv: splitAtBlanks(renamed[2] ?? ''), argvIsSplitText: true };
  return command === '' ? {} : { argv: splitAtBlanks(command), argvIsSplitText: true };
}

/** Windows tells the command line itself, which can be split as programs there do. */
function windowsCommandOf(text: string | undefined): Pick<ProcessRecord, 'argv'> {
  const command = present(text);
  return command === undefined ? {} : { argv: splitCommandLine(command) };
}

/** Bytes; NaN where a cell is no number. */
function memoryOf(cells: Cells): number | undefined {
  for (const [field, unit] of UNITS) {
    const text = present(cells.get(field));
    if (text === undefined || text === 'N/A') continue;
    const match = MEMORY.exec(text.slice(0, 40));
    if (match === null) return Number.NaN;
    // A letter of the tool's own says what it counts in.
    const own = LETTERS[match[2]?.toLowerCase() ?? ''] ?? unit;
    return Math.round(groupedOrDecimal(match[1] ?? '', own) * own);
  }
  return undefined;
}

const MEMORY = /^(\d[\d.,\s\u00a0\u202f’']*?)\s?([kKmMgGtT])?(?:i?[bB])?$/;
const UNITS: readonly (readonly [Field, number])[] = [
  ['rssKilobytes', 1024],
  ['rssMegabytes', 1024 ** 2],
  ['rssBytes', 1],
];
const LETTERS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `245,108` of kilobytes is grouped, by whatever the country groups with; `239.36` of megabytes is a fraction. */
function groupedOrDecimal(text: string, unit: number): number {
  const plain = text.replace(/[\s\u00a0\u202f’']/g, '');
  if (unit <= 1024 && /^\d{1,3}(?:[.,]\d{3})+$/.test(plain)) return Number(plain.replace(/[.,]/g, ''));
  return Number(plain.replace(',', '.'));
}

function decimal(text: string | undefined): number | undefined {
  const plain = present(text)
    ?.replace(/,(?=\d{3}[.,])/g, '')
    .replace(',', '.');
  return plain !== undefined && /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
}

function isNoNumber(text: string | undefined): boolean {
  return text !== undefined && text !== '' && text !== '-' && count(text) === undefined;
}

/** A whole number of at most ten digits: no pid of any system is longer. */
function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function present(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text === '-' ? undefined : text;
}
