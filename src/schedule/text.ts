import { shellWord } from '../command-line/shell-word.js';
import { harmless } from '../output/harmless.js';
import type { Finding } from '../process/environment.js';
import { durationText, formatDuration, formatTime } from '../units.js';
import type { Installed, Removal } from './install.js';
import type { Intent } from './mechanisms/mechanism.js';
import { CRONTAB } from './parts.js';
import type { Mechanism } from './schedule.js';
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
  const { lastRunAt, lastOutcome, nextRunAt, flags = [], mechanism = 'cron', everySeconds = 0 } = status;
  const outcome = lastOutcome === undefined ? '' : `: ${harmless(lastOutcome)}`;
  const last = `last run   ${lastRunAt === undefined ? 'none known' : `${moment(lastRunAt, now)}${outcome}`}`;
  if (!status.installed) {
    return lines(
      'nothing is scheduled: sesswatch schedule install --every 15m',
      ...(lastRunAt === undefined ? [] : [last]),
    );
  }
  return lines(
    `${status.action} every ${durationText(everySeconds)} by ${mechanism}${status.active ? '' : ', not active'}`,
    ...(flags.length === 0 ? [] : [`flags      ${harmless(commandWords(flags))}`]),
    ...(status.runs === false ? [`not run    ${NOT_RUN[mechanism]}`] : []),
    ...status.parts
      .filter(({ state }) => state !== 'as-written')
      .map(({ what, state }) => `${state.padEnd(9)}  ${harmless(what)}`),
    last,
    `next run   ${nextRunAt === undefined ? 'not known' : moment(nextRunAt, now)}`,
  );
}

/** What was replaced, and whether anything runs what was written. */
export function installedText(installed: Installed, everySeconds: number): string {
  const { mechanism, replaced, keptFlags, runs } = installed;
  const kept = keptFlags.length === 0 ? '' : `; its flags go on: ${commandWords(keptFlags)} (--fresh: without)`;
  const lost = keptFlags.length === 0 && replaced?.flags.length ? ` ${commandWords(replaced.flags)}` : '';
  const start = runs === true ? ' and started' : '';
  const every = durationText(everySeconds);
  return lines(
    ...(replaced === undefined
      ? []
      : [harmless(`replaces ${replaced.action} every ${durationText(replaced.everySeconds)}${lost}${kept}`)]),
    runs === false
      ? `written, but ${NOT_RUN[mechanism]}`
      : `written${start}, every ${every} by ${mechanism} (sesswatch schedule remove takes it back)`,
  );
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
  const found = `${status.action} every ${durationText(everySeconds)} by ${mechanism}`;
  if (active) return { topic: 'timer', level: 'ok', found };
  const means = runs === false ? NOT_RUN[mechanism] : 'a part of it is missing: nothing runs it';
  return { topic: 'timer', level: 'problem', found, means, mend: 'sesswatch schedule status says more' };
}

export function removalText(removal: Removal | undefined): string {
  if (removal === undefined) return 'nothing was scheduled\n';
  const { removed, kept } = removal;
  return lines(
    ...(removed.length + kept.length === 0 ? ['what was written is gone already'] : []),
    ...removed.map((what) => `removed  ${harmless(what)}`),
    ...kept.map((what) => {
      const goesOn = what === CRONTAB ? ' and still runs' : '';
      return `kept     ${harmless(what)}: edited since it was written${goesOn} (sesswatch schedule remove --force)`;
    }),
  );
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

function lines(...parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
