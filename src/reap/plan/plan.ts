import type { Membership } from '../../agents/membership.js';
import { SesswatchError } from '../../errors.js';
import type { ProcessIdentity } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { identityOf } from '../../process/table.js';
import type { Evidence, JudgedTable, Judgement } from '../../verdict/judgement.js';
import { overBudget } from './budgets.js';
import { type Candidate, type Cause, examine, matchesSession } from './eligibility.js';
import type { Policy } from './policy.js';
import { resourcesOf, type TreeResources } from './resources.js';
import { blockedReason, type GrownTree, growTree, parentWorthEnding } from './tree.js';
import {
  clientOf,
  describe,
  openPlanContext,
  type PlanContext,
  type PlanFacts,
  type Self,
} from './vetoes.js';

export type { PlanFacts, Self } from './vetoes.js';

/** One process as it was when the plan was made. */
export interface PlannedProcess {
  readonly identity: ProcessIdentity;
  readonly record: ProcessRecord;
  readonly member?: Membership | undefined;
  readonly judgement?: Judgement | undefined;
}

/** One tree that is to be ended. */
export interface Target {
  readonly root: PlannedProcess;
  /** Root first, parents before children. */
  readonly processes: readonly PlannedProcess[];
  /** The processes in it that are the reason, with their verdicts; never empty. */
  readonly becauseOf: readonly PlannedProcess[];
  readonly cause: Cause;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly resources: TreeResources;
  /** Left alone although below the root: they and their subtrees live on their own. */
  readonly leftOut: readonly PlannedProcess[];
}

/** A process that might be expected among the targets and is not, with the reason. */
export interface Kept extends PlannedProcess {
  readonly reason: string;
}

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
  const ordered = [...trees].sort(byAge);
  const targets = ordered.slice(0, policy.maxTrees).map((tree) => toTarget(context, tree));
  const deferred = ordered.slice(policy.maxTrees).map((tree): Kept => {
    const reason = `over the limit of ${policy.maxTrees} trees a run, which go oldest first (--max)`;
    return { ...toPlanned(context, tree.root), reason };
  });
  const all = [...kept, ...deferred];
  return {
    judged,
    policy,
    targets,
    kept: all,
    totals: totalsOf(targets, all, deferred.length),
  };
}

