import { isCounted } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import type { Owner } from '../../verdict/judgement.js';
import { type Candidate, type Cause, examine } from './eligibility.js';
import type { Policy } from './policy.js';
import {
  absoluteVeto,
  describe,
  foreignUser,
  onlyWaits,
  ownersWithin,
  ownLife,
  type PlanContext,
  sameOwner,
  standingVeto,
} from './vetoes.js';

interface Staying {
  readonly record: ProcessRecord;
  readonly reason: string;
}

/** A root with everything below it that may be ended along with it. */
export interface GrownTree {
  readonly root: ProcessRecord;
  /** The root and its descendants, parents before children; without zombies, which nobody can end. */
  readonly processes: readonly ProcessRecord[];
  readonly candidates: readonly Candidate[];
  /** Live on their own: left alone with everything below them. */
  readonly cut: readonly Staying[];
  /**
   * Must not be ended and have no owner but this tree. An agent that ends takes its children along, so leaving them
   * out of the signals would not save them: the whole tree stays.
   */
  readonly blockers: readonly Staying[];
}

/** Walks down from a root and decides for each descendant: with the tree, on its own, or in the way. */
export function growTree(
  context: PlanContext,
  policy: Policy,
  root: ProcessRecord,
  candidates: readonly Candidate[],
): GrownTree {
  const { table } = context.judged;
  const descendants = table.descendants(root.pid);
  const tree = new Set([root.pid, ...descendants.map(({ pid }) => pid)]);
  const owners = ownersOf(candidates);
  const holders = ownersWithin(context, tree);
  const forced = candidates.some(({ cause }) => cause === 'forced');
  const mayBeBusy = candidates.some(({ cause }) => isBusyCause(cause));
  const candidatePids = new Set(candidates.map(({ record }) => record.pid));

  const processes = [root];
  const cut: Staying[] = [];
  const blockers: Staying[] = [];
  const out = new Set<number>();
  for (const record of descendants) {
    if (record.ppid !== undefined && out.has(record.ppid)) {
      out.add(record.pid);
      continue;
    }
    const verdict = judgeDescendant(record);
    switch (verdict.kind) {
      case 'along':
        if (record.state !== 'Z') processes.push(record);
        break;
      case 'cut':
        out.add(record.pid);
        cut.push({ record, reason: verdict.reason });
        break;
      case 'blocks':
        out.add(record.pid);
        blockers.push({ record, reason: verdict.reason });
        break;
    }
  }
  return { root, processes, candidates, cut, blockers };

  function judgeDescendant(record: ProcessRecord): Fate {
    const absolute = absoluteVeto(context, record);
    if (absolute !== undefined) return { kind: 'blocks', reason: absolute };
    const own =
      ownLife(context, record, tree, owners) ??
      (holders.has(record.pid) ? 'has others living under it' : undefined);
    if (own !== undefined) return { kind: 'cut', reason: own };
    const veto = foreignUser(context, record) ?? standingVeto(context, record, mayBeBusy);
    // Whoever forces the root past its vetoes means the root; those of its descendants still stand.
    if (veto !== undefined) return { kind: forced ? 'cut' : 'blocks', reason: veto };
    if (forced || candidatePids.has(record.pid)) return ALONG;
    return nestedAgent(record);
  }

  /** An agent below an agent must be due itself, or it would be ended at its work. */
  function nestedAgent(record: ProcessRecord): Fate {
    const member = context.judged.members.get(record.pid);
    const judgement = context.judged.judgements.get(record.pid);
    if (member === undefined || !isCounted(member) || record.state === 'Z') return ALONG;
    if (judgement === undefined) return { kind: 'blocks', reason: 'is an agent that was not judged' };
    // What it is named for or included by was asked of the tree, which is why the policy's narrowing does not count.
    const examination = examine(
      context,
      { ...policy, sessions: [], pids: [], agents: [], forcePids: [] },
      record.pid,
    );
    switch (examination.kind) {
      case 'due':
        return ALONG;
      case 'on-request':
        // Idle by proof: its only owner is this tree.
        return ALONG;
      case 'kept':
        return mayBeBusy && judgement.verdict === 'orphan'
          ? ALONG
          : { kind: 'blocks', reason: examination.reason };
      case 'none':
        return mayBeBusy && judgement.verdict === 'live'
          ? ALONG
          : { kind: 'blocks', reason: `is ${judgement.verdict}: ${judgement.reason}` };
    }
  }
}

/**
 * The topmost process worth ending along with a tree: launchers above it, and ownerless shells, but only while
 * nothing else hangs below them.
 *
 * @param whole roots of other trees that will go whole: they do not count as something else
 */
export function parentWorthEnding(
  context: PlanContext,
  tree: GrownTree,
  whole: ReadonlySet<number>,
): ProcessRecord | undefined {
  const { table, judgements } = context.judged;
  const parent = table.parent(tree.root.pid);
  if (parent === undefined || tree.cut.length > 0 || parent.state === 'Z') return undefined;
  if (tree.candidates.some(({ cause }) => cause === 'forced')) return undefined;
  const waits = onlyWaits(context, parent);
  const ownerless = tree.candidates.every(({ judgement }) => judgement.owner === undefined);
  if (waits === undefined || (waits === 'shell' && !ownerless)) return undefined;

  const owners = ownersOf(tree.candidates);
  const ownOwner = judgements.get(parent.pid)?.owner;
  if (ownOwner !== undefined && !owners.some((owner) => sameOwner(owner, ownOwner))) return undefined;
  const veto =
    absoluteVeto(context, parent) ??
    foreignUser(context, parent) ??
    ownLife(context, parent, new Set([parent.pid]), owners) ??
    standingVeto(context, parent, false);
  if (veto !== undefined) return undefined;
  const others = table.children(parent.pid).filter((child) => child.state !== 'Z' && !whole.has(child.pid));
  return others.length === 0 ? parent : undefined;
}

/** `holds claude(4121): is working`: why a tree stays for the sake of what is in it. */
export function blockedReason(context: PlanContext, tree: GrownTree): string | undefined {
  const [first, ...more] = tree.blockers;
  if (first === undefined) return undefined;
  const others = more.length === 0 ? '' : ` (and ${more.length} more such)`;
  return `holds ${describe(context, first.record)}${others}: ${first.reason}`;
}

function ownersOf(candidates: readonly Candidate[]): Owner[] {
  return candidates.flatMap(({ judgement }) => (judgement.owner === undefined ? [] : [judgement.owner]));
}

type Fate = { readonly kind: 'along' } | { readonly kind: 'cut' | 'blocks'; readonly reason: string };

const ALONG: Fate = { kind: 'along' };

/** Whether work in the tree was asked to end along with it. */
export function isBusyCause(cause: Cause): boolean {
  return BUSY_CAUSES.has(cause);
}

const BUSY_CAUSES: ReadonlySet<string> = new Set(['busy-orphan', 'over-cpu', 'forced', 'left-by-command']);
