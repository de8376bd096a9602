import { withoutAbsent } from '../decode.js';
import type { ProcessIdentity } from './identity.js';
import type { ProcessRecord } from './record.js';
import type { ClosePart, Scan } from './scan.js';
import { isYounger } from './start-order.js';

/** All processes of one scan, by pid and by parent. Immutable. */
export interface ProcessTable {
  readonly scan: Omit<Scan, 'processes'>;
  /** In ascending order of pid. */
  readonly all: readonly ProcessRecord[];
  get(pid: number): ProcessRecord | undefined;
  /** The parent, unless it is gone or younger than its child (then its pid was used again). */
  parent(pid: number): ProcessRecord | undefined;
  /** Ascending pid. A process older than its parent is no child. */
  children(pid: number): readonly ProcessRecord[];
  /** Nearest first, without the process itself. Ends at the first cycle. */
  ancestors(pid: number): readonly ProcessRecord[];
  /** Parents before children, without the process itself. */
  descendants(pid: number): readonly ProcessRecord[];
}

/** Indexes a scan. Should two rows share a pid, the younger one stands: the older is gone. */
export function createProcessTable(scan: Scan): ProcessTable {
  const byPid = new Map<number, ProcessRecord>();
  for (const record of scan.processes) {
    const other = byPid.get(record.pid);
    if (other === undefined || (record.startedAt ?? 0) >= (other.startedAt ?? 0)) byPid.set(record.pid, record);
  }
  const all = [...byPid.values()].sort((a, b) => a.pid - b.pid);
  const childrenOf = new Map<number, ProcessRecord[]>();
  const parentOf = new Map<number, ProcessRecord>();
  for (const record of all) {
    const parent = trueParent(byPid, record);
    if (parent === undefined) continue;
    parentOf.set(record.pid, parent);
    const siblings = childrenOf.get(parent.pid);
    if (siblings === undefined) childrenOf.set(parent.pid, [record]);
    else siblings.push(record);
  }
  const { processes: _, ...about } = scan;

  const parent = (pid: number): ProcessRecord | undefined => parentOf.get(pid);
  const children = (pid: number): readonly ProcessRecord[] => childrenOf.get(pid) ?? [];
  return {
    scan: about,
    all,
    get: (pid) => byPid.get(pid),
    parent,
    children,
    ancestors(pid) {
      const found: ProcessRecord[] = [];
      const seen = new Set([pid]);
      for (let at = parent(pid); at !== undefined && !seen.has(at.pid); at = parent(at.pid)) {
        seen.add(at.pid);
        found.push(at);
      }
      return found;
    },
    descendants(pid) {
      const found: ProcessRecord[] = [];
      const seen = new Set([pid]);
      let level = children(pid);
      while (level.length > 0) {
        const next: ProcessRecord[] = [];
        for (const record of level) {
          if (seen.has(record.pid)) continue;
          seen.add(record.pid);
          found.push(record);
          next.push(...children(record.pid));
        }
        level = next;
      }
      return found;
    },
  };
}

/** The same table with what a closer look told of some processes. */
export function withDetail(table: ProcessTable, parts: ReadonlyMap<number, ClosePart>): ProcessTable {
  if (parts.size === 0) return table;
  return createProcessTable({
    ...table.scan,
    processes: table.all.map((record) => {
      const part = parts.get(record.pid);
      return part === undefined ? record : merge(record, part);
    }),
  });
}

/** The identity of a record within the boot that its table was scanned in. */
export function identityOf(table: ProcessTable, record: ProcessRecord): ProcessIdentity {
  return { bootId: table.scan.machine.bootId, pid: record.pid, startTime: record.startTime };
}

/** Seconds since the start of a process, at the moment of the scan. */
export function ageSeconds(table: ProcessTable, record: ProcessRecord): number | undefined {
  if (record.startedAt === undefined) return undefined;
  return Math.max(0, (table.scan.takenAt - record.startedAt) / 1000);
}

function trueParent(byPid: ReadonlyMap<number, ProcessRecord>, record: ProcessRecord): ProcessRecord | undefined {
  if (record.ppid === undefined || record.ppid === record.pid) return undefined;
  const parent = byPid.get(record.ppid);
  if (parent === undefined || isYounger(parent, record)) return undefined;
  return parent;
}

function merge(record: ProcessRecord, part: ClosePart): ProcessRecord {
  const { detail, ...fields } = part;
  return {
    ...record,
    ...withoutAbsent(fields),
    detail: detail === undefined ? record.detail : { ...record.detail, ...detail },
  };
}
