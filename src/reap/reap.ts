import { SesswatchError } from '../errors.js';
import type { ProcessSource } from '../process/scan.js';
import type { Redact } from '../snapshot/document/capture.js';
import type { JudgedTable } from '../verdict/judgement.js';
import { type Dropped, type ReapDocument, toReapDocument } from './document.js';
import { type Execution, execute, type Pace } from './execute/execute.js';
import type { ChildrenNow, LookNow } from './execute/process-now.js';
import { agreedOf, mayStillSignal, onlyTargets } from './execute/second-look.js';
import { executeByTreeKill } from './execute/windows.js';
import { type Journal, openJournal } from './journal/journal.js';
import { unfinishedRun } from './journal/read.js';
import { journalEnd, journalFailure, journalPlan, journalSignal } from './journal/recording.js';
import { withReapLock } from './lock.js';
import { type PlanDocument, toPlanDocument } from './plan/document.js';
import type { ReviewedPlan } from './plan/file.js';
import { assertReapable, type Plan, type PlanFacts, plan, type Self, type Target } from './plan/plan.js';
import type { Policy } from './plan/policy.js';
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
  /** Plans and does nothing else: no lock, no journal, no signal. */
  readonly dryRun: boolean;
  /** Asked with a plan that has targets; answers with those to be ended. Left out: all of them. */
  readonly confirm?: ((plan: Plan) => Promise<readonly Target[]>) | undefined;
  /** Ends exactly the trees of a reviewed plan, as far as their case still stands. */
  readonly reviewed?: ReviewedPlan | undefined;
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
  if (options.dryRun) {
    const made = await makePlan(deps, policy, options.reviewed);
    return planned(deps, made.plan, made.dropped, true);
  }
  return withReapLock(deps, async () => {
    const unfinished = unfinishedRun(deps.stateFolder);
    const journal = openJournal(deps.stateFolder, newRun(deps), deps.wallClock);
    try {
      return await reapWith(journal, unfinished?.run, deps, policy, options);
    } finally {
      journal.close();
    }
  });
}

async function reapWith(
  journal: Journal,
  unfinished: string | undefined,
  deps: ReapDeps,
  policy: Policy,
  options: ReapOptions,
): Promise<ReapResult> {
  const startedAt = deps.wallClock();
  const made = await makePlan(deps, policy, options.reviewed);
  journalPlan(journal, made.plan, deps);
  const { due, wanted, dropped, judged } = await settle(journal, deps, options, made);
  if (due.length === 0) {
    journalEnd(journal, { outcomes: [] }, 0, 0);
    return planned(deps, onlyTargets(made.plan, wanted), dropped, false);
  }
  const final = { ...onlyTargets(made.plan, due), judged };
  const execution = await run(deps, journal, final, judged);
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
    const stopped = execution.stopped ?? {
      why: 'journal-failed' as const,
      detail: cause instanceof Error ? cause.message : String(cause),
      cause,
    };
    const told = { ...document, stopped: { why: stopped.why, detail: stopped.detail } };
    return { kind: 'reaped', plan: final, dropped, execution: { ...execution, stopped }, document: told };
  }
}

/** The question and the second look. Should either fail, the journal says so: nothing was signalled yet. */
async function settle(
  journal: Journal,
  deps: ReapDeps,
  options: ReapOptions,
  made: Made,
): Promise<{ due: Target[]; wanted: readonly Target[]; dropped: Dropped[]; judged: JudgedTable }> {
  try {
    const { targets } = made.plan;
    const ask = options.confirm;
    const wanted = ask === undefined || targets.length === 0 ? targets : await ask(made.plan);
    const dropped = [...made.dropped];
    const due: Target[] = [];
    const agreed = wanted.map(agreedOf);
    const pids = agreed.flatMap(({ processes }) => processes.map(({ pid }) => pid));
    const judged = wanted.length === 0 ? made.plan.judged : await survey(deps, pids);
    const { self, facts } = deps;
    const answers = mayStillSignal(agreed, {
      judged,
      policy: made.plan.policy,
      self,
      facts,
      argvOf: ({ argv }) => argv,
    });
    for (const [index, answer] of answers.entries()) {
      const root = wanted[index]?.root.identity.pid;
      if (answer.kind === 'ok') due.push(answer.target);
      else if (root !== undefined) dropped.push({ root, reason: reasonOf(answer) });
    }
    for (const one of dropped) journal.write({ kind: 'dropped', ...one });
    // From here on every signal is on record before the next one is sent.
    journal.sync();
    return { due, wanted, dropped, judged };
  } catch (error) {
    journalFailure(journal, error);
    throw error;
  }
}

