import { isCounted } from '../../agents/membership.js';
import type { ProcessEntry, SnapshotDocument } from '../document/document.js';
import { agentOf } from '../document/totals.js';
import type { Change, ProcessName, StayedProcess } from './document.js';
import { programOf } from './match.js';

/** Makes the function that says what became of a process which both documents hold. */
export function changesBetween(
  a: SnapshotDocument,
  b: SnapshotDocument,
): (before: ProcessEntry, after: ProcessEntry) => StayedProcess {
  const [childrenBefore, childrenAfter] = [childCounts(a), childCounts(b)];
  const [namesBefore, namesAfter] = [namesIn(a), namesIn(b)];
  return (before, after) => ({
    process: after,
    rssBefore: before.rssBytes,
    rssDelta: delta(before.rssBytes, after.rssBytes),
    cpuDelta: delta(before.cpuSeconds, after.cpuSeconds),
    threadsDelta: delta(before.threads, after.threads),
    descriptorsDelta: delta(before.descriptors, after.descriptors),
    childrenDelta: (childrenAfter.get(after.pid) ?? 0) - (childrenBefore.get(before.pid) ?? 0),
    parentChanged:
      before.ppid === undefined || after.ppid === undefined || before.ppid === after.ppid
        ? undefined
        : {
            from: { pid: before.ppid, name: namesBefore.get(before.ppid) },
            to: { pid: after.ppid, name: namesAfter.get(after.ppid) },
          },
    roleChanged: changed(before.role, after.role),
    // A side that could not read the agents' own files (a capture) knows fewer ids: learning one is no change.
    sessionChanged: changedIfKnown(before.sessionId, after.sessionId),
    // A side that was taken without judging says nothing about a change.
    verdictChanged: changedIfKnown(before.verdict, after.verdict),
    // A text that was split at blanks may have cut a path in two.
    programChanged:
      before.argvIsSplitText === after.argvIsSplitText && before.argv !== undefined && after.argv !== undefined
        ? changed(programOf(before), programOf(after))
        : undefined,
  });
}

function delta(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

function changed<T>(from: T | undefined, to: T | undefined): Change<T> | undefined {
  return from === to ? undefined : { from, to };
}

function changedIfKnown<T>(from: T | undefined, to: T | undefined): Change<T> | undefined {
  return from === undefined || to === undefined ? undefined : changed(from, to);
}

function childCounts(document: SnapshotDocument): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { ppid } of document.processes) {
    if (ppid !== undefined) counts.set(ppid, (counts.get(ppid) ?? 0) + 1);
  }
  return counts;
}

function namesIn(document: SnapshotDocument): Map<number, ProcessName['name']> {
  const byPid = new Map(document.processes.map((process) => [process.pid, process]));
  return new Map(
    document.processes.map((process) => [
      process.pid,
      (isCounted(process) ? agentOf(process, byPid) : undefined) ?? programOf(process),
    ]),
  );
}
