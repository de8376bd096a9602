import type { PlannedProcess, Target } from '../plan/target.js';
import type { Tracked } from './tracking.js';

/** What became of one process, verified by identity. */
export interface Outcome {
  readonly process: PlannedProcess;
  /** Pid of the root of its tree. */
  readonly root: number;
  /** The last signal that it got; absent when it ended, or was left alone, before any. */
  readonly signal?: 'SIGTERM' | 'SIGKILL' | undefined;
  readonly result: OutcomeResult;
  /** From its first signal until it was seen gone, milliseconds. */
  readonly tookMs?: number | undefined;
  /** What there is to say besides, in words. */
  readonly detail?: string | undefined;
}

/** `identity-changed`: it is gone, and another process has its pid, which was left alone. */
export type OutcomeResult = 'gone' | 'survived' | 'identity-changed' | 'not-permitted';

export function outcomesOf(targets: readonly Target[], tracked: readonly Tracked[], begun: number): Outcome[] {
  return tracked.map((one) => ({
    process: one.process,
    root: targets[one.tree]?.root.identity.pid ?? one.process.identity.pid,
    signal: one.killed ? 'SIGKILL' : one.asked ? 'SIGTERM' : undefined,
    result: resultOf(one),
    tookMs: one.goneAt === undefined ? undefined : Math.max(0, Math.round(one.goneAt - (one.signalledAt ?? begun))),
    detail: detailOf(one),
  }));
}

/** Whether it is still there and counts for exit code 4. */
export function isSurvivor({ result }: Pick<Outcome, 'result'>): boolean {
  return result === 'survived' || result === 'not-permitted';
}

function resultOf(one: Tracked): OutcomeResult {
  switch (one.fate) {
    case 'gone':
      return 'gone';
    case 'replaced':
      return 'identity-changed';
    case 'there':
      return one.denied ? 'not-permitted' : 'survived';
  }
}

function detailOf(one: Tracked): string | undefined {
  if (one.fate === 'replaced') return 'its pid belongs to another process now, which was left alone';
  if (one.defunctUnder !== undefined) return `is defunct until its parent ${one.defunctUnder} fetches its exit status`;
  if (one.fate === 'gone') return one.signalledAt === undefined ? 'ended by itself' : undefined;
  if (one.denied) return 'the system does not permit us to signal it';
  if (one.keptBecause !== undefined) return `left alone: ${one.keptBecause}`;
  if (one.state === 'D' && one.signalledAt !== undefined) {
    return 'is in uninterruptible sleep: the signal takes effect when the kernel lets go of it';
  }
  if (!one.judged) return 'was born in the tree while it was ended, too late to be judged';
  return undefined;
}
