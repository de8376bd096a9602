import { isAgentProcess, type Membership } from '../../agents/membership.js';
import { compareIdentity, identityKey, type ProcessIdentity } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { identityOf } from '../../process/table.js';
import type { JudgedTable, Owner, Verdict } from '../../verdict/judgement.js';
import { type PlanContext, type PlanFacts, type Self, vetoOf, whyOnItsOwn } from '../plan/context.js';
import type { Cause } from '../plan/examine.js';
import { assertReapable, dueTrees } from '../plan/plan.js';
import type { Policy } from '../plan/policy/policy.js';
import { resourcesOf } from '../plan/resources.js';
import { type PlannedProcess, type Target, toPlanned, toTarget } from '../plan/target.js';

/** What a reviewer agreed to: one tree, told by identity, with the facts that the case rests on. */
export interface Agreed {
  readonly root: ProcessIdentity;
  readonly cause: Cause;
  readonly processes: readonly ProcessIdentity[];
  readonly becauseOf: readonly AgreedProcess[];
}

interface AgreedProcess {
  readonly identity: ProcessIdentity;
  readonly argv: readonly string[] | undefined;
  readonly ppid: number | undefined;
  readonly verdict: Verdict | undefined;
  readonly owner: Owner | undefined;
}

export type Answer =
  | { readonly kind: 'ok'; readonly target: Target }
  /** Every process that was the reason ended by itself. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'dropped'; readonly reason: string };

/** A fresh look at everything, right before the first signal. */
export interface SecondLook {
  readonly judged: JudgedTable;
  readonly policy: Policy;
  readonly self: Self;
  readonly facts: PlanFacts;
  /** The form in which agreed argv is compared: as it is, or redacted as in a saved plan. */
  readonly argvOf: (record: ProcessRecord, member: Membership | undefined) => readonly string[] | undefined;
}

/** The agreement that a plan of this very run stands for. */
export function agreedOf(target: Target): Agreed {
  return {
    root: target.root.identity,
    cause: target.cause,
    processes: target.processes.map(({ identity }) => identity),
    becauseOf: target.becauseOf.map(({ identity, record, judgement }) => ({
      identity,
      argv: record.argv,
      ppid: record.ppid,
      verdict: judgement?.verdict,
      owner: judgement?.owner,
    })),
  };
}

/**
 * Whether each agreed tree may still be signalled, by a fresh judgement. Anything that weakens the case drops the
 * tree: another or an unreadable identity, other arguments, an owner, a new parent that is alive, another verdict, a
 * veto. What remains is the part of the fresh tree that was agreed to, with whatever descends from it by now.
 *
 * @throws SesswatchError `incomplete-scan`
 */
export function mayStillSignal(agreed: readonly Agreed[], again: SecondLook): Answer[] {
  assertReapable(again.judged, again.self);
  const due = dueTrees(again.judged, again.policy, again.self, again.facts);
  const treeOf = new Map(due.trees.flatMap((tree) => tree.candidates.map(({ record }) => [record.pid, tree])));
  const keptOf = new Map(due.kept.map((one) => [one.identity.pid, one]));
  return agreed.map((one): Answer => {
    const weakened = changed(one, again);
    if (weakened !== undefined) return weakened;
    const pids = one.becauseOf.map(({ identity }) => identity.pid);
    // When what was in between has ended, the rest of one agreed tree stands as several.
    const trees = new Set(pids.flatMap((pid) => treeOf.get(pid) ?? []));
    const [first, ...others] = [...trees].map((tree) => toTarget(due.context, tree));
    if (first === undefined) {
      const kept = [...pids, one.root.pid].flatMap((pid) => keptOf.get(pid) ?? [])[0];
      return dropped(kept?.reason ?? 'there is no reason to end it any more');
    }
    if (first.cause !== one.cause) return dropped(`was to go as ${one.cause} and is ${first.cause} now`);
    const whole = [first, ...others];
    const target = {
      ...first,
      processes: whole.flatMap(({ processes }) => processes),
      becauseOf: whole.flatMap((part) => part.becauseOf),
      leftOut: whole.flatMap(({ leftOut }) => leftOut),
    };
    return withinAgreement(due.context, target, one);
  });
}

