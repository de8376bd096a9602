import type { ProcessRecord } from '../../../record.js';
import { type Cells, type Field, fieldOf, firstOfEach, isTable, recordOf } from '../cells.js';
import { type Form, readRows } from './form.js';

interface Span {
  readonly field: Field;
  readonly from: number;
  readonly to: number;
}

/**
 * A head that is underlined: `tasklist` (`=`, as wide as its columns) and PowerShell's tables (`-`, as wide as the
 * words, with numbers aligned to either side).
 */
export const underlined: Form = (lines, at, takenAt) => {
  const rule = lines[at + 1] ?? '';
  if (rule.length > MAX_WIDTH || !/^\s*(?:=+|-+)(?: +(?:=+|-+))+ *$/.test(rule)) return undefined;
  const isFull = rule.includes('=');
  const head = lines[at] ?? '';
  const spans = [...rule.matchAll(/[=-]+/g)].map((match): Span => {
    const [from, to] = [match.index, match.index + match[0].length];
    return { from, to, field: fieldOf(head.slice(from, to)) ?? 'other' };
  });
  // In another language: only PID is called so everywhere, and the name stands first.
  const named = isTable(spans.map(({ field }) => field))
    ? spans
    : spans.map((span, index) => (index === 0 ? { ...span, field: 'name' as const } : span));
  if (!isTable(named.map(({ field }) => field))) return undefined;
  return readRows({
    headLines: 2,
    skips: isBlank,
    read: (line) => recordOf(isFull ? slices(named, line) : aligned(named, line), takenAt),
    end: (records) => ({ records, isWindows: isFull || /ProcessId/i.test(head) }),
  });
};

/** `wmic process get`: no rule, columns as wide as their longest cell, all aligned to the left. */
export const wmicTable: Form = (lines, at, takenAt) => {
  const head = lines[at] ?? '';
  if (head.length > MAX_WIDTH || !/\bProcessId\b/i.test(head)) return undefined;
  const words = [...head.matchAll(/\S+/g)];
  const fields = words.map(([word]) => fieldOf(word));
  if (fields.includes(undefined) || !isTable(fields)) return undefined;
  const spans = words.map((word, index): Span => {
    const to = words[index + 1]?.index ?? Number.POSITIVE_INFINITY;
    return { field: fields[index] ?? 'other', from: word.index, to };
  });
  return readRows({
    headLines: 1,
    skips: isBlank,
    read: (line) => recordOf(slices(spans, line), takenAt),
    end: (records) => ({ records, isWindows: true }),
  });
};

/** As wide as a console may be made, and a command line in it. */
const MAX_WIDTH = 40_000;

/** Some of their tables have an empty line after each row. */
function isBlank(line: string): boolean {
  return line.trim() === '';
}

function slices(spans: readonly Span[], line: string): Cells {
  // A line that does not part where the columns do is of something else.
  if (!spans.every(({ from }) => isBlankAt(line, from - 1))) return new Map();
  const last = spans.length - 1;
  return firstOfEach(
    spans.map(({ field, from, to }, index) => [field, line.slice(from, index === last ? undefined : to).trim()]),
  );
}

/** Numbers end, or begin, where the rule under their head does; text begins there and ends before the next cell. */
function aligned(spans: readonly Span[], line: string): Cells {
  const found: [Field, string][] = [];
  let end = line.length;
  for (const { field, from, to } of [...spans].reverse()) {
    if (TEXTS.has(field)) {
      found.push([field, line.slice(from, end).trim()]);
      end = Math.min(end, from);
      continue;
    }
    const start = numberStart(line, from, to);
    if (start === undefined) continue;
    found.push([field, /^\S*/.exec(line.slice(start, end))?.[0] ?? '']);
    end = Math.min(end, start);
  }
  return firstOfEach(found.reverse());
}

function numberStart(line: string, from: number, to: number): number | undefined {
  if (!isBlankAt(line, to - 1) && isBlankAt(line, to)) return line.lastIndexOf(' ', to - 1) + 1;
  return !isBlankAt(line, from) && isBlankAt(line, from - 1) ? from : undefined;
}

function isBlankAt(line: string, at: number): boolean {
  return at < 0 || at >= line.length || line[at] === ' ';
}

const TEXTS: ReadonlySet<Field> = new Set(['name', 'exe', 'command', 'windowsCommand', 'user']);

/**
 * A property a line, `ProcessId : 10800` of Format-List, `ProcessId=10800` of wmic, `PID:   10800` of tasklist. A process ends
 * where a property comes again; PowerShell goes on with a long value under its own beginning.
 */
export const propertyList: Form = (lines, at, takenAt) => {
  const first = propertyIn(lines[at] ?? '');
  if (first === undefined || fieldOf(first.key) === undefined || !hasPid(lines, at)) return undefined;
  const records: ProcessRecord[] = [];
  let cells = new Map<string, string>();
  let lastKey: string | undefined;
  const close = (): void => {
    const entries = [...cells].flatMap(([key, value]): [Field, string][] => {
      const field = fieldOf(key);
      return field === undefined ? [] : [[field === 'command' ? 'windowsCommand' : field, value]];
    });
    const record = recordOf(firstOfEach(entries), takenAt);
    if (record !== undefined) records.push(record);
    cells = new Map();
    lastKey = undefined;
  };
  return {
    headLines: 0,
    take(line) {
      if (line.trim() === '') return true;
      const property = propertyIn(line);
      if (property === undefined || (lastKey !== undefined && property.indent > first.indent + 2)) {
        const value = lastKey === undefined ? undefined : cells.get(lastKey);
        if (lastKey === undefined || value === undefined || !/^ {4,}\S/.test(line)) return false;
        if (value.length < MAX_WIDTH) cells.set(lastKey, value + line.trim());
        return true;
      }
      if (cells.has(property.key)) close();
      cells.set(property.key, property.value);
      lastKey = property.key;
      return true;
    },
    end() {
      close();
      return { records, isWindows: true };
    },
  };
};

interface Property {
  readonly key: string;
  readonly value: string;
  readonly indent: number;
}

function propertyIn(line: string): Property | undefined {
  const match =
    /^( {0,8})([A-Za-z][\w .#()-]{0,40}?) *[:=](?: +(.*))?$/s.exec(line) ??
    /^( {0,8})([A-Za-z]\w{1,40})=(.*)$/s.exec(line);
  return match === null
    ? undefined
    : { indent: match[1]?.length ?? 0, key: match[2] ?? '', value: (match[3] ?? '').trim() };
}

/** As many properties as Win32_Process has. */
const PROPERTIES = 60;

function hasPid(lines: readonly string[], at: number): boolean {
  const end = Math.min(at + PROPERTIES, lines.length);
  for (let next = at; next < end; next += 1) {
    if (PID_PROPERTY.test(lines[next] ?? '')) return true;
    // The first property comes again with the next process.
    if (next > at && lines[next] === lines[at]) return false;
  }
  return false;
}

const PID_PROPERTY = /^ {0,8}(?:ProcessId|Process Id|PID|Id) *[:=] *\d+$/i;
