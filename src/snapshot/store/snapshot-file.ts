import { SesswatchError } from '../../errors.js';
import { readOwnFile } from '../../state/own-file.js';
import type { SnapshotDocument } from '../document/document.js';
import { parseSnapshot } from '../document/format.js';

/** Of the file of one snapshot; its name without this is the id. */
export const EXTENSION = '.json';

/** A file in the folder that is no readable snapshot; the others are listed all the same. */
export interface StoreProblem {
  readonly file: string;
  /** When its name is that of a snapshot, so that it can be removed by it. */
  readonly id?: string | undefined;
  readonly message: string;
  readonly hint: string;
}

/**
 * Reads a saved snapshot; `undefined` when it is not there (any more).
 * @throws SesswatchError `storage`, `format`
 */
export function readSnapshotFile(file: string, id: string): SnapshotDocument | undefined {
  const text = readOwnFile(file);
  if (text === undefined) return undefined;
  const document = parseSnapshot(text, file);
  if (document.id === id) return document;
  throw new SesswatchError(
    'format',
    `${file} holds the snapshot ${document.id}`,
    `rename it to ${document.id}${EXTENSION}, or move it away and use it by its path`,
  );
}

/** An expected failure as part of an answer. Any other is thrown on. */
export function toProblem(error: unknown, file: string, id: string | undefined): StoreProblem {
  if (!(error instanceof SesswatchError)) throw error;
  return { file, id, message: error.message, hint: error.hint };
}
