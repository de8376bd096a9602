import { messageOf } from '../../errors.js';
import type { ProcessSource, Scan } from '../../process/scan.js';
import { createProcessTable } from '../../process/table.js';
import type { JudgedTable } from '../../verdict/judgement.js';
import type { PlanFacts, Self } from '../plan/context.js';
import type { PlannedProcess, Target } from '../plan/target.js';
import { withUsers } from '../plan/users.js';
import { judgeAgain } from './judge-again.js';
import { type LadderProcess, type Step, signalOf, signalsOf } from './ladder.js';
import { type Outcome, outcomesOf } from './outcome.js';
import type { ChildrenNow, LookNow } from './process-now.js';
import { type SignalSent, sendTo } from './signal.js';
import { type Tracked, type Tracking, track } from './tracking.js';

/** Everything through which the ladder touches the world. */
export interface ExecuteDeps {
  /** The process table anew, judged, before each step. */
  readonly survey: () => Promise<JudgedTable>;
  /** Asked whose a process is that the survey did not look closer at. */
  readonly source?: Pick<ProcessSource, 'detail' | 'identify'> | undefined;
  /** Rows alone, for waiting: who is there, who was born. */
  readonly scan: () => Promise<Scan>;
  /** Absent where the OS offers no quick look: then the rows of a scan made right before the step must do. */
  readonly lookNow?: LookNow | undefined;
  /** Used with `lookNow`: children forked since the last scan, right before their parent's signal. */
  readonly childrenNow?: ChildrenNow | undefined;
  /** As `process.kill`. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
  /** Milliseconds of a clock that nobody sets: a jump of the wall clock must not shorten a grace period. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Called for each signal, at once. @throws when it cannot be recorded: then no further signal is sent */
  readonly record: (sent: SignalSent) => void;
  /** Aborted with the name of the signal that told us to end. */
  readonly abort?: AbortSignal | undefined;
  readonly self: Self;
  readonly facts: PlanFacts;
  readonly graceSeconds: number;
  /** Told while it waits, some times a second. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Default: 5 s, 150 ms, 2 s, 1 s. */
  readonly pace?: Pace | undefined;
}

/** How far a run is, for whoever watches it. */
export interface Progress {
  readonly ended: number;
  readonly total: number;
  /** Have had their signal and are there. */
  readonly waiting: readonly PlannedProcess[];
  readonly secondsLeft: number;
}

export interface Execution {
  /** One for each process of each target, and of those born in them meanwhile. */
  readonly outcomes: readonly Outcome[];
  /** Why the ladder was left early; survivors got no further signal. */
  readonly stopped?: Stop | undefined;
}

export interface Stop {
  readonly why: 'interrupted' | 'scan-failed' | 'journal-failed';
  /** In words; for `interrupted` the signal's name. */
  readonly detail: string;
  readonly cause?: unknown;
}

/** How long each step waits at most, milliseconds; the grace period is the policy's. */
export interface Pace {
  /** For agents to end their own children: qwen takes 4.2 s, claude 2.1 s (by SIGTERM, measured). */
  readonly agentsMs: number;
  /**
   * Without anybody going, once the agents of a tree are gone: what ends with them takes 0.02 to 0.2 s in all, and as
   * long as there is movement the tree gets more time.
   */
  readonly settleMs: number;
  /** After SIGKILL only the kernel's own work is left, unless a process is in uninterruptible sleep. */
  readonly killedMs: number;
  /** After an interruption: what has had its signal may still end and be reported as it is. */
  readonly interruptedMs: number;
}

const PACE: Pace = { agentsMs: 5000, settleMs: 150, killedMs: 2000, interruptedMs: 1000 };

/** A tree that still bears children after so many rounds of SIGKILL is reported, not chased. */
const KILL_ROUNDS = 8;

