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
  const holders = holdersOf(before);
  const moved: MovedSession[] = [];
  for (const [key, now] of holdersOf(after)) {
    const then = holders.get(key) ?? [];
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

/**
 * Processes that hold a session which a younger process of the same agent holds too; the younger keeps it.
 * Needs no verdict: two rows with one session id say it.
 */
export function supersededIn(processes: readonly ProcessEntry[]): Map<ProcessEntry, ProcessEntry> {
  const found = new Map<ProcessEntry, ProcessEntry>();
  for (const holders of holdersOf(processes).values()) {
    const [youngest, ...rest] = [...holders].sort(byYoungest);
    if (youngest === undefined) continue;
    for (const older of rest) found.set(older, youngest);
  }
  return found;
}

/** Agents that people count, by agent and session id. Helpers carry the id of their leader and hold nothing. */
function holdersOf(processes: readonly ProcessEntry[]): Map<string, ProcessEntry[]> {
  const holders = new Map<string, ProcessEntry[]>();
  for (const process of processes) {
    if (process.sessionId === undefined || !isCountedEntry(process)) continue;
    const key = `${process.agent} ${process.sessionId}`;
    const others = holders.get(key);
    if (others === undefined) holders.set(key, [process]);
    else others.push(process);
  }
  return holders;
}

/** By start; where that is not known, the higher pid is the younger, as pids are given upwards. */
function byYoungest(a: ProcessEntry, b: ProcessEntry): number {
  const started = (process: ProcessEntry): number =>
    process.startedAt === undefined ? Number.NaN : Date.parse(process.startedAt);
  const later = started(b) - started(a);
  return Number.isNaN(later) || later === 0 ? b.pid - a.pid : later;
}
