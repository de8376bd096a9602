import { bySession, otherHolders, type SessionHolder } from '../../agents/same-session.js';
import type { ProcessEntry } from '../document/document.js';
import type { MovedSession } from './document.js';
import { isCountedEntry } from './totals.js';

/** Whether two rows, one of each side, are one process. */
export type SamePair = (before: ProcessEntry, after: ProcessEntry) => boolean;

/**
 * Sessions that other processes hold than before: resumed under a new pid, or opened a second time beside the
 * process that had it.
 */
export function movedSessions(
  before: readonly ProcessEntry[],
  after: readonly ProcessEntry[],
  isSame: SamePair,
): MovedSession[] {
  const holders = bySession(holdersIn(before));
  const moved: MovedSession[] = [];
  for (const [key, holding] of bySession(holdersIn(after))) {
    const now = holding.map(({ process }) => process);
    const then = (holders.get(key) ?? []).map(({ process }) => process);
    const arrived = now.filter((process) => !then.some((old) => isSame(old, process)));
    const [first] = now;
    if (then.length === 0 || arrived.length === 0 || first?.agent === undefined) continue;
    moved.push({
      agent: first.agent,
      sessionId: first.sessionId ?? '',
      from: then.map((process) => process.pid),
      to: arrived.map((process) => process.pid),
      kept: now.filter((process) => !arrived.includes(process)).map((process) => process.pid),
    });
  }
  return moved;
}

/** The younger process that holds the session of an older one too; the younger keeps it. */
export function supersededIn(processes: readonly ProcessEntry[]): Map<ProcessEntry, ProcessEntry> {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const isAbove = (pid: number, of: number): boolean => {
    const seen = new Set<number>();
    for (let at = byPid.get(of)?.ppid; at !== undefined && !seen.has(at); at = byPid.get(at)?.ppid) {
      if (at === pid) return true;
      seen.add(at);
    }
    return false;
  };
  const found = new Map<ProcessEntry, ProcessEntry>();
  for (const [{ process }, { by, isYounger }] of otherHolders(holdersIn(processes), isAbove)) {
    if (isYounger) found.set(process, by.process);
  }
  return found;
}

/** Agents that people count. Helpers carry the id of their leader and hold nothing. */
function holdersIn(processes: readonly ProcessEntry[]): readonly Holder[] {
  return processes.flatMap((process): Holder[] => {
    const { pid, agent, sessionId, uid, startTime, sharedName } = process;
    if (agent === undefined || sessionId === undefined || !isCountedEntry(process)) return [];
    const startedAt = process.startedAt === undefined ? undefined : Date.parse(process.startedAt);
    return [{ pid, agent, sessionId, uid, startTime, startedAt, sharedName, process }];
  });
}

interface Holder extends SessionHolder {
  readonly process: ProcessEntry;
}