/**
 * Ends the targets, all of them at once: SIGTERM to agents, 5 s for them to end their children, SIGTERM to the rest,
 * grace, SIGKILL to what is left. Before each step the table is judged again, before each signal the identity is
 * looked at. Never throws for what processes or scans do.
 *
 * @param judged the table by which the targets were found to be due, just now
 */
export async function execute(targets: readonly Target[], judged: JudgedTable, deps: ExecuteDeps): Promise<Execution> {
  const tracking = track(targets, judged.table);
  const run: Run = { targets, tracking, deps, begun: deps.now(), pace: deps.pace ?? PACE };
  const stopped = await runLadder(run, judged);
  if (stopped !== undefined) {
    await waitUntil(run, run.pace.interruptedMs, () => asked(run).every(isSettled), { evenIfAborted: true });
  }
  return { outcomes: outcomesOf(targets, tracking.all, run.begun), stopped };
}

interface Run {
  readonly targets: readonly Target[];
  readonly tracking: Tracking;
  readonly deps: ExecuteDeps;
  readonly begun: number;
  readonly pace: Pace;
}

async function runLadder(run: Run, judged: JudgedTable): Promise<Stop | undefined> {
  const { deps, tracking } = run;
  const first = signalStep(run, 'ask-agents', judged);
  if (first !== undefined) return first;
  await waitUntil(run, run.pace.agentsMs, () => byTree(run).every((members) => hasCleanedUp(run, members)));

  const second = await nextStep(run, 'ask-rest');
  if (second !== undefined) return second;
  await waitUntil(run, deps.graceSeconds * 1000, () => tracking.all.every(isSettled));

  for (let round = 0; round < KILL_ROUNDS && !tracking.all.every(isSettled); round++) {
    const stop = await nextStep(run, 'kill');
    if (stop !== undefined) return stop;
    // A newcomer needs another round; whoever has had SIGKILL needs only time.
    await waitUntil(run, run.pace.killedMs, () => tracking.all.every((one) => isSettled(one) || !one.killed));
    if (tracking.all.every((one) => isSettled(one) || one.killed)) break;
  }
  return undefined;
}

/** Judges the table anew and signals by it. A table that is not whole ends the ladder. */
async function nextStep(run: Run, step: Step): Promise<Stop | undefined> {
  const { deps, tracking } = run;
  if (deps.abort?.aborted === true) return interrupted(deps.abort);
  // With nobody left a last survey would only find what the scans while waiting have found.
  if (tracking.all.every(isSettled)) return undefined;
  let judged: JudgedTable;
  try {
    judged = await deps.survey();
    const { scan } = judged.table;
    if (!scan.complete || judged.table.get(deps.self.pid) === undefined) {
      return failed('scan-failed', new Error(scan.problems[0]?.what ?? 'the scan does not show sesswatch itself'));
    }
    tracking.observe(judged.table, deps.now());
    if (deps.source !== undefined) {
      const there = tracking.all.filter(({ fate }) => fate === 'there');
      const pids = there.map(({ process }) => process.identity.pid);
      judged = await withUsers(judged, pids, deps.source);
    }
  } catch (cause) {
    return failed('scan-failed', cause);
  }
  return signalStep(run, step, judged);
}

function signalStep(run: Run, step: Step, judged: JudgedTable): Stop | undefined {
  const { deps, tracking } = run;
  tracking.observe(judged.table, deps.now());
  judgeAgain(run.targets, tracking.all, judged, deps);
  const { lookNow, childrenNow } = deps;
  const captureChildren = (one: Tracked): void => {
    if (lookNow === undefined || childrenNow === undefined) return;
    tracking.captureChildren(one, childrenNow(one.process.identity.pid), lookNow);
  };
  for (const members of byTree(run)) {
    keepTraced(members, deps.lookNow);
    const living = members.filter(isWithinReach);
    const byProcess = new Map(living.map((one) => [one.process, one]));
    for (const process of signalsOf(step, living satisfies readonly LadderProcess[])) {
      const one = byProcess.get(process);
      if (one === undefined) continue;
      if (deps.abort?.aborted === true) return interrupted(deps.abort);
      try {
        sendTo(one, step, signalOf(step), judged.table, { ...deps, captureChildren });
      } catch (cause) {
        return failed('journal-failed', cause);
      }
    }
  }
  return undefined;
}

