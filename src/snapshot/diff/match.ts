import { compareIdentity } from '../../process/identity.js';
import { basename } from '../../process/record.js';
import { isSameStart } from '../../process/start-order.js';
import type { ProcessEntry, SnapshotDocument } from '../document/document.js';
import type { Comparison, ReusedPid } from './document.js';

/** Which process of the earlier side is which of the later one. */
export interface Matched {
  readonly stayed: readonly (readonly [before: ProcessEntry, after: ProcessEntry])[];
  readonly onlyBefore: readonly ProcessEntry[];
  readonly onlyAfter: readonly ProcessEntry[];
  readonly reused: readonly ReusedPid[];
  /** How many pairs rest on start within rounding and command line, not on identity. */
  readonly approximate: number;
}

/** How two documents can be compared at all. Only facts that both sides have can speak against it. */
export function comparisonOf(a: SnapshotDocument, b: SnapshotDocument): Comparison {
  const differs = (one: string | undefined, other: string | undefined): boolean =>
    one !== undefined && other !== undefined && one !== other;
  // One machine may change its name, and two may share one; a boot id is unique.
  if (differs(a.machine.bootId, b.machine.bootId)) return 'totals';
  const sameBoot = a.machine.bootId !== undefined && a.machine.bootId === b.machine.bootId;
  if (!sameBoot && differs(a.machine.hostname, b.machine.hostname)) return 'totals';
  if (!sameBoot && differs(a.machine.platform, b.machine.platform)) return 'totals';
  return sameBoot ? 'identity' : 'approximate';
}

/** Pairs the processes of two documents of one machine and boot. */
export function matchProcesses(a: SnapshotDocument, b: SnapshotDocument): Matched {
  const beforeByPid = new Map(a.processes.map((process) => [process.pid, process]));
  const stayed: [ProcessEntry, ProcessEntry][] = [];
  const onlyAfter: ProcessEntry[] = [];
  const reused: ReusedPid[] = [];
  let approximate = 0;
  for (const after of b.processes) {
    const before = beforeByPid.get(after.pid);
    if (before === undefined) {
      onlyAfter.push(after);
      continue;
    }
    const same = compareIdentity(
      { bootId: a.machine.bootId, pid: before.pid, startTime: before.startTime },
      { bootId: b.machine.bootId, pid: after.pid, startTime: after.startTime },
    );
    if (same === 'same' || (same === 'unknown' && isProbablySame(before, after))) {
      if (same === 'unknown') approximate++;
      stayed.push([before, after]);
      beforeByPid.delete(after.pid);
    } else {
      reused.push({ pid: after.pid, before, after });
      onlyAfter.push(after);
    }
  }
  return { stayed, onlyBefore: [...beforeByPid.values()], onlyAfter, reused, approximate };
}

/** The same pid without exact start times: started at the same time, as far as is known, with the same command. */
function isProbablySame(before: ProcessEntry, after: ProcessEntry): boolean {
  if (before.startedAt !== undefined && after.startedAt !== undefined) {
    const isSame = isSameStart(Date.parse(before.startedAt), Date.parse(after.startedAt));
    return isSame && isSameCommand(before, after);
  }
  return isSameCommand(before, after);
}

/** Command lines alike: equal, one cut short by the width of a terminal, or the same program told differently. */
function isSameCommand(before: ProcessEntry, after: ProcessEntry): boolean {
  const one = textOf(before);
  const other = textOf(after);
  if (one === undefined || other === undefined) return one === other || programOf(before) === programOf(after);
  if (one.startsWith(other) || other.startsWith(one)) return true;
  // What redaction left of a split text differs from what it left of true arguments; the program does not.
  return before.argvIsSplitText !== after.argvIsSplitText && programOf(before) === programOf(after);
}

function textOf(process: ProcessEntry): string | undefined {
  const text = process.argv?.join(' ').replace(/\s+/g, ' ').trim();
  return text === '' ? undefined : text;
}

/** What a process runs, by its shortest name. */
export function programOf(process: Pick<ProcessEntry, 'argv' | 'comm' | 'exe'>): string | undefined {
  const first = process.argv?.[0];
  if (first !== undefined && first !== '') return basename(first.split(' ')[0] ?? first);
  return process.comm ?? (process.exe === undefined ? undefined : basename(process.exe));
}
