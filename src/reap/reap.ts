import type { ProcessSource } from '../process/scan.js';
import type { Redact } from '../snapshot/document/capture.js';
import type { JudgedTable } from '../verdict/judgement.js';
import { type Choice, type Chosen, choose, chooseAgain, pidsOf } from './choice.js';
import { type ReapDocument, toReapDocument } from './document.js';
import { type Execution, execute, failed, type Pace, type Progress } from './execute/execute.js';
import type { ChildrenNow, LookNow } from './execute/process-now.js';
import { executeByTreeKill } from './execute/windows.js';
import { type Journal, type JournalAction, openJournal } from './journal/journal.js';
import { unfinishedRun } from './journal/read.js';
import { journalEnd, journalFailure, journalPlan, journalReport, journalSignal } from './journal/recording.js';
import { withReapLock } from './lock.js';
import type { PlanFacts, Self } from './plan/context.js';
import { type Dropped, type PlanDocument, toPlanDocument } from './plan/document.js';
import { onlyTargets, type Plan } from './plan/plan.js';
import type { Policy } from './plan/policy/policy.js';
import type { Target } from './plan/target.js';
import { aroundAgents, withUsers } from './plan/users.js';

/** Everything that a reap takes from the world. */
export interface ReapDeps {
  /** The process table of now, judged, with memory and users read for agents and their helpers. */
  readonly survey: () => Promise<JudgedTable>;
  readonly source: ProcessSource;
  /** The quick look before each signal; only where it gives start times in the form of `source`. */
  readonly lookNow?: LookNow | undefined;
  readonly childrenNow?: ChildrenNow | undefined;
  /** As `process.kill`. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
  /** Ends a tree on Windows; where it is given, it is used instead of signals. */
  readonly treeKill?: ((pid: number) => Promise<void>) | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Aborted with the signal's name when we are told to end. */
  readonly abort?: AbortSignal | undefined;
  /** Told while a run waits for processes to end. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly self: Self;
  readonly facts: PlanFacts;
  /** Where journal and lock are. */
  readonly stateFolder: string;
  readonly version: string;
  readonly redact: Redact;
  /** Left out by all but tests. */
  readonly pace?: Pace | undefined;
}

export interface ReapOptions {
  /** Plans and does nothing else: no lock, no signal. */
  readonly dryRun: boolean;
  /** Leaves a report in the journal after a dry run, as timers do. */
  readonly record?: boolean | undefined;
  /** What the journal calls the run. Left out: `reap`. */
  readonly action?: JournalAction | undefined;
  /** Asked with a plan that has targets; answers with those to be ended. Left out: all of them. */
  readonly confirm?: ((plan: Plan) => Promise<readonly Target[]>) | undefined;
  /** Which trees the run is about. Left out: all that are due by the policy. */
  readonly choice?: Choice | undefined;
}

export type ReapResult =
  /** Nothing was done: a dry run, nothing to end, or nobody wanted it. */
  | {
      readonly kind: 'planned';
      readonly plan: Plan;
      readonly dropped: readonly Dropped[];
      readonly document: PlanDocument;
    }
  | {
      readonly kind: 'reaped';
      readonly plan: Plan;
      readonly dropped: readonly Dropped[];
      readonly execution: Execution;
      readonly document: ReapDocument;
    };

/**
 * One run from survey to journal: lock, plan, question, second look, ladder, record.
 *
 * @throws SesswatchError `locked`, `storage` when lock or journal cannot be written (nothing is ended without a
 *   record), `incomplete-scan`, `usage` when the policy names what is not there
 */
export async function reap(deps: ReapDeps, policy: Policy, options: ReapOptions): Promise<ReapResult> {
  const run = { deps, policy, options };
  if (options.dryRun) {
    const chosen = await firstChoice(run);
    const result = planned(deps, chosen.plan, chosen.dropped, true);
    if (options.record === true) await withJournal(deps, async (journal) => journalReport(journal, result.document));
    return result;
  }
  return withJournal(deps, (journal, unfinished) => reapWith(journal, unfinished, run));
}

interface Run {
  readonly deps: ReapDeps;
  readonly policy: Policy;
  readonly options: ReapOptions;
}

function withJournal<T>(
  deps: ReapDeps,
  work: (journal: Journal, unfinished: string | undefined) => Promise<T>,
): Promise<T> {
  return withReapLock(deps, async () => {
    const unfinished = unfinishedRun(deps.stateFolder);
    const journal = openJournal(deps.stateFolder, newRun(deps), deps.wallClock);
    try {
      return await work(journal, unfinished?.run);
    } finally {
      journal.close();
    }
  });
}

