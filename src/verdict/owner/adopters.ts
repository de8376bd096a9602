import type { Ledger } from '../../activity/ledger/ledger.js';
import { type Adopter, adopterByRow, programOf } from '../../process/adopters.js';
import { identityKey } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { identityOf, type ProcessTable } from '../../process/table.js';

/** Whether a process adopts orphans: inferred from its row and from what the ledger saw, never assumed. */
export function adopterOf(table: ProcessTable, ledger: Ledger, record: ProcessRecord): Adopter | undefined {
  const byRow = adopterByRow(record, table.scan.machine.platform);
  if (byRow !== undefined || ledger.adopters.size === 0) return byRow;
  if (!ledger.adopters.has(identityKey(identityOf(table, record)))) return undefined;
  return { kind: 'application', name: programOf(record) };
}
