import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../errors.js';

export type ProgramName = 'systemctl' | 'crontab' | 'launchctl' | 'schtasks';

/** Where schedules are kept on this machine, and by what; passed in whole, so that a test has its own. */
export interface SchedulePlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string | undefined;
  readonly uid: number | undefined;
  readonly stateHome: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether a cron daemon runs; `undefined` where that cannot be told. */
  readonly cronRuns: () => boolean | undefined;
  /** Absolute paths that take the place of the system's own; `null`: there is none. */
  readonly programs?: Readonly<Partial<Record<ProgramName, string | null>>> | undefined;
}

export interface Ran {
  /** Exit code; `undefined` when it was ended by a signal or took too long. */
  readonly status: number | undefined;
  /** One character per byte. */
  readonly stdout: string;
  readonly stderr: string;
}

/** cron(8) of Debian and BSD, cronie, fcron, dcron, BusyBox (`crond`). */
const CRON_DAEMONS: ReadonlySet<string> = new Set(['cron', 'crond', 'fcron', 'dcron']);

/** Looks for a cron daemon among the processes that procfs shows; `undefined` without procfs. */
export function cronDaemonRuns(root = '/proc'): boolean | undefined {
  let pids: string[];
  try {
    pids = readdirSync(root).filter((name) => /^\d+$/.test(name));
  } catch {
    // Another system: there a cron daemon is always there, or nothing tells.
    return undefined;
  }
  return pids.some((pid) => {
    try {
      return CRON_DAEMONS.has(readFileSync(`${root}/${pid}/comm`, 'utf8').trim());
    } catch {
      // It has ended.
      return false;
    }
  });
}

/** Tells this machine and user from all others (machine-id(5)); `undefined` where nothing does. */
export function machineAndUser(uid: number | undefined): string | undefined {
  try {
    return `${readFileSync('/etc/machine-id', 'utf8').trim()} ${uid}`;
  } catch {
    return undefined;
  }
}

/** The absolute path of a program of the system; `undefined` when it is not there. PATH is not asked. */
export function programPath(place: SchedulePlace, name: ProgramName): string | undefined {
  const named = place.programs?.[name];
  if (named !== undefined) return named ?? undefined;
  if (name === 'schtasks') {
    const file = path.win32.join(place.env.SystemRoot ?? 'C:\\Windows', 'System32', 'schtasks.exe');
    return existsSync(file) ? file : undefined;
  }
  return FOLDERS.map((folder) => `${folder}/${name}`).find((file) => existsSync(file));
}

const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/run/current-system/sw/bin', '/usr/local/bin'];

/**
 * Runs a program of the system to its end and hands back what it said, whatever its exit code.
 *
 * @throws SesswatchError `storage` when it is not there, cannot be started, or does not come back
 */
export function runProgram(place: SchedulePlace, name: ProgramName, args: readonly string[], input?: string): Ran {
  const program = programPath(place, name);
  if (program === undefined) {
    throw new SesswatchError('storage', `${name} is not there`, 'install it, or choose another mechanism: --with');
  }
  const ran = spawnSync(program, args, {
    env: environmentOf(place),
    encoding: 'latin1',
    timeout: TIMEOUT_MS,
    maxBuffer: 16 * 1024 * 1024,
    ...(input === undefined ? {} : { input: Buffer.from(input, 'latin1') }),
  });
  // A program that refuses its input before it has read all of it has still ended, and said why.
  const endedEarly = ran.error !== undefined && 'code' in ran.error && ran.error.code === 'EPIPE';
  if (ran.error !== undefined && !(endedEarly && ran.status !== null)) {
    throw new SesswatchError('storage', `${program} failed: ${ran.error.message}`, 'run it by hand', ran.error);
  }
  return { status: ran.status ?? undefined, stdout: ran.stdout, stderr: ran.stderr };
}

/** A bus that does not answer must not hold up a command for ever. */
const TIMEOUT_MS = 30_000;

/** English and UTC, because what is said is read; and what a user's systemd is found by. */
function environmentOf({ env, home, uid }: SchedulePlace): Record<string, string> {
  const runtime = env.XDG_RUNTIME_DIR ?? (uid === undefined ? undefined : `/run/user/${uid}`);
  const known = {
    PATH: '/usr/bin:/bin',
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: home,
    USER: env.USER,
    LOGNAME: env.LOGNAME,
    XDG_RUNTIME_DIR: runtime,
    DBUS_SESSION_BUS_ADDRESS: env.DBUS_SESSION_BUS_ADDRESS,
    SystemRoot: env.SystemRoot,
  };
  const entries = Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
