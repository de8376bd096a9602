import { isCounted } from '../../../agents/membership.js';
import { SesswatchError } from '../../../errors.js';
import { nearest } from '../../../nearest.js';
import type { ProcessEntry } from '../../../snapshot/document/document.js';
import { memoryOf } from '../../../snapshot/document/trees.js';
import { formatBytes } from '../../../units.js';
import { type Column, formatColumns } from '../../columns.js';
import { commandLine, harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { widthOf } from '../../width.js';
import { ownerWords, paintVerdict, shortDuration, verdictRank, whatWords } from '../../words.js';

interface ListColumn extends Column {
  readonly cell: (entry: ProcessEntry, sessionName: SessionName) => string;
  /** What `--sort` compares; absent values come last whichever way it is turned. */
  readonly key: (entry: ProcessEntry) => string | number | undefined;
  /** Sizes and times sort largest first unless turned round. */
  readonly largestFirst?: boolean;
}

/** A column of numbers, largest first. */
function numbers(
  title: string,
  key: (entry: ProcessEntry) => number | undefined,
  format: (value: number | undefined) => string = text,
): ListColumn {
  return { title, align: 'right', cell: (entry) => format(key(entry)), key, largestFirst: true };
}

function words(title: string, key: (entry: ProcessEntry) => string | number | undefined): ListColumn {
  return { title, cell: (entry) => text(key(entry)), key };
}

/** Every column of `ps`, by the name that `--columns` and `--sort` take. */
export const LIST_COLUMNS = {
  pid: { title: 'PID', align: 'right', cell: (p) => String(p.pid), key: (p) => p.pid },
  ppid: { title: 'PPID', align: 'right', cell: (p) => text(p.ppid), key: (p) => p.ppid },
  agent: words('AGENT', (p) => (p.nameOnly === true ? `${p.agent}?` : (p.agent ?? p.helperOf))),
  role: words('ROLE', (p) => p.role),
  verdict: {
    title: 'VERDICT',
    cell: (p) => text(p.verdict),
    key: (p) => (p.verdict === undefined ? undefined : verdictRank(p.verdict)),
  },
  session: { title: 'SESSION', cell: (p, sessionName) => sessionName(p.sessionId), key: (p) => p.sessionId },
  memory: numbers('TREE', memoryOf, formatBytes),
  rss: numbers('RSS', (p) => p.rssBytes, formatBytes),
  cpu: numbers(
    'CPU',
    (p) => p.tree?.cpuPercent,
    (percent) => (percent === undefined ? '-' : `${Math.round(percent)}%`),
  ),
  time: numbers('TIME', (p) => p.cpuSeconds, shortDuration),
  processes: numbers('PROCESSES', (p) => p.tree?.processes),
  age: numbers('AGE', (p) => p.ageSeconds, shortDuration),
  idle: numbers('IDLE', (p) => p.idleSeconds, shortDuration),
  threads: numbers('THREADS', (p) => p.threads),
  state: words('STATE', (p) => p.state),
  tty: words('TTY', (p) => p.tty ?? undefined),
  user: words('USER', (p) => p.user ?? p.uid),
  host: words('HOST', (p) => p.host),
  owner: { title: 'OWNER', least: 8, cell: ownerWords, key: (p) => p.owner?.name },
  started: words('STARTED', (p) => p.startedAt),
  cwd: words('FOLDER', (p) => p.cwd),
  reason: words('REASON', (p) => p.reason),
  command: {
    title: 'COMMAND',
    flexible: true,
    cell: (p) => commandLine(p.argv ?? [`[${p.comm ?? '?'}]`]),
    key: (p) => p.argv?.join(' '),
  },
  what: { title: 'WHAT', flexible: true, cell: whatWords, key: (p) => p.argv?.join(' ') },
  machine: words('HOSTNAME', (p) => p.machine),
} as const satisfies Record<string, ListColumn>;

export type ListColumnName = keyof typeof LIST_COLUMNS;

const ALL_COLUMNS = `columns: ${Object.keys(LIST_COLUMNS).join(' ')}`;

const DEFAULT_COLUMNS: readonly ListColumnName[] = [
  'machine',
  'pid',
  'agent',
  'role',
  'verdict',
  'memory',
  'cpu',
  'age',
  'idle',
  'owner',
  'what',
];

/**
 * What the usual list leaves out where the terminal is narrow, tried in this order. The command itself, what is
 * wrong with it and what it costs stay.
 */
const NARROWER: readonly (readonly ListColumnName[])[] = [
  [],
  ['role'],
  ['role', 'cpu'],
  ['role', 'cpu', 'age'],
  ['role', 'cpu', 'age', 'owner'],
  ['role', 'cpu', 'age', 'owner', 'idle'],
];

/** So many cells of a command are worth more than another column. */
const ENOUGH_COMMAND = 22;

/** Blanks between columns: a narrow terminal has better use for the second one. */
function gapIn(width: number | undefined): number {
  return width !== undefined && width < 100 ? 1 : 2;
}

/**
 * The columns that were asked for, or the usual ones of which something is known (a capture has no owners) and
 * for which the terminal has room.
 * @param width of the terminal; `undefined` leaves nothing out
 * @throws SesswatchError `usage` for a name that is none, or for no name
 */
export function chooseColumns(
  asked: readonly string[] | undefined,
  entries: readonly ProcessEntry[],
  width?: number | undefined,
): readonly ListColumnName[] {
  if (asked !== undefined) {
    if (asked.length > 0) return asked.map(columnName);
    throw new SesswatchError('usage', '--columns names no column', ALL_COLUMNS);
  }
  const known = DEFAULT_COLUMNS.filter(
    (name) =>
      name === 'what' ||
      entries.some((entry) =>
        // Of agents the role says little; among helpers it says what each is.
        name === 'role' ? !isCounted(entry) : LIST_COLUMNS[name].key(entry) !== undefined,
      ),
  );
  if (width === undefined) return known;
  const widths = cellWidths(known, entries);
  const roomOf = (names: readonly ListColumnName[]): number =>
    names.reduce((room, name) => room - (name === 'what' ? 0 : (widths.get(name) ?? 0) + gapIn(width)), width);
  const choices = NARROWER.map((left) => known.filter((name) => !left.includes(name)));
  return choices.find((names) => roomOf(names) >= ENOUGH_COMMAND) ?? choices.at(-1) ?? known;
}

function cellWidths(
  names: readonly ListColumnName[],
  entries: readonly ProcessEntry[],
): ReadonlyMap<ListColumnName, number> {
  const sessionName = sessionNames(entries.map((entry) => entry.sessionId));
  return new Map(
    names.map((name) => {
      const column: ListColumn = LIST_COLUMNS[name];
      const cells = entries.map((entry) => widthOf(column.cell(entry, sessionName)));
      const widest = cells.reduce((a, b) => Math.max(a, b), column.title.length);
      return [name, Math.min(widest, column.least ?? widest)];
    }),
  );
}

/**
 * Rows in the order that was asked for, the first column first: `memory`, `-age`. Stable, absent values last. Dead weight
 * first where nothing was asked for.
 * @throws SesswatchError `usage` for a column that is none
 */
export function sortEntries(
  entries: readonly ProcessEntry[],
  by: readonly string[] = ['verdict', 'memory'],
): readonly ProcessEntry[] {
  const orders = by.map((given) => {
    const turned = given.startsWith('-');
    const column: ListColumn = LIST_COLUMNS[columnName(turned ? given.slice(1) : given)];
    return { key: column.key, sign: (column.largestFirst === true ? -1 : 1) * (turned ? -1 : 1) };
  });
  return [...entries].sort((a, b) => {
    for (const { key, sign } of orders) {
      const [left, right] = [key(a), key(b)];
      if (left === right) continue;
      if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
      return left < right ? -sign : sign;
    }
    return a.pid - b.pid;
  });
}

/** Process entries as aligned lines with a head. Without entries there are no lines. */
export function processList(
  entries: readonly ProcessEntry[],
  names: readonly ListColumnName[],
  { width, style }: { readonly width: number | undefined; readonly style: Style },
): string[] {
  if (entries.length === 0) return [];
  const columns: readonly ListColumn[] = names.map((name) => LIST_COLUMNS[name]);
  const verdictColumn = names.indexOf('verdict');
  const sessionName = sessionNames(entries.map((entry) => entry.sessionId));
  return formatColumns(
    columns,
    entries.map((entry) => columns.map((column) => column.cell(entry, sessionName))),
    {
      width,
      gap: gapIn(width),
      styleTitle: style.dim,
      style: (cell, row, column) =>
        column === verdictColumn ? paintVerdict(cell, entries[row]?.verdict, style) : cell,
    },
  );
}

/** The first eight characters name a session well enough for people, where it stands alone. */
export function shortId(id: string | undefined): string {
  return id === undefined ? '-' : harmless(id.startsWith('ses_') ? id.slice(0, 12) : id.slice(0, 8));
}

/** How a session is called in a list; `-` for none. */
export type SessionName = (id: string | undefined) => string;

/**
 * Names that tell the sessions of a list apart: the beginning of the id; with its end too (`0198a000…5f1c`) where
 * several begin alike, as those of codex do that were started within a minute (UUID version 7 begins with the
 * time); the whole id where that is not enough.
 */
export function sessionNames(ids: Iterable<string | undefined>): SessionName {
  const alike = new Map<string, Set<string>>();
  for (const id of new Set(ids)) {
    if (id === undefined) continue;
    const short = shortId(id);
    alike.set(short, (alike.get(short) ?? new Set()).add(id));
  }
  return (id) => {
    const short = shortId(id);
    const others = [...(alike.get(short) ?? [])].filter((other) => other !== id);
    if (id === undefined || others.length === 0) return short;
    const end = id.slice(-4);
    return others.some((other) => other.endsWith(end)) ? harmless(id) : `${short}…${harmless(end)}`;
  };
}

function columnName(given: string): ListColumnName {
  if (Object.hasOwn(LIST_COLUMNS, given)) return given as ListColumnName;
  const near = nearest(given, Object.keys(LIST_COLUMNS));
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : ALL_COLUMNS;
  throw new SesswatchError('usage', `unknown column '${given}'`, hint);
}

function text(value: string | number | null | undefined): string {
  return value === undefined || value === null ? '-' : harmless(String(value));
}
