import type { ProcessEntry } from '../snapshot/document/document.js';

/** What one look measured of one process. */
export interface Measured {
  /** Another one than before: whoever it worked for has ended. */
  readonly ppid?: number | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly rssBytes?: number | undefined;
  /** Its program is none of those that are never agents: when it is new, everything has to be looked at again. */
  readonly mayMatter: boolean;
}

/** One look at everything, by {@link keyOf}. */
export interface Measurement {
  /** Milliseconds of a clock that never goes back. */
  readonly at: number;
  readonly processes: ReadonlyMap<string, Measured>;
}

/** What one look measured of one tree. */
export interface Sample {
  readonly rssBytes: number;
  /** Of one core, since the look before; absent at the first. */
  readonly cpuPercent?: number | undefined;
}

/** The samples of every tree by the key of its head, oldest first. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Two minutes of looks two seconds apart. */
const KEPT_SAMPLES = 60;

/** Tells a process from a later one with its pid. */
export function keyOf({ pid, startTime }: Pick<ProcessEntry, 'pid' | 'startTime'>): string {
  return `${pid}/${startTime ?? ''}`;
}

/**
 * The samples with one more of each tree; those of trees that are gone are dropped.
 *
 * @param trees keys of the processes of each tree, by the key of its head
 * @param before the measurement before, for CPU
 */
export function addSamples(
  samples: Samples,
  trees: ReadonlyMap<string, readonly string[]>,
  now: Measurement,
  before: Measurement | undefined,
): Samples {
  const sampled = [...trees].map(
    ([key, members]) =>
      [key, [...(samples.get(key) ?? []), sampleOf(members, now, before)].slice(-KEPT_SAMPLES)] as const,
  );
  return new Map(sampled);
}

function sampleOf(members: readonly string[], now: Measurement, before: Measurement | undefined): Sample {
  let rssBytes = 0;
  let used = 0;
  for (const key of members) {
    const measured = now.processes.get(key);
    rssBytes += measured?.rssBytes ?? 0;
    const earlier = before?.processes.get(key)?.cpuSeconds;
    if (measured?.cpuSeconds !== undefined && earlier !== undefined) used += measured.cpuSeconds - earlier;
  }
  const seconds = before === undefined ? 0 : (now.at - before.at) / 1000;
  return { rssBytes, cpuPercent: seconds > 0 ? (Math.max(0, used) / seconds) * 100 : undefined };
}
