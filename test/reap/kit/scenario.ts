import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { SesswatchError } from '../../../src/errors.js';
import { DEFAULT_POLICY } from '../../../src/reap/plan/policy/policy.js';
import { reap } from '../../../src/reap/reap.js';
import { statOf } from '../../kit/processes.js';
import { NOW_POLICY, openWorld } from './world.js';

/** A reap in a process of its own: to be killed, or to run where pids can be chosen. */
export type Scenario =
  /** Reaps these pids with a long time for agents and leaves a file `signalled` after their first signals. */
  | { readonly kind: 'reap'; readonly folder: string; readonly pids: readonly number[] }
  /** Ends the target at some moment and gives its pid to an innocent process; as root in a pid namespace. */
  | { readonly kind: 'reuse'; readonly folder: string; readonly moment: Moment };

export type Moment =
  | 'before the second look'
  | 'before the look for SIGTERM'
  | 'right before SIGTERM'
  | 'before the survey for SIGKILL'
  | 'before the look for SIGKILL'
  | 'right before SIGKILL';

const LOOKS: readonly Moment[] = [
  'before the look for SIGTERM',
  'right before SIGTERM',
  'before the look for SIGKILL',
  'right before SIGKILL',
];

export interface ReuseReport {
  readonly pid: number;
  readonly innocentLives: boolean;
  readonly signalsAfterReuse: number;
  readonly result: string | undefined;
  readonly detail: string | undefined;
  readonly dropped: readonly string[];
}

const scenario = JSON.parse(process.argv[2] ?? '{}') as Scenario;
switch (scenario.kind) {
  case 'reap':
    await reapOthers(scenario.folder, scenario.pids);
    break;
  case 'reuse':
    process.stdout.write(JSON.stringify(await reuse(scenario.folder, scenario.moment)));
    break;
}

async function reapOthers(folder: string, pids: readonly number[]): Promise<void> {
  const world = openWorld(folder);
  world.marks.push(...pids.map((pid) => ({ pid })));
  const { kill } = world.deps;
  const deps = {
    ...world.deps,
    kill(pid: number, signal: NodeJS.Signals) {
      kill(pid, signal);
      if (world.signals.length === pids.length) writeFileSync(`${folder}/signalled`, '');
    },
    pace: { agentsMs: 60_000, settleMs: 60, killedMs: 2000, interruptedMs: 100 },
  };
  try {
    await reap(deps, { ...DEFAULT_POLICY, idleSeconds: 0, minAgeSeconds: 0 }, { dryRun: false });
  } catch (error) {
    if (!(error instanceof SesswatchError)) throw error;
    process.stdout.write(JSON.stringify({ code: error.code, message: error.message, signals: world.signals }));
  }
}

async function reuse(folder: string, moment: Moment): Promise<ReuseReport> {
  const pid = orphan(folder, "trap '' TERM; while :; do sleep 0.2; done");
  const world = openWorld(folder);
  world.marks.push({ pid });
  let innocent: string | undefined;
  let signalsBefore = 0;
  const replace = (): void => {
    if (innocent !== undefined) return;
    signalsBefore = world.signals.filter((one) => one.pid === pid).length;
    // The innocent is marked like the target: only its start time tells them apart.
    innocent = giveAway(pid, folder);
  };
  let looks = 0;
  world.beforeSurvey = (number) => {
    if (moment === 'before the second look' && number === 2) replace();
    if (moment === 'before the survey for SIGKILL' && number === 4) replace();
  };
  const { lookNow } = world.deps;
  const result = await reap(
    {
      ...world.deps,
      lookNow(asked) {
        if (asked === pid) looks += 1;
        // Each signal takes two looks; between them its line is written.
        if (asked === pid && looks === LOOKS.indexOf(moment) + 1) replace();
        return lookNow?.(asked) ?? 'unknown';
      },
    },
    NOW_POLICY,
    { dryRun: false },
  );
  const outcome =
    result.kind === 'reaped' ? result.document.outcomes.find((one) => one.process.pid === pid) : undefined;
  return {
    pid,
    innocentLives: innocent !== undefined && statOf(pid)?.startTime === innocent && statOf(pid)?.state !== 'Z',
    signalsAfterReuse: world.signals.filter((one) => one.pid === pid).length - signalsBefore,
    result: outcome?.result,
    detail: outcome?.detail,
    dropped: result.dropped.map(({ reason }) => reason),
  };
}

/** A process whose parent ended, so that pid 1 of the namespace fetches its exit status at once. */
function orphan(folder: string, script: string): number {
  const started = shell(folder, `sh -c "$1" >/dev/null 2>&1 & echo $!`, script);
  const pid = Number(started);
  // The trap is set when the loop has its first child.
  while (shell(folder, 'cat /proc/$1/task/$1/children', String(pid)) === '');
  return pid;
}

/** Kills a process, waits until its pid is free, and starts another one under it. Answers its start time. */
function giveAway(pid: number, folder: string): string {
  const script = `
    kill -9 $1
    while [ -e /proc/$1 ]; do :; done
    echo $(($1 - 1)) > /proc/sys/kernel/ns_last_pid
    sleep 120 >/dev/null 2>&1 &
    echo $!`;
  const taken = Number(shell(folder, script, String(pid)));
  const startTime = statOf(pid)?.startTime;
  if (taken !== pid || startTime === undefined) throw new Error(`${taken} was given instead of ${pid}`);
  return startTime;
}

function shell(folder: string, script: string, argument: string): string {
  const env = { PATH: '/usr/bin:/bin', STAGE: folder };
  return execFileSync('/bin/sh', ['-c', script, 'sh', argument], { env, encoding: 'utf8' }).trim();
}
