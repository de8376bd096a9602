import { SesswatchError } from '../../errors.js';
import { CRON_BEGIN, CRON_END } from './cron.js';

/*
 * A table is other people's work: it is held as one character per byte (latin1), so that what is not ours is written
 * back byte for byte, whatever its encoding.
 */

/** The table with our block behind it, and exactly what was put behind. */
export function withBlock(table: string, block: string): { readonly table: string; readonly added: string } {
  // A last line without an end would swallow ours.
  const added = table === '' || table.endsWith('\n') ? block : `\n${block}`;
  return { table: table + added, added };
}

export type BlockState =
  /** Just as it was written. */
  'as-written' | 'edited' | 'missing';

export function blockState(table: string, added: string): BlockState {
  if (table.includes(added)) return 'as-written';
  return findBlock(table) === undefined ? 'missing' : 'edited';
}

/**
 * The table without our block: exactly what was added where it still stands so, else (edited) all from one comment
 * to the other.
 */
export function withoutBlock(table: string, added: string): string {
  const at = table.indexOf(added);
  if (at >= 0) return table.slice(0, at) + table.slice(at + added.length);
  const block = findBlock(table);
  return block === undefined ? table : table.slice(0, block.start) + table.slice(block.end);
}

/**
 * Where the block is: from the line of the first comment to the end of the last.
 *
 * @throws SesswatchError `format` when only one of the comments is left, because then nobody knows what is ours
 */
export function findBlock(table: string): { readonly start: number; readonly end: number } | undefined {
  const start = lineStart(table, CRON_BEGIN);
  const last = lineStart(table, CRON_END);
  if (start === undefined && last === undefined) return undefined;
  if (start === undefined || last === undefined || last < start) {
    throw new SesswatchError(
      'format',
      'the crontab holds only a part of what sesswatch wrote',
      `take the lines of sesswatch out by hand: crontab -e, "${CRON_BEGIN}" to "${CRON_END}"`,
    );
  }
  const newline = table.indexOf('\n', last);
  return { start, end: newline < 0 ? table.length : newline + 1 };
}

function lineStart(table: string, line: string): number | undefined {
  for (let at = table.indexOf(line); at >= 0; at = table.indexOf(line, at + 1)) {
    const begins = at === 0 || table[at - 1] === '\n';
    const after = table[at + line.length];
    if (begins && (after === undefined || after === '\n' || after === '\r')) return at;
  }
  return undefined;
}
