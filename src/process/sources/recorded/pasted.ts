import { basename, type ProcessRecord } from '../../record.js';
import { bareRow, pgrepRows } from './forms/bare.js';
import { delimited } from './forms/delimited.js';
import type { Form, PastedTable, TableReader } from './forms/form.js';
import { headed } from './forms/headed.js';
import { pstreeByLine, pstreeByName, pstreeOfBsd } from './forms/pstree.js';
import { propertyList, underlined, wmicTable } from './forms/windows.js';

/** What the tables in a text told. */
export interface PastedText {
  /** Each pid once: the first row stands, with what later tables add to it. */
  readonly records: readonly ProcessRecord[];
  /** Whether any table was in it, were it only a head. */
  readonly isTable: boolean;
  /** Lines that are neither head nor row, and second rows of a pid in one table. */
  readonly strayLines: number;
  /** More lines under heads were no rows than were: the head was not understood. */
  readonly isGarbled: boolean;
  /** Processes are missing: the tree was wider than the terminal. */
  readonly isCut: boolean;
  readonly isWindows: boolean;
}

/** More telling ones first. */
const FORMS: readonly Form[] = [
  underlined,
  wmicTable,
  delimited,
  headed,
  pstreeByName,
  pstreeByLine,
  pstreeOfBsd,
  propertyList,
];

/**
 * Reads whatever tables of processes people copy into a file, several of them too: each form by its head, and rows
 * without one by the kinds of their values. Linear in the length of the text.
 *
 * @param takenAt milliseconds since the epoch, from which ages are counted back
 */
export function readPasted(text: readonly string[], takenAt: number): PastedText {
  const lines = lastMomentOfTop(text.map(clean));
  const found = new Tables(takenAt);
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const isContent = line.trim() !== '' && !NO_CONTENT.test(line);
    const isRow = isContent && found.take(line);
    const begun = isContent && !isRow ? beginning(lines, at, takenAt) : undefined;
    if (begun === undefined) {
      if (!isContent) found.blank();
      else if (!isRow) found.addOther(line);
      at += 1;
    } else {
      found.begin(begun);
      at += begun.headLines;
      // Where the first line is a row already.
      if (begun.headLines === 0) {
        found.take(line);
        at += 1;
      }
    }
  }
  return found.end();
}

function beginning(lines: readonly string[], at: number, takenAt: number): TableReader | undefined {
  for (const form of FORMS) {
    const reader = form(lines, at, takenAt);
    if (reader !== undefined) return reader;
  }
  return undefined;
}

/** The tables of a text while it is read. */
class Tables {
  readonly #takenAt: number;
  readonly #tables: PastedTable[] = [];
  #reader: TableReader | undefined;
  #bare: ProcessRecord[] = [];
  #paragraph: string[] = [];
  #strayLines = 0;
  #rowsUnderHeads = 0;
  #straysUnderHeads = 0;
  #isUnderHead = false;

  constructor(takenAt: number) {
    this.#takenAt = takenAt;
  }

  begin(reader: TableReader): void {
    this.#closeTable();
    this.#closeParagraph();
    this.#reader = reader;
    this.#isUnderHead = true;
  }

  /** Whether the line is a row of the table that was begun last. */
  take(line: string): boolean {
    if (this.#reader?.take(line) !== true) return false;
    this.#rowsUnderHeads += 1;
    this.#isUnderHead = true;
    return true;
  }

  /** A line under no head, or one that does not fit the head above it. */
  addOther(line: string): void {
    const row = bareRow(line, this.#takenAt);
    if (row !== undefined) this.#bare.push(row);
    else if (this.#isUnderHead) this.#straysUnderHeads += 1;
    else this.#paragraph.push(line);
  }

  blank(): void {
    this.#reader?.take('');
    this.#isUnderHead = false;
    this.#closeParagraph();
  }

  end(): PastedText {
    this.#closeTable();
    this.#closeParagraph();
    const { records, strayRows } = together(this.#tables);
    return {
      records,
      isTable: this.#tables.length > 0,
      strayLines: this.#strayLines + this.#straysUnderHeads + strayRows,
      isGarbled: this.#straysUnderHeads > this.#rowsUnderHeads,
      isCut: this.#tables.some(({ isCut }) => isCut === true),
      isWindows: this.#tables.some(({ isWindows }) => isWindows === true),
    };
  }

  #closeTable(): void {
    if (this.#reader !== undefined) this.#tables.push(this.#reader.end());
    this.#reader = undefined;
    this.#isUnderHead = false;
  }

  #closeParagraph(): void {
    const rows = this.#paragraph.filter((line) => !PROMPT.test(line));
    const records = pgrepRows(rows, this.#takenAt);
    this.#strayLines += this.#paragraph.length - (records === undefined ? 0 : rows.length);
    if (records !== undefined) this.#tables.push({ records });
    if (this.#bare.length > 0) this.#tables.push({ records: this.#bare });
    this.#bare = [];
    this.#paragraph = [];
  }
}

/** A shell's, with the command that made the table. */
const PROMPT = /^\s*(?:[$#%>❯]|PS [^>]{1,200}>|\S{1,80}[$#%]) /;

/** What stands between rows and says nothing: fences of Markdown, marks of `grep`, the type that ConvertTo-Csv names. */
const NO_CONTENT = /^\s*(?:```.*|--|#TYPE .*)$/;

/** Without what mail programs put before lines, and colours. */
function clean(line: string): string {
  const plain = line.length > MAX_LINE ? line.slice(0, MAX_LINE) : line;
  return plain
    .replace(/^(?:> ?)+/, '')
    .replaceAll('\u00a0', ' ')
    .replace(COLOURS, '')
    .trimEnd();
}

/** Of a command line longer than this the rest tells nothing. */
const MAX_LINE = 32_768;
const COLOURS = /\x1b\[[\d;]{0,20}[mK]/g;

/** `top -b` prints the table again and again: the last time counts. */
function lastMomentOfTop(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => TOP.test(line));
  const last = lines.findLastIndex((line) => TOP.test(line));
  return first === last ? lines : [...lines.slice(0, first), ...lines.slice(last)];
}

const TOP = /^top - \d\d:\d\d:\d\d up /;

/** One row for each pid. Another table may add to it, when it speaks of the same program. */
function together(tables: readonly PastedTable[]): { records: readonly ProcessRecord[]; strayRows: number } {
  const byPid = new Map<number, ProcessRecord>();
  let strayRows = 0;
  for (const { records } of tables) {
    const here = new Set<number>();
    for (const record of records) {
      const known = byPid.get(record.pid);
      // A second row in one table may be forged.
      if (here.has(record.pid)) strayRows += 1;
      else if (known === undefined) byPid.set(record.pid, record);
      else if (isSameProgram(known, record)) byPid.set(record.pid, { ...record, ...known });
      here.add(record.pid);
    }
  }
  return { records: [...byPid.values()], strayRows };
}

function isSameProgram(a: ProcessRecord, b: ProcessRecord): boolean {
  const [one, other] = [a, b].map(({ comm, argv }) =>
    basename(comm ?? argv?.[0] ?? '')
      .toLowerCase()
      .replace(/\.exe$/, ''),
  );
  return one === other && (a.ppid === undefined || b.ppid === undefined || a.ppid === b.ppid);
}
