import { SesswatchError } from '../errors.js';
import type { Redact } from '../snapshot/document/capture.js';
import type { JudgedTable } from '../verdict/judgement.js';
import { type Answer, agreedOf, mayStillSignal } from './execute/second-look.js';
import type { PlanFacts, Self } from './plan/context.js';
import type { Dropped } from './plan/document.js';
import type { ReviewedPlan } from './plan/file.js';
import { type Given, givenTrees } from './plan/given.js';
import { assertReapable, onlyTargets, type Plan, plan } from './plan/plan.js';
import type { Policy } from './plan/policy/policy.js';
import type { Target } from './plan/target.js';

/** Which trees a run is about, when it is not about all that are due. */
export type Choice =
  /** Exactly the trees of a reviewed plan, as far as their case still stands. */
  | { readonly kind: 'reviewed'; readonly plan: ReviewedPlan }
  /** What a command is known to have started: no verdict is asked for, only what forbids. */
  | { readonly kind: 'given'; readonly trees: readonly Given[] };

export interface Chosen {
  readonly plan: Plan;
  /** Of a reviewed plan, what does not stand any more. */
  readonly dropped: readonly Dropped[];
}

interface Chooser {
  readonly self: Self;
  readonly facts: PlanFacts;
  readonly redact: Redact;
  readonly choice?: Choice | undefined;
}

/** Pids that a choice names, for a survey that looks closer at them. */
export function pidsOf(choice: Choice | undefined): number[] {
  switch (choice?.kind) {
    case 'given':
      return choice.trees.flatMap((tree) => tree.processes.map(({ pid }) => pid));
    case 'reviewed':
    case undefined:
      return [];
  }
}

/**
 * The plan of a run.
 *
 * @throws SesswatchError `incomplete-scan`, `usage`
 */
export function choose(judged: JudgedTable, policy: Policy, chooser: Chooser): Chosen {
  const { self, facts, choice } = chooser;
  switch (choice?.kind) {
    case undefined:
      return { plan: plan(judged, policy, self, facts), dropped: [] };
    case 'given':
      assertReapable(judged, self);
      return { plan: givenTrees(judged, policy, choice.trees, { self, facts }), dropped: [] };
    case 'reviewed':
      return stillStanding(choice.plan, judged, chooser);
  }
}

/** The second look: of the trees that are wanted, those that may be signalled now. */
export function chooseAgain(
  wanted: readonly Target[],
  policy: Policy,
  judged: JudgedTable,
  { self, facts, choice }: Chooser,
): { readonly targets: readonly Target[]; readonly dropped: readonly Dropped[] } {
  if (choice?.kind === 'given') {
    assertReapable(judged, self);
    const roots = new Set(wanted.map(({ root }) => root.identity.pid));
    const trees = choice.trees.filter(({ processes }) => processes.some(({ pid }) => roots.has(pid)));
    const { targets, kept } = givenTrees(judged, policy, trees, { self, facts });
    return { targets, dropped: kept.map(({ identity, reason }) => ({ root: identity.pid, reason })) };
  }
  const argvOf: Redact = ({ argv }) => argv;
  const answers = mayStillSignal(wanted.map(agreedOf), { judged, policy, self, facts, argvOf });
  return sorted(answers, (index) => wanted[index]?.root.identity.pid);
}

/** What is left of a reviewed plan. */
function stillStanding(reviewed: ReviewedPlan, judged: JudgedTable, chooser: Chooser): Chosen {
  const { self, facts, redact } = chooser;
  assertReapable(judged, self);
  if (reviewed.bootId !== judged.table.scan.machine.bootId) {
    throw new SesswatchError(
      'usage',
      'the plan was made on another machine, or before the last boot',
      'make a new one: sesswatch reap --dry-run --json',
    );
  }
  const { agreed, policy } = reviewed;
  const answers = mayStillSignal(agreed, { judged, policy, self, facts, argvOf: redact });
  const { targets, dropped } = sorted(answers, (index) => agreed[index]?.root.pid);
  const none = { trees: 0, processes: 0, memoryBytes: 0, kept: 0, deferred: 0 };
  const empty: Plan = { judged, policy, targets: [], kept: [], totals: none };
  return { plan: onlyTargets(empty, targets), dropped };
}

function sorted(answers: readonly Answer[], rootOf: (index: number) => number | undefined) {
  const targets: Target[] = [];
  const dropped: Dropped[] = [];
  for (const [index, answer] of answers.entries()) {
    const root = rootOf(index);
    if (answer.kind === 'ok') targets.push(answer.target);
    else if (root !== undefined) {
      dropped.push({ root, reason: answer.kind === 'ended' ? 'ended by itself' : answer.reason });
    }
  }
  return { targets, dropped };
}
