import { statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import { createFileAtomic } from '../../state/atomic-write.js';
import { assertOwnEntry, assertOwnFolder } from '../../state/private-folder.js';
import { errnoOf, storageError } from '../../state/storage-error.js';
import type { SnapshotDocument } from '../document/document.js';
import { isSnapshotId, nextSnapshotId } from '../document/label.js';
import { type SnapshotEntry, toSnapshotEntry, toSummary } from '../document/summary.js';
import { appendToIndex, type FileState, INDEX_NAMES, type IndexLine } from './index-file.js';
import { type Listing, listSnapshots } from './listing.js';
import { EXTENSION, readSnapshotFile, type StoreProblem, toProblem } from './snapshot-file.js';

export interface Removal {
  /** Ids that are gone now, also when somebody else was faster. */
  readonly removed: readonly string[];
  readonly problems: readonly StoreProblem[];
}

/** The saved snapshots of one folder: one file each, `<id>.json`, 0600. All functions are synchronous. */
export interface SnapshotStore {
  readonly folder: string;
  /**
   * Saves a document, whole or not at all, and never in the place of another: when its id is taken (the same
   * label within the same millisecond) it gets the next one. The answer has the id that it was saved under.
   * @throws SesswatchError `storage`
   */
  save(document: SnapshotDocument): SnapshotDocument;
  /** What a list shows. @throws SesswatchError `storage` when the folder is there but cannot be read */
  list(): Listing<SnapshotEntry & FileState>;
  /** What a trend needs. @throws SesswatchError `storage` when the folder is there but cannot be read */
  summaries(): Listing<IndexLine>;
  /** @throws SesswatchError `usage` no such id, `storage`, `format` */
  load(id: string): SnapshotDocument;
  /** Removes what can be removed; damaged files too. @throws SesswatchError `usage` when something is no id */
  remove(ids: readonly string[]): Removal;
  /** Where a snapshot is kept. @throws SesswatchError `usage` when it is no id */
  pathOf(id: string): string;
}

/**
 * @param folder need not exist: it is made 0700 by the first save
 * @param now milliseconds since the epoch; only for the age of files that a crash left behind
 * @throws SesswatchError `storage` when the folder or its index is a link or somebody else's
 */
export function openStore(folder: string, now: () => number = Date.now): SnapshotStore {
  assertOwnFolder(folder);
  assertOwnEntry(folder);
  for (const name of INDEX_NAMES) assertOwnEntry(path.join(folder, name));
  const pathOf = (id: string): string => {
    if (!isSnapshotId(id)) throw noSuchSnapshot(id);
    return path.join(folder, id + EXTENSION);
  };
  return {
    folder,
    pathOf,
    save(document) {
      const saved = create(document, pathOf);
      tryIndex(folder, saved, pathOf(saved.id));
      return saved;
    },
    list() {
      const { entries, problems } = listSnapshots(folder, now());
      return { entries: entries.map(toListed), problems };
    },
    summaries: () => listSnapshots(folder, now()),
    load(id) {
      const file = pathOf(id);
      const document = readSnapshotFile(file, id);
      if (document === undefined) throw noSuchSnapshot(id);
      return document;
    },
    remove(ids) {
      const removed: string[] = [];
      const problems: StoreProblem[] = [];
      for (const [id, file] of ids.map((one) => [one, pathOf(one)] as const)) {
        try {
          removeFile(file);
          removed.push(id);
        } catch (error) {
          problems.push(toProblem(error, file, id));
        }
      }
      return { removed, problems };
    },
  };
}

/** More than any number of runs that save in step; only against a file system that lies. */
const MAX_ID_ATTEMPTS = 10_000;

function create(document: SnapshotDocument, pathOf: (id: string) => string): SnapshotDocument {
  let saved = document;
  for (let attempt = 0; attempt < MAX_ID_ATTEMPTS; attempt++) {
    if (createFileAtomic(pathOf(saved.id), `${JSON.stringify(saved)}\n`)) return saved;
    saved = { ...saved, id: nextSnapshotId(saved.id) };
  }
  throw new SesswatchError(
    'storage',
    `cannot save a snapshot as ${document.id}: every name near it is taken`,
    'use another label',
  );
}

function tryIndex(folder: string, saved: SnapshotDocument, file: string): void {
  try {
    const { size, mtimeMs } = statSync(file);
    appendToIndex(folder, { ...toSummary(saved), bytes: size, modifiedMs: mtimeMs });
  } catch (error) {
    // The snapshot itself is safe. The next list finds it without a line and reads the file.
    if (errnoOf(error) === undefined) throw error;
  }
}

function toListed(line: IndexLine): SnapshotEntry & FileState {
  return { ...toSnapshotEntry(line), bytes: line.bytes, modifiedMs: line.modifiedMs };
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    // Somebody else removed it: it is gone, as was asked.
    if (errnoOf(error) !== 'ENOENT') throw storageError(error, 'remove', file);
  }
}

function noSuchSnapshot(id: string): SesswatchError {
  return new SesswatchError('usage', `there is no snapshot ${id}`, 'sesswatch snapshots lists them');
}
