import { assertInterval, describeSchedule, type Schedule, scheduledCommand } from '../schedule.js';

const SERVICE_UNIT = 'sesswatch.service';
export const TIMER_UNIT = 'sesswatch.timer';

/**
 * A user service that runs once and its timer (systemd.service(5), systemd.timer(5)). A oneshot never overlaps
 * itself: a timer that elapses while it runs does nothing.
 *
 * @throws SesswatchError `usage`
 */
export function systemdUnits(schedule: Schedule) {
  assertInterval(schedule.everySeconds);
  return [
    { name: SERVICE_UNIT, text: serviceText(schedule) },
    { name: TIMER_UNIT, text: timerText(schedule) },
  ] as const;
}

function serviceText(schedule: Schedule): string {
  const command = scheduledCommand(schedule).map((word) => quoted(word).replaceAll('$', '$$$$'));
  return lines(
    '[Unit]',
    `Description=${describeSchedule(schedule)}`,
    'Documentation=man:systemd.timer(5)',
    '',
    '[Service]',
    'Type=oneshot',
    // No expansion of $ here, so only specifiers are escaped.
    `Environment=${quoted(`SESSWATCH_HOME=${schedule.stateHome}`)}`,
    `ExecStart=${command.join(' ')}`,
    // 5: another run holds the lock, which is no failure.
    'SuccessExitStatus=5',
    // A run takes seconds and a grace period; one that hangs must not block all later ones.
    'TimeoutStartSec=10min',
    'Nice=10',
    'NoNewPrivileges=yes',
  );
}

function timerText(schedule: Schedule): string {
  const calendar = calendarOf(schedule.everySeconds);
  return lines(
    '[Unit]',
    `Description=${describeSchedule(schedule)}, timer`,
    '',
    '[Timer]',
    ...(calendar === undefined
      ? [
          `OnActiveSec=${schedule.everySeconds}`,
          `OnUnitActiveSec=${schedule.everySeconds}`,
          `RandomizedDelaySec=${Math.min(60, Math.floor(schedule.everySeconds / 10))}`,
        ]
      : [
          `OnCalendar=${calendar}`,
          // Makes up for a run that was missed while the machine was off.
          'Persistent=true',
          // Users of a machine, and machines of a fleet, do not scan in the same second: the delay is made of the ids
          // of both, and so the same each time.
          `RandomizedDelaySec=${schedule.everySeconds}`,
          'FixedRandomDelay=yes',
        ]),
    'AccuracySec=1s',
    `Unit=${SERVICE_UNIT}`,
    '',
    '[Install]',
    'WantedBy=timers.target',
  );
}

/** The interval as times of day, where a day divides evenly into it; only those can be made up for. */
function calendarOf(everySeconds: number): string | undefined {
  const minutes = everySeconds / 60;
  if (minutes < 60) return 60 % minutes === 0 ? `*:0/${minutes}` : undefined;
  const hours = minutes / 60;
  if (hours === 24) return '*-*-* 00:00:00';
  return Number.isInteger(hours) && 24 % hours === 0 ? `0/${hours}:00` : undefined;
}

/** A word in double quotes, C-escaped, with `%` doubled since it begins a specifier. */
function quoted(word: string): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return /^[\w@+=:,./-]+$/.test(word) ? escaped : `"${escaped}"`;
}

function lines(...parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}