/** Somebody who debugs one process of a tree wants the others too: the whole tree stays. */
function keepTraced(members: readonly Tracked[], lookNow: LookNow | undefined): void {
  if (lookNow === undefined) return;
  for (const one of members) {
    if (!isWithinReach(one) || one.isForced) continue;
    const { pid, startTime } = one.process.identity;
    const sight = lookNow(pid);
    if (typeof sight === 'string' || sight.startTime !== startTime || sight.tracerPid === undefined) continue;
    const why = `a debugger or tracer (${sight.tracerPid}) is attached to ${pid}`;
    for (const other of members) if (isWithinReach(other)) other.keptBecause = `its tree stays: ${why}`;
    return;
  }
}

/**
 * Looks at the table again and again, ever more rarely, until a condition holds or the time is up. A scan that fails
 * while waiting tells nothing, so nothing changes by it.
 */
async function waitUntil(
  run: Run,
  limitMs: number,
  done: () => boolean,
  { evenIfAborted = false }: { readonly evenIfAborted?: boolean } = {},
): Promise<void> {
  const { deps, tracking } = run;
  const begun = deps.now();
  for (let pause = FIRST_WAIT_MS; ; pause = Math.min(pause * 1.6, LONGEST_WAIT_MS)) {
    try {
      const scan = await deps.scan();
      if (scan.complete) tracking.observe(createProcessTable(scan), deps.now());
    } catch {
      // The next look may succeed; the survey before the next signal must.
    }
    const left = limitMs - (deps.now() - begun);
    if (done() || left <= 0 || (!evenIfAborted && deps.abort?.aborted === true)) return;
    deps.onProgress?.(progressOf(run, left));
    await deps.wait(Math.min(pause, left));
  }
}

function progressOf({ tracking }: Run, leftMs: number): Progress {
  const waiting = tracking.all.filter((one) => (one.asked || one.killed) && !isSettled(one));
  return {
    ended: tracking.all.filter(({ fate }) => fate !== 'there').length,
    total: tracking.all.length,
    waiting: waiting.map(({ process }) => process),
    secondsLeft: leftMs / 1000,
  };
}

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 200;

/** Whether the agents of a tree are gone and nothing follows them any more, or all of it is gone. */
function hasCleanedUp(run: Run, members: readonly Tracked[]): boolean {
  const askedOnes = members.filter((one) => one.asked);
  if (!askedOnes.every(isSettled)) return false;
  const last = members.reduce((latest, { goneAt }) => Math.max(latest, goneAt ?? run.begun), run.begun);
  return members.every(isSettled) || run.deps.now() - last >= run.pace.settleMs;
}

/** Everybody who is followed, tree by tree. */
function byTree({ targets, tracking }: Run): readonly (readonly Tracked[])[] {
  const trees: Tracked[][] = targets.map(() => []);
  for (const one of tracking.all) trees[one.tree]?.push(one);
  return trees;
}

function asked(run: Run): readonly Tracked[] {
  return run.tracking.all.filter((one) => one.asked || one.killed);
}

/** Nothing more is to come of it: gone, or out of reach. */
function isSettled(one: Tracked): boolean {
  return one.fate !== 'there' || one.denied || one.keptBecause !== undefined;
}

function isWithinReach(one: Tracked): boolean {
  return !isSettled(one) && one.judged;
}

export function interrupted(abort: AbortSignal): Stop {
  return { why: 'interrupted', detail: String(abort.reason) };
}

export function failed(why: Exclude<Stop['why'], 'interrupted'>, cause: unknown): Stop {
  return { why, detail: messageOf(cause), cause };
}
