import { SesswatchError } from '../../errors.js';
import type { ProcessRecord } from '../../process/record.js';
import type { JudgedTable } from '../../verdict/judgement.js';
import { openPlanContext, type PlanContext, type PlanFacts, type Self } from './context.js';
import { type Candidate, examine, unasked } from './examine.js';
import { type KeptReason, keptFor } from './kept.js';
import { overBudget } from './policy/budgets.js';
import { assertNamedExist, namedStrangers } from './policy/named.js';
import type { IncludeKind, Policy } from './policy/policy.js';
import { type Kept, type Target, toPlanned, toTarget } from './target.js';
import type { GrownTree } from './tree.js';
import { treesThatMayGo } from './whole-trees.js';

/** What `reap` would end, and what it keeps. */
export interface Plan {
  /** The table that it rests on. */
  readonly judged: JudgedTable;
  readonly policy: Policy;
  readonly targets: readonly Target[];
  readonly kept: readonly Kept[];
  readonly totals: {
    readonly trees: number;
    readonly processes: number;
    readonly memoryBytes: number;
    readonly kept: number;
    /** Trees beyond `maxTrees`, for a later run. They are among the kept. */
    readonly deferred: number;
  };
}

/**
 * What would be ended of a judged table under a policy.
 *
 * @throws SesswatchError `incomplete-scan` when the table is not whole, `usage` when it was not taken of this
 *   machine now, or the policy names a process or session that is not there.
 */
export function plan(judged: JudgedTable, policy: Policy, self: Self, facts: PlanFacts = {}): Plan {
  assertReapable(judged, self);
  assertNamedExist(judged, policy);
  const { trees, kept, context } = dueTrees(judged, policy, self, facts);
  const oldestFirst = [...trees].sort(byAge);
  const targets = oldestFirst.slice(0, policy.maxTrees).map((tree) => toTarget(context, tree));
  const limit = keptFor('limit', `over the limit of ${policy.maxTrees} trees a run, which go oldest first`, '--max');
  const deferred = oldestFirst
    .slice(policy.maxTrees)
    .map(({ root }): Kept => ({ ...toPlanned(context, root), ...limit }));
  const all = [...kept, ...deferred];
  return { judged, policy, targets, kept: all, totals: totalsOf(targets, all, deferred.length) };
}

/** Every tree that may be ended, without a limit, and what is kept. */
export function dueTrees(
  judged: JudgedTable,
  policy: Policy,
  self: Self,
  facts: PlanFacts,
): { trees: readonly GrownTree[]; kept: readonly Kept[]; context: PlanContext } {
  const context = openPlanContext(judged, self, facts);
  const kept = new Map<number, Kept>();
  const keep = (record: ProcessRecord, why: KeptReason): void => {
    if (!kept.has(record.pid)) kept.set(record.pid, { ...toPlanned(context, record), ...why });
  };
  const { candidates, onRequest } = examineAll(context, policy, keep);
  const proposable = onRequest.map(({ candidate }) => candidate);
  for (const candidate of overBudget(context, policy, [...candidates.values()], proposable)) {
    candidates.set(candidate.record.pid, candidate);
  }
  for (const { candidate, include } of onRequest) {
    const why = candidates.has(candidate.record.pid) ? undefined : unasked(candidate, include);
    if (why !== undefined) keep(candidate.record, why);
  }
  const trees = treesThatMayGo(context, policy, candidates, keep);
  for (const tree of trees) for (const { record, why } of tree.cut) keep(record, why);
  for (const tree of trees) for (const { pid } of tree.processes) kept.delete(pid);
  return { trees, kept: [...kept.values()], context };
}

interface Examined {
  /** By pid: what is due by itself. */
  readonly candidates: Map<number, Candidate>;
  readonly onRequest: readonly { readonly candidate: Candidate; readonly include: IncludeKind }[];
}

/** Looks at each agent, its helpers and whatever is named, one by one. */
function examineAll(
  context: PlanContext,
  policy: Policy,
  keep: (record: ProcessRecord, why: KeptReason) => void,
): Examined {
  const { judged } = context;
  const candidates: Examined['candidates'] = new Map();
  const onRequest: { candidate: Candidate; include: IncludeKind }[] = [];
  for (const pid of new Set([...judged.members.keys(), ...policy.pids, ...policy.forcePids])) {
    const examination = examine(context, policy, pid);
    switch (examination.kind) {
      case 'due':
        candidates.set(pid, examination.candidate);
        break;
      case 'on-request':
        onRequest.push(examination);
        break;
      case 'kept':
        keep(examination.record, examination.why);
        break;
      case 'none':
        break;
    }
  }
  const stranger = keptFor('live', 'is neither an agent nor started by one; that is what kill(1) is for');
  for (const pid of namedStrangers(judged, policy)) {
    const record = judged.table.get(pid);
    if (record !== undefined) keep(record, stranger);
  }
  return { candidates, onRequest };
}

/** Nothing is ended on the strength of a table that is not whole, not of now, or without ourselves. */
export function assertReapable(judged: JudgedTable, self: Self): void {
  const { scan } = judged.table;
  if (scan.source === 'recorded') {
    throw new SesswatchError('usage', 'a recorded table cannot be reaped', 'leave out --from');
  }
  const problem = scan.problems[0];
  if (!scan.complete) {
    const what = problem === undefined ? 'the scan is incomplete' : `the scan is incomplete: ${problem.what}`;
    const hint = problem?.hint ?? 'see sesswatch doctor';
    throw new SesswatchError('incomplete-scan', `${what}; nothing was ended`, hint);
  }
  if (judged.table.get(self.pid) !== undefined) return;
  throw new SesswatchError(
    'incomplete-scan',
    'the scan does not show sesswatch itself; nothing was ended',
    'see sesswatch doctor',
  );
}

export function totalsOf(targets: readonly Target[], kept: readonly Kept[], deferred: number): Plan['totals'] {
  return {
    trees: targets.length,
    processes: targets.reduce((sum, { processes }) => sum + processes.length, 0),
    memoryBytes: targets.reduce((sum, { resources }) => sum + resources.memoryBytes, 0),
    kept: kept.length,
    deferred,
  };
}

/** The same plan with only some of its targets. */
export function onlyTargets(plan: Plan, targets: readonly Target[]): Plan {
  return { ...plan, targets, totals: totalsOf(targets, plan.kept, plan.totals.deferred) };
}

/** Oldest root first; a start that is not known comes last. */
function byAge(a: GrownTree, b: GrownTree): number {
  const [at, bt] = [a, b].map(({ root }) => root.startedAt ?? Number.POSITIVE_INFINITY);
  return at === bt ? a.root.pid - b.root.pid : Number(at) - Number(bt);
}
