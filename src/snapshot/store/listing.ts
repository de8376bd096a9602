import { readdirSync, type Stats, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import { isTemporaryName } from '../../state/atomic-write.js';
import { errnoOf, storageError } from '../../state/storage-error.js';
import { isSnapshotId } from '../document/label.js';
import { toSummary } from '../document/summary.js';
import { type IndexLine, isIndexName, readIndex, writeIndex } from './index-file.js';
import { EXTENSION, readSnapshotFile, type StoreProblem, toProblem } from './snapshot-file.js';

/** Newest first. */
export interface Listing<T> {
  readonly entries: readonly T[];
  readonly problems: readonly StoreProblem[];
}

/**
 * What the index tells of every snapshot in a folder, after reading those that it does not know, and adding them to it.
 * Damaged and foreign files are told as problems beside it.
 *
 * @param nowMs milliseconds since the epoch, for the age of files that a crash left behind
 * @throws SesswatchError `storage` when the folder is there but cannot be read
 */
export function listSnapshots(folder: string, nowMs: number): Listing<IndexLine> {
  const names = namesIn(folder);
  sweep(folder, names, nowMs);
  const index = readIndex(folder);
  const examined = examine(folder, names, index.lines);
  const { entries, problems } = examined;
  if (isOutdated(index, examined)) {
    try {
      writeIndex(folder, entries);
    } catch (error) {
      // A list from a read-only folder or a full disk is as good, only slower the next time.
      if (!(error instanceof SesswatchError)) throw error;
    }
  }
  return { entries, problems };
}

/** A writer needs milliseconds. What is older was left behind by a crash. */
const ABANDONED_AFTER_MS = 3_600_000;

/**
 * So many of the newest files are compared with the index by size and time, so that a list says when one was damaged
 * since. For ten thousand that would take 40 ms, half of all the time; damage of older ones shows when they are used.
 */
const CHECKED_FILES = 2000;

/** Lines of removed snapshots cost little: an index is rewritten when they outnumber the others by this many. */
const SURPLUS_LINES = 100;

/** Newest first, because names begin with the time. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort().reverse();
  } catch (error) {
    // Nothing was ever saved.
    if (errnoOf(error) === 'ENOENT') return [];
    throw storageError(error, 'list', folder);
  }
}

/** Removes temporary files that a crash left behind, so that they do not fill the disk. */
function sweep(folder: string, names: readonly string[], nowMs: number): void {
  for (const name of names) {
    if (!isTemporaryName(name)) continue;
    const file = path.join(folder, name);
    try {
      if (nowMs - statSync(file).mtimeMs > ABANDONED_AFTER_MS) unlinkSync(file);
    } catch {
      // Its writer has just finished, or it cannot be removed: it is hidden either way.
    }
  }
}

interface Examined extends Listing<IndexLine> {
  /** How many had no line in the index, or one of an earlier file. */
  readonly fresh: number;
}

function examine(folder: string, names: readonly string[], lines: ReadonlyMap<string, IndexLine>): Examined {
  const entries: IndexLine[] = [];
  const problems: StoreProblem[] = [];
  let fresh = 0;
  for (const name of names) {
    if (name.startsWith('.') || isIndexName(name)) continue;
    const id = name.endsWith(EXTENSION) ? name.slice(0, -EXTENSION.length) : undefined;
    const known = id === undefined ? undefined : lines.get(id);
    if (known !== undefined && entries.length >= CHECKED_FILES) {
      entries.push(known);
      continue;
    }
    const file = path.join(folder, name);
    try {
      const stat = stateOf(file);
      // Removed since the folder was read.
      if (stat === undefined) continue;
      if (known !== undefined && known.bytes === stat.size && known.modifiedMs === stat.mtimeMs) {
        entries.push(known);
        continue;
      }
      if (id === undefined || !isSnapshotId(id)) throw foreignName(file);
      const document = readSnapshotFile(file, id);
      if (document === undefined) continue;
      entries.push({ ...toSummary(document), bytes: stat.size, modifiedMs: stat.mtimeMs });
      fresh++;
    } catch (error) {
      problems.push(toProblem(error, file, id !== undefined && isSnapshotId(id) ? id : undefined));
    }
  }
  return { entries, problems, fresh };
}

function stateOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw storageError(error, 'read', file);
  }
}

/** An index that lacks something, is damaged, or consists mostly of lines of removed snapshots. */
function isOutdated(index: ReturnType<typeof readIndex>, { entries, fresh }: Examined): boolean {
  if (fresh > 0 || index.lines.size > 2 * entries.length + SURPLUS_LINES) return true;
  return !index.sound && entries.length > 0;
}

function foreignName(file: string): SesswatchError {
  return new SesswatchError(
    'format',
    `${file} does not have the name of a snapshot`,
    'move it away; a snapshot can be used from any place by its path',
  );
}
