import { accessSync, constants, existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import type { ProcessIdentity } from '../../process/identity.js';
import { writeFileAtomic } from '../../state/atomic-write.js';
import { acquireLock, type Identify } from '../../state/lock.js';
import { readOwnFile } from '../../state/own-file.js';
import { assertOwnFolder } from '../../state/private-folder.js';
import { errnoOf } from '../../state/storage-error.js';
import { formatLedger, parseLedger } from './format.js';
import { EMPTY_LEDGER, type Ledger, mergeLedgers, withoutTimes } from './ledger.js';

export interface LedgerReading {
  readonly ledger: Ledger;
  /** What could not be read or kept, and what that means; for people. */
  readonly notes: readonly string[];
}

/** Where the ledger lies below the state folder. */
export function ledgerFile(stateHome: string): string {
  return path.join(stateHome, 'ledger.json');
}

/**
 * What earlier runs saw. A missing file means that nothing was seen before; a damaged one too, and it is set
 * aside. Where nothing can be kept, what proves by time is left out: a run that cannot be confirmed by the next
 * one has to be taken for the first. Never throws.
 */
export function readLedger(file: string | undefined, now: number): LedgerReading {
  if (file === undefined) return { ledger: EMPTY_LEDGER, notes: [NOWHERE] };
  const keeps = canBeKept(file);
  const notes = keeps ? [] : [`${path.dirname(file)} cannot be written: ${NOTHING_BY_TIME}`];
  let text: string | undefined;
  try {
    assertOwnFolder(path.dirname(file));
    text = readOwnFile(file);
  } catch (error) {
    if (!(error instanceof SesswatchError)) throw error;
    return { ledger: EMPTY_LEDGER, notes: [`${error.message}: this counts as the first look`] };
  }
  if (text === undefined) return { ledger: EMPTY_LEDGER, notes };
  const ledger = parseLedger(text);
  if ('damaged' in ledger) {
    return { ledger: EMPTY_LEDGER, notes: [...notes, setAside(file, ledger.damaged, now)] };
  }
  return { ledger: keeps ? ledger : withoutTimes(ledger), notes };
}

export interface LedgerSaving {
  readonly file: string | undefined;
  readonly ledger: Ledger;
  /** As it was read at the beginning of the run. */
  readonly base: Ledger;
  /** Who writes, for the lock. */
  readonly self: ProcessIdentity;
  readonly identify: Identify;
  readonly now: number;
}

/**
 * Keeps the ledger for the next run: under a lock, with whatever another run saved meanwhile, whole or not at
 * all. Answers with a note for people when it could not be kept; that is no failure of the command.
 */
export async function saveLedger(saving: LedgerSaving): Promise<string | undefined> {
  const { file, ledger, base, self, identify, now } = saving;
  if (file === undefined) return undefined;
  try {
    const lock = await acquireLock(`${file}.lock`, self, identify, () => now);
    if (lock.kind === 'held') return 'another run is saving what it saw; this run was not remembered';
    try {
      const text = readOwnFile(file);
      const saved = text === undefined ? EMPTY_LEDGER : parseLedger(text);
      const merged = 'damaged' in saved ? ledger : mergeLedgers(ledger, base, saved);
      writeFileAtomic(file, formatLedger(merged), { durable: false });
    } finally {
      lock.release();
    }
    return undefined;
  } catch (error) {
    const why = error instanceof SesswatchError ? error.message : errnoOf(error);
    if (why === undefined) throw error;
    return `${why}: ${NOTHING_BY_TIME}`;
  }
}

const NOTHING_BY_TIME = 'this run cannot be remembered, so nothing is ever proven idle by time';
const NOWHERE = `no folder for saved state is known: ${NOTHING_BY_TIME}`;

/** Whether a file can be put there: the nearest folder that exists must be writable. */
function canBeKept(file: string): boolean {
  let folder = path.dirname(file);
  while (!existsSync(folder) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    // Read-only file system or not ours: either way nothing can be kept there.
    return false;
  }
}

function setAside(file: string, why: string, now: number): string {
  const aside = `${file}.damaged-${new Date(now).toISOString().replaceAll(/[-:.]/g, '')}`;
  try {
    renameSync(file, aside);
    return `${file} was damaged (${why}) and is now ${aside}: this counts as the first look`;
  } catch {
    // It stays where it is and is not believed; the next save replaces it.
    return `${file} is damaged (${why}): this counts as the first look`;
  }
}
