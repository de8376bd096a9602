import { constants } from 'node:fs';
import { copyFile, lstat, open } from 'node:fs/promises';
import path from 'node:path';
import { formatBytes, MEGABYTE } from '../units.js';
import { whyNotOf } from './others-file.js';

export type DatabaseCopy =
  | { readonly kind: 'copied'; readonly file: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

export interface CopyOptions {
  /** User that the database and the files beside it must belong to; `undefined` where the OS has no such ids. */
  readonly owner: number | undefined;
  /** Database and write-ahead log together, bytes; larger ones are not copied. */
  readonly maxBytes?: number;
  /** For tests that write in between. */
  readonly copy?: (from: string, to: string) => Promise<void>;
}

/**
 * Copies a SQLite database that others are writing to into a folder of ours, as of one moment, without a lock
 * and without a byte written beside it. (Opening it in place is no way: a reader of a WAL database makes
 * `-shm`, marks what it reads in it, and may checkpoint when it closes; `immutable=1` leaves the log out.)
 *
 * The copy is of one moment when the log was not started anew meanwhile: the database is copied first and the
 * log after it, so whatever a checkpoint wrote into the database in between is in the copied log as well, and
 * what was appended to the log is complete or dropped by its checksums, as after a crash. A log that is started
 * anew gets other salts in its header (sqlite.org/fileformat2.html#walformat). Without a log the database must
 * not have changed at all. Otherwise the copy is taken again, a few times.
 */
export async function copyDatabase(file: string, folder: string, options: CopyOptions): Promise<DatabaseCopy> {
  const copy = options.copy ?? reflink;
  const to = path.join(folder, 'copy.sqlite');
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, RACY_MS * attempt));
    try {
      const before = await lookAt(file, options.owner);
      if (before === undefined) return { kind: 'absent' };
      const bytes = before.database.size + (before.log?.size ?? 0n);
      if (before.refused !== undefined) return { kind: 'unreadable', why: before.refused };
      if (bytes > (options.maxBytes ?? MAX_BYTES)) return { kind: 'unreadable', why: tooLarge(bytes) };
      if (before.inTransaction) continue;
      await copy(file, to);
      if (before.log !== undefined) await copy(`${file}-wal`, `${to}-wal`);
      if (isOneMoment(before, await lookAt(file, options.owner))) return { kind: 'copied', file: to };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // The log was removed between the look and the copy: its last writer closed it.
      if (code !== 'ENOENT') return { kind: 'unreadable', why: code ?? message };
    }
  }
  return { kind: 'unreadable', why: 'it is locked: it was being written to each time' };
}

const ATTEMPTS = 5;
/** Ours: the cost of a copy without reflinks stays below a second. */
const MAX_BYTES = 500 * MEGABYTE;
/** Two writes within one tick of the kernel's clock (at most 10 ms) leave the same modification time. */
const RACY_MS = 20;

interface Look {
  /** Why it must not be read: one of its files is a link, a pipe, or of another user. */
  readonly refused: string | undefined;
  readonly at: number;
  readonly database: { readonly ino: bigint; readonly size: bigint; readonly mtimeNs: bigint };
  /** `undefined`: none, or an empty one. */
  readonly log?: { readonly ino: bigint; readonly header: string; readonly size: bigint } | undefined;
  /** A rollback journal that is in use: the database may be half written. */
  readonly inTransaction: boolean;
}

async function lookAt(file: string, owner: number | undefined): Promise<Look | undefined> {
  const at = Date.now();
  const database = await statOf(file);
  if (database === undefined) return undefined;
  const log = await statOf(`${file}-wal`);
  const parts = [database, log, await statOf(`${file}-journal`)];
  const refused = parts.map((stat) => stat && whyNotOf(stat, owner)).find((why): why is string => why !== undefined);
  if (refused !== undefined) return { refused, at, database, inTransaction: false };
  const header = log === undefined ? undefined : await head(`${file}-wal`, LOG_HEADER);
  const journal = await head(`${file}-journal`, JOURNAL_MAGIC.length / 2);
  return {
    refused,
    at,
    database,
    log: log === undefined || header === undefined ? undefined : { ino: log.ino, size: log.size, header },
    inTransaction: journal === JOURNAL_MAGIC,
  };
}

function isOneMoment(before: Look, after: Look | undefined): boolean {
  if (
    after === undefined ||
    after.refused !== undefined ||
    after.inTransaction ||
    before.database.ino !== after.database.ino
  )
    return false;
  if (before.log !== undefined) return before.log.ino === after.log?.ino && before.log.header === after.log.header;
  const { size, mtimeNs } = before.database;
  const isRacy = Math.abs(before.at - Number(mtimeNs / 1_000_000n)) < RACY_MS;
  return after.log === undefined && !isRacy && size === after.database.size && mtimeNs === after.database.mtimeNs;
}

const LOG_HEADER = 32;
/** sqlite.org/fileformat2.html#rollbackjournal; a journal that is done with is deleted, empty or zeroed. */
const JOURNAL_MAGIC = 'd9d505f920a163d7';

/** The first bytes as hexadecimal text; `undefined` when there are fewer or no file. */
async function head(file: string, length: number): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
      return bytesRead < length ? undefined : buffer.toString('hex');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function statOf(file: string) {
  try {
    return await lstat(file, { bigint: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Shares the blocks where the file system can (Btrfs, XFS, APFS), copies them otherwise. */
function reflink(from: string, to: string): Promise<void> {
  return copyFile(from, to, constants.COPYFILE_FICLONE);
}

function tooLarge(bytes: bigint): string {
  return `it is too large to copy (${formatBytes(Number(bytes))})`;
}
