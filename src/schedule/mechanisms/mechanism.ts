import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import { programPath, runProgram, type SchedulePlace } from '../programs.js';
import type { Mechanism, Schedule } from '../schedule.js';
import { cronBlock } from './cron.js';
import { launchdPlist } from './launchd.js';
import { systemdUnits, TIMER_UNIT } from './systemd.js';
import { TASK_NAME, taskSchedulerXml } from './task-scheduler.js';

/** What a mechanism needs to be written and told; all of it can be shown before anything is done. */
export interface Intent {
  readonly mechanism: Mechanism;
  readonly files: readonly { readonly path: string; readonly text: string | Buffer }[];
  readonly cronBlock?: string | undefined;
  /** What to know about it. */
  readonly notes: readonly string[];
}

/**
 * Which mechanism this machine offers: the platform's own on macOS and Windows; elsewhere the user's systemd when it
 * answers, else cron.
 *
 * @param print it is only to be shown, for some other machine perhaps: cron's line then says the most
 * @throws SesswatchError `usage` when there is none
 */
export function chooseMechanism(place: SchedulePlace, print = false): Mechanism {
  if (place.platform === 'win32') return 'task-scheduler';
  if (place.platform === 'darwin') return 'launchd';
  if (userSystemdAnswers(place)) return 'systemd';
  if (print || programPath(place, 'crontab') !== undefined) return 'cron';
  throw new SesswatchError(
    'usage',
    'neither a systemd of the user nor crontab is there',
    'install cron, or run "sesswatch reap --dry-run --quiet" from what starts programs here: schedule install --print',
  );
}

/** What would be written for a schedule. Reads nothing, writes nothing. @throws SesswatchError `usage` */
export function intentOf(mechanism: Mechanism, schedule: Schedule, place: SchedulePlace): Intent {
  switch (mechanism) {
    case 'systemd': {
      const folder = systemdFolder(place);
      return {
        mechanism,
        files: systemdUnits(schedule).map(({ name, text }) => ({ path: path.join(folder, name), text })),
        notes: ['it runs while you are logged in; to run it always: loginctl enable-linger'],
      };
    }
    case 'cron':
      return {
        mechanism,
        files: [],
        cronBlock: cronBlock(schedule),
        notes: ['cron mails what is printed; sesswatch reap --last shows the newest run'],
      };
    case 'launchd':
      return {
        mechanism,
        files: [
          {
            path: path.join(homeOf(place), 'Library/LaunchAgents/sesswatch.plist'),
            text: launchdPlist(schedule),
          },
        ],
        notes: [`what it prints goes to ${path.join(schedule.stateHome, 'schedule.log')}`],
      };
    case 'task-scheduler': {
      const xml = taskSchedulerXml(schedule, localTime(new Date(place.now())));
      return {
        mechanism,
        // schtasks reads UTF-16 with a byte order mark, as its declaration says.
        files: [{ path: path.join(place.stateHome, 'task.xml'), text: Buffer.from(`\ufeff${xml}`, 'utf16le') }],
        notes:
          place.env.SESSWATCH_HOME === undefined || place.env.SESSWATCH_HOME === ''
            ? []
            : [`a task has only the user's variables: setx SESSWATCH_HOME "${place.stateHome}"`],
      };
    }
  }
}

/** Makes the mechanism take note of what was written. @throws SesswatchError `storage` */
export function start({ mechanism, files }: Intent, place: SchedulePlace): void {
  switch (mechanism) {
    case 'systemd':
      demand(place, 'systemctl', ['--user', 'daemon-reload']);
      demand(place, 'systemctl', ['--user', 'enable', TIMER_UNIT]);
      // Also takes up a changed interval, which enable --now would not.
      demand(place, 'systemctl', ['--user', 'restart', TIMER_UNIT]);
      return;
    case 'launchd':
      // Fails when there was none before.
      runProgram(place, 'launchctl', ['bootout', launchdTarget(place, '/sesswatch')]);
      demand(place, 'launchctl', ['bootstrap', launchdTarget(place, ''), files[0]?.path ?? '']);
      return;
    case 'task-scheduler':
      demand(place, 'schtasks', ['/Create', '/F', '/TN', TASK_NAME, '/XML', files[0]?.path ?? '']);
      return;
    case 'cron':
      return;
  }
}

/** Makes the mechanism run it no more. @throws SesswatchError `storage` */
export function stop(mechanism: Mechanism, place: SchedulePlace): void {
  switch (mechanism) {
    case 'systemd':
      demand(place, 'systemctl', ['--user', 'disable', '--now', TIMER_UNIT]);
      return;
    case 'launchd':
      // Fails when it was not loaded, which is what is wanted.
      runProgram(place, 'launchctl', ['bootout', launchdTarget(place, '/sesswatch')]);
      return;
    case 'task-scheduler':
      demand(place, 'schtasks', ['/Delete', '/F', '/TN', TASK_NAME]);
      return;
    case 'cron':
      return;
  }
}

/** Whether what runs the schedule was seen running; `undefined` where that cannot be told. */
export function isRun(mechanism: Mechanism, place: SchedulePlace): boolean | undefined {
  switch (mechanism) {
    case 'systemd':
      return runProgram(place, 'systemctl', ['--user', 'is-active', TIMER_UNIT]).status === 0;
    case 'cron':
      return place.cronRuns();
    case 'launchd':
    case 'task-scheduler':
      return undefined;
  }
}

/** After the files are gone. */
export function forget(mechanism: Mechanism, place: SchedulePlace): void {
  if (mechanism === 'systemd') demand(place, 'systemctl', ['--user', 'daemon-reload']);
}

function userSystemdAnswers(place: SchedulePlace): boolean {
  if (programPath(place, 'systemctl') === undefined) return false;
  try {
    return runProgram(place, 'systemctl', ['--user', 'show-environment']).status === 0;
  } catch (error) {
    // A bus that hangs is one that does not answer.
    if (error instanceof SesswatchError) return false;
    throw error;
  }
}

function demand(place: SchedulePlace, name: 'systemctl' | 'launchctl' | 'schtasks', args: readonly string[]): void {
  const { status, stdout, stderr } = runProgram(place, name, args);
  if (status === 0) return;
  const said = `${stderr}${stdout}`.trim().split('\n')[0] ?? '';
  throw new SesswatchError(
    'storage',
    `${name} ${args.join(' ')} failed: ${said === '' ? `exit code ${status}` : said}`,
    'run it by hand, or choose another mechanism: --with cron',
  );
}

function systemdFolder(place: SchedulePlace): string {
  const config = place.env.XDG_CONFIG_HOME;
  const base = config !== undefined && path.isAbsolute(config) ? config : path.join(homeOf(place), '.config');
  return path.join(base, 'systemd/user');
}

function launchdTarget(place: SchedulePlace, service: string): string {
  return `gui/${place.uid ?? 0}${service}`;
}

function homeOf({ home }: SchedulePlace): string {
  if (home !== undefined) return home;
  throw new SesswatchError('usage', 'nothing says where your home folder is', 'set HOME');
}

/** `2026-01-15T14:12:42` in the machine's zone. */
function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
