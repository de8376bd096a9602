import { closeSync, fstatSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from '../../state/atomic-write.js';
import { openOwnFile, readOwnFile } from '../../state/own-file.js';
import type { SnapshotSummary } from '../document/summary.js';

/*
 * The index keeps a summary of each saved snapshot, so that ten thousand need not be opened: a header and then
 * one JSON object per line. It is never the truth, only a shortcut to it:
 *
 * - Saving appends a line, which the system does in one piece, so that writers at the same moment lose nothing.
 *   Should a line be lost all the same (another run rewrites the index just then), the snapshot itself is
 *   read by the next list and its line added.
 * - A line counts only for a file of its name, size and modification time.
 * - Every line begins with its line feed, so that one that was cut off spoils no other.
 * - Everything is ASCII, which is read ten times as fast as UTF-8.
 */

/** What tells whether a line still speaks of the file that it was made from. */
export interface FileState {
  /** Size of the file. */
  readonly bytes: number;
  /** Modification time of the file, milliseconds since the epoch. */
  readonly modifiedMs: number;
}

export type IndexLine = SnapshotSummary & FileState;

interface Index {
  readonly lines: ReadonlyMap<string, IndexLine>;
  /** False when it is missing, of another version, or has lines that could not be read. */
  readonly sound: boolean;
}

/** In the folder of the snapshots. */
const NAME = 'index.jsonl';
/** Lay beside it in 0.1. */
const FORMER_NAME = 'summaries.jsonl';
/** Name and version of its form; an index of another one is made anew. */
const HEADER = '{"schema":"sesswatch/snapshot-index/3"}';

export const INDEX_NAMES: readonly string[] = [NAME, FORMER_NAME];

/** Whether a file in the folder of the snapshots is an index. */
export function isIndexName(name: string): boolean {
  return INDEX_NAMES.includes(name);
}

/** Reads the index. Nothing that is wrong with it is an error: what it does not tell, the snapshots do. */
export function readIndex(folder: string): Index {
  let text: string;
  try {
    text = readOwnFile(path.join(folder, NAME), 'latin1') ?? '';
  } catch {
    // Missing before the first save; unreadable, it is as good as missing.
    return { lines: new Map(), sound: false };
  }
  if (text !== HEADER && !text.startsWith(`${HEADER}\n`)) return { lines: new Map(), sound: false };
  const values = parseLines(text);
  const lines = new Map<string, IndexLine>();
  let sound = true;
  for (const value of values) {
    if (typeof value !== 'object' || value === null) sound = false;
    else if (isLine(value)) lines.set(value.id, value);
    else if (!('schema' in value)) sound = false;
  }
  return { lines, sound };
}

/** Adds a line. Two that begin the file at the same moment both write the header. @throws what the system reports */
export function appendToIndex(folder: string, line: IndexLine): void {
  const fd = openOwnFile(path.join(folder, NAME), 'append');
  try {
    const start = fstatSync(fd).size === 0 ? HEADER : '';
    writeFileSync(fd, `${start}\n${toLine(line)}`);
  } finally {
    closeSync(fd);
  }
}

/** Writes the whole index anew, in the place of whatever there was. @throws SesswatchError `storage` */
export function writeIndex(folder: string, lines: readonly IndexLine[]): void {
  const text = [HEADER, ...lines.map(toLine)].join('\n');
  writeFileAtomic(path.join(folder, NAME), text, { durable: false });
}

/** As deep as damage that leaves valid JSON can be told from a line that we wrote. */
function isLine(value: object): value is IndexLine {
  const line: Partial<Record<keyof IndexLine, unknown>> = value;
  return (
    typeof line.id === 'string' &&
    typeof line.label === 'string' &&
    typeof line.takenAt === 'string' &&
    typeof line.complete === 'boolean' &&
    isObject(line.machine) &&
    isObject(line.totals) &&
    isObject(line.groups) &&
    Array.isArray(line.hosts) &&
    typeof line.bytes === 'number' &&
    typeof line.modifiedMs === 'number'
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
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
