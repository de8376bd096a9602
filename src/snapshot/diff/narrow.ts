import type { ProcessEntry, SnapshotDocument } from '../document/document.js';
import { totalsOfRows } from '../document/totals.js';
import { isMember, treesOf } from '../document/trees.js';

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
  const wanted = new Set(
    sides.flatMap((side) =>
      treesOf(side.processes)
        .filter(({ head }) => isWanted(head.host))
        .flatMap(({ members }) => members.map(keyOf)),
    ),
  );
  const narrowed = (side: SnapshotDocument): SnapshotDocument => {
    const processes = side.processes.filter((entry) => !isMember(entry) || wanted.has(keyOf(entry)));
    return { ...side, processes, totals: totalsOfRows(processes.filter(isMember), side.totals.processes) };
  };
  return [narrowed(sides[0]), narrowed(sides[1])];
}

function keyOf({ pid, startTime }: ProcessEntry): string {
  return `${pid} ${startTime ?? ''}`;
}
