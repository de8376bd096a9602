import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDuration } from '../../../config/duration.js';
import { parseSize } from '../../../config/size.js';
import { doneBy } from '../../../output/text/reap/reap.js';
import { type JournalRun, readLastRun } from '../../../reap/journal/read.js';
import { sessionEndHook } from '../../../schedule/hook.js';
import { installSchedule, removeSchedule } from '../../../schedule/install.js';
import { assertCommand } from '../../../schedule/notice.js';
import { cronDaemonRuns, machineAndUser, type SchedulePlace } from '../../../schedule/programs.js';
import type { Action, Mechanism } from '../../../schedule/schedule.js';
import { type LastRun, scheduleStatus } from '../../../schedule/status.js';
import { installedText, intentText, removalText, statusText } from '../../../schedule/text.js';
import { formatBytes } from '../../../units.js';
import { EXIT_DONE } from '../../exit-codes.js';
import { type Command, type Invocation, printJson } from '../../invocation.js';
import { textfilePath } from '../../look/metrics-file.js';
import { openWorld, refuseFrom, stateFolder } from '../../look/world.js';

interface InstallOptions {
  readonly every: string;
  readonly action?: Action;
  readonly with?: Mechanism;
  readonly print?: boolean;
  readonly force?: boolean;
  readonly fresh?: boolean;
  readonly notify?: string;
  readonly notifyAbove?: string;
  readonly textfile?: string;
}

/** Shows what it writes, and with `--print` writes nothing. Behind `--`: flags for the scheduled command. */
export const installTimer: Command<InstallOptions, readonly [flags: readonly string[]]> = async (
  invocation,
  options,
  flags,
) => {
  refuseFrom(options, 'a schedule is of this machine');
  // A schedule under settings that are damaged would fail when nobody looks.
  await openWorld(invocation, options);
  const everySeconds = parseDuration(options.every);
  const installed = installSchedule({
    schedule: {
      everySeconds,
      action: options.action ?? 'report',
      ...ourselves(invocation),
      machine: machineAndUser(invocation.uid),
      flags: [...flags, ...noticeFlags(options), ...textfileFlags(invocation, options)],
    },
    place: schedulePlace(invocation),
    mechanism: options.with,
    print: options.print,
    force: options.force,
    fresh: options.fresh,
  });
  if (options.json === true) {
    const files = installed.files.map((file) => ({ ...file, text: file.text.toString() }));
    printJson(invocation, {
      schema: 'sesswatch/schedule-install/1',
      ...installed,
      files,
      written: options.print !== true,
    });
    return EXIT_DONE;
  }
  invocation.out(intentText(installed));
  if (options.print !== true && options.quiet !== true) {
    invocation.out(`\n${installedText(installed, everySeconds)}`);
  }
  return EXIT_DONE;
};

function noticeFlags({ notify, notifyAbove }: InstallOptions): string[] {
  if (notify === undefined) return [];
  assertCommand(notify);
  if (notifyAbove !== undefined) parseSize(notifyAbove);
  return ['--notify', notify, ...(notifyAbove === undefined ? [] : ['--notify-above', notifyAbove])];
}

/** From another folder, as the timer runs. */
function textfileFlags({ cwd }: Invocation, { textfile }: InstallOptions): string[] {
  return textfile === undefined ? [] : ['--textfile', textfilePath(path.resolve(cwd, textfile))];
}

export const timerStatus: Command<unknown> = async (invocation, options) => {
  const status = scheduleStatus(schedulePlace(invocation), lastRunOf(readLastRun(stateFolder(invocation))));
  if (options.json === true) printJson(invocation, status);
  else invocation.out(statusText(status, new Date(invocation.now())));
  return EXIT_DONE;
};

export const removeTimer: Command<{ readonly force?: boolean }> = async (invocation, options) => {
  const removal = removeSchedule(schedulePlace(invocation), options.force === true);
  if (options.json === true) printJson(invocation, { schema: 'sesswatch/schedule-remove/1', ...removal });
  else invocation.out(removalText(removal));
  return EXIT_DONE;
};

/** What to add to Claude Code's settings so that the end of a session leaves a snapshot. */
export const printHook: Command<unknown> = async (invocation) => {
  invocation.out(sessionEndHook(ourselves(invocation)));
  return EXIT_DONE;
};

function ourselves(invocation: Invocation) {
  // This file is bundled into dist/program/: the program that users start lies beside dist/.
  const script = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../bin/sesswatch.js');
  return { node: process.execPath, script, stateHome: stateFolder(invocation) };
}

/** Where schedules are kept here. @throws SesswatchError `storage` */
export function schedulePlace(invocation: Invocation): SchedulePlace {
  const { platform, env, home, uid, now } = invocation;
  return { platform, env, home, uid, stateHome: stateFolder(invocation), now, cronRuns: cronDaemonRuns };
}

function lastRunOf(run: JournalRun | undefined): LastRun | undefined {
  if (run === undefined) return undefined;
  const bytes = run.report?.memoryBytes ?? run.end?.reclaimedBytes ?? 0;
  const memory = bytes === 0 ? '' : `, ${formatBytes(bytes)}`;
  const survivors = run.end?.survivors ?? 0;
  const left = survivors === 0 ? '' : `, ${survivors} survived`;
  return { at: run.startedAt, outcome: `${doneBy(run)}${memory}${left}` };
}
