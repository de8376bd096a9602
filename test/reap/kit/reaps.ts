import type { Policy } from '../../../src/reap/plan/policy/policy.js';
import { type ReapOptions, type ReapResult, reap } from '../../../src/reap/reap.js';
import { type Seen, statOf } from '../../kit/processes.js';
import { NOW_POLICY, type World } from './world.js';

/** A reap for real in a world of a test. */
export function reapIn(
  world: World,
  options: Partial<ReapOptions> = {},
  policy: Partial<Policy> = {},
): Promise<ReapResult> {
  return reap(world.deps, { ...NOW_POLICY, ...policy }, { dryRun: false, ...options });
}

/** What became of each process, by pid. */
export function results(result: ReapResult): Map<number, string> {
  if (result.kind !== 'reaped') throw new Error(`nothing was reaped: ${JSON.stringify(result.document)}`);
  return new Map(result.document.outcomes.map((one) => [one.process.pid, one.result]));
}

export function outcome(result: ReapResult, pid: number) {
  if (result.kind !== 'reaped') throw new Error(`nothing was reaped: ${JSON.stringify(result.document)}`);
  return result.document.outcomes.find((one) => one.process.pid === pid);
}

export function seenNow(pid: number): Seen {
  const startTime = statOf(pid)?.startTime;
  if (startTime === undefined) throw new Error(`${pid} is gone`);
  return { pid, startTime };
}
