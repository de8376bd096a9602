import { isAdopted } from '../process/adopters.js';
import type { ProcessRecord } from '../process/record.js';
import { START_ROUNDING_MS } from '../process/start-order.js';
import type { ProcessTable } from '../process/table.js';

/**
 * New processes that may have escaped: started while the command ran, and under the process that adopts orphans.
 * They prove nothing, since other programs start daemons too; they are named so that nobody takes silence for
 * proof.
 */
export function unattributedAmong(
  strangers: readonly ProcessRecord[],
  table: ProcessTable,
  during: { readonly from: number; readonly to: number },
): ProcessRecord[] {
  return strangers.filter((record) => {
    if (record.kernelThread === true || record.state === 'Z' || record.startedAt === undefined) return false;
    const { from, to } = during;
    if (record.startedAt < from - START_ROUNDING_MS || record.startedAt > to + START_ROUNDING_MS) return false;
    return isAdopted(table, record.pid);
  });
}
