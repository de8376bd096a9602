import { isCounted } from '../../agents/membership.js';
import type { ProcessEntry, SnapshotDocument } from '../document/document.js';
import { isMember } from '../document/trees.js';
import type { DiffNumbers, DiffTotals } from './document.js';
import { isLiving } from './expectation.js';

/** Counts and memory of one side, per agent, role and verdict. */
export function diffTotals(document: SnapshotDocument): DiffTotals {
  const byPid = new Map(document.processes.map((process) => [process.pid, process]));
  const members = document.processes.filter(isMember);
  const counted = members.filter(isCountedEntry);
  const sessions = new Set(counted.map((process) => process.sessionId ?? `pid ${process.pid}`));
  return {
    processes: document.totals.processes,
    agents: counted.length,
    sessions: sessions.size,
    rssBytes: bytesOf(members),
    byAgent: group(members, (process) => agentOf(process, byPid), isCountedEntry),
    byRole: group(members, (process) => process.role),
    byVerdict: group(members, (process) => process.verdict),
  };
}

/** `after` less `before`, every key of either side. */
export function subtractTotals(after: DiffTotals, before: DiffTotals): DiffTotals {
  return {
    processes: after.processes - before.processes,
    agents: after.agents - before.agents,
    sessions: after.sessions - before.sessions,
    rssBytes: after.rssBytes - before.rssBytes,
    byAgent: subtractGroups(after.byAgent, before.byAgent),
    byRole: subtractGroups(after.byRole, before.byRole),
    byVerdict: subtractGroups(after.byVerdict, before.byVerdict),
  };
}

/** Whether `count` counts it. */
export function isCountedEntry(process: ProcessEntry): boolean {
  return isCounted(process) && isLiving(process);
}

/** The agent that a process is, or belongs to. */
export function agentOf(process: ProcessEntry, byPid: ReadonlyMap<number, ProcessEntry>): string | undefined {
  const own = process.agent ?? process.helperOf;
  if (own !== undefined) return own;
  return process.leader === undefined ? undefined : byPid.get(process.leader)?.agent;
}

export function bytesOf(processes: readonly ProcessEntry[]): number {
  return processes.reduce((sum, process) => sum + (process.rssBytes ?? 0), 0);
}

function group(
  processes: readonly ProcessEntry[],
  keyOf: (process: ProcessEntry) => string | undefined,
  counts: (process: ProcessEntry) => boolean = () => true,
): Record<string, DiffNumbers> {
  const groups = new Map<string, { count: number; rssBytes: number }>();
  for (const process of processes) {
    const key = keyOf(process);
    if (key === undefined) continue;
    const numbers = groups.get(key) ?? { count: 0, rssBytes: 0 };
    if (counts(process)) numbers.count++;
    numbers.rssBytes += process.rssBytes ?? 0;
    groups.set(key, numbers);
  }
  return Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function subtractGroups(
  after: Readonly<Record<string, DiffNumbers>>,
  before: Readonly<Record<string, DiffNumbers>>,
): Record<string, DiffNumbers> {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return Object.fromEntries(
    keys.map((key) => [
      key,
      {
        count: (after[key]?.count ?? 0) - (before[key]?.count ?? 0),
        rssBytes: (after[key]?.rssBytes ?? 0) - (before[key]?.rssBytes ?? 0),
      },
    ]),
  );
}