export function totalsOf(
  targets: readonly Target[],
  kept: readonly Kept[],
  deferred: number,
): Plan['totals'] {
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

/** Nothing is ended on the strength of a table that is not whole, not of now, or without ourselves. */
export function assertReapable(judged: JudgedTable, self: Self): void {
  const { scan } = judged.table;
  if (scan.source === 'recorded') {
    throw new SesswatchError('usage', 'a recorded table cannot be reaped', 'leave out --from');
  }
  const problem = scan.problems[0];
  if (!scan.complete) {
    const what = problem === undefined ? 'the scan is incomplete' : `the scan is incomplete: ${problem.what}`;
    throw new SesswatchError(
      'incomplete-scan',
      `${what}; nothing was ended`,
      problem?.hint ?? 'see sesswatch doctor',
    );
  }
  if (judged.table.get(self.pid) === undefined) {
    throw new SesswatchError(
      'incomplete-scan',
      'the scan does not show sesswatch itself; nothing was ended',
      'see sesswatch doctor',
    );
  }
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
  const keep = (record: ProcessRecord, reason: string): void => {
    if (!kept.has(record.pid)) kept.set(record.pid, { ...toPlanned(context, record), reason });
  };

  const candidates = new Map<number, Candidate>();
  const onRequest: Candidate[] = [];
  for (const pid of pidsToExamine(judged, policy)) {
    const examination = examine(context, policy, pid);
    switch (examination.kind) {
      case 'due':
        candidates.set(pid, examination.candidate);
        break;
      case 'on-request':
        onRequest.push(examination.candidate);
        break;
      case 'kept':
        keep(examination.record, examination.reason);
        break;
      case 'none':
        break;
    }
  }
  for (const pid of unknownForced(judged, policy)) {
    const record = judged.table.get(pid);
    if (record !== undefined)
      keep(record, 'is neither an agent nor started by one; that is what kill(1) is for');
  }
  for (const candidate of overBudget(context, policy, [...candidates.values()], onRequest)) {
    candidates.set(candidate.record.pid, candidate);
  }
  for (const candidate of onRequest) {
    // A person looks for these in the list; a session that is merely idle is no news.
    if (!candidates.has(candidate.record.pid) && candidate.judgement.verdict !== 'idle') {
      keep(
        candidate.record,
        `is ${candidate.judgement.verdict}: --include ${candidate.judgement.verdict} ends it`,
      );
    }
  }

  const trees = treesThatMayGo(context, policy, candidates, keep);
  for (const tree of trees) for (const { record, reason } of tree.cut) keep(record, reason);
  for (const tree of trees) for (const { pid } of tree.processes) kept.delete(pid);
  return { trees, kept: [...kept.values()], context };
}

/**
 * Trees whose every member may go. Whoever works for an agent that stays, stays as well; since each tree that is
 * kept can be what another one works for, it is asked again until nothing changes.
 */
function treesThatMayGo(
  context: PlanContext,
  policy: Policy,
  candidates: Map<number, Candidate>,
  keep: (record: ProcessRecord, reason: string) => void,
): GrownTree[] {
  for (;;) {
    const trees = withRaisedRoots(context, policy, merge(context, [...candidates.values()]), keep);
    const covered = new Set(trees.flatMap(({ processes }) => processes.map(({ pid }) => pid)));
    let changed = false;
    for (const candidate of candidates.values()) {
      const client = worksFor(context, candidate);
      const stays = client !== undefined && !covered.has(client.pid);
      if (covered.has(candidate.record.pid) && !stays) continue;
      keep(
        candidate.record,
        stays ? `works for ${describe(context, client)}, which stays` : 'is in a tree that stays whole',
      );
      candidates.delete(candidate.record.pid);
      changed = true;
    }
    if (!changed) return trees;
  }
}

/** The live agent without which a process is not to be ended. Verdicts that rest on the owner's word have none. */
function worksFor(context: PlanContext, candidate: Candidate): ProcessRecord | undefined {
  switch (candidate.cause) {
    case 'forced':
    case 'left-by-command':
    case 'superseded':
    case 'disowned':
      return undefined;
    case 'orphan':
    case 'busy-orphan':
    case 'leftover':
    case 'idle':
    case 'over-memory':
    case 'over-descriptors':
    case 'over-sessions':
    case 'over-cpu':
      return clientOf(context, candidate.record.pid);
  }
}

/** Grounds by the topmost candidate above them: trees that share members are one. */
function merge(
  context: PlanContext,
  candidates: readonly Candidate[],
): ReadonlyMap<number, readonly Candidate[]> {
  const pids = new Set(candidates.map(({ record }) => record.pid));
  const byRoot = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const above = context.judged.table.ancestors(candidate.record.pid).filter(({ pid }) => pids.has(pid));
    const root = above.at(-1)?.pid ?? candidate.record.pid;
    const others = byRoot.get(root);
    if (others === undefined) byRoot.set(root, [candidate]);
    else if (candidate.record.pid === root) others.unshift(candidate);
    else others.push(candidate);
  }
  return byRoot;
}

