import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readSync,
  type Stats,
} from 'node:fs';
import { formatBytes } from '../units.js';
import { errnoOf } from './storage-error.js';

/** What a file of another program must be to be read at all. */
export interface OthersFileLimits {
  /** User that the file must belong to; `undefined` where the OS has no such ids. */
  readonly owner: number | undefined;
  /** Bytes. */
  readonly maxBytes: number;
  /** Of a larger file the last `maxBytes` are read; otherwise it is refused. */
  readonly tail?: boolean;
}

export type OthersFile =
  | {
      readonly kind: 'read';
      readonly text: string;
      /** Last change, milliseconds since the epoch. */
      readonly modifiedAt: number;
      /** Size of the whole file in bytes. */
      readonly bytes: number;
      /** The beginning is missing: the first line of `text` may be cut. */
      readonly isTail: boolean;
    }
  | { readonly kind: 'absent' }
  /** A sentence's end: `registry not readable: <why>`. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Reads a file that another program wrote, and that another user may have prepared: only a regular file of the
 * expected user, by itself and not through a link, never waiting for a writer, at most `maxBytes` of it. It is looked
 * at before it is opened, since opening a device can do something, and again once it is open.
 */
export function readOthersFile(file: string, limits: OthersFileLimits): OthersFile {
  try {
    const refusal = refusalOf(lstatSync(file), limits);
    if (refusal !== undefined) return refusal;
    const fd = openSync(file, OPEN_SAFELY);
    try {
      const opened = fstatSync(fd);
      return refusalOf(opened, limits) ?? readOpened(fd, opened, limits.maxBytes);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return failureOf(error);
  }
}

/** When such a file last changed, milliseconds since the epoch; `undefined` when it is missing or refused. */
export function othersFileTime(file: string, owner: number | undefined): number | undefined {
  try {
    const stat = lstatSync(file);
    return whyNotOf(stat, owner) === undefined ? stat.mtimeMs : undefined;
  } catch {
    // Missing, or in a folder that we may not enter.
    return undefined;
  }
}

/** Names in a folder of another program, at most {@link MAX_NAMES}; `undefined` when it cannot be read. */
export function othersNames(folder: string): readonly string[] | undefined {
  try {
    const entries = opendirSync(folder);
    try {
      const names: string[] = [];
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
        names.push(entry.name);
        if (names.length >= MAX_NAMES) break;
      }
      return names;
    } finally {
      entries.closeSync();
    }
  } catch {
    // Missing, no folder, or not ours to read.
    return undefined;
  }
}

/** Ours: somebody with ten projects a day for five years; a folder that never ends must not hold up a scan. */
const MAX_NAMES = 20_000;

/** Windows has neither of the last two, and no FIFOs and devices among files either. */
const OPEN_SAFELY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Why a file, as lstat tells of it, is not read as one of this user; `undefined` when nothing speaks against it. */
export function whyNotOf(stat: Stats | BigIntStats, owner: number | undefined): string | undefined {
  if (stat.isSymbolicLink()) return 'it is a link';
  if (!stat.isFile()) return 'it is no regular file';
  // Windows reports no owners.
  if (owner === undefined || process.platform === 'win32' || Number(stat.uid) === owner) return undefined;
  return `it belongs to user ${stat.uid}, not to ${owner}`;
}

function refusalOf(stat: Stats, { owner, maxBytes, tail }: OthersFileLimits): OthersFile | undefined {
  const tooLarge = tail !== true && stat.size > maxBytes;
  const why = whyNotOf(stat, owner) ?? (tooLarge ? `it is larger than ${formatBytes(maxBytes)}` : undefined);
  return why === undefined ? undefined : { kind: 'refused', why };
}

function readOpened(fd: number, { size, mtimeMs }: Stats, maxBytes: number): OthersFile {
  const start = Math.max(0, size - maxBytes);
  const bytes = Buffer.allocUnsafe(size - start);
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, start + length);
    // It was cut off since.
    if (read === 0) break;
    length += read;
  }
  const text = bytes.toString('utf8', 0, length);
  return { kind: 'read', text, modifiedAt: mtimeMs, bytes: size, isTail: start > 0 };
}

function failureOf(error: unknown): OthersFile {
  const code = errnoOf(error);
  if (code === undefined) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  return { kind: 'refused', why: code === 'ELOOP' ? 'it is a link' : code };
}