function run(deps: ReapDeps, journal: Journal, final: Plan, judged: JudgedTable): Promise<Execution> {
  const scan = () => deps.source.scan({ skipProgram: () => true });
  const record = journalSignal(journal);
  const { now, wait, abort } = deps;
  if (deps.treeKill !== undefined) {
    return executeByTreeKill(final.targets, judged, {
      treeKill: deps.treeKill,
      scan,
      record,
      now,
      wait,
      abort,
    });
  }
  return execute(final.targets, judged, {
    survey: deps.survey,
    source: deps.source,
    scan,
    lookNow: deps.lookNow,
    childrenNow: deps.childrenNow,
    kill: deps.kill,
    now,
    wait,
    record,
    abort,
    self: deps.self,
    facts: deps.facts,
    graceSeconds: final.policy.graceSeconds,
    pace: deps.pace,
  });
}

interface Made {
  readonly plan: Plan;
  /** Of a reviewed plan, what does not stand any more. */
  readonly dropped: readonly Dropped[];
}

/** A survey in which it is known whose everybody is that could be named. */
async function survey(deps: ReapDeps, pids: readonly number[]): Promise<JudgedTable> {
  const seen = await deps.survey();
  return withUsers(seen, [...aroundAgents(seen), ...pids], deps.source);
}

/** A plan of what is due, or of what is left of a reviewed one. */
async function makePlan(deps: ReapDeps, policy: Policy, reviewed: ReviewedPlan | undefined): Promise<Made> {
  const judged = await survey(deps, []);
  if (reviewed === undefined) return { plan: plan(judged, policy, deps.self, deps.facts), dropped: [] };
  assertReapable(judged, deps.self);
  if (reviewed.bootId !== judged.table.scan.machine.bootId) {
    throw new SesswatchError(
      'usage',
      'the plan was made on another machine, or before the last boot',
      'make a new one: sesswatch reap --dry-run --json',
    );
  }
  const answers = mayStillSignal(reviewed.agreed, {
    judged,
    policy: reviewed.policy,
    self: deps.self,
    facts: deps.facts,
    argvOf: deps.redact,
  });
  const targets = answers.flatMap((answer) => (answer.kind === 'ok' ? [answer.target] : []));
  const dropped = answers.flatMap((answer, index): Dropped[] => {
    const root = reviewed.agreed[index]?.root.pid;
    return answer.kind === 'ok' || root === undefined ? [] : [{ root, reason: reasonOf(answer) }];
  });
  const none = { trees: 0, processes: 0, memoryBytes: 0, kept: 0, deferred: 0 };
  const empty: Plan = { judged, policy: reviewed.policy, targets: [], kept: [], totals: none };
  return { plan: onlyTargets(empty, targets), dropped };
}

function reasonOf(answer: { kind: 'ended' } | { kind: 'dropped'; reason: string }): string {
  return answer.kind === 'ended' ? 'ended by itself' : answer.reason;
}

function planned(
  deps: ReapDeps,
  made: Plan,
  dropped: readonly Dropped[],
  dryRun: boolean,
): Extract<ReapResult, { kind: 'planned' }> {
  const document = toPlanDocument(made, { dryRun, version: deps.version, redact: deps.redact });
  return { kind: 'planned', plan: made, dropped, document };
}

/** Sorts by time, and two runs of one millisecond differ. */
/** The id of a run: its moment, and what tells it from another of the same millisecond. */
export function newRun(deps: Pick<ReapDeps, 'wallClock'>): string {
  const time = new Date(deps.wallClock()).toISOString().replace(/[-:.]/g, '');
  return `${time}-${Math.random().toString(36).slice(2, 8)}`;
}
