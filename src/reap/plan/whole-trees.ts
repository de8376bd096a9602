import type { ProcessRecord } from '../../process/record.js';
import { clientOf, describe, type PlanContext } from './context.js';
import type { Candidate } from './examine.js';
import { type KeptReason, keptFor } from './kept.js';
import type { Policy } from './policy/policy.js';
import { type GrownTree, growTree, parentWorthEnding, whyBlocked } from './tree.js';

/** Takes note of a process that stays. */
export type Keep = (record: ProcessRecord, why: KeptReason) => void;

/**
 * Trees whose every member may go. Whoever works for an agent that stays, stays as well; since each tree that is
 * kept can be what another one works for, it is asked again until nothing changes.
 */
export function treesThatMayGo(
  context: PlanContext,
  policy: Policy,
  candidates: ReadonlyMap<number, Candidate>,
  keep: Keep,
): GrownTree[] {
  const left = new Map(candidates);
  for (;;) {
    const trees = withRaisedRoots(context, policy, unblocked(context, policy, [...left.values()], keep));
    const covered = new Set(trees.flatMap(({ processes }) => processes.map(({ pid }) => pid)));
    let changed = false;
    for (const candidate of left.values()) {
      const client = worksFor(context, candidate);
      const stays = client !== undefined && !covered.has(client.pid);
      if (covered.has(candidate.record.pid) && !stays) continue;
      const reason = stays ? `works for ${describe(context, client)}, which stays` : 'is in a tree that stays whole';
      keep(candidate.record, keptFor('with-others', reason));
      left.delete(candidate.record.pid);
      changed = true;
    }
    if (!changed) return trees;
  }
}

/** The live agent without which a process is not to be ended. Verdicts that rest on the owner's word have none. */
function worksFor(context: PlanContext, candidate: Candidate): ProcessRecord | undefined {
  switch (candidate.cause) {
    case 'forced':
    case 'named':
    case 'left-by-command':
    case 'superseded':
    case 'disowned':
    case 'older-generation':
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

/** Candidates by the topmost candidate above them: trees that share members are one. */
function byTopmost(context: PlanContext, candidates: readonly Candidate[]): [number, readonly Candidate[]][] {
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
  return [...byRoot];
}

/** Grows each tree and keeps those with a member that must stay. By pid of the root. */
function unblocked(
  context: PlanContext,
  policy: Policy,
  candidates: readonly Candidate[],
  keep: Keep,
): Map<number, GrownTree> {
  const found = new Map<number, GrownTree>();
  const waiting = byTopmost(context, candidates);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [pid, reasons] = next;
    const root = context.judged.table.get(pid);
    if (root === undefined) continue;
    const tree = growTree(context, policy, root, reasons);
    const blocked = whyBlocked(context, tree);
    if (blocked !== undefined) {
      keep(root, blocked);
      continue;
    }
    // What is below a part that was cut out is no part of this tree, and may be due by itself.
    const within = new Set(tree.processes.map((one) => one.pid));
    found.set(pid, { ...tree, candidates: reasons.filter(({ record }) => within.has(record.pid)) });
    waiting.push(
      ...byTopmost(
        context,
        reasons.filter(({ record }) => !within.has(record.pid)),
      ),
    );
  }
  return found;
}

/** Moves roots up to launchers and shells that only wait for what goes: once for each tree, also those made by it. */
function withRaisedRoots(context: PlanContext, policy: Policy, trees: Map<number, GrownTree>): GrownTree[] {
  const { table } = context.judged;
  const whole = new Set([...trees.values()].filter(({ cut }) => cut.length === 0).map(({ root }) => root.pid));
  const waiting = [...trees.values()];
  for (let tree = waiting.pop(); tree !== undefined; tree = waiting.pop()) {
    // Another tree has taken it in.
    if (trees.get(tree.root.pid) !== tree) continue;
    const parent = parentWorthEnding(context, tree, whole);
    if (parent === undefined) continue;
    const candidates: Candidate[] = [];
    for (const { pid } of table.children(parent.pid)) {
      candidates.push(...(trees.get(pid)?.candidates ?? []));
      trees.delete(pid);
      whole.delete(pid);
    }
    const raised = growTree(context, policy, parent, candidates);
    trees.set(parent.pid, raised);
    if (raised.cut.length === 0) whole.add(parent.pid);
    waiting.push(raised);
  }
  return withoutNested([...trees.values()]);
}

/** A tree grown from a raised root may hold what stood as a tree of its own before: each process goes once. */
function withoutNested(trees: readonly GrownTree[]): GrownTree[] {
  const holderOf = new Map<number, GrownTree>();
  for (const tree of trees) {
    for (const { pid } of tree.processes) if (pid !== tree.root.pid) holderOf.set(pid, tree);
  }
  return trees
    .filter(({ root }) => !holderOf.has(root.pid))
    .map((tree) => {
      const nested = trees.filter(({ root }) => holderOf.get(root.pid) === tree);
      return { ...tree, candidates: [...tree.candidates, ...nested.flatMap(({ candidates }) => candidates)] };
    });
}
