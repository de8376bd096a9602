import type { ProcessRecord } from '../../../record.js';
import { type Field, fieldOf, firstOfEach, isTable, recordOf } from '../cells.js';
import { type Drawn, type Form, namesAlone, readRows, TREE_ART, withDrawnParents } from './form.js';

interface Column {
  readonly name: string;
  readonly field: Field;
  readonly offset: number;
}

interface Head {
  readonly columns: readonly Column[];
  /** The column of the command, which may hold blanks; those to its right are read from the end of the line. */
  readonly command: number;
}

/**
 * A head of words over columns that are parted by blanks, in any order: `ps` of procps, BSD and BusyBox, `top`,
 * `htop`, `procs`. Cells are words, but for the command, for names that stand aligned, and for dates.
 */
export const headed: Form = (lines, at, takenAt) => {
  const line = lines[at] ?? '';
  const head = readHead(line);
  if (head === undefined) return undefined;
  return readRows({
    headLines: 1,
    // The same head again, as a long listing has it.
    skips: (text) => text === line,
    read: (text) => (text.trim() === '' ? undefined : readRow(head, withoutRules(text), takenAt)),
    end: (rows) => ({ records: namesIfCut(head, withDrawnParents(rows)) }),
  });
};

/** `procs` parts groups of columns with a line. */
function withoutRules(line: string): string {
  return line.includes('│') && !TREE_ART.test(line) ? line.replace(/ │ /g, '   ') : line;
}

function readHead(line: string): Head | undefined {
  // A look at one word spares every other line the rest.
  if (line.length > MAX_HEAD || !/\bpid\b/i.test(line)) return undefined;
  // htop puts its mark of sorting between two heads.
  const text = withoutRules(line).replace(/[▲▼△▽]/g, ' ');
  const words = [...text.matchAll(/\S+/g)].map((match) => ({ name: match[0], offset: match.index }));
  const columns = mergedPairs(words).map((word) => ({ ...word, field: fieldOf(word.name) }));
  const isKnown = columns.every(({ field }) => field !== undefined);
  if (!isKnown && !columns.every(({ name }) => /^%?[A-Z_+%]+$/.test(name))) return undefined;
  const fields = columns.map(({ field }): Field => field ?? 'other');
  if (columns.length < 2 || !isTable(fields)) return undefined;
  const last = (wanted: readonly Field[]): number => fields.findLastIndex((field) => wanted.includes(field));
  const command = Math.max(last(['command', 'windowsCommand']), -1);
  const pivot = command >= 0 && last(['name']) < command ? command : Math.max(command, last(['name', 'exe']));
  return {
    command: pivot,
    columns: columns.map(({ name, offset }, index) => ({
      name,
      offset,
      field:
        index === pivot
          ? pivotField(name, fields[index])
          : fields[index] === 'command'
            ? 'name'
            : (fields[index] ?? 'other'),
    })),
  };
}

/** Longer lines are no heads. */
const MAX_HEAD = 400;

/** Of `comm` BSD tells the whole argv[0]; `ucomm` is a name and no more. */
function pivotField(name: string, field: Field | undefined): Field {
  return field === 'name' && !/^ucom/i.test(name) ? 'command' : (field ?? 'command');
}

/** `CPU Time` is one head. */
function mergedPairs(words: readonly { name: string; offset: number }[]): { name: string; offset: number }[] {
  const merged: { name: string; offset: number }[] = [];
  for (const word of words) {
    const before = merged.at(-1);
    if (before !== undefined && word.name === 'Time' && before.name === 'CPU') before.name = 'CPU Time';
    else merged.push({ ...word });
  }
  return merged;
}

function readRow(head: Head, line: string, takenAt: number): Drawn | undefined {
  const cells: [Field, string][] = [];
  const { columns, command } = head;
  let from = 0;
  for (const [index, column] of columns.slice(0, command).entries()) {
    const end = cellEnd(line, from, column, columns[index + 1]);
    if (end === undefined) return undefined;
    cells.push([column.field, line.slice(from, end).trim()]);
    from = end;
  }
  let to = line.length;
  for (const column of columns.slice(command + 1).reverse()) {
    const start = cellStart(line, to, column);
    if (start === undefined || start < from) return undefined;
    cells.push([column.field, line.slice(start, to).trim()]);
    to = start;
  }
  const text = line.slice(from, to);
  const art = TREE_ART.exec(text)?.[0];
  cells.push([columns[command]?.field ?? 'command', (art === undefined ? text : text.slice(art.length)).trim()]);
  const record = recordOf(firstOfEach(cells), takenAt);
  return record && { record, depth: art === undefined ? -1 : from + art.trimEnd().length };
}

/** Cells are words, but for dates, and for names in a column of their own, which may hold blanks. */
function cellEnd(line: string, from: number, column: Column, next: Column | undefined): number | undefined {
  if (column.field === 'name' && next !== undefined) {
    // Names are aligned to the left, so their column is as wide as the head says, unless a cell overflowed.
    const isAligned = line.slice(from, column.offset).trim() === '' && line[next.offset - 1] === ' ';
    if (isAligned) return next.offset;
  }
  const cell = column.field === 'started' ? STARTED_CELL : WORD_CELL;
  cell.lastIndex = from;
  return cell.test(line) ? cell.lastIndex : undefined;
}

/** Where the cell begins that ends at `to`, for columns to the right of the command. */
function cellStart(line: string, to: number, column: Column): number | undefined {
  const text = line.slice(0, to).trimEnd();
  if (column.field === 'started') {
    const date = STARTED_AT_END.exec(text.slice(-DATE_LENGTH));
    if (date !== null) return text.length - date[0].length;
  }
  const start = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t')) + 1;
  return start > 0 ? start : undefined;
}

const WORD_CELL = /\s*\S+/y;
/** `lstart` in either order, with or without its year. */
const DATE = '[A-Z][a-z]{2} +(?:[A-Z][a-z]{2} +\\d{1,2}|\\d{1,2} +[A-Z][a-z]{2}) +\\d\\d:\\d\\d:\\d\\d(?: \\d{4})?';
/** STARTED is the head of `lstart`, of `start` (`Nov 20` or a time), and of macOS's `ps aux`. */
const STARTED_CELL = new RegExp(`\\s*(?:${DATE}|[A-Z][a-z]{2} [ \\d]\\d(?=\\s)|\\S+)`, 'y');
const STARTED_AT_END = new RegExp(`(?:${DATE}|[A-Z][a-z]{2} [ \\d]\\d)$`);
const DATE_LENGTH = 30;

/** `top`, `ps -e`, `ps -l` and `ps -H` print the kernel's name under CMD or COMMAND, where others print arguments. */
function namesIfCut(head: Head, records: readonly ProcessRecord[]): readonly ProcessRecord[] {
  const names = head.columns.map(({ name }) => name.toUpperCase());
  const isTop = names.includes('TIME+');
  const isShort = names.at(-1) === 'CMD' && !names.includes('STIME') && !names.includes('START');
  return isTop || isShort ? namesAlone(records) : records;
}
