/** What to keep. With neither, nothing is selected. */
export interface PruneRule {
  /** Keep at least this many, the newest. */
  readonly keep?: number | undefined;
  /** Remove only what is older than this. */
  readonly olderThanSeconds?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The snapshots to remove, oldest first. With `keep` alone all beyond the newest so many; with an age alone all
 * that are older; with both only what fails both, as a backup rotation has it: the newest so many stay however
 * old they are, and a burst of young ones stays however many they are.
 */
export function selectForPruning<E extends { readonly id: string; readonly takenAt: string }>(
  entries: readonly E[],
  rule: PruneRule,
): E[] {
  const { keep, olderThanSeconds, now } = rule;
  if (keep === undefined && olderThanSeconds === undefined) return [];
  const newestFirst = [...entries].sort((a, b) => (a.id < b.id ? 1 : -1));
  const beyond = newestFirst.slice(keep ?? 0);
  const selected =
    olderThanSeconds === undefined
      ? beyond
      : beyond.filter(({ takenAt }) => now - Date.parse(takenAt) > olderThanSeconds * 1000);
  return selected.reverse();
}