/** Grows each tree, keeps those with a member that must stay, and moves the roots of the others up. */
function withRaisedRoots(
  context: PlanContext,
  policy: Policy,
  byRoot: ReadonlyMap<number, readonly Candidate[]>,
  keep: (record: ProcessRecord, reason: string) => void,
): GrownTree[] {
  const clean = new Map<number, GrownTree>();
  const waiting = [...byRoot];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [pid, candidates] = next;
    const root = context.judged.table.get(pid);
    if (root === undefined) continue;
    const tree = growTree(context, policy, root, candidates);
    const blocked = blockedReason(context, tree);
    if (blocked !== undefined) {
      keep(root, blocked);
      continue;
    }
    // What is below a part that was cut out is no part of this tree, and may be due by itself.
    const within = new Set(tree.processes.map((one) => one.pid));
    clean.set(pid, { ...tree, candidates: candidates.filter(({ record }) => within.has(record.pid)) });
    waiting.push(
      ...merge(
        context,
        candidates.filter(({ record }) => !within.has(record.pid)),
      ),
    );
  }
  for (;;) {
    const whole = new Set(
      [...clean.values()].filter(({ cut }) => cut.length === 0).map(({ root }) => root.pid),
    );
    const step = [...clean.values()].flatMap((tree) => {
      const parent = parentWorthEnding(context, tree, whole);
      return parent === undefined ? [] : [parent];
    })[0];
    if (step === undefined) return [...clean.values()];
    const candidates: Candidate[] = [];
    for (const child of context.judged.table.children(step.pid)) {
      candidates.push(...(clean.get(child.pid)?.candidates ?? []));
      clean.delete(child.pid);
    }
    clean.set(step.pid, growTree(context, policy, step, candidates));
  }
}

/** The tree as a target; the topmost candidate speaks for it. */
export function toTarget(context: PlanContext, tree: GrownTree): Target {
  const [first] = tree.candidates;
  if (first === undefined) throw new Error(`a tree without a reason: ${tree.root.pid}`);
  return {
    root: toPlanned(context, tree.root),
    processes: tree.processes.map((record) => toPlanned(context, record)),
    becauseOf: tree.candidates.map(({ record }) => toPlanned(context, record)),
    cause: first.cause,
    reason: first.reason,
    evidence: first.judgement.evidence,
    resources: resourcesOf(tree.processes),
    leftOut: tree.cut.map(({ record }) => toPlanned(context, record)),
  };
}

/** A record with all that its table says of it. */
export function toPlanned(
  { judged }: { readonly judged: JudgedTable },
  record: ProcessRecord,
): PlannedProcess {
  const { table, members, judgements } = judged;
  return {
    identity: identityOf(table, record),
    record,
    member: members.get(record.pid),
    judgement: judgements.get(record.pid),
  };
}

function pidsToExamine(judged: JudgedTable, policy: Policy): number[] {
  return [...new Set([...judged.members.keys(), ...policy.pids, ...policy.forcePids])];
}

function unknownForced(judged: JudgedTable, policy: Policy): number[] {
  return [...policy.pids, ...policy.forcePids].filter(
    (pid) => !judged.members.has(pid) || !judged.judgements.has(pid),
  );
}

function assertNamedExist(judged: JudgedTable, policy: Policy): void {
  for (const pid of [...policy.pids, ...policy.forcePids]) {
    if (judged.table.get(pid) !== undefined) continue;
    throw new SesswatchError('usage', `there is no process ${pid}`, 'list them with sesswatch ps --all');
  }
  for (const wanted of policy.sessions) {
    const ids = new Set<string>();
    for (const { sessionId } of judged.members.values()) {
      if (sessionId !== undefined && matchesSession(sessionId, wanted)) ids.add(sessionId);
    }
    if (ids.size === 1 || ids.has(wanted)) continue;
    const what =
      ids.size === 0 ? `no process holds session ${wanted}` : `${wanted} begins ${ids.size} session ids`;
    throw new SesswatchError('usage', what, 'sesswatch ps shows the ids; give at least eight characters');
  }
}

/** Oldest root first; a start that is not known comes last. */
function byAge(a: GrownTree, b: GrownTree): number {
  const [at, bt] = [
    a.root.startedAt ?? Number.POSITIVE_INFINITY,
    b.root.startedAt ?? Number.POSITIVE_INFINITY,
  ];
  return at === bt ? a.root.pid - b.root.pid : at - bt;
}
