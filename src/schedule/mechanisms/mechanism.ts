import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import { formatTime } from '../../units.js';
import { type ProgramName, programPath, runProgram, type SchedulePlace } from '../programs.js';
import type { Mechanism, Schedule } from '../schedule.js';
import { cronBlock } from './cron.js';
import { systemdUnits, TIMER_UNIT } from './systemd.js';
import { launchdPlist, TASK_NAME, taskSchedulerXml } from './xml-definitions.js';

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
      const files = systemdUnits(schedule).map(({ name, text }) => ({ path: path.join(folder, name), text }));
      return { mechanism, files, notes: ['it runs while you are logged in; to run it always: loginctl enable-linger'] };
    }
    case 'cron': {
      const notes = ['cron mails what is printed; sesswatch reap --last shows the newest run'];
      return { mechanism, files: [], cronBlock: cronBlock(schedule), notes };
    }
    case 'launchd': {
      const file = path.join(homeOf(place), 'Library/LaunchAgents/sesswatch.plist');
      const notes = [`what it prints goes to ${path.join(schedule.stateHome, 'schedule.log')}`];
      return { mechanism, files: [{ path: file, text: launchdPlist(schedule) }], notes };
    }
    case 'task-scheduler': {
      const xml = taskSchedulerXml(schedule, formatTime(new Date(place.now())).replace(' ', 'T'));
      // schtasks reads UTF-16 with a byte order mark, as its declaration says.
      const file = { path: path.join(place.stateHome, 'task.xml'), text: Buffer.from(`\ufeff${xml}`, 'utf16le') };
      const note = `a task has only the user's variables: setx SESSWATCH_HOME "${place.stateHome}"`;
      return { mechanism, files: [file], notes: place.env.SESSWATCH_HOME ? [note] : [] };
    }
  }
}

/** What to tell the mechanism after its files were written, before they are taken back, and after. */
type Step = 'start' | 'stop' | 'forget';

interface Order {
  readonly program: ProgramName;
  readonly args: readonly string[];
  /** Fails when there is none to end, which is what is wanted. */
  readonly mayFail?: boolean;
}

/** Has the mechanism take note of what was written, or of what no more is to be run. @throws SesswatchError `storage` */
export function tell(step: Step, mechanism: Mechanism, place: SchedulePlace, file = ''): void {
  for (const { program, args, mayFail } of ordersOf(mechanism, place, file)[step]) {
    const { status, stdout, stderr } = runProgram(place, program, args);
    if (status === 0 || mayFail) continue;
    const said = `${stderr}${stdout}`.trim().split('\n')[0] ?? '';
    throw new SesswatchError(
      'storage',
      `${program} ${args.join(' ')} failed: ${said === '' ? `exit code ${status}` : said}`,
      'run it by hand, or choose another mechanism: --with cron',
    );
  }
}

function ordersOf(mechanism: Mechanism, place: SchedulePlace, file: string): Record<Step, Order[]> {
  switch (mechanism) {
    case 'systemd': {
      const user = (...args: string[]): Order => ({ program: 'systemctl', args: ['--user', ...args] });
      const reload = user('daemon-reload');
      // A restart also takes up a changed interval, which enable --now would not.
      const start = [reload, user('enable', TIMER_UNIT), user('restart', TIMER_UNIT)];
      return { start, stop: [user('disable', '--now', TIMER_UNIT)], forget: [reload] };
    }
    case 'launchd': {
      const domain = `gui/${place.uid ?? 0}`;
      const bootout: Order = { program: 'launchctl', args: ['bootout', `${domain}/sesswatch`], mayFail: true };
      const bootstrap: Order = { program: 'launchctl', args: ['bootstrap', domain, file] };
      return { start: [bootout, bootstrap], stop: [bootout], forget: [] };
    }
    case 'task-scheduler': {
      const schtasks = (...args: string[]): Order => ({ program: 'schtasks', args });
      const start = [schtasks('/Create', '/F', '/TN', TASK_NAME, '/XML', file)];
      return { start, stop: [schtasks('/Delete', '/F', '/TN', TASK_NAME)], forget: [] };
    }
    case 'cron':
      return { start: [], stop: [], forget: [] };
  }
}

/** Whether what runs the schedule was seen running; `undefined` where that cannot be told. */
export function isRun(mechanism: Mechanism, place: SchedulePlace): boolean | undefined {
  if (mechanism === 'cron') return place.cronRuns();
  if (mechanism !== 'systemd') return undefined;
  return runProgram(place, 'systemctl', ['--user', 'is-active', TIMER_UNIT]).status === 0;
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

function systemdFolder(place: SchedulePlace): string {
  const config = place.env.XDG_CONFIG_HOME;
  const base = config !== undefined && path.isAbsolute(config) ? config : path.join(homeOf(place), '.config');
  return path.join(base, 'systemd/user');
}

function homeOf({ home }: SchedulePlace): string {
  if (home !== undefined) return home;
  throw new SesswatchError('usage', 'nothing says where your home folder is', 'set HOME');
}
