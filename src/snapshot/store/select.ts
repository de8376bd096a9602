import { isCounted } from '../../agents/membership.js';
import { agentOf, isMember } from '../diff/totals.js';
import type { ProcessEntry, SnapshotDocument, Totals } from '../document/document.js';

/**
 * A saved document as it would be had only some agents been asked for: theirs and their helpers's rows are those of
 * agents, the others remain as what stands above them. Totals but the number of all processes are of what is left.
 */
export function selectEntries(
  document: SnapshotDocument,
  names: readonly string[] | undefined,
): SnapshotDocument {
  if (names === undefined || names.length === 0) return document;
  const wanted = new Set(names);
  const byPid = new Map(document.processes.map((entry) => [entry.pid, entry]));
  const isWanted = (entry: ProcessEntry): boolean => wanted.has(agentOf(entry, byPid) ?? '');
  const processes = document.processes.filter((entry) => !isMember(entry) || isWanted(entry));
  return { ...document, processes, totals: totalsOfEntries(processes, document.totals.processes) };
}

function totalsOfEntries(entries: readonly ProcessEntry[], processes: number): Totals {
  const members = entries.filter(isMember);
  const agents = members.filter(isCounted);
  return {
    processes,
    agents: agents.length,
    sessions: new Set(agents.map((entry) => `${entry.agent} ${entry.sessionId ?? entry.pid}`)).size,
    rssBytes: members.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0),
    byAgent: tally(agents.map(({ agent }) => agent)),
    byRole: tally(members.map(({ role }) => role)),
    byVerdict: tally(members.map(({ verdict }) => verdict)),
  };
}

/** Most first, then by name, as in every document. */
function tally(names: readonly (string | undefined)[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
