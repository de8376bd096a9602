import type { ProcessTable } from '../process/table.js';
import type { Step } from './ladder.js';
import type { LookNow } from './look.js';
import type { PlannedProcess } from './plan.js';
import type { Tracked } from './tracking.js';

/** What came of one signal, or of the look before it. */
export interface SignalSent {
  readonly process: PlannedProcess;
  readonly step: Step;
  readonly signal: NodeJS.Signals;
  readonly result: 'sent' | 'gone' | 'identity-changed' | 'identity-unknown' | 'not-permitted' | 'failed';
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

  const sight = deps.lookNow === undefined ? fromTable(table, pid) : deps.lookNow(pid);
  if (sight === 'gone') {
    one.fate = 'gone';
    one.goneAt = deps.now();
    report('gone');
    return;
  }
  if (sight === 'unknown' || startTime === undefined) {
    one.spared = 'who has its pid could not be read right before the signal';
    report('identity-unknown');
    return;
  }
  if (sight.startTime !== startTime) {
    one.fate = 'replaced';
    one.goneAt = deps.now();
    report('identity-changed');
    return;
  }
  deps.captureChildren(one);
  try {
    deps.kill(pid, signal);
    if (signal === 'SIGTERM' && sight.state === 'T') deps.kill(pid, 'SIGCONT');
  } catch (error) {
    refused(one, error, deps.now(), report);
    return;
  }
  one.state = sight.state;
  one.signalledAt ??= deps.now();
  if (signal === 'SIGKILL') one.killed = true;
  else one.asked = true;
  report('sent', signal === 'SIGTERM' && sight.state === 'T' ? 'was stopped: SIGCONT too' : undefined);
}

/** errno of kill(2). */
function refused(
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
      one.spared = `the system refused the signal: ${error instanceof Error ? error.message : String(error)}`;
      report('failed', one.spared);
      return;
  }
}

function fromTable(table: ProcessTable, pid: number): ReturnType<LookNow> {
  const record = table.get(pid);
  if (record === undefined) return 'gone';
  if (record.startTime === undefined) return 'unknown';
  return { startTime: record.startTime, state: record.state ?? '?' };
}
