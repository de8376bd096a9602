/**
 * A moment by two clocks. The wall clock names it; it jumps when it is set, and a machine that slept finds hours
 * gone in which nothing could have moved. `awakeSeconds` counts only time in which the machine ran.
 */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Seconds of a clock that stands still during sleep and never jumps (CLOCK_MONOTONIC), from any start. */
  readonly awakeSeconds?: number | undefined;
}

/**
 * Seconds from one moment to a later one in which something could have been seen to move: the shorter of what
 * the two clocks say, never negative. Both moments must be of one boot.
 */
export function secondsBetween(from: Moment, to: Moment): number {
  const wall = (to.at - from.at) / 1000;
  const { awakeSeconds: before } = from;
  const { awakeSeconds: after } = to;
  return Math.max(0, before === undefined || after === undefined ? wall : Math.min(wall, after - before));
}
