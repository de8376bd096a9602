import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { SesswatchError } from '../errors.js';
import { writeFileAtomic } from '../state/atomic-write.js';
import type { SnapshotDocument } from './document.js';
import { type Summary, summarise } from './summary.js';

/** What is known of a saved snapshot without opening its file. */
export interface SnapshotEntry {
  readonly id: string;
  readonly label: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly takenAt: string;
  readonly complete: boolean;
  /** Size of the file. */
  readonly bytes: number;
  /** Of all processes of the scan; the others as {@link Totals} has them. */
  readonly processes: number;
  readonly agents: number;
  readonly sessions: number;
  readonly rssBytes: number;
  /** The rest, for trends; read from the index when it is asked for. @throws SesswatchError `format` */
  summary(): Summary;
}

/** An entry with what tells whether it still speaks of the file, and its line in the index. */
export interface IndexedEntry {
  readonly entry: SnapshotEntry;
  /** Modification time of the file, milliseconds since the epoch. */
  readonly modifiedMs: number;
  readonly line: string;
}

export interface Index {
  readonly entries: ReadonlyMap<string, IndexedEntry>;
  /** False when it is missing, of another version, or has lines that could not be read. */
  readonly sound: boolean;
}

/*
 * The index is derived data. One line per snapshot, as two JSON texts with a tab between them:
 *
 *     ["<id>","<label>","<takenAt>",complete,bytes,modifiedMs,processes,agents,sessions,rssBytes] TAB {<summary>}
 *
 * The first is all that a list needs: parsing ten thousand of them takes 10 ms, of whole summaries 50. Saving appends
 * a line, which the system does in one piece, so that writers at the same moment lose nothing; should one
 * be lost all the same (a list that rewrites the index just then), the file itself is read by the next list. A line
 * that a crash cut off ends at the line feed with which the next one begins. Everything is ASCII, which is read
 * ten times as fast as UTF-8.
 */

/** Reads an index; whatever is wrong with it is only a reason to read the snapshots themselves. */
export function readIndex(file: string): Index {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    // Missing before the first save; unreadable, it is as good as missing.
    return { entries: new Map(), sound: false };
  }
  const [header, ...lines] = text.split('\n');
  if (header !== HEADER) return { entries: new Map(), sound: false };
  const written = lines.filter((line) => line !== '' && line !== HEADER);
  const entries = new Map<string, IndexedEntry>();
  for (const [index, head] of parseHeads(written).entries()) {
    const line = written[index];
    if (isHead(head) && line !== undefined) entries.set(head[0], indexed(head, line));
    else return { entries: readOneByOne(written), sound: false };
  }
  return { entries, sound: true };
}

/** The line of a document. */
export function indexDocument(document: SnapshotDocument, bytes: number, modifiedMs: number): IndexedEntry {
  const { id, label, takenAt, complete, totals } = document;
  const { processes, agents, sessions, rssBytes } = totals;
  const head: Head = [id, label, takenAt, complete, bytes, modifiedMs, processes, agents, sessions, rssBytes];
  return indexed(head, ascii(`${JSON.stringify(head)}\t${JSON.stringify(summarise(document))}`));
}

/** Adds a line; two that begin the file at the same moment both write the header. @throws what the system reports */
export function appendToIndex(file: string, { line }: IndexedEntry): void {
  const fd = openSync(file, 'a', 0o600);
  try {
    const start = fstatSync(fd).size === 0 ? HEADER : '';
    writeFileSync(fd, `${start}\n${line}\n`);
  } finally {
    closeSync(fd);
  }
}

/** Writes the whole index anew, in the place of whatever there was. @throws SesswatchError `storage` */
export function writeIndex(file: string, entries: Iterable<IndexedEntry>): void {
  const lines = Array.from(entries, ({ line }) => line);
  writeFileAtomic(file, `${[HEADER, ...lines].join('\n')}\n`, { durable: false });
}

const HEADER = '{"schema":"sesswatch/index/1"}';

type Head = readonly [
  id: string,
  label: string,
  takenAt: string,
  complete: boolean,
  bytes: number,
  modifiedMs: number,
  processes: number,
  agents: number,
  sessions: number,
  rssBytes: number,
];

const HEAD_TYPES = [...Array(3).fill('string'), 'boolean', ...Array(6).fill('number')];

function isHead(value: unknown): value is Head {
  if (!Array.isArray(value) || value.length !== HEAD_TYPES.length) return false;
  return HEAD_TYPES.every((type, index) => typeof value[index] === type);
}

function indexed(head: Head, line: string): IndexedEntry {
  const [id, label, takenAt, complete, bytes, modifiedMs, processes, agents, sessions, rssBytes] = head;
  const summary = () => parseSummary(line, id);
  return {
    entry: { id, label, takenAt, complete, bytes, processes, agents, sessions, rssBytes, summary },
    modifiedMs,
    line,
  };
}

/** All at once, which takes half the time of one by one; a line without a whole second part fails the check. */
function parseHeads(lines: readonly string[]): readonly unknown[] {
  const heads = lines.map((line) =>
    line.endsWith('}') ? line.slice(0, Math.max(0, line.indexOf('\t'))) : '',
  );
  try {
    return JSON.parse(`[${heads.join(',')}]`);
  } catch {
    // One damaged line spoils the whole; answered as damaged, so that they are read one by one.
    return [undefined];
  }
}

function readOneByOne(lines: readonly string[]): ReadonlyMap<string, IndexedEntry> {
  const entries = new Map<string, IndexedEntry>();
  for (const line of lines) {
    const [head] = parseHeads([line]);
    if (isHead(head)) entries.set(head[0], indexed(head, line));
  }
  return entries;
}

function parseSummary(line: string, id: string): Summary {
  try {
    return JSON.parse(line.slice(line.indexOf('\t') + 1));
  } catch (error) {
    throw new SesswatchError(
      'format',
      `the index of the saved snapshots is damaged at ${id}`,
      'delete index.jsonl in the folder of the snapshots: it is made anew',
      error,
    );
  }
}

function ascii(text: string): string {
  return text.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
