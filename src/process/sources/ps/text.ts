import type { ProcessRecord } from '../../record.js';
import { LSTART, parseElapsed, parseElapsedOrSeconds, parseLstart } from './elapsed.js';
import { splitAtBlanks, terminalOf } from './fields.js';

/** What the text of somebody's `ps` told. */
export interface PsText {
  /** Each pid once: the first row stands. */
  readonly records: readonly ProcessRecord[];
  /** Whether anything in it was `ps` output, were it only a header. */
  readonly isPs: boolean;
  /** Lines with text that are neither header nor a row, or a second row of a pid. */
  readonly strayLines: number;
}

/**
 * Parses `ps` output that a person saved: under a header, the columns that it names (`ps aux`, `ps -ef`, any
 * `-o`); without one, those of `ps -Ao pid,ppid,etime,rss,command`. Ages are counted back from `takenAt`
 * (milliseconds since the epoch). The command text comes last and is split at blanks.
 */
export function parsePsText(lines: readonly string[], takenAt: number): PsText {
  const byPid = new Map<number, ProcessRecord>();
  let header: Header | undefined;
  let strayLines = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const named = readHeader(line);
    if (named !== undefined) {
      header = named;
      continue;
    }
    const fields = header === undefined ? readUnnamed(line) : readNamed(header, line);
    const record = fields === undefined ? undefined : toRecord(fields, takenAt);
    if (record === undefined || byPid.has(record.pid)) strayLines += 1;
    else byPid.set(record.pid, record);
  }
  return { records: [...byPid.values()], isPs: header !== undefined || byPid.size > 0, strayLines };
}

/** A command as text: argv split at blanks, or what the brackets around a bare name mean. */
export function commandOf(text: string): Pick<ProcessRecord, 'argv' | 'argvIsSplitText' | 'comm' | 'state'> {
  const command = text.trim();
  if (command === '<defunct>') return { argv: [], state: 'Z' };
  // Linux: no arguments, as with the kernel's threads and zombies.
  const bare = /^\[(.+?)\]( <defunct>)?$/s.exec(command);
  if (bare !== null) return { argv: [], comm: bare[1], ...(bare[2] === undefined ? {} : { state: 'Z' }) };
  // BSD: the arguments could not be read.
  const unread = /^\((.+)\)$/s.exec(command);
  if (unread !== null) return { comm: unread[1] };
  return command === '' ? {} : { argv: splitAtBlanks(command), argvIsSplitText: true };
}

interface HeaderColumn {
  readonly name: string;
  readonly offset: number;
}
type Header = readonly HeaderColumn[];

/** Cells by column name; `COMMAND` is the last column, `COMM` a name before it. */
type Fields = ReadonlyMap<string, string>;

const COMMAND_COLUMNS = new Set(['COMMAND', 'CMD', 'ARGS', 'COMM', 'UCOMM', 'UCMD']);

/** A line of column names that has a PID and ends with the command. */
function readHeader(line: string): Header | undefined {
  const columns = [...line.matchAll(/\S+/g)].map((match) => ({ name: match[0], offset: match.index }));
  const last = columns.at(-1)?.name ?? '';
  const isHeader =
    columns.length > 1 &&
    columns.every(({ name }) => /^%?[A-Z]+$/.test(name)) &&
    columns.some(({ name }) => name === 'PID') &&
    COMMAND_COLUMNS.has(last);
  return isHeader ? columns : undefined;
}

function readNamed(header: Header, line: string): Fields | undefined {
  const fields = new Map<string, string>();
  let at = 0;
  for (const [index, column] of header.entries()) {
    if (index === header.length - 1) {
      fields.set('COMMAND', line.slice(at));
      break;
    }
    const end = cellEnd(line, at, column, header[index + 1]);
    if (end === undefined) return undefined;
    fields.set(COMMAND_COLUMNS.has(column.name) ? 'COMM' : column.name, line.slice(at, end).trim());
    at = end;
  }
  return fields;
}

