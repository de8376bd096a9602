import type { ProcessRecord } from './record.js';

/**
 * Milliseconds by which two wall times of one start may differ. `ps` and files tell whole seconds, each rounded on its own,
 * and the boot time that clock ticks count from is told in whole seconds too.
 */
export const START_ROUNDING_MS = 2000;

/**
 * Captures tell whole seconds twice (when, and how old), each cut off on its own, and the command that they
 * come from takes time between the two: one second more.
 */
const CAPTURE_ROUNDING_MS = START_ROUNDING_MS + 1000;

type Started = Pick<ProcessRecord, 'startTime' | 'startedAt'>;

/**
 * Whether `a` started after `b`. Exact by clock ticks, of which two that began in the same one have no order; by wall
 * time only beyond its rounding.
 */
export function compareStarts(a: Started, b: Started): 'younger' | 'older' | 'not known' {
  // Ticks are all digits; wall times are not numbers.
  const ticks = Number(a.startTime) - Number(b.startTime);
  if (!Number.isNaN(ticks)) return ticks > 0 ? 'younger' : ticks < 0 ? 'older' : 'not known';
  if (a.startedAt === undefined || b.startedAt === undefined) return 'not known';
  const apart = a.startedAt - b.startedAt;
  if (Math.abs(apart) <= START_ROUNDING_MS) return 'not known';
  return apart > 0 ? 'younger' : 'older';
}

/** Known to have started later. */
export function isYounger(a: Started, b: Started): boolean {
  return compareStarts(a, b) === 'younger';
}

/** Whether two readings, in milliseconds since the epoch, can be of one start. */
export function isSameStart(one: number, other: number): boolean {
  return Math.abs(one - other) <= CAPTURE_ROUNDING_MS;
}
