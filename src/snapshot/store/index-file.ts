import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFileAtomic } from '../../state/atomic-write.js';
import type { SnapshotDocument } from '../document/document.js';

/*
 * An index keeps something derived from each saved snapshot, so that ten thousand need not be opened: a header and then
 * one JSON object per line. It is never the truth, only a shortcut to it:
 *
 * - Saving appends a line, which the system does in one piece, so that writers at the same moment lose nothing.
 *   Should a line be lost all the same (another run rewrites the index just then), the snapshot itself is
 *   read by the next list and its line added.
 * - A line counts only for a file of its name, size and modification time.
 * - Every line begins with its line feed, so that one that was cut off spoils no other.
 * - Everything is ASCII, which is read ten times as fast as UTF-8.
 */

/** What tells whether a line still speaks of the file that it was derived from. */
export interface FileState {
  /** Size of the file. */
  readonly bytes: number;
  /** Modification time of the file, milliseconds since the epoch. */
  readonly modifiedMs: number;
}

/** What is derived from one snapshot, by its id. */
export interface Derivable {
  readonly id: string;
}

/** One kind of index. */
export interface IndexKind<T extends Derivable> {
  /** Where it lies. */
  readonly file: string;
  /** Name and version of its form; an index of another one is made anew. */
  readonly schema: string;
  readonly derive: (document: SnapshotDocument) => T;
  readonly isLine: (value: object) => value is T & FileState;
}

export interface Index<T extends Derivable> {
  readonly lines: ReadonlyMap<string, T & FileState>;
  /** False when it is missing, of another version, or has lines that could not be read. */
  readonly sound: boolean;
}

/** Reads an index. Nothing that is wrong with it is an error: what it does not tell, the snapshots do. */
export function readIndex<T extends Derivable>(kind: IndexKind<T>): Index<T> {
  let text: string;
  try {
    text = readFileSync(kind.file, 'latin1');
  } catch {
    // Missing before the first save; unreadable, it is as good as missing.
    return { lines: new Map(), sound: false };
  }
  const header = headerOf(kind);
  if (text !== header && !text.startsWith(`${header}\n`)) return { lines: new Map(), sound: false };
  const values = parseLines(text);
  const lines = new Map<string, T & FileState>();
  let sound = true;
  for (const value of values) {
    if (typeof value !== 'object' || value === null) sound = false;
    else if (kind.isLine(value)) lines.set(value.id, value);
    else if (!('schema' in value)) sound = false;
  }
  return { lines, sound };
}

/** Adds a line. Two that begin the file at the same moment both write the header. @throws what the system reports */
export function appendToIndex<T extends Derivable>(kind: IndexKind<T>, line: T & FileState): void {
  const fd = openSync(kind.file, 'a', 0o600);
  try {
    const start = fstatSync(fd).size === 0 ? headerOf(kind) : '';
    writeFileSync(fd, `${start}\n${toLine(line)}`);
  } finally {
    closeSync(fd);
  }
}

/** Writes the whole index anew, in the place of whatever there was. @throws SesswatchError `storage` */
export function writeIndex<T extends Derivable>(kind: IndexKind<T>, lines: readonly (T & FileState)[]): void {
  writeFileAtomic(kind.file, [headerOf(kind), ...lines.map(toLine)].join('\n'), { durable: false });
}

function headerOf({ schema }: { readonly schema: string }): string {
  return `{"schema":"${schema}"}`;
}

/** All at once, which takes half the time of one by one; one by one when that fails. */
function parseLines(text: string): readonly unknown[] {
  try {
    return JSON.parse(`[${text.replaceAll('\n', ',')}]`);
  } catch {
    return text.split('\n').map(parseLine);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Counts as damaged: its snapshot is read instead.
    return undefined;
  }
}

function toLine(value: object): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
