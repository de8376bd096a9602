import path from 'node:path';
import { SesswatchError } from '../errors.js';

/** `report` only says what would be ended; `reap` ends it. */
export const ACTIONS = ['report', 'reap'] as const;
export type Action = (typeof ACTIONS)[number];

export const MECHANISMS = ['systemd', 'cron', 'launchd', 'task-scheduler'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** What is to be run how often. All paths absolute: no PATH is relied on, cron's is `/usr/bin:/bin`. */
export interface Schedule {
  readonly everySeconds: number;
  readonly action: Action;
  readonly node: string;
  /** `bin/sesswatch.js`. */
  readonly script: string;
  /** The same folder that commands by hand use, so that they confirm each other's observations. */
  readonly stateHome: string;
  /** Added to the command as they are: `--idle`, `2h`. */
  readonly flags: readonly string[];
  /** Tells machines and users apart: their runs are spread over the interval by it. */
  readonly machine?: string | undefined;
}

/**
 * The command that every mechanism runs: silent when nothing was done, never asking.
 *
 * @throws SesswatchError `usage` for a path that is not absolute, or text that a line of a table cannot hold
 */
export function scheduledCommand(schedule: Schedule): readonly string[] {
  const { node, script, stateHome, action, flags } = schedule;
  for (const [what, value] of [
    ['the path of node', node],
    ['the path of sesswatch', script],
    ['the state folder', stateHome],
  ] as const) {
    if (path.posix.isAbsolute(value) || path.win32.isAbsolute(value)) continue;
    throw new SesswatchError('usage', `${what} is not absolute: "${value}"`, 'a timer has no current folder');
  }
  for (const value of [node, script, stateHome, ...flags]) {
    if (!/[\u0000-\u001f\u007f]/.test(value)) continue;
    throw new SesswatchError('usage', 'a schedule cannot hold control characters', 'use paths and flags without');
  }
  const decided = flags.find((flag) => DECIDED.has(flag));
  if (decided !== undefined) {
    throw new SesswatchError('usage', `${decided} is decided by --action`, 'give --action report or --action reap');
  }
  return [node, script, 'reap', action === 'reap' ? '--yes' : '--dry-run', '--quiet', ...flags];
}

const DECIDED: ReadonlySet<string> = new Set(['--yes', '-y', '--dry-run']);

/** One line that says what the schedule is, for descriptions and comments. */
export function describeSchedule({ action }: Schedule): string {
  return action === 'reap'
    ? 'Ends what coding agents left behind (sesswatch reap)'
    : 'Reports what coding agents left behind (sesswatch reap --dry-run)';
}

/**
 * Shorter intervals would not confirm an idle session any sooner, and cost a scan each.
 *
 * @throws SesswatchError `usage`
 */
export function assertInterval(everySeconds: number): void {
  if (everySeconds >= 60 && everySeconds <= 7 * 86_400 && everySeconds % 60 === 0) return;
  throw new SesswatchError('usage', `cannot run every ${everySeconds} s`, 'give whole minutes, from 1m to 7d');
}
