import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { SesswatchError } from '../errors.js';
import { foreignWriter, ownAccount } from './foreign-writer.js';
import { errnoOf, storageError } from './storage-error.js';

/** How a file of ours is opened: to read it, or to add to it, which makes it 0600 when it is missing. */
export type OwnFileUse = 'read' | 'append';

/**
 * Opens a file of ours in the state folder: never through a link, and only a regular file that nobody else could
 * have written, since what is in it decides what is ended.
 *
 * @throws SesswatchError `storage`; what the system reports, as for any file
 */
export function openOwnFile(file: string, use: OwnFileUse): number {
  const fd = openItself(file, FLAGS[use]);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw refusal(file, stat.isDirectory() ? 'a folder' : 'no regular file');
    const account = ownAccount();
    const foreign = account && foreignWriter(file, stat, account);
    if (foreign === undefined) return fd;
    throw new SesswatchError('storage', `${file} ${foreign.what}`, foreign.mend);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Not what a link leads to, and without waiting for whoever writes into a pipe. */
function openItself(file: string, flags: number): number {
  try {
    return openSync(file, flags | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0), 0o600);
  } catch (error) {
    if (errnoOf(error) !== 'ELOOP') throw error;
    throw refusal(file, 'a link');
  }
}

function refusal(file: string, what: string): SesswatchError {
  return new SesswatchError('storage', `cannot read ${file}: it is ${what}`, 'move it away');
}

const FLAGS: Readonly<Record<OwnFileUse, number>> = {
  read: constants.O_RDONLY,
  append: constants.O_RDWR | constants.O_APPEND | constants.O_CREAT,
};

/** The text of such a file; `undefined` when there is none. @throws SesswatchError `storage` */
export function readOwnFile(file: string, encoding: BufferEncoding = 'utf8'): string | undefined {
  try {
    const fd = openOwnFile(file, 'read');
    try {
      return readFileSync(fd, encoding);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storageError(error, 'read', file);
  }
}
