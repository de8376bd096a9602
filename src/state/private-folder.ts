import { existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../errors.js';
import { foreignOnTheWay, foreignWriter, ownAccount } from './foreign-writer.js';
import { errnoOf, storageError } from './storage-error.js';

/**
 * Makes sure that a folder for saved state is there and is ours alone to write.
 *
 * A missing folder, and every missing one above it, is made 0700. The mode of an existing one is left as it is:
 * somebody chose it, and it may be readable to others on purpose. See {@link assertOwnFolder} for what is refused.
 *
 * @throws SesswatchError `storage`
 */
export function makePrivateFolder(folder: string): void {
  assertOwnFolder(folder);
  makeFolder(folder);
  assertOwnFolder(folder);
}

/**
 * Refuses a folder for saved state into which somebody else than its user and root could put a lock, a ledger or a
 * snapshot: by its owner and mode, or because a folder or link on the way to it is somebody else's. That it is
 * not there yet is no fault.
 *
 * @throws SesswatchError `storage`
 */
export function assertOwnFolder(folder: string): void {
  const account = ownAccount();
  if (account === undefined) return;
  try {
    const stat = statSync(folder, { throwIfNoEntry: false });
    const foreign = foreignOnTheWay(folder, account) ?? (stat && foreignWriter(folder, stat, account));
    if (foreign === undefined) return;
    throw new SesswatchError(
      'storage',
      `${foreign.path} ${foreign.what}${foreign.path === folder ? '' : `; ${folder} lies there`}`,
      `${foreign.mend}; or set SESSWATCH_HOME to a folder of your own`,
    );
  } catch (error) {
    // Whoever makes or opens it says that a file is in the way.
    if (errnoOf(error) !== 'ENOTDIR') throw storageError(error, 'read', folder);
  }
}

/** The same, and of everything that lies in it: none of it is a link, or somebody else's. */
export function assertOwnState(folder: string): void {
  assertOwnFolder(folder);
  for (const name of namesIn(folder)) assertOwnEntry(path.join(folder, name));
}

/** Refuses a file or folder within the state folder that is a link, or somebody else's. */
export function assertOwnEntry(one: string): void {
  const account = ownAccount();
  const stat = lstatSync(one, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isSymbolicLink()) throw new SesswatchError('storage', `${one} is a link`, 'move it away');
  const foreign = account && foreignWriter(one, stat, account);
  if (foreign !== undefined) throw new SesswatchError('storage', `${one} ${foreign.what}`, foreign.mend);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw storageError(error, 'list', folder);
  }
}

/**
 * Makes a missing folder, and every missing one above it, 0700. One by one from the nearest that exists: some file
 * systems (procfs) answer "no such folder" to every attempt to make one, and Node's own way never gives up there.
 *
 * @throws SesswatchError `storage`
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  try {
    let nearest = folder;
    while (!existsSync(nearest)) {
      missing.push(nearest);
      nearest = path.dirname(nearest);
    }
    for (const one of missing.reverse()) makeOne(one);
    if (!statSync(folder).isDirectory()) mkdirSync(folder);
  } catch (error) {
    throw storageError(error, 'make', folder);
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another run was faster.
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}
