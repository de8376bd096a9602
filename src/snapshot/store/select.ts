import { agentOf } from '../diff/totals.js';
import type { ProcessEntry, SnapshotDocument } from '../document/document.js';
import { totalsOfRows } from '../document/totals.js';
import { isMember } from '../document/trees.js';

/**
 * A saved document as it would be had only some agents been asked for: theirs and their helpers's rows are those of
 * agents, the others remain as what stands above them. Totals but the number of all processes are of what is left.
 */
export function selectEntries(document: SnapshotDocument, names: readonly string[] | undefined): SnapshotDocument {
  if (names === undefined || names.length === 0) return document;
  const wanted = new Set(names);
  const byPid = new Map(document.processes.map((entry) => [entry.pid, entry]));
  const isWanted = (entry: ProcessEntry): boolean => wanted.has(agentOf(entry, byPid) ?? '');
  const processes = document.processes.filter((entry) => !isMember(entry) || isWanted(entry));
  return {
    ...document,
    processes,
    totals: totalsOfRows(processes.filter(isMember), document.totals.processes),
  };
}
