import type { SnapshotDocument } from '../document/document.js';
import { reportedServers } from '../document/summary.js';
import type { HostChange } from './document.js';

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
