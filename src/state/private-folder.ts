import { mkdirSync, statSync } from 'node:fs';
import { SesswatchError } from '../errors.js';
import { storageError } from './storage-error.js';

/**
 * Makes sure that a folder for saved state is there and that not everybody can put files into it.
 *
 * A missing folder, and every missing one above it, is made 0700. The mode of an existing one is left as it is:
 * somebody chose it, and a folder that SESSWATCH_HOME names may be a shared one, so tightening it could lock
 * others out. But one that everybody may write is refused (/tmp itself too, for all its sticky bit): a stranger could
 * put a lock, a ledger or a snapshot there. Write permission of the group alone passes, because a umask of 002
 * with a group per user is the default of several distributions.
 *
 * @throws SesswatchError `storage`
 */
export function makePrivateFolder(folder: string): void {
  makeFolder(folder);
  // Windows has no mode bits: Node reports every folder as writable by all.
  if (process.platform === 'win32') return;
  if ((modeOf(folder) & WRITABLE_BY_ALL) === 0) return;
  throw new SesswatchError(
    'storage',
    `everybody may write to ${folder}`,
    `chmod o-w ${folder}, or set SESSWATCH_HOME to a folder of your own`,
  );
}

/** Makes a missing folder, and every missing one above it, 0700. @throws SesswatchError `storage` */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storageError(error, 'make', folder);
  }
}

const WRITABLE_BY_ALL = 0o002;

function modeOf(folder: string): number {
  try {
    return statSync(folder).mode;
  } catch (error) {
    throw storageError(error, 'read', folder);
  }
}