function changed(agreed: Agreed, again: SecondLook): Exclude<Answer, { kind: 'ok' }> | undefined {
  let present = 0;
  for (const candidate of agreed.becauseOf) {
    const record = again.judged.table.get(candidate.identity.pid);
    if (record === undefined || record.state === 'Z') continue;
    switch (compareIdentity(candidate.identity, identityOf(again.judged.table, record))) {
      case 'different':
        // Its pid is another process by now: that one has nothing to do with the case.
        continue;
      case 'unknown':
        return dropped(`${candidate.identity.pid} cannot be told for sure from another process`);
      case 'same':
        present += 1;
    }
    const reason = weaker(candidate, record, again);
    if (reason !== undefined) return dropped(`${candidate.identity.pid} ${reason}`);
  }
  return present === 0 ? { kind: 'ended' } : undefined;
}

function weaker(candidate: AgreedProcess, record: ProcessRecord, again: SecondLook): string | undefined {
  const { judged } = again;
  const judgement = judged.judgements.get(record.pid);
  const argv = again.argvOf(record, judged.members.get(record.pid));
  if (!sameWords(candidate.argv, argv)) return 'has other arguments than when the plan was made';
  if (judgement === undefined) return 'is no agent or helpers of one any more';
  if (judgement.owner !== undefined && candidate.owner === undefined)
    return `has an owner now: ${judgement.owner.name}`;
  if (candidate.verdict !== undefined && judgement.verdict !== candidate.verdict) {
    return `was ${candidate.verdict} and is ${judgement.verdict} now: ${judgement.reason}`;
  }
  // A new parent is expected of an orphan's child when what was between ended, and of nobody else.
  if (record.ppid !== candidate.ppid && judgement.owner !== undefined) {
    return `has another parent than when the plan was made, ${record.ppid ?? 'none'}`;
  }
  return undefined;
}

/** Of the fresh tree, what was agreed to and what descends from it, with those that lost their place in it. */
function withinAgreement(context: PlanContext, target: Target, agreed: Agreed): Answer {
  const known = new Set(agreed.processes.map(identityKey));
  const within = new Set<number>();
  const processes = target.processes.filter(({ identity, record }) => {
    const belongs = known.has(identityKey(identity)) || (record.ppid !== undefined && within.has(record.ppid));
    if (belongs) within.add(identity.pid);
    return belongs;
  });
  processes.push(...stragglers(context, target, agreed, within));
  const [root] = processes;
  if (root === undefined) return dropped('nothing that was agreed to is left in it');
  return {
    kind: 'ok',
    target: {
      ...target,
      root,
      processes,
      becauseOf: target.becauseOf.filter(({ identity }) => within.has(identity.pid)),
      resources: resourcesOf(processes.map(({ record }) => record)),
    },
  };
}

/**
 * Agreed processes whose parent ended since, so that they hang on whoever adopts orphans and no more below the root.
 * They go with it while nobody has them: no owner, no veto, and no agent, which would need a case of its own.
 */
function stragglers(
  context: PlanContext,
  target: Target,
  agreed: Agreed,
  within: ReadonlySet<number>,
): PlannedProcess[] {
  const { table, members, judgements } = context.judged;
  const adopters = new Set([1, target.root.record.ppid]);
  return agreed.processes.flatMap((identity) => {
    const record = table.get(identity.pid);
    if (record === undefined || record.state === 'Z' || within.has(identity.pid)) return [];
    if (compareIdentity(identity, identityOf(table, record)) !== 'same') return [];
    if (record.ppid === undefined || !adopters.has(record.ppid)) return [];
    const member = members.get(record.pid);
    const judgement = judgements.get(record.pid);
    const hasSomebody =
      (member !== undefined && isAgentProcess(member)) ||
      judgement?.owner !== undefined ||
      (judgement !== undefined && SOMEBODYS.has(judgement.verdict));
    const forbidden = vetoOf(context, record, false) ?? whyOnItsOwn(context, record, within, []);
    return hasSomebody || forbidden !== undefined ? [] : [toPlanned(context, record)];
  });
}

const SOMEBODYS: ReadonlySet<Verdict> = new Set<Verdict>(['live', 'idle', 'protected']);

function dropped(reason: string): { readonly kind: 'dropped'; readonly reason: string } {
  return { kind: 'dropped', reason };
}

/** Where argv could not be read either time there is nothing to compare; where it was and is not, it changed. */
function sameWords(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((word, index) => word === b[index]);
}
