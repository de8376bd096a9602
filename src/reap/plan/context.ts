import type { Membership } from '../../agents/membership.js';
import { isAgentProcess } from '../../agents/membership.js';
import { type ProcessRecord, nameOf as programName } from '../../process/record.js';
import type { JudgedTable, Owner, Veto } from '../../verdict/judgement.js';
import { linkOf } from '../../verdict/owner/known-owners.js';
import { absoluteVetoes, UNLIFTABLE } from '../../verdict/vetoes/absolute.js';
import type { ProtectGroup } from '../../verdict/vetoes/protect.js';

/** Who we are: never to be signalled. */
export interface Self {
  readonly pid: number;
  /** `undefined` where there are no user ids (Windows); then the judge's `other-user` veto alone tells. */
  readonly uid: number | undefined;
}

/** What the table does not say and the plan wants to know. */
export interface PlanFacts {
  readonly protect?: readonly ProtectGroup[] | undefined;
  /** What the tree of a process used of one core between two observations, for the `cpu` budget. */
  readonly cpuUse?: (pid: number) => { readonly percent: number; readonly seconds: number } | undefined;
}

/** Everything that decides about one table: values in, values out. */
export interface PlanContext {
  readonly judged: JudgedTable;
  readonly facts: PlanFacts;
  /** Why a process may not be signalled, whatever its verdict; for those that are no agents too. */
  readonly absoluteVeto: (record: ProcessRecord) => Veto | undefined;
}

export function openPlanContext(judged: JudgedTable, self: Self, facts: PlanFacts): PlanContext {
  const ancestors = new Set(judged.table.ancestors(self.pid).map(({ pid }) => pid));
  const forbidding = { agents: judged, self: { ...self, ancestors }, protect: facts.protect ?? [] };
  return { judged, facts, absoluteVeto: (record) => absoluteVetoes(record, forbidding)[0] };
}

/** A veto past which not even a person may force an end. */
export function unliftableVeto(context: PlanContext, record: ProcessRecord): Veto | undefined {
  const veto = context.absoluteVeto(record);
  return veto !== undefined && UNLIFTABLE.has(veto.kind) ? veto : undefined;
}

/** What forbids the end of a process: of itself, or by its judgement. */
export function vetoOf(context: PlanContext, record: ProcessRecord, mayBeBusy: boolean): Veto | undefined {
  return context.absoluteVeto(record) ?? judgedVetoes(context, record, mayBeBusy)[0];
}

/**
 * The same once the tree has had its first signal. What the judge says of its place in the table is our own doing by
 * then: under a pid 1 that is an application every survivor is adopted by it.
 */
export function lastingVeto(context: PlanContext, record: ProcessRecord, mayBeBusy: boolean): Veto | undefined {
  const lasting = judgedVetoes(context, record, mayBeBusy).find(({ kind }) => kind !== 'application-init');
  return context.absoluteVeto(record) ?? lasting;
}

function judgedVetoes({ judged }: PlanContext, { pid }: ProcessRecord, mayBeBusy: boolean): readonly Veto[] {
  const judgement = judged.judgements.get(pid);
  if (judgement === undefined) return [];
  const { verdict, vetoes, reason } = judgement;
  // A verdict that a veto made forbids by itself, also where the veto was not told.
  if (verdict === 'protected' && vetoes.length === 0) {
    return [{ kind: 'protect-rule', value: verdict, text: reason }];
  }
  return vetoes.filter(({ liftedBy }) => !(mayBeBusy && liftedBy === 'busy-orphan'));
}

/**
 * Why a process below a root lives on its own, so that ending the tree leaves it and everything below it alone:
 * daemons, multiplexers, hosts, and whatever has a live owner that is not the tree's own.
 *
 * @param tree pids of the root and all its descendants
 * @param treeOwners owners of the processes that the tree is ended for: what they work for is the tree's own
 */
export function whyOnItsOwn(
  context: PlanContext,
  record: ProcessRecord,
  tree: ReadonlySet<number>,
  treeOwners: readonly Owner[],
): string | undefined {
  const { judged } = context;
  const member = judged.members.get(record.pid);
  const judgement = judged.judgements.get(record.pid);
  if (member?.daemon === true || member?.role === 'infrastructure') return 'is a daemon of its agent';
  const link = linkOf(record, member);
  if (link.as === 'owner' && HOLDS_OTHERS.has(link.kind)) return `is ${link.name}, under which others live`;
  const independent = judgement?.vetoes.find(({ kind }) => INDEPENDENT.has(kind));
  if (independent !== undefined) return independent.text;
  const owner = judgement?.owner;
  if (owner === undefined || treeOwners.some((other) => sameOwner(owner, other))) return undefined;
  if (owner.pid !== undefined && tree.has(owner.pid)) return undefined;
  return `has a live owner of its own: ${owner.name}${owner.pid === undefined ? '' : `(${owner.pid})`}`;
}

/** Pids within a tree that others in it name as a host, multiplexer or daemon that they live under. */
export function ownersWithin(context: PlanContext, tree: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  for (const pid of tree) {
    const owner = context.judged.judgements.get(pid)?.owner;
    if (owner?.pid !== undefined && tree.has(owner.pid) && HOLDS_OTHERS.has(owner.kind)) found.add(owner.pid);
  }
  return found;
}

/** The nearest live agent that a process works for: above it, or its leader by marker. */
export function clientOf(context: PlanContext, pid: number): ProcessRecord | undefined {
  const { members, table } = context.judged;
  const above = table.ancestors(pid).find((one) => {
    const member = members.get(one.pid);
    return member !== undefined && isAgentProcess(member) && one.state !== 'Z';
  });
  if (above !== undefined) return above;
  const leader = members.get(pid)?.leader;
  if (leader === undefined || leader === pid) return undefined;
  const record = table.get(leader);
  // A launcher's leader is the agent below it, which it does not work for.
  if (record === undefined || table.ancestors(leader).some((one) => one.pid === pid)) return undefined;
  return record;
}

export function sameOwner(a: Owner, b: Owner): boolean {
  return a.kind === b.kind && a.pid === b.pid && a.name === b.name;
}

/**
 * Whether a process does nothing but wait for what is below it: launchers, wrappers such as `timeout`, and shells that
 * are interactive or run one command (`-c`). A shell that runs a script is somebody's program and may have more to do.
 */
export function onlyWaits(context: PlanContext, record: ProcessRecord): 'launcher' | 'shell' | undefined {
  const link = linkOf(record, context.judged.members.get(record.pid));
  switch (link.as) {
    case 'wrapper':
      return 'launcher';
    case 'owner':
      return undefined;
    case 'shell': {
      if (record.argv === undefined) return undefined;
      const first = record.argv.slice(1).find((word) => word === '-c' || !word.startsWith('-'));
      return first === undefined || first === '' || first === '-c' ? 'shell' : undefined;
    }
  }
}

/** `claude(4121)`, for a reason that names another process. */
export function describe(context: PlanContext, record: ProcessRecord): string {
  return nameOf(record, context.judged.members.get(record.pid));
}

/** Never a part of argv but the program's name: arguments may hold secrets. */
export function nameOf(record: ProcessRecord, member?: Membership): string {
  return `${member?.agent ?? programName(record)}(${record.pid})`;
}

const INDEPENDENT: ReadonlySet<string> = new Set(['supervised', 'agent-daemon', 'application-init']);
const HOLDS_OTHERS: ReadonlySet<string> = new Set([
  'multiplexer',
  'host',
  'infrastructure',
  'service',
  'ssh',
  'terminal',
]);
