import { widthOf } from './width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes what room is left and is cut with `…`; at most one, the last. */
  readonly flexible?: boolean;
  /** May be cut to so many cells where a line would not fit otherwise; the rightmost is cut first. */
  readonly least?: number;
}

export interface Layout {
  /** Columns of the terminal; `undefined` (a pipe, `--wide`) cuts nothing. */
  readonly width: number | undefined;
  readonly indent?: string;
  /** Blanks between columns: 2. */
  readonly gap?: number;
  readonly style?: (cell: string, row: number, column: number) => string;
  readonly styleTitle?: (title: string) => string;
}

/**
 * Rows as aligned text, blanks between columns, without trailing blanks. For lists of any length:
 * cli-table3 is super-linear (docs/performance.md). Cells must be harmless already.
 */
export function formatColumns(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  layout: Layout,
): string[] {
  const { indent = '', gap = 2 } = layout;
  const widths = columns.map((column, at) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[at] ?? '')), widthOf(column.title)),
  );
  const last = columns.length - 1;
  if (layout.width !== undefined) narrow(columns, widths, layout.width - indent.length - gap * (columns.length - 1));
  if (layout.width !== undefined && columns[last]?.flexible === true) {
    const before = widths.slice(0, last).reduce((sum, width) => sum + width + gap, indent.length);
    // Something of the command must stay: a line that wraps is better than one that says nothing.
    widths[last] = Math.max(MIN_FLEXIBLE, layout.width - before);
  }
  const line = (cells: readonly string[], paint: (cell: string, at: number) => string): string => {
    const parts = columns.map((column, at) => {
      const cell = cells[at] ?? '';
      const width = widths[at] ?? 0;
      const mayCut = layout.width !== undefined && (column.flexible === true || column.least !== undefined);
      const text = mayCut ? cutTo(cell, width) : cell;
      const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
      if (column.align === 'right') return blanks + paint(text, at);
      return at === last ? paint(text, at) : paint(text, at) + blanks;
    });
    return `${indent}${parts.join(' '.repeat(gap))}`.trimEnd();
  };
  const { style = (cell) => cell, styleTitle = (title) => title } = layout;
  const titles = columns.map((column) => column.title);
  const head = titles.every((title) => title === '') ? [] : [line(titles, (title) => styleTitle(title))];
  return [...head, ...rows.map((row, index) => line(row, (cell, at) => style(cell, index, at)))];
}

const MIN_FLEXIBLE = 12;
/** So many cells of it are worth more than the ends of other columns. */
const ENOUGH_FLEXIBLE = 24;

/** Takes from the columns that may be cut what a line has too much. */
function narrow(columns: readonly Column[], widths: number[], room: number): void {
  const taken = widths.map((width, at) => (columns[at]?.flexible === true ? Math.min(width, ENOUGH_FLEXIBLE) : width));
  let excess = taken.reduce((sum, width) => sum + width, 0) - room;
  for (let at = columns.length - 1; at >= 0 && excess > 0; at--) {
    const width = widths[at] ?? 0;
    const cut = Math.min(excess, Math.max(0, width - (columns[at]?.least ?? width)));
    widths[at] = width - cut;
    excess -= cut;
  }
}

/** The text, or as much of it as fits with a `…` behind. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const next = widthOf(character);
    if (used + next > width - 1) break;
    kept += character;
    used += next;
  }
  // What is shortened already ends so.
  return kept.endsWith('…') ? kept : `${kept}…`;
}
