import { readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../errors.js';
import { createFileAtomic, isTemporaryName } from '../state/atomic-write.js';
import { errnoOf, storageError } from '../state/storage-error.js';
import type { SnapshotDocument } from './document.js';
import { parseSnapshot } from './format.js';
import {
  appendToIndex,
  type Index,
  type IndexedEntry,
  indexDocument,
  readIndex,
  type SnapshotEntry,
  writeIndex,
} from './index-file.js';
import { isSnapshotId, nextSnapshotId } from './label.js';

/** A file in the folder that is no readable snapshot; the others are listed all the same. */
export interface StoreProblem {
  readonly file: string;
  /** When its name is that of a snapshot, so that it can be removed by it. */
  readonly id?: string | undefined;
  readonly message: string;
  readonly hint: string;
}

export interface Listing {
  /** Newest first. */
  readonly entries: readonly SnapshotEntry[];
  readonly problems: readonly StoreProblem[];
}

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
  /** @throws SesswatchError `storage` when the folder is there but cannot be read */
  list(): Listing;
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
 */
export function openStore(folder: string, now: () => number = Date.now): SnapshotStore {
  const indexFile = path.join(folder, INDEX_NAME);
  const pathOf = (id: string): string => {
    if (!isSnapshotId(id)) throw noSuchSnapshot(id);
    return path.join(folder, id + EXTENSION);
  };
  return {
    folder,
    pathOf,
    save(document) {
      const saved = create(document, pathOf);
      addToIndex(indexFile, saved, pathOf(saved.id));
      return saved;
    },
    list() {
      const names = namesIn(folder);
      sweep(folder, names, now());
      const index = readIndex(indexFile);
      const examined = examine(folder, names, index);
      const { kept, problems } = examined;
      if (isOutdated(index, examined)) tryWriteIndex(indexFile, kept);
      const entries = kept.map(({ entry }) => entry).sort((a, b) => (a.id < b.id ? 1 : -1));
      return { entries, problems };
    },
    load(id) {
      const file = pathOf(id);
      const text = readText(file);
      if (text === undefined) throw noSuchSnapshot(id);
      return parseFile(file, id, text);
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

const EXTENSION = '.json';
const INDEX_NAME = 'index.jsonl';

/** More than two processes that save in step will ever need; only against a file system that lies. */
const MAX_ID_ATTEMPTS = 10_000;

/** A writer needs milliseconds. What is older was left behind by a crash. */
const ABANDONED_AFTER_MS = 3_600_000;

/** Lines of removed snapshots cost little: the index is rewritten when they outnumber the others by this many. */
const SURPLUS_LINES = 100;

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

function addToIndex(indexFile: string, saved: SnapshotDocument, file: string): void {
  try {
    const { size, mtimeMs } = statSync(file);
    appendToIndex(indexFile, indexDocument(saved, size, mtimeMs));
  } catch {
    // The snapshot itself is safe. The next list finds it without a line and reads the file.
  }
}

function tryWriteIndex(indexFile: string, kept: readonly IndexedEntry[]): void {
  try {
    writeIndex(indexFile, kept);
  } catch (error) {
    // A list from a read-only folder or a full disk is as good, only slower the next time.
    if (!(error instanceof SesswatchError)) throw error;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
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

interface Examined {
  readonly kept: readonly IndexedEntry[];
  readonly problems: readonly StoreProblem[];
  /** How many had no line in the index, or one that was of an earlier file. */
  readonly fresh: number;
}

function examine(folder: string, names: readonly string[], index: Index): Examined {
  const kept: IndexedEntry[] = [];
  const problems: StoreProblem[] = [];
  let fresh = 0;
  for (const name of names) {
    if (name === INDEX_NAME || name.startsWith('.')) continue;
    const file = folder + path.sep + name;
    const id = name.endsWith(EXTENSION) ? name.slice(0, -EXTENSION.length) : undefined;
    const known = id === undefined ? undefined : index.entries.get(id);
    try {
      // A size and a time for each of ten thousand files is 25 ms well spent: damage does not go unseen.
      const stat = statSync(file, { throwIfNoEntry: false });
      // Removed since the folder was read.
      if (stat === undefined) continue;
      if (known !== undefined && known.entry.bytes === stat.size && known.modifiedMs === stat.mtimeMs) {
        kept.push(known);
        continue;
      }
      if (id === undefined || !isSnapshotId(id)) throw foreignName(file);
      const text = readText(file);
      if (text === undefined) continue;
      kept.push(indexDocument(parseFile(file, id, text), stat.size, stat.mtimeMs));
      fresh++;
    } catch (error) {
      problems.push(toProblem(error, file, id !== undefined && isSnapshotId(id) ? id : undefined));
    }
  }
  return { kept, problems, fresh };
}

/** An index that lacks something, is damaged, or consists mostly of lines of removed snapshots. */
function isOutdated(index: Index, { kept, fresh }: Examined): boolean {
  if (fresh > 0 || index.entries.size > 2 * kept.length + SURPLUS_LINES) return true;
  return !index.sound && kept.length > 0;
}

/** `undefined` when it is not there. */
function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storageError(error, 'read', file);
  }
}

function parseFile(file: string, id: string, text: string): SnapshotDocument {
  const document = parseSnapshot(text, file);
  if (document.id === id) return document;
  throw new SesswatchError(
    'format',
    `${file} holds the snapshot ${document.id}`,
    `rename it to ${document.id}${EXTENSION}, or move it away and use it by its path`,
  );
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    // Somebody else removed it: it is gone, as was asked.
    if (errnoOf(error) !== 'ENOENT') throw storageError(error, 'remove', file);
  }
}

function toProblem(error: unknown, file: string, id: string | undefined): StoreProblem {
  const known = storageError(error, 'read', file);
  if (!(known instanceof SesswatchError)) throw known;
  return { file, id, message: known.message, hint: known.hint };
}

function noSuchSnapshot(id: string): SesswatchError {
  return new SesswatchError('usage', `there is no snapshot ${id}`, 'sesswatch snapshots lists them');
}

function foreignName(file: string): SesswatchError {
  return new SesswatchError(
    'format',
    `${file} does not have the name of a snapshot`,
    'move it away; a snapshot can be used from any place by its path',
  );
}
