import { closeSync, existsSync, fsyncSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, makePrivateFolder } from './private-folder.js';
import { errnoOf, storageError } from './storage-error.js';

export interface AtomicWrite {
  /** Permissions of a new file, further narrowed by the umask. Default 0600. */
  readonly mode?: number;
  /**
   * Default true: the folder is one for saved state and must be private ({@link makePrivateFolder}). False for a
   * file that the user named: its folder is made when missing, and otherwise none of our business.
   */
  readonly privateFolder?: boolean;
  /** Default true: on the disk before the call returns. False for what can be derived again, such as an index. */
  readonly durable?: boolean;
}

/**
 * Writes a file so that whoever reads it, even after a crash, finds the old text or the new, never a part: a
 * temporary file in the same folder, fsync, rename, fsync of the folder. A failure leaves the old file alone and
 * no temporary file behind.
 *
 * @throws SesswatchError `storage`
 */
export function writeFileAtomic(file: string, text: string, options: AtomicWrite = {}): void {
  prepareFolder(file, options);
  const temporary = temporaryName(file, Math.random().toString(36).slice(2, 12));
  try {
    writeNew(temporary, text, options);
    publish(temporary, file, options);
  } catch (error) {
    throw storageError(error, 'write', file);
  }
}

/**
 * The same, but never in the place of another file: answers false when the name is taken, also by a writer that
 * is just at it.
 *
 * Each writer of one name must first create the one temporary file that belongs to the name, which only one can.
 * Since a rename makes the temporary name vanish in the same step in which the final one appears, a writer that
 * holds the first and does not see the second is the only one. (Hard links would do too, where the file system has
 * them.) A temporary file that a crash left behind makes its name taken until it is swept away.
 *
 * @throws SesswatchError `storage`
 */
export function createFileAtomic(file: string, text: string, options: AtomicWrite = {}): boolean {
  prepareFolder(file, options);
  const temporary = temporaryName(file);
  try {
    writeNew(temporary, text, options);
    if (existsSync(file)) {
      unlinkSync(temporary);
      return false;
    }
    publish(temporary, file, options);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw storageError(error, 'write', file);
  }
}

/** Whether a file name is one of a temporary file of this module. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp');
}

function temporaryName(file: string, unique?: string): string {
  const name = path.basename(file);
  return path.join(path.dirname(file), unique === undefined ? `.${name}.tmp` : `.${name}.${unique}.tmp`);
}

function prepareFolder(file: string, options: AtomicWrite): void {
  const folder = path.dirname(file);
  if (options.privateFolder === false) makeFolder(folder);
  else makePrivateFolder(folder);
}

function writeNew(temporary: string, text: string, options: AtomicWrite): void {
  const fd = openSync(temporary, 'wx', options.mode ?? 0o600);
  try {
    try {
      writeFileSync(fd, text);
      if (options.durable !== false) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    discard(temporary);
    throw error;
  }
}

function publish(temporary: string, file: string, options: AtomicWrite): void {
  try {
    renameSync(temporary, file);
  } catch (error) {
    discard(temporary);
    throw error;
  }
  if (options.durable !== false) syncFolder(path.dirname(file));
}

function discard(temporary: string): void {
  try {
    unlinkSync(temporary);
  } catch {
    // The failure that brought us here is the one to report; what is left is hidden, and swept away later.
  }
}

/** Makes a rename survive a power cut. */
function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // Windows and some network file systems cannot sync a folder. The file is whole and in place either way; only
    // a power cut within the next seconds could bring the old one back.
  }
}
