import { harmless } from '../output/harmless.js';
import { formatDuration, formatTime } from '../units.js';
import type { Removal } from './install.js';
import type { Intent } from './mechanisms/mechanism.js';
import { intervalText } from './schedule.js';
import type { ScheduleStatus } from './status.js';

/** What is, or would be, written: each file under its path, as it is. */
export function intentText(intent: Intent): string {
  const files = intent.files.map(({ path, text }) => `# ${path}\n${readable(text)}`);
  const block = intent.cronBlock === undefined ? [] : [`# behind your crontab\n${intent.cronBlock}`];
  const notes = intent.notes.map((note) => `# note: ${note}`);
  return [...files, ...block, ...(notes.length === 0 ? [] : [`${notes.join('\n')}\n`])].join('\n');
}

/** One thing per line: what runs how often, its parts where they are not as written, last and next run. */
export function statusText(status: ScheduleStatus, now: Date): string {
  const last =
    status.lastRunAt === undefined
      ? 'last run   none known'
      : `last run   ${moment(status.lastRunAt, now)}${status.lastOutcome === undefined ? '' : `: ${harmless(status.lastOutcome)}`}`;
  if (!status.installed) {
    const known = status.lastRunAt === undefined ? [] : [last];
    return `${['nothing is scheduled: sesswatch schedule install --every 15m', ...known].join('\n')}\n`;
  }
  const every = status.everySeconds === undefined ? '?' : intervalText(status.everySeconds);
  const parts = status.parts.filter(({ state }) => state !== 'as-written');
  return `${[
    `${status.action} every ${every} by ${status.mechanism}${status.active ? '' : ', not active'}`,
    ...parts.map(({ what, state }) => `${state.padEnd(9)}  ${harmless(what)}`),
    last,
    `next run   ${status.nextRunAt === undefined ? 'not known' : moment(status.nextRunAt, now)}`,
  ].join('\n')}\n`;
}

export function removalText(removal: Removal | undefined): string {
  if (removal === undefined) return 'nothing was scheduled\n';
  const { removed, kept } = removal;
  return `${[
    ...(removed.length === 0
      ? ['what was written is gone already']
      : removed.map((what) => `removed  ${harmless(what)}`)),
    ...kept.map(
      (what) => `kept     ${harmless(what)}: edited since it was written (sesswatch schedule remove --force)`,
    ),
  ].join('\n')}\n`;
}

function readable(text: string | Buffer): string {
  return typeof text === 'string'
    ? text
    : text.toString('utf16le').replace('\ufeff', '').replaceAll('\r\n', '\n');
}

/** `2026-01-15 10:15:00, in 7m 30s`. */
function moment(iso: string, now: Date): string {
  const at = new Date(iso);
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const distance = seconds >= 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(-seconds)} ago`;
  return `${formatTime(at)}, ${distance}`;
}
