import { messageOf } from '../../errors.js';
import type { ProcessTable } from '../../process/table.js';
import type { PlannedProcess } from '../plan/target.js';
import type { Step } from './ladder.js';
import type { LookNow, Sight } from './process-now.js';
import type { Tracked } from './tracking.js';

/**
 * One line about one signal: `sending` right before it is sent, so that none is sent without a record; anything else
 * when it was not sent after all, or the system refused it.
 */
export interface SignalSent {
  readonly process: PlannedProcess;
  readonly step: Step;
  readonly signal: NodeJS.Signals;
  readonly result: 'sending' | 'gone' | 'identity-changed' | 'identity-unknown' | 'not-permitted' | 'vetoed' | 'failed';
  readonly detail?: string | undefined;
}

export interface SignalDeps {
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
  readonly lookNow?: LookNow | undefined;
  readonly now: () => number;
  readonly record: (sent: SignalSent) => void;
  /** Called when the identity is verified, right before the signal. */
  readonly captureChildren: (one: Tracked) => void;
}

/**
 * Sends one signal to one process, after a look at who has its pid at this instant. A stopped process gets SIGCONT
 * after SIGTERM, since it cannot act on it otherwise.
 *
 * @param table a scan of just now, for where there is no quick look
 * @throws what `record` throws
 */
export function sendTo(
  one: Tracked,
  step: Step,
  signal: 'SIGTERM' | 'SIGKILL',
  table: ProcessTable,
  deps: SignalDeps,
): void {
  const { process } = one;
  const { pid, startTime } = process.identity;
  // kill(2) takes 0 and below for process groups.
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new RangeError(`not a pid to signal: ${pid}`);
  const report = (result: SignalSent['result'], detail?: string): void =>
    deps.record({ process, step, signal, result, detail });

  const look = (): Exclude<Sight, string> | undefined => {
    const sight = deps.lookNow === undefined ? fromTable(table, pid) : deps.lookNow(pid);
    if (typeof sight !== 'string' && sight.startTime === startTime) {
      if (sight.tracerPid === undefined || one.isForced) return sight;
      one.keptBecause = `a debugger or tracer (${sight.tracerPid}) is attached to it`;
      report('vetoed', one.keptBecause);
      return undefined;
    }
    report(missed(one, sight, deps.now()));
    return undefined;
  };

  const first = look();
  if (first === undefined) return;
  deps.captureChildren(one);
  const isStopped = signal === 'SIGTERM' && first.state === 'T';
  report('sending', isStopped ? 'is stopped: SIGCONT too' : undefined);
  // Once more: writing the line can take as long as a disk takes, and nothing may come between look and signal.
  const last = look();
  if (last === undefined) return;
  try {
    deps.kill(pid, signal);
    if (isStopped) deps.kill(pid, 'SIGCONT');
  } catch (error) {
    systemRefused(one, error, deps.now(), report);
    return;
  }
  one.state = last.state;
  one.signalledAt ??= deps.now();
  if (signal === 'SIGKILL') one.killed = true;
  else one.asked = true;
}

/** Nobody, or not surely the same, has the pid: there is nothing to signal. */
function missed(one: Tracked, sight: Sight, at: number): SignalSent['result'] {
  if (sight === 'unknown' || one.process.identity.startTime === undefined) {
    one.keptBecause = 'who has its pid could not be read right before the signal';
    return 'identity-unknown';
  }
  one.fate = sight === 'gone' ? 'gone' : 'replaced';
  one.goneAt = at;
  return sight === 'gone' ? 'gone' : 'identity-changed';
}

/** errno of kill(2). */
function systemRefused(
  one: Tracked,
  error: unknown,
  at: number,
  report: (result: SignalSent['result'], detail?: string) => void,
): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ESRCH':
      one.fate = 'gone';
      one.goneAt = at;
      report('gone');
      return;
    case 'EPERM':
      one.denied = true;
      report('not-permitted');
      return;
    default:
      one.keptBecause = `the system refused the signal: ${messageOf(error)}`;
      report('failed', one.keptBecause);
      return;
  }
}

function fromTable(table: ProcessTable, pid: number): Sight {
  const record = table.get(pid);
  if (record === undefined) return 'gone';
  if (record.startTime === undefined) return 'unknown';
  return { startTime: record.startTime, state: record.state ?? '?' };
}
