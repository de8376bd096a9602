import { SesswatchError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import { formatBytes, formatDuration } from '../../units.js';
import { type Column, formatColumns, type Layout } from '../columns.js';
import { commandLine, harmless } from '../harmless.js';
import { widthOf } from '../width.js';

interface ListColumn extends Column {
  readonly cell: (entry: ProcessEntry, sessionName: SessionName) => string;
  /** What `--sort` compares; absent values come last whichever way it is turned. */
  readonly key: (entry: ProcessEntry) => string | number | undefined;
  /** Sizes and times sort largest first unless turned round. */
  readonly largestFirst?: boolean;
}

/** Every column of `ps`, by the name that `--columns` and `--sort` take. */
export const LIST_COLUMNS = {
  pid: { title: 'PID', align: 'right', cell: (p) => String(p.pid), key: (p) => p.pid },
  ppid: { title: 'PPID', align: 'right', cell: (p) => text(p.ppid), key: (p) => p.ppid },
  agent: { title: 'AGENT', cell: (p) => text(p.agent ?? p.helperOf), key: (p) => p.agent ?? p.helperOf },
  role: { title: 'ROLE', cell: (p) => text(p.role), key: (p) => p.role },
  verdict: { title: 'VERDICT', cell: (p) => text(p.verdict), key: (p) => p.verdict },
  session: {
    title: 'SESSION',
    cell: (p, sessionName) => sessionName(p.sessionId),
    key: (p) => p.sessionId,
  },
  age: {
    title: 'AGE',
    align: 'right',
    cell: (p) => formatDuration(p.ageSeconds),
    key: (p) => p.ageSeconds,
    largestFirst: true,
  },
  idle: {
    title: 'IDLE',
    align: 'right',
    cell: (p) => formatDuration(p.idleSeconds),
    key: (p) => p.idleSeconds,
    largestFirst: true,
  },
  memory: {
    title: 'MEMORY',
    align: 'right',
    cell: (p) => formatBytes(p.rssBytes),
    key: (p) => p.rssBytes,
    largestFirst: true,
  },
  cpu: {
    title: 'CPU',
    align: 'right',
    cell: (p) => formatDuration(p.cpuSeconds),
    key: (p) => p.cpuSeconds,
    largestFirst: true,
  },
  threads: {
    title: 'THREADS',
    align: 'right',
    cell: (p) => text(p.threads),
    key: (p) => p.threads,
    largestFirst: true,
  },
  state: { title: 'STATE', cell: (p) => text(p.state), key: (p) => p.state },
  tty: { title: 'TTY', cell: (p) => text(p.tty), key: (p) => p.tty ?? undefined },
  user: { title: 'USER', cell: (p) => text(p.user ?? p.uid), key: (p) => p.user ?? p.uid },
  host: { title: 'HOST', cell: (p) => text(p.host), key: (p) => p.host },
  owner: { title: 'OWNER', least: 12, cell: (p) => ownerText(p), key: (p) => p.owner?.name },
  started: { title: 'STARTED', cell: (p) => text(p.startedAt), key: (p) => p.startedAt },
  cwd: { title: 'FOLDER', cell: (p) => text(p.cwd), key: (p) => p.cwd },
  command: {
    title: 'COMMAND',
    flexible: true,
    cell: (p) => commandLine(p.argv ?? [`[${p.comm ?? '?'}]`]),
    key: (p) => p.argv?.join(' '),
  },
} as const satisfies Record<string, ListColumn>;

export type ListColumnName = keyof typeof LIST_COLUMNS;

const ALL_COLUMNS = `columns: ${Object.keys(LIST_COLUMNS).join(' ')}`;

const DEFAULT_COLUMNS: readonly ListColumnName[] = [
  'pid',
  'agent',
  'role',
  'verdict',
  'session',
  'age',
  'memory',
  'owner',
  'command',
];

/**
 * What the usual list leaves out where the terminal is narrow, tried in this order. The command itself, what is
 * wrong with it and what it costs stay.
 */
const NARROWER: readonly (readonly ListColumnName[])[] = [
  [],
  ['owner'],
  ['role'],
  ['role', 'owner'],
  ['role', 'owner', 'session'],
];

/** So many cells of a command are worth more than another column. */
const ENOUGH_COMMAND = 16;

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
    (name) => name === 'command' || entries.some((entry) => LIST_COLUMNS[name].key(entry) !== undefined),
  );
  if (width === undefined) return known;
  const widths = cellWidths(known, entries);
  const roomOf = (names: readonly ListColumnName[]): number =>
    names.reduce((room, name) => room - (name === 'command' ? 0 : (widths.get(name) ?? 0) + 2), width);
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
 * Rows in the order that was asked for: `memory`, `-age`. Stable, absent values last.
 * @throws SesswatchError `usage` for a column that is none
 */
export function sortEntries(
  entries: readonly ProcessEntry[],
  by: string | undefined,
): readonly ProcessEntry[] {
  if (by === undefined) return entries;
  const turned = by.startsWith('-');
  const column: ListColumn = LIST_COLUMNS[columnName(turned ? by.slice(1) : by)];
  const sign = (column.largestFirst === true ? -1 : 1) * (turned ? -1 : 1);
  return [...entries].sort((a, b) => {
    const [left, right] = [column.key(a), column.key(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    if (left === right) return a.pid - b.pid;
    return left < right ? -sign : sign;
  });
}

/** Process entries as aligned lines with a head. Without entries there are no lines. */
export function processList(
  entries: readonly ProcessEntry[],
  names: readonly ListColumnName[],
  layout: Layout,
): string[] {
  if (entries.length === 0) return [];
  const columns: readonly ListColumn[] = names.map((name) => LIST_COLUMNS[name]);
  const sessionName = sessionNames(entries.map((entry) => entry.sessionId));
  return formatColumns(
    columns,
    entries.map((entry) => columns.map((column) => column.cell(entry, sessionName))),
    layout,
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

function ownerText(entry: ProcessEntry): string {
  const { owner } = entry;
  if (owner === undefined) return '-';
  return harmless(owner.pid === undefined ? owner.name : `${owner.name}(${owner.pid})`);
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
