import type { ProcessRecord } from '../process/record.js';
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
    if (record.startedAt < during.from - CLOCK_MS || record.startedAt > during.to + CLOCK_MS) return false;
    return isAdopter(table.parent(record.pid));
  });
}

/** Start times come from the boot time, which the kernel tells in whole seconds. */
const CLOCK_MS = 1000;

/** Pid 1, and the subreapers of the systems that have one per user: `systemd --user`, WSL's `init`. */
function isAdopter(parent: ProcessRecord | undefined): boolean {
  return parent === undefined || parent.pid === 1 || parent.comm === 'systemd' || parent.comm === 'init';
}
