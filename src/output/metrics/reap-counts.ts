import type { JournalRun } from '../../reap/journal/read.js';
import type { LastRun, ReapCounts } from './families.js';

/** Counts of all runs up to one of them: what a counter needs when the journal has dropped its oldest file. */
export interface CountedReaps extends ReapCounts {
  /** The id of the newest run that is counted; ids sort by time. */
  readonly upTo: string | undefined;
}

export const NOTHING_COUNTED: CountedReaps = { reaped: [], survivors: 0, upTo: undefined };

/**
 * The counts with all runs that came since. The newest run is left for the next time while it may still be at work.
 *
 * @param runs newest first
 */
export function countReaps(before: CountedReaps, runs: readonly JournalRun[]): CountedReaps {
  const fresh = runs.filter(
    ({ run, end }, index) => (before.upTo === undefined || run > before.upTo) && (index > 0 || end !== undefined),
  );
  const counts = new Map(before.reaped.map((one) => [`${one.agent}\n${one.outcome}`, one]));
  let { survivors } = before;
  for (const { outcomes } of fresh) {
    for (const { process, result } of outcomes) {
      const agent = process.agent ?? 'unknown';
      const key = `${agent}\n${result}`;
      counts.set(key, { agent, outcome: result, count: (counts.get(key)?.count ?? 0) + 1 });
      if (result === 'survived') survivors++;
    }
  }
  const newest = fresh
    .map(({ run }) => run)
    .sort()
    .at(-1);
  return { reaped: [...counts.values()], survivors, upTo: newest ?? before.upTo };
}

/**
 * When metrics, reports and reaps last ran.
 *
 * @param runs newest first
 * @param now milliseconds since the epoch
 */
export function lastRunsOf(runs: readonly JournalRun[], now: number): LastRun[] {
  const newest = (action: 'report' | 'reap', run: JournalRun | undefined): LastRun[] =>
    run === undefined ? [] : [{ action, at: Date.parse(run.startedAt) / 1000 }];
  return [
    { action: 'metrics', at: now / 1000 },
    ...newest(
      'report',
      runs.find(({ report }) => report !== undefined),
    ),
    ...newest(
      'reap',
      runs.find(({ report }) => report === undefined),
    ),
  ];
}
