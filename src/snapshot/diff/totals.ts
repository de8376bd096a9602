import { isCounted } from '../../agents/membership.js';
import type { Group, ProcessEntry, SnapshotDocument } from '../document/document.js';
import { agentOf, groupsOf } from '../document/totals.js';
import { isMember } from '../document/trees.js';
import type { DiffTotals } from './document.js';
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
    byAgent: groupsOf(members, (process) => agentOf(process, byPid), isCountedEntry),
    byRole: groupsOf(members, ({ role }) => role),
    byVerdict: groupsOf(members, ({ verdict }) => verdict),
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

export function bytesOf(processes: readonly ProcessEntry[]): number {
  return processes.reduce((sum, process) => sum + (process.rssBytes ?? 0), 0);
}

function subtractGroups(
  after: Readonly<Record<string, Group>>,
  before: Readonly<Record<string, Group>>,
): Record<string, Group> {
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
