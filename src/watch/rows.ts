import { verdictRank } from '../output/words.js';
import type { ProcessEntry, SnapshotDocument } from '../snapshot/document/document.js';
import { treesOf } from '../snapshot/document/trees.js';
import { keyOf, type Sample, type Samples } from './samples.js';

/** An agent with all that belongs to it; what lost its agent stands for itself. */
export interface Session {
  readonly key: string;
  readonly entry: ProcessEntry;
  readonly helpers: readonly { readonly key: string; readonly entry: ProcessEntry }[];
  /** Oldest first; the last is now. */
  readonly samples: readonly Sample[];
}

/** One line of the list. */
export interface Row {
  readonly key: string;
  readonly entry: ProcessEntry;
  /** The session that the line is of: its own, or that of which it is a helper. */
  readonly session: Session;
  /** Shown only for the sake of a helper that matches the filter. */
  readonly isAside: boolean;
}

export const SORT_KEYS = ['verdict', 'memory', 'cpu', 'age', 'idle', 'agent', 'pid'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface RowRequest {
  readonly sort: SortKey;
  readonly filter: string;
  /** Keys of the sessions whose helpers are listed. */
  readonly unfolded: ReadonlySet<string>;
}

/** The sessions of a document, with what was measured of them. */
export function sessionsOf(document: SnapshotDocument, samples: Samples): Session[] {
  return treesOf(document.processes).map(({ head, members }) => ({
    key: keyOf(head),
    entry: head,
    helpers: members.filter(({ pid }) => pid !== head.pid).map((entry) => ({ key: keyOf(entry), entry })),
    samples: samples.get(keyOf(head)) ?? [],
  }));
}

/** The keys of the processes of each session, by its own: what a sample sums up. */
export function keysOf(sessions: readonly Session[]): ReadonlyMap<string, readonly string[]> {
  return new Map(sessions.map(({ key, helpers }) => [key, [key, ...helpers.map((helper) => helper.key)]]));
}

/** The lines of the list, before the screen cuts them. */
export function rowsOf(sessions: readonly Session[], { sort, filter, unfolded }: RowRequest): Row[] {
  const wanted = filter.trim().toLowerCase();
  return [...sessions].sort(ORDERS[sort]).flatMap((session) => {
    const { key, entry } = session;
    const helpers = session.helpers.map((helper): Row => ({ ...helper, session, isAside: false }));
    const isMatch = matches(entry, wanted);
    const shown =
      isMatch && unfolded.has(key) ? helpers : helpers.filter((row) => !isMatch && matches(row.entry, wanted));
    if (!isMatch && shown.length === 0) return [];
    return [{ key, entry, session, isAside: !isMatch }, ...shown];
  });
}

function matches(entry: ProcessEntry, wanted: string): boolean {
  const { pid, agent, helperOf, verdict, host, owner, sessionId, argv, cwd, role } = entry;
  const texts = [`${pid}`, agent, helperOf, verdict, host, owner?.name, sessionId, cwd, role, argv?.join(' ')];
  return texts.some((text) => text?.toLowerCase().includes(wanted) === true);
}

type Order = (a: Session, b: Session) => number;

/** Those that are equal stand as they started. */
function byNumber(read: (session: Session) => number): Order {
  return (a, b) => read(b) - read(a) || a.entry.pid - b.entry.pid;
}

const ORDERS: Readonly<Record<SortKey, Order>> = {
  verdict: byNumber(({ entry }) => -verdictRank(entry.verdict)),
  memory: byNumber(({ samples, entry }) => samples.at(-1)?.rssBytes ?? entry.tree?.rssBytes ?? 0),
  cpu: byNumber(({ samples }) => samples.at(-1)?.cpuPercent ?? 0),
  age: byNumber(({ entry }) => entry.ageSeconds ?? 0),
  idle: byNumber(({ entry }) => entry.idleSeconds ?? -1),
  agent: (a, b) => nameOf(a).localeCompare(nameOf(b), 'en') || a.entry.pid - b.entry.pid,
  pid: (a, b) => a.entry.pid - b.entry.pid,
};

function nameOf({ entry }: Session): string {
  return entry.agent ?? entry.helperOf ?? '~';
}