async function reapWith(journal: Journal, unfinished: string | undefined, run: Run): Promise<ReapResult> {
  const { deps } = run;
  const startedAt = deps.wallClock();
  const chosen = await firstChoice(run);
  journalPlan(journal, chosen.plan, { ...deps, action: run.options.action ?? 'reap' });
  const { due, wanted, dropped, judged } = await settle(journal, run, chosen);
  if (due.length === 0) {
    journalEnd(journal, { outcomes: [] }, 0, 0);
    return planned(deps, onlyTargets(chosen.plan, wanted), dropped, false);
  }
  const final = { ...onlyTargets(chosen.plan, due), judged };
  const execution = await end(deps, journal, final, judged);
  const document = toReapDocument(final, execution, dropped, {
    run: journal.run,
    startedAt,
    unfinished,
    version: deps.version,
    redact: deps.redact,
  });
  try {
    journalEnd(journal, execution, final.targets.length, document.reclaimedBytes);
    return { kind: 'reaped', plan: final, dropped, execution, document };
  } catch (cause) {
    // What was done is done: it is told to the caller, who sees that the journal lacks its end.
    const stopped = execution.stopped ?? failed('journal-failed', cause);
    const told = { ...document, stopped: { why: stopped.why, detail: stopped.detail } };
    return { kind: 'reaped', plan: final, dropped, execution: { ...execution, stopped }, document: told };
  }
}

interface Settled {
  /** What may be signalled now. */
  readonly due: readonly Target[];
  readonly wanted: readonly Target[];
  readonly dropped: readonly Dropped[];
  readonly judged: JudgedTable;
}

/** The question and the second look. Should either fail, the journal says so: nothing was signalled yet. */
async function settle(journal: Journal, run: Run, chosen: Chosen): Promise<Settled> {
  try {
    const { deps, options } = run;
    const { targets, judged: before } = chosen.plan;
    const ask = targets.length === 0 ? undefined : options.confirm;
    const wanted = ask === undefined ? targets : await ask(chosen.plan);
    if (wanted.length < targets.length) {
      journal.write({ kind: 'chosen', roots: wanted.map(({ root }) => root.identity.pid) });
    }
    const pids = wanted.flatMap(({ processes }) => processes.map(({ identity }) => identity.pid));
    const judged = wanted.length === 0 ? before : await survey(deps, pids);
    const again = chooseAgain(wanted, chosen.plan.policy, judged, { ...deps, choice: options.choice });
    const dropped = [...chosen.dropped, ...again.dropped];
    for (const one of dropped) journal.write({ kind: 'dropped', ...one });
    // From here on every signal is on record before the next one is sent.
    journal.sync();
    return { due: again.targets, wanted, dropped, judged };
  } catch (error) {
    journalFailure(journal, error);
    throw error;
  }
}

function end(deps: ReapDeps, journal: Journal, final: Plan, judged: JudgedTable): Promise<Execution> {
  const scan = () => deps.source.scan({ skipProgram: () => true });
  const record = journalSignal(journal);
  const { treeKill } = deps;
  if (treeKill !== undefined) return executeByTreeKill(final.targets, judged, { ...deps, treeKill, scan, record });
  return execute(final.targets, judged, { ...deps, scan, record, graceSeconds: final.policy.graceSeconds });
}

async function firstChoice({ deps, policy, options }: Run): Promise<Chosen> {
  const judged = await survey(deps, pidsOf(options.choice));
  return choose(judged, policy, { ...deps, choice: options.choice });
}

/** A survey in which it is known whose everybody is that could be named. */
async function survey(deps: ReapDeps, pids: readonly number[]): Promise<JudgedTable> {
  const seen = await deps.survey();
  return withUsers(seen, [...aroundAgents(seen), ...pids], deps.source);
}

/** A tree that was dropped is no target any more; why stands beside them. */
function planned(
  deps: ReapDeps,
  made: Plan,
  dropped: readonly Dropped[],
  dryRun: boolean,
): Extract<ReapResult, { kind: 'planned' }> {
  const gone = new Set(dropped.map(({ root }) => root));
  const plan = onlyTargets(
    made,
    made.targets.filter(({ root }) => !gone.has(root.identity.pid)),
  );
  const document = toPlanDocument(plan, { dryRun, version: deps.version, redact: deps.redact, dropped });
  return { kind: 'planned', plan, dropped, document };
}

/** The id of a run: its moment, so that it sorts by time, and what tells it from another of the same millisecond. */
function newRun({ wallClock }: Pick<ReapDeps, 'wallClock'>): string {
  const time = new Date(wallClock()).toISOString().replace(/[-:.]/g, '');
  return `${time}-${Math.random().toString(36).slice(2, 8)}`;
}
