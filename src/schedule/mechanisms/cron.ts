import { createHash } from 'node:crypto';
import { shellWord } from '../../command-line/shell-word.js';
import { SesswatchError } from '../../errors.js';
import { durationText } from '../../units.js';
import { assertInterval, describeSchedule, type Schedule, scheduledCommand } from '../schedule.js';

export const CRON_BEGIN = '# sesswatch: begin (written by sesswatch schedule install)';
export const CRON_END = '# sesswatch: end';

/**
 * The lines for a crontab, between two comments. The command stands on its own: variables that a table sets hold for
 * all lines below them, so none is set, and `env` carries ours whatever shell the table names.
 *
 * @throws SesswatchError `usage` for an interval that cron cannot say, with the nearest that it can
 */
export function cronBlock(schedule: Schedule): string {
  const time = cronTime(schedule);
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

function cronTime({ everySeconds, machine }: Schedule): string {
  assertInterval(everySeconds);
  const minutes = everySeconds / 60;
  const hours = minutes / 60;
  const offset = machine === undefined ? 0 : offsetOf(machine, minutes);
  const [hour, minute] = [Math.floor(offset / 60), offset % 60];
  if (STEPS_OF_MINUTES.includes(minutes)) return `${stepped(offset, 59, minutes)} * * * *`;
  if (STEPS_OF_HOURS.includes(hours)) return `${minute} ${stepped(hour, 23, hours)} * * *`;
  if (hours === 24) return `${minute} ${hour} * * *`;
  if (hours === 7 * 24) return `${minute} ${hour % 24} * * ${Math.floor(hour / 24)}`;
  const possible = [...STEPS_OF_MINUTES, ...[...STEPS_OF_HOURS, 24, 7 * 24].map((step) => step * 60)];
  const near = [possible.findLast((step) => step < minutes), possible.find((step) => step > minutes)];
  const said = near.flatMap((step) => (step === undefined ? [] : [durationText(step * 60)]));
  throw new SesswatchError(
    'usage',
    `cron cannot say "every ${durationText(everySeconds)}"`,
    `the nearest that it can: ${said.join(' or ')}`,
  );
}

/** Minutes into the interval: the same at each call, evenly spread over machines and users. */
function offsetOf(machine: string, minutes: number): number {
  return createHash('sha256').update(machine).digest().readUInt32BE() % minutes;
}

function stepped(first: number, last: number, step: number): string {
  if (step === 1) return '*';
  return first === 0 ? `*/${step}` : `${first}-${last}/${step}`;
}

/** When such a line runs next after a moment, in the machine's time zone. */
export function nextCronRun(line: string, after: Date): Date | undefined {
  const [minute, hour, , , weekday] = line.split(' ');
  const next = new Date(after);
  next.setSeconds(0, 0);
  for (let tried = 0; tried < MINUTES_OF_A_WEEK; tried++) {
    next.setMinutes(next.getMinutes() + 1);
    const fields = [next.getMinutes(), next.getHours(), next.getDay()];
    if ([minute, hour, weekday].every((field, at) => isDue(field, fields[at] ?? 0))) return next;
  }
  return undefined;
}

const MINUTES_OF_A_WEEK = 7 * 24 * 60;

/** `*`, a number, or either with a step, as they are written here. */
function isDue(field = '*', value: number): boolean {
  if (field === '*') return true;
  const [, first = '0', step] = /^(?:\*|(\d+))(?:-\d+)?(?:\/(\d+))?$/.exec(field) ?? [];
  const since = value - Number(first);
  return step === undefined ? since === 0 : since >= 0 && since % Number(step) === 0;
}
