import type { HostChange } from './diff-document.js';
import type { SnapshotDocument } from './document.js';
import { reportedServers } from './summary.js';

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
