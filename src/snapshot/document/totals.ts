import { type AgentTable, isCounted, type Role } from '../../agents/membership.js';
import type { Verdict } from '../../verdict/judgement.js';
import type { GenerationEntry, Group, ProcessEntry, Totals } from './document.js';

/** What the totals are made of: a process that is an agent or belongs to one. */
export interface CountedRow {
  readonly pid: number;
  readonly role: Role;
  readonly nameOnly?: boolean | undefined;
  readonly agent?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly verdict?: Verdict | undefined;
  readonly rssBytes?: number | undefined;
}

/** Counts and memory of one scan. */
export function totalsOf(agents: AgentTable, judgements?: ReadonlyMap<number, { readonly verdict: Verdict }>): Totals {
  const rows = [...agents.members].map(([pid, { role, nameOnly, agent, sessionId }]) => ({
    pid,
    role,
    nameOnly,
    agent,
    sessionId,
    verdict: judgements?.get(pid)?.verdict,
    rssBytes: agents.table.get(pid)?.rssBytes,
  }));
  return totalsOfRows(rows, agents.table.all.length);
}

/**
 * The one sum behind `count`, `ps`, the totals of a snapshot and those of what is read back from one. `byAgent` counts what
 * `count` counts, by agent; `byRole` agents and their helpers; `byVerdict` those of them that were judged, so it is empty
 * when nobody judged.
 *
 * @param processes all of the scan, also those that are no rows here
 */
export function totalsOfRows(rows: readonly CountedRow[], processes: number): Totals {
  const counted = rows.filter(isCounted);
  const sessions = new Set(counted.map(({ agent, sessionId, pid }) => JSON.stringify([agent, sessionId ?? pid])));
  return {
    processes,
    agents: counted.length,
    sessions: sessions.size,
    rssBytes: rows.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0),
    byAgent: tally(counted.map(({ agent }) => agent)),
    byRole: tally(rows.map(({ role }) => role)),
    byVerdict: tally(rows.map(({ verdict }) => verdict)),
  };
}

/** How often each name is there, most first, then by name: the order does not depend on pids. */
export function tally(names: readonly (string | undefined)[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

/** The rows by name, in the order of names; those without one are in no group. */
export function groupsOf<E extends ProcessEntry>(
  entries: readonly E[],
  nameOf: (entry: E) => string | undefined,
  counts: (entry: E) => boolean = () => true,
): Record<string, Group> {
  const groups = new Map<string, { count: number; rssBytes: number }>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name === undefined) continue;
    const group = groups.get(name) ?? { count: 0, rssBytes: 0 };
    if (counts(entry)) group.count++;
    group.rssBytes += entry.rssBytes ?? 0;
    groups.set(name, group);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Of all older copies together; `undefined` where nobody looked for any. */
export function olderCopies(generations: readonly GenerationEntry[] | undefined): Group | undefined {
  return generations?.reduce(
    (sum, { older, olderRssBytes }) => ({ count: sum.count + older.length, rssBytes: sum.rssBytes + olderRssBytes }),
    { count: 0, rssBytes: 0 },
  );
}

/** The agent that a process is, or belongs to. */
export function agentOf(entry: ProcessEntry, byPid: ReadonlyMap<number, ProcessEntry>): string | undefined {
  return entry.agent ?? entry.helperOf ?? leaderOf(entry, byPid)?.agent;
}

export function leaderOf({ leader }: ProcessEntry, byPid: ReadonlyMap<number, ProcessEntry>): ProcessEntry | undefined {
  return leader === undefined ? undefined : byPid.get(leader);
}
