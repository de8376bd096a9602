import type { Membership } from '../../agents/membership.js';
import { SesswatchError } from '../../errors.js';
import type { ProcessIdentity } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { identityOf } from '../../process/table.js';
import type { Evidence, JudgedTable, Judgement } from '../../verdict/judgement.js';
import { overBudget } from './budgets.js';
import { type Cause, examine, type Ground, matchesSession } from './eligibility.js';
import type { Policy } from './policy.js';
import { blockedReason, type GrownTree, growTree, parentWorthEnding } from './tree.js';
import { type Holding, holdingOf } from './tree-memory.js';
import { type Bench, clientOf, describe, openBench, type PlanFacts, type Self } from './vetoes.js';

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
  readonly grounds: readonly PlannedProcess[];
  readonly cause: Cause;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly holding: Holding;
  /** Left alone although below the root: they and their subtrees live on their own. */
  readonly spared: readonly PlannedProcess[];
}

/** A process that might be expected among the targets and is not, with the reason. */
export interface Refusal extends PlannedProcess {
  readonly reason: string;
}

/** What `reap` would end, and what it refuses. */
export interface Plan {
  /** The table that it rests on. */
  readonly judged: JudgedTable;
  readonly policy: Policy;
  readonly targets: readonly Target[];
  readonly refused: readonly Refusal[];
  readonly totals: {
    readonly trees: number;
    readonly processes: number;
    readonly memoryBytes: number;
    readonly refused: number;
    /** Trees beyond `maxTrees`, for a later run. They are among the refused. */
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
  const { trees, refused, bench } = ripeTrees(judged, policy, self, facts);
  const ordered = [...trees].sort(byAge);
  const targets = ordered.slice(0, policy.maxTrees).map((tree) => toTarget(bench, tree));
  const deferred = ordered.slice(policy.maxTrees).map((tree): Refusal => {
    const reason = `over the limit of ${policy.maxTrees} trees a run, which go oldest first (--max)`;
    return { ...toPlanned(bench, tree.root), reason };
  });
  const all = [...refused, ...deferred];
  return {
    judged,
    policy,
    targets,
    refused: all,
    totals: {
      trees: targets.length,
      processes: targets.reduce((sum, { processes }) => sum + processes.length, 0),
      memoryBytes: targets.reduce((sum, { holding }) => sum + holding.memoryBytes, 0),
      refused: all.length,
      deferred: deferred.length,
    },
  };
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

/** Every tree that may be ended, without a limit, and what is refused. */
export function ripeTrees(
  judged: JudgedTable,
  policy: Policy,
  self: Self,
  facts: PlanFacts,
): { trees: readonly GrownTree[]; refused: readonly Refusal[]; bench: Bench } {
  const bench = openBench(judged, self, facts);
  const refused = new Map<number, Refusal>();
  const refuse = (record: ProcessRecord, reason: string): void => {
    if (!refused.has(record.pid)) refused.set(record.pid, { ...toPlanned(bench, record), reason });
  };

  const grounds = new Map<number, Ground>();
  const spare: Ground[] = [];
  for (const pid of candidates(judged, policy)) {
    const examination = examine(bench, policy, pid);
    switch (examination.kind) {
      case 'ground':
        grounds.set(pid, examination.ground);
        break;
      case 'spare':
        spare.push(examination.ground);
        break;
      case 'refused':
        refuse(examination.record, examination.reason);
        break;
      case 'none':
        break;
    }
  }
  for (const pid of unknownForced(judged, policy)) {
    const record = judged.table.get(pid);
    if (record !== undefined)
      refuse(record, 'is neither an agent nor started by one; that is what kill(1) is for');
  }
  for (const ground of overBudget(bench, policy, [...grounds.values()], spare)) {
    grounds.set(ground.record.pid, ground);
  }
  for (const ground of spare) {
    // A person looks for these in the list; a session that is merely idle is no news.
    if (!grounds.has(ground.record.pid) && ground.judgement.verdict !== 'idle') {
      refuse(ground.record, `is ${ground.judgement.verdict}: --include ${ground.judgement.verdict} ends it`);
    }
  }

  const trees = cleanTrees(bench, policy, grounds, refuse);
  for (const tree of trees) for (const { record, reason } of tree.cut) refuse(record, reason);
  for (const tree of trees) for (const { pid } of tree.processes) refused.delete(pid);
  return { trees, refused: [...refused.values()], bench };
}

/**
 * Trees whose every member may go. Whoever works for an agent that stays, stays as well; since each tree that is
 * refused can be what another one works for, it is asked again until nothing changes.
 */
function cleanTrees(
  bench: Bench,
  policy: Policy,
  grounds: Map<number, Ground>,
  refuse: (record: ProcessRecord, reason: string) => void,
): GrownTree[] {
  for (;;) {
    const trees = climbed(bench, policy, merge(bench, [...grounds.values()]), refuse);
    const covered = new Set(trees.flatMap(({ processes }) => processes.map(({ pid }) => pid)));
    let changed = false;
    for (const ground of grounds.values()) {
      const client = worksFor(bench, ground);
      const stays = client !== undefined && !covered.has(client.pid);
      if (covered.has(ground.record.pid) && !stays) continue;
      refuse(
        ground.record,
        stays ? `works for ${describe(bench, client)}, which stays` : 'is in a tree that stays whole',
      );
      grounds.delete(ground.record.pid);
      changed = true;
    }
    if (!changed) return trees;
  }
}

/** The live agent without which a process is not to be ended. Verdicts that rest on the owner's word have none. */
function worksFor(bench: Bench, ground: Ground): ProcessRecord | undefined {
  switch (ground.cause) {
    case 'forced':
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
      return clientOf(bench, ground.record.pid);
  }
}

/** Grounds by the topmost ground above them: trees that share members are one. */
function merge(bench: Bench, grounds: readonly Ground[]): ReadonlyMap<number, readonly Ground[]> {
  const pids = new Set(grounds.map(({ record }) => record.pid));
  const byRoot = new Map<number, Ground[]>();
  for (const ground of grounds) {
    const above = bench.judged.table.ancestors(ground.record.pid).filter(({ pid }) => pids.has(pid));
    const root = above.at(-1)?.pid ?? ground.record.pid;
    const others = byRoot.get(root);
    if (others === undefined) byRoot.set(root, [ground]);
    else if (ground.record.pid === root) others.unshift(ground);
    else others.push(ground);
  }
  return byRoot;
}

/** Grows each tree, refuses those with a member that must stay, and moves the roots of the others up. */
function climbed(
  bench: Bench,
  policy: Policy,
  byRoot: ReadonlyMap<number, readonly Ground[]>,
  refuse: (record: ProcessRecord, reason: string) => void,
): GrownTree[] {
  const clean = new Map<number, GrownTree>();
  const waiting = [...byRoot];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [pid, grounds] = next;
    const root = bench.judged.table.get(pid);
    if (root === undefined) continue;
    const tree = growTree(bench, policy, root, grounds);
    const blocked = blockedReason(bench, tree);
    if (blocked !== undefined) {
      refuse(root, blocked);
      continue;
    }
    // What is below a part that was cut out is no part of this tree, and may be ripe by itself.
    const within = new Set(tree.processes.map((one) => one.pid));
    clean.set(pid, { ...tree, grounds: grounds.filter(({ record }) => within.has(record.pid)) });
    waiting.push(
      ...merge(
        bench,
        grounds.filter(({ record }) => !within.has(record.pid)),
      ),
    );
  }
  for (;;) {
    const whole = new Set(
      [...clean.values()].filter(({ cut }) => cut.length === 0).map(({ root }) => root.pid),
    );
    const step = [...clean.values()].flatMap((tree) => {
      const parent = parentWorthEnding(bench, tree, whole);
      return parent === undefined ? [] : [parent];
    })[0];
    if (step === undefined) return [...clean.values()];
    const grounds: Ground[] = [];
    for (const child of bench.judged.table.children(step.pid)) {
      grounds.push(...(clean.get(child.pid)?.grounds ?? []));
      clean.delete(child.pid);
    }
    clean.set(step.pid, growTree(bench, policy, step, grounds));
  }
}

/** The tree as a target; the topmost ground speaks for it. */
export function toTarget(bench: Bench, tree: GrownTree): Target {
  const [first] = tree.grounds;
  if (first === undefined) throw new Error(`a tree without a ground: ${tree.root.pid}`);
  return {
    root: toPlanned(bench, tree.root),
    processes: tree.processes.map((record) => toPlanned(bench, record)),
    grounds: tree.grounds.map(({ record }) => toPlanned(bench, record)),
    cause: first.cause,
    reason: first.reason,
    evidence: first.judgement.evidence,
    holding: holdingOf(tree.processes),
    spared: tree.cut.map(({ record }) => toPlanned(bench, record)),
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

function candidates(judged: JudgedTable, policy: Policy): number[] {
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
