import { SesswatchError } from '../../errors.js';
import { runProgram, type SchedulePlace } from '../programs.js';

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
