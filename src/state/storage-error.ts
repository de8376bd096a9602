import { SesswatchError } from '../errors.js';

/** What was being done with the file, as it reads after "cannot". */
export type StorageAction = 'read' | 'write' | 'list' | 'remove' | 'lock' | 'make';

/**
 * The one place where the errno of a file operation becomes words: what failed, with which file, and what to do.
 * Anything that is not an errno is a fault of the program and comes back as it is, to be thrown on.
 */
export function storageError(error: unknown, action: StorageAction, file: string): unknown {
  const code = errnoOf(error);
  if (code === undefined) return error;
  const [why, hint] = REASONS[code] ?? [`the system says ${code}`, ANOTHER_FOLDER];
  return new SesswatchError('storage', `cannot ${action} ${file}: ${why}`, hint, error);
}

/** `ENOENT` and the like; `undefined` for anything that the operating system did not report. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const ANOTHER_FOLDER = 'choose another folder; SESSWATCH_HOME names the one for saved state';
const OWNER = 'check who owns the file and its folder; SESSWATCH_HOME names the one for saved state';
const SPACE = 'free some space, or choose a folder on another disk; SESSWATCH_HOME names it for saved state';
const MOVE_AWAY = 'move it away, or choose another folder; SESSWATCH_HOME names the one for saved state';
const DESCRIPTORS = 'close some programs, or raise the limit: ulimit -n 4096';

/** By errno(3): why, and what to do. */
const REASONS: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  EACCES: ['permission denied', OWNER],
  EPERM: ['the system does not permit it', OWNER],
  EROFS: ['the file system is read-only', ANOTHER_FOLDER],
  ENOSPC: ['the disk is full', SPACE],
  EDQUOT: ['the disk quota is used up', SPACE],
  EFBIG: ['the file would be larger than is allowed', SPACE],
  ENOTDIR: ['a part of its path is a file where a folder should be', MOVE_AWAY],
  EEXIST: ['something else has its name', MOVE_AWAY],
  EISDIR: ['it is a folder', MOVE_AWAY],
  ENOENT: ['it does not exist', 'check the path'],
  ELOOP: ['its path holds too many symbolic links', 'check the path'],
  ENAMETOOLONG: ['its name is too long', 'choose a shorter name or a folder with a shorter path'],
  EMFILE: ['this program has too many files open', DESCRIPTORS],
  ENFILE: ['the system has too many files open', DESCRIPTORS],
  EBUSY: ['another program uses it', 'try again when that program has ended'],
  EIO: ['the disk reported an error', 'check the disk and the kernel log'],
};
