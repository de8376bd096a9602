import { type Field, fieldOf, firstOfEach, isTable, recordOf } from '../cells.js';
import { type Drawn, type Form, readRows, withDrawnParents } from './form.js';

/** CSV of tasklist, wmic and ConvertTo-Csv, tables of Markdown, and columns parted by tabs as `code --status` has. */
export const delimited: Form = (lines, at, takenAt) => {
  const line = lines[at] ?? '';
  if (line.length > MAX_HEAD || !/\b(?:pid|processid|id)\b/i.test(line)) return undefined;
  const isMarkdown = /^\s*\|?\s*:?-{2,}:?\s*(?:\||$)/.test(lines[at + 1] ?? '');
  const delimiter = isMarkdown ? '|' : DELIMITERS.find((one) => line.includes(one));
  if (delimiter === undefined) return undefined;
  const heads = cellsOf(line, delimiter).map((head) => head.trim());
  const fields = heads.map((head) => fieldOf(head));
  if (heads.length < 2 || !isTable(fields) || (!isMarkdown && !isHead(line, fields))) return undefined;
  const known = fields.map((field): Field => field ?? 'other');
  const command = known.findLastIndex((field) => field === 'windowsCommand' || field === 'command');
  return readRows({
    headLines: isMarkdown ? 2 : 1,
    read(text): Drawn | undefined {
      if (text.trim() === '') return undefined;
      const cells = rejoined(cellsOf(text, delimiter), known.length, command, delimiter);
      if (cells.length < known.length) return undefined;
      const named = known.map((field, index) => [field, (cells[index] ?? '').trim()] as const);
      const record = recordOf(firstOfEach(named), takenAt);
      return record && { record, depth: delimiter === '\t' ? indentOf(cells[command]) : 0 };
    },
    end: (rows) => ({
      records: delimiter === '\t' ? withDrawnParents(rows) : rows.map(({ record }) => record),
      isWindows: heads.some((head) => /^(?:processid|image name)$/i.test(head)) || undefined,
    }),
  });
};

const MAX_HEAD = 2000;
const DELIMITERS = ['\t', ',', ';'] as const;

/** Of unquoted words each one has to be known: sentences have commas too. */
function isHead(line: string, fields: readonly (Field | undefined)[]): boolean {
  return line.trimStart().startsWith('"') || fields.every((field) => field !== undefined);
}

function cellsOf(line: string, delimiter: string): string[] {
  if (delimiter === '|') {
    const cells = line
      .trim()
      .replace(/^\|/, '')
      .split(/(?<!\\)\|/);
    if (cells.at(-1)?.trim() === '') cells.pop();
    return cells.map((cell) =>
      cell
        .trim()
        .replace(/^`([^`]*)`$/, '$1')
        .replaceAll('\\|', '|'),
    );
  }
  return line.trimStart().startsWith('"') ? quotedCells(line.trim(), delimiter) : line.split(delimiter);
}

function quotedCells(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const quote = line[at] === '"' ? closingQuote(line, at + 1) : -1;
    const end = line.indexOf(delimiter, quote < 0 ? at : quote);
    const to = end < 0 ? line.length : end;
    cells.push(quote < 0 ? line.slice(at, to) : line.slice(at + 1, quote).replaceAll('""', '"'));
    at = to + 1;
  }
  return cells;
}

/** A quote within a cell is written twice. */
function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at < 0 ? line.length : at;
}

/** A command that was not quoted may hold what parts the cells. */
function rejoined(cells: readonly string[], count: number, command: number, delimiter: string): readonly string[] {
  const more = cells.length - count;
  if (more <= 0 || command < 0) return cells;
  const middle = cells.slice(command, command + more + 1).join(delimiter === '|' ? ' | ' : delimiter);
  return [...cells.slice(0, command), middle, ...cells.slice(command + more + 1)];
}

function indentOf(text: string | undefined): number {
  return text === undefined ? -1 : text.length - text.trimStart().length;
}
