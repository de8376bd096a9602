import type { ProcessEntry, SnapshotDocument } from '../document/document.js';
import { reportedServers } from '../document/summary.js';
import type { GenerationChange, HostChange } from './document.js';

/** How the servers of hosts changed that ran in both snapshots: how a leak inside a host looks from outside. */
export function hostChanges(a: SnapshotDocument, b: SnapshotDocument): HostChange[] {
  const before = reportedServers(a.hosts);
  return reportedServers(b.hosts).flatMap((after) => {
    // Without an exact start it may be another server with the same pid.
    const same = before.find(
      ({ pid, startTime }) => pid === after.pid && startTime !== undefined && startTime === after.startTime,
    );
    return same === undefined ? [] : [{ name: after.name, pid: after.pid, before: same, after }];
  });
}

/**
 * Of which MCP servers a live agent or host runs more copies than before, or fewer.
 *
 * @param stayed rows of both sides that are one process
 */
export function generationChanges(
  a: SnapshotDocument,
  b: SnapshotDocument,
  stayed: readonly (readonly [before: ProcessEntry, after: ProcessEntry])[],
): GenerationChange[] {
  const same = new Set(stayed.map(([before]) => before.pid));
  const copies = new Map<string, GenerationChange>();
  for (const { leader, agent, host, server, count } of a.generations ?? []) {
    // What ran an agent that is gone went with it.
    if (!same.has(leader)) continue;
    copies.set(keyOf(leader, server), { leader, agent, host, server, before: count, olderRssBytes: 0 });
  }
  for (const { leader, agent, host, server, count, olderRssBytes } of b.generations ?? []) {
    const before = copies.get(keyOf(leader, server))?.before;
    copies.set(keyOf(leader, server), { leader, agent, host, server, before, after: count, olderRssBytes });
  }
  return [...copies.values()].filter((one) => one.before !== one.after);
}

function keyOf(leader: number, server: string): string {
  return `${leader} ${server}`;
}
