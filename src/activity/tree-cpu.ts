import type { ProcessTable } from '../process/table.js';
import { identityOf } from '../process/table.js';
import { entryOf, type Ledger } from './ledger/ledger.js';
import { type Moment, secondsBetween } from './moment.js';

/** What the tree of a process used of one core since the ledger last saw it; `undefined` at first sight. */
export function treeCpuUse(
  table: ProcessTable,
  ledger: Ledger,
  pid: number,
  now: Moment,
): { readonly percent: number; readonly seconds: number } | undefined {
  const record = table.get(pid);
  const mark = record === undefined ? undefined : entryOf(ledger, identityOf(table, record))?.cpu;
  if (record === undefined || mark === undefined) return undefined;
  const tree = [record, ...table.descendants(pid)];
  const used = tree.reduce((sum, one) => sum + (one.cpuSeconds ?? 0), 0) - mark.treeSeconds;
  const seconds = secondsBetween(mark.when, now);
  return seconds <= 0 || used < 0 ? undefined : { percent: (used / seconds) * 100, seconds };
}
