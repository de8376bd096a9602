import { isCounted } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import type { Owner } from '../../verdict/judgement.js';
import {
  describe,
  onlyWaits,
  ownersWithin,
  type PlanContext,
  sameOwner,
  unliftableVeto,
  vetoOf,
  whyOnItsOwn,
} from './context.js';
import { type Candidate, type Cause, examine } from './examine.js';
import { type KeptReason, keptFor } from './kept.js';
import type { Policy } from './policy/policy.js';

interface Staying {
  readonly record: ProcessRecord;
  readonly why: KeptReason;
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
    const fate = fateOf(record);
    switch (fate.kind) {
      case 'along':
        if (record.state !== 'Z') processes.push(record);
        break;
      case 'cut':
        out.add(record.pid);
        cut.push({ record, why: fate.why });
        break;
      case 'blocks':
        out.add(record.pid);
        blockers.push({ record, why: fate.why });
        break;
    }
  }
  return { root, processes, candidates, cut, blockers };

  function fateOf(record: ProcessRecord): Fate {
    const unliftable = unliftableVeto(context, record);
    if (unliftable !== undefined && unliftable.kind !== 'other-user') return blocks('vetoed', unliftable.text);
    const own =
      whyOnItsOwn(context, record, tree, owners) ??
      (holders.has(record.pid) ? 'has others living under it' : undefined);
    if (own !== undefined) return { kind: 'cut', why: keptFor('with-others', own) };
    const veto = vetoOf(context, record, mayBeBusy);
    // Whoever forces the root past its vetoes means the root; those of its descendants still stand.
    if (veto !== undefined && forced) return { kind: 'cut', why: keptFor('vetoed', veto.text) };
    if (veto?.liftedBy === 'busy-orphan') return blocks('at-work', veto.text, '--include busy-orphan');
    if (veto !== undefined) return blocks('vetoed', veto.text);
    if (forced || candidatePids.has(record.pid)) return ALONG;
    return nestedAgent(record);
  }

  /** An agent below an agent must be due itself, or it would be ended at its work. */
  function nestedAgent(record: ProcessRecord): Fate {
    const member = context.judged.members.get(record.pid);
    const judgement = context.judged.judgements.get(record.pid);
    if (member === undefined || !isCounted(member) || record.state === 'Z') return ALONG;
    if (judgement === undefined) return blocks('not-proven', 'is an agent that was not judged');
    const examination = examine(context, { ...policy, ...NOT_NARROWED }, record.pid);
    switch (examination.kind) {
      case 'due':
      // Idle by proof: its only owner is this tree.
      case 'on-request':
        return ALONG;
      case 'kept':
        return mayBeBusy && judgement.verdict === 'orphan' ? ALONG : { kind: 'blocks', why: examination.why };
      case 'none':
        return mayBeBusy && judgement.verdict === 'live'
          ? ALONG
          : blocks('live', `is ${judgement.verdict}: ${judgement.reason}`);
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
  const forbidden = vetoOf(context, parent, false) ?? whyOnItsOwn(context, parent, new Set([parent.pid]), owners);
  if (forbidden !== undefined) return undefined;
  const others = table.children(parent.pid).filter((child) => child.state !== 'Z' && !whole.has(child.pid));
  return others.length === 0 ? parent : undefined;
}

/** `holds claude(4121): is working`: why a tree stays for the sake of what is in it. */
export function whyBlocked(context: PlanContext, tree: GrownTree): KeptReason | undefined {
  const [first, ...more] = tree.blockers;
  if (first === undefined) return undefined;
  const others = more.length === 0 ? '' : ` (and ${more.length} more such)`;
  return { ...first.why, reason: `holds ${describe(context, first.record)}${others}: ${first.why.reason}` };
}

function ownersOf(candidates: readonly Candidate[]): Owner[] {
  return candidates.flatMap(({ judgement }) => (judgement.owner === undefined ? [] : [judgement.owner]));
}

type Fate = { readonly kind: 'along' } | { readonly kind: 'cut' | 'blocks'; readonly why: KeptReason };

const ALONG: Fate = { kind: 'along' };

function blocks(kind: KeptReason['kind'], reason: string, liftedBy?: string): Fate {
  return { kind: 'blocks', why: keptFor(kind, reason, liftedBy) };
}

/** What a policy names or includes was asked of the tree, not of each agent in it. */
const NOT_NARROWED = { sessions: [], pids: [], agents: [], forcePids: [], onlyResumable: false } as const;

/** The cause of a tree: work in it that was asked to end with it, else what its subject is ended for. */
export function causeOf(subject: Candidate, candidates: readonly Candidate[]): Cause {
  return candidates.find(({ cause }) => isBusyCause(cause))?.cause ?? subject.cause;
}

/** Whether work in the tree was asked to end along with it. */
export function isBusyCause(cause: Cause): boolean {
  return BUSY_CAUSES.has(cause);
}

const BUSY_CAUSES: ReadonlySet<Cause> = new Set<Cause>([
  'busy-orphan',
  'over-cpu',
  'named',
  'forced',
  'left-by-command',
]);
