import { shellWord } from '../../command-line/shell-word.js';
import { SesswatchError } from '../../errors.js';
import { assertInterval, describeSchedule, intervalText, type Schedule, scheduledCommand } from '../schedule.js';

export const CRON_BEGIN = '# sesswatch: begin (written by sesswatch schedule install)';
export const CRON_END = '# sesswatch: end';

/**
 * The lines for a crontab, between two comments. The command stands on its own: variables that a table sets hold for
 * all lines below them, so none is set, and `env` carries ours whatever shell the table names.
 *
 * @throws SesswatchError `usage` for an interval that cron cannot say, with the nearest that it can
 */
export function cronBlock(schedule: Schedule): string {
  const time = cronTime(schedule.everySeconds);
  const words = ['/usr/bin/env', `SESSWATCH_HOME=${schedule.stateHome}`, ...scheduledCommand(schedule)];
  // In a crontab a bare % ends the command, even within quotes (crontab(5)).
  const command = words.map(shellWord).join(' ').replaceAll('%', '\\%');
  if (command.length > LONGEST_COMMAND) {
    throw new SesswatchError('usage', 'the command is too long for a crontab', 'use shorter paths or fewer flags');
  }
  return `${CRON_BEGIN}\n# ${describeSchedule(schedule)}\n${time} ${command}\n${CRON_END}\n`;
}

/** Vixie cron's MAX_COMMAND is 1000, with the end of the string. */
const LONGEST_COMMAND = 990;

/** Minutes and hours whose steps a day divides into evenly: only for these is "every" true. */
const STEPS_OF_MINUTES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30];
const STEPS_OF_HOURS = [1, 2, 3, 4, 6, 8, 12];

function cronTime(everySeconds: number): string {
  assertInterval(everySeconds);
  const minutes = everySeconds / 60;
  if (STEPS_OF_MINUTES.includes(minutes)) return minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`;
  const hours = minutes / 60;
  if (STEPS_OF_HOURS.includes(hours)) return hours === 1 ? '0 * * * *' : `0 */${hours} * * *`;
  if (hours === 24) return '0 0 * * *';
  if (hours === 7 * 24) return '0 0 * * 0';
  const possible = [...STEPS_OF_MINUTES, ...[...STEPS_OF_HOURS, 24, 7 * 24].map((step) => step * 60)];
  const below = possible.findLast((step) => step < minutes);
  const above = possible.find((step) => step > minutes);
  const near = [below, above].flatMap((step) => (step === undefined ? [] : [intervalText(step * 60)]));
  throw new SesswatchError(
    'usage',
    `cron cannot say "every ${intervalText(everySeconds)}"`,
    `the nearest that it can: ${near.join(' or ')}`,
  );
}

/** When such a line runs next after a moment, in the machine's time zone. */
export function nextCronRun(everySeconds: number, after: Date): Date {
  const minutes = everySeconds / 60;
  const next = new Date(after);
  next.setSeconds(0, 0);
  if (minutes < 60) {
    next.setMinutes((Math.floor(after.getMinutes() / minutes) + 1) * minutes);
    return next;
  }
  next.setMinutes(0);
  const hours = minutes / 60;
  if (hours < 24) next.setHours((Math.floor(after.getHours() / hours) + 1) * hours);
  else next.setHours(24 * (hours === 24 ? 1 : 7 - after.getDay()));
  return next;
}
