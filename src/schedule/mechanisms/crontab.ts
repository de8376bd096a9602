import { SesswatchError } from '../../errors.js';
import type { PartState } from '../manifest.js';
import { runProgram, type SchedulePlace } from '../programs.js';
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

export function blockState(table: string, added: string): PartState {
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

/** A whole line, and not a part of one. */
function lineStart(table: string, line: string): number | undefined {
  const at = `\n${table}\n`.replaceAll('\r\n', '\n\n').indexOf(`\n${line}\n`);
  return at < 0 ? undefined : at;
}

/**
 * The user's crontab, one character per byte; empty when there is none. Any other failure is one: a table that could
 * not be read must never be written over.
 *
 * @throws SesswatchError `storage`
 */
export function readCrontab(place: SchedulePlace): string {
  const { status, stdout, stderr } = runProgram(place, 'crontab', ['-l']);
  if (status === 0) return stdout;
  if (status === 1 && stdout === '' && NO_CRONTAB.test(stderr.trim())) return '';
  const said = stderr.trim().split('\n')[0];
  throw new SesswatchError(
    'storage',
    `crontab -l failed: ${said || `exit code ${status}`}`,
    'nothing was changed; mend it, then try again',
  );
}

/** cronie, Vixie, macOS, dcron: "no crontab for NAME"; BusyBox: the file is not there. Nothing else besides. */
const NO_CRONTAB = /^(?:crontab: )?no crontab for \S+$|^crontab: can't open '[^'\n]+': No such file or directory$/i;

/**
 * Writes the table, if it still is what it was. On a failure the old one is in place.
 *
 * @throws SesswatchError `storage`
 */
export function replaceCrontab(place: SchedulePlace, before: string, after: string): void {
  if (after === before) return;
  if (readCrontab(place) !== before) {
    throw new SesswatchError('storage', 'the crontab was changed meanwhile', 'nothing was changed; try again');
  }
  const { status, stderr } = runProgram(place, 'crontab', ['-'], after);
  if (status !== 0) {
    throw new SesswatchError('storage', `crontab refused the table: ${stderr.trim()}`, 'the old one is in place');
  }
}

/** Reads the table again to be sure. @throws SesswatchError `storage` */
export function verifyCrontab(place: SchedulePlace, expected: string): void {
  if (readCrontab(place) === expected) return;
  throw new SesswatchError('storage', 'the crontab is not what was written', 'look at it: crontab -l');
}
