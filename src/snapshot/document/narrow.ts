import type { ProcessEntry, SnapshotDocument } from './document.js';
import { agentOf, olderCopies, totalsOfRows } from './totals.js';
import { isMember, type MemberEntry, treesOf } from './trees.js';

/** A document as it would be had only some agents been looked for: theirs and their helpers' rows. */
export function narrowToAgents(document: SnapshotDocument, names: readonly string[] | undefined): SnapshotDocument {
  if (names === undefined || names.length === 0) return document;
  const byPid = new Map(document.processes.map((entry) => [entry.pid, entry]));
  return withMembers(document, (entry) => names.includes(agentOf(entry, byPid) ?? ''));
}

/**
 * Two snapshots as they would be had only some hosts' agents been looked at. What was a host's on either side stays on both:
 * an agent that lost its host is that host's leak.
 *
 * @param isWanted given the name of the host that an agent runs under; `undefined` for none
 */
export function narrowToHosts(
  sides: readonly [SnapshotDocument, SnapshotDocument],
  isWanted: (host: string | undefined) => boolean,
): [SnapshotDocument, SnapshotDocument] {
  const trees = sides.flatMap((side) => treesOf(side.processes)).filter(({ head }) => isWanted(head.host));
  const wanted = new Set(trees.flatMap(({ members }) => members.map(keyOf)));
  const narrowed = (side: SnapshotDocument) => withMembers(side, (entry) => wanted.has(keyOf(entry)));
  return [narrowed(sides[0]), narrowed(sides[1])];
}

/** The others remain as what stands above them. Totals but the number of all processes are of what is left. */
function withMembers(document: SnapshotDocument, isWanted: (entry: MemberEntry) => boolean): SnapshotDocument {
  const processes = document.processes.filter((entry) => !isMember(entry) || isWanted(entry));
  const left = new Set(processes.map(({ pid }) => pid));
  const generations = document.generations?.filter(({ leader }) => left.has(leader));
  const totals = totalsOfRows(processes.filter(isMember), document.totals.processes);
  return { ...document, processes, totals: { ...totals, generations: olderCopies(generations) }, generations };
}

function keyOf({ pid, startTime }: ProcessEntry): string {
  return `${pid} ${startTime ?? ''}`;
}