/** Cells are words, but for dates, and for names in a column of their own, which may hold blanks. */
function cellEnd(
  line: string,
  at: number,
  column: HeaderColumn,
  next: HeaderColumn | undefined,
): number | undefined {
  if (COMMAND_COLUMNS.has(column.name) && next !== undefined) {
    // Names are aligned to the left, so their column is as wide as the header says, unless a cell overflowed.
    const isAligned = line.slice(at, column.offset).trim() === '' && line[next.offset - 1] === ' ';
    if (isAligned) return next.offset;
  }
  const cell = column.name === 'STARTED' ? STARTED_CELL : WORD_CELL;
  cell.lastIndex = at;
  return cell.test(line) ? cell.lastIndex : undefined;
}

const WORD_CELL = /\s*\S+/y;
/** STARTED is the header of `lstart` (five words), of `start` (`Nov 20` or a time), and of macOS's `ps aux`. */
const STARTED_CELL = new RegExp(`\\s*(?:${LSTART}|[A-Z][a-z]{2} [ \\d]\\d(?=\\s)|\\S+)`, 'y');

/** A row of `ps -Ao pid,ppid,etime,rss,command` whose header a `grep` took away. */
function readUnnamed(line: string): Fields | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+([\d:-]+:[\d:]+)\s+(\d+)\s(.*)$/s.exec(line);
  if (match === null) return undefined;
  const [, pid = '', ppid = '', elapsed = '', rss = '', command = ''] = match;
  return new Map([
    ['PID', pid],
    ['PPID', ppid],
    ['ELAPSED', elapsed],
    ['RSS', rss],
    ['COMMAND', command],
  ]);
}

function toRecord(fields: Fields, takenAt: number): ProcessRecord | undefined {
  const pid = count(fields.get('PID'));
  if (pid === undefined) return undefined;
  const elapsedText = fields.get('ELAPSED') ?? fields.get('ETIME');
  const elapsed = elapsedText === undefined ? undefined : parseElapsedOrSeconds(elapsedText);
  // A row whose cells are no numbers where the header wants some is the rest of a broken line.
  if (elapsedText !== undefined && elapsed === undefined) return undefined;
  if (NUMBER_COLUMNS.some((name) => fields.has(name) && count(fields.get(name)) === undefined))
    return undefined;
  const uid = fields.get('UID');
  const state = fields.get('STAT') ?? fields.get('STATE') ?? fields.get('S');
  const tty = fields.get('TTY') ?? fields.get('TT');
  const rss = count(fields.get('RSS'));
  const record = {
    pid,
    // Wall time in a zone that nobody wrote down: good to be compared, not to count an age from.
    startTime: parseLstart(fields.get('STARTED') ?? ''),
    startedAt: elapsed === undefined ? undefined : takenAt - elapsed * 1000,
    ppid: count(fields.get('PPID')),
    // `ps -ef` prints the user's name under UID.
    uid: count(uid),
    user: fields.get('USER') ?? fields.get('EUSER') ?? (count(uid) === undefined ? uid : undefined),
    pgid: count(fields.get('PGID') ?? fields.get('PGRP')),
    sid: count(fields.get('SID')),
    tty: tty === undefined ? undefined : terminalOf(tty),
    cpuSeconds: parseElapsed(fields.get('TIME') ?? ''),
    rssBytes: rss === undefined ? undefined : rss * 1024,
    threads: count(fields.get('NLWP') ?? fields.get('THCNT')),
    ...commandOf(fields.get('COMMAND') ?? ''),
    ...withoutAbsent({ comm: nonEmpty(fields.get('COMM')), state: nonEmpty(state?.slice(0, 1)) }),
  };
  return record.argv === undefined && record.comm === undefined ? undefined : record;
}

const NUMBER_COLUMNS = ['PPID', 'PGID', 'PGRP', 'RSS', 'NLWP', 'THCNT'];

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function withoutAbsent<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
