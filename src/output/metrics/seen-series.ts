import { type Family, type Labels, seriesKey } from './families.js';

/** Series that were written before, by family, so that a fall to nothing is written as 0 and not as silence. */
export type SeenSeries = Readonly<Record<string, readonly SeenLabels[]>>;

interface SeenLabels {
  readonly labels: Labels;
  /** Milliseconds since the epoch. */
  readonly lastSeen: number;
}

/** A series that had a value within this time is still written. */
const KEPT_MS = 7 * 24 * 3600_000;
/** Series of one family, the newest first: what a label of many hosts may cost one Prometheus. */
export const MOST_SERIES = 500;

/** Families in which a missing series means that there is nothing: counts, and sums of what was counted. */
const FALLS_TO_ZERO: ReadonlySet<string> = new Set([
  'sesswatch_processes',
  'sesswatch_sessions',
  'sesswatch_memory_bytes',
  'sesswatch_generations',
  'sesswatch_generations_memory_bytes',
  'sesswatch_host_mismatches',
]);

/**
 * The families with zeros for series that were there before, each cut to {@link MOST_SERIES}, and what to remember for
 * the next time. Pure.
 *
 * @param now milliseconds since the epoch
 */
export function withZeros(
  families: readonly Family[],
  seen: SeenSeries,
  now: number,
): { readonly families: readonly Family[]; readonly seen: SeenSeries } {
  const next: Record<string, readonly SeenLabels[]> = { ...seen };
  const filled = families.map((family): Family => {
    if (!FALLS_TO_ZERO.has(family.name)) return { ...family, samples: family.samples.slice(0, MOST_SERIES) };
    const current = new Set(family.samples.map(({ labels }) => seriesKey(labels)));
    const before = (seen[family.name] ?? []).filter(
      ({ labels, lastSeen }) => now - lastSeen <= KEPT_MS && !current.has(seriesKey(labels)),
    );
    const samples = family.samples.slice(0, MOST_SERIES);
    const gone = before.slice(0, MOST_SERIES - samples.length);
    next[family.name] = [...samples.map(({ labels }) => ({ labels, lastSeen: now })), ...gone];
    return { ...family, samples: [...samples, ...gone.map(({ labels }) => ({ labels, value: 0 }))] };
  });
  return { families: filled, seen: next };
}
