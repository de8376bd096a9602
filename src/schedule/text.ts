import { shellWord } from '../command-line/shell-word.js';
import { harmless } from '../output/harmless.js';
import type { Finding } from '../process/environment.js';
import { formatDuration, formatTime } from '../units.js';
import { CRONTAB, type Installed, type Removal } from './install.js';
import type { Intent } from './mechanisms/mechanism.js';
import { intervalText, type Mechanism } from './schedule.js';
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
    ...(status.flags === undefined || status.flags.length === 0
      ? []
      : [`flags      ${harmless(commandWords(status.flags))}`]),
    ...(status.runs === false ? [`not run    ${NOT_RUN[status.mechanism ?? 'cron']}`] : []),
    ...parts.map(({ what, state }) => `${state.padEnd(9)}  ${harmless(what)}`),
    last,
    `next run   ${status.nextRunAt === undefined ? 'not known' : moment(status.nextRunAt, now)}`,
  ].join('\n')}\n`;
}

/** What was replaced, and whether anything runs what was written. */
export function installedText(installed: Installed, everySeconds: number): string {
  const { mechanism, replaced, keptFlags, runs } = installed;
  const every = intervalText(everySeconds);
  const kept = keptFlags.length === 0 ? '' : `; its flags go on: ${commandWords(keptFlags)} (--fresh: without)`;
  const lost = replaced !== undefined && keptFlags.length === 0 && replaced.flags.length > 0;
  const former = lost ? ` ${commandWords(replaced.flags)}` : '';
  return `${[
    ...(replaced === undefined
      ? []
      : [`replaces ${replaced.action} every ${intervalText(replaced.everySeconds)}${former}${kept}`]),
    runs === false
      ? `written, but ${NOT_RUN[mechanism]}`
      : `written${runs === true ? ' and started' : ''}, every ${every} by ${mechanism} (sesswatch schedule remove takes it back)`,
  ]
    .map(harmless)
    .join('\n')}\n`;
}

/** What to do when nothing runs what was written. */
const NOT_RUN: Readonly<Record<Mechanism, string>> = {
  cron: 'no cron daemon is running: nothing will run it (start it: systemctl start cron, or service cron start)',
  systemd: 'the timer is not active: nothing will run it (systemctl --user start sesswatch.timer)',
  launchd: 'launchd does not run it',
  'task-scheduler': 'the Task Scheduler does not run it',
};

function commandWords(flags: readonly string[]): string {
  return flags.map(shellWord).join(' ');
}

/** For `doctor`: whether what was scheduled is run; `undefined` where nothing is scheduled. */
export function timerFinding(status: ScheduleStatus): Finding | undefined {
  const { installed, mechanism, everySeconds, active, runs } = status;
  if (!installed || mechanism === undefined || everySeconds === undefined) return undefined;
  const found = `${status.action} every ${intervalText(everySeconds)} by ${mechanism}`;
  if (active) return { topic: 'timer', level: 'ok', found };
  const means = runs === false ? NOT_RUN[mechanism] : 'a part of it is missing: nothing runs it';
  return { topic: 'timer', level: 'problem', found, means, mend: 'sesswatch schedule status says more' };
}

export function removalText(removal: Removal | undefined): string {
  if (removal === undefined) return 'nothing was scheduled\n';
  const { removed, kept } = removal;
  return `${[
    ...(removed.length + kept.length === 0 ? ['what was written is gone already'] : []),
    ...removed.map((what) => `removed  ${harmless(what)}`),
    ...kept.map((what) => {
      const goesOn = what === CRONTAB ? ' and still runs' : '';
      return `kept     ${harmless(what)}: edited since it was written${goesOn} (sesswatch schedule remove --force)`;
    }),
  ].join('\n')}\n`;
}

function readable(text: string | Buffer): string {
  return typeof text === 'string' ? text : text.toString('utf16le').replace('\ufeff', '').replaceAll('\r\n', '\n');
}

/** `2026-01-15 10:15:00, in 7m 30s`. */
function moment(iso: string, now: Date): string {
  const at = new Date(iso);
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const distance = seconds >= 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(-seconds)} ago`;
  return `${formatTime(at)}, ${distance}`;
}
