import { isAgentProcess, type Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import type { JudgedTable, Judgement, Owner } from '../../verdict/judgement.js';
import { linkOf } from '../../verdict/owner/known-owners.js';
import { nameOf } from './words.js';

/** Who we are: never to be signalled. */
export interface Self {
  readonly pid: number;
  /** `undefined` where there are no user ids (Windows); then the judge's `other-user` veto alone tells. */
  readonly uid: number | undefined;
}

/** What the table does not say and the plan wants to know. */
export interface PlanFacts {
  /** The protect rule that covers a process, in words; `undefined` when none does. */
  readonly protectedBy?: (record: ProcessRecord, member: Membership | undefined) => string | undefined;
  /** What the tree of a process used of one core between two observations, for the `cpu` budget. */
  readonly cpuUse?: (pid: number) => { readonly percent: number; readonly seconds: number } | undefined;
}

/** Everything that decides about one table: values in, values out. */
export interface PlanContext {
  readonly judged: JudgedTable;
  readonly self: Self;
  readonly facts: PlanFacts;
  /** Pids of our own process and everything above it. */
  readonly own: ReadonlySet<number>;
}

export function openPlanContext(judged: JudgedTable, self: Self, facts: PlanFacts): PlanContext {
  const own = new Set([self.pid, ...judged.table.ancestors(self.pid).map(({ pid }) => pid)]);
  return { judged, self, facts, own };
}

/** Why a process may not be signalled, whatever was asked for. */
export function absoluteVeto(context: PlanContext, record: ProcessRecord): string | undefined {
  if (record.pid === context.self.pid) return 'is sesswatch itself';
  if (context.own.has(record.pid)) return 'sesswatch runs below it';
  if (record.pid <= 1) return 'is pid 1';
  if (record.kernelThread === true) return 'is a kernel thread';
  const bootId = context.judged.table.scan.machine.bootId;
  if (record.startTime === undefined || bootId === undefined) {
    return 'its start time could not be read, so it could not be told from a later process with its pid';
  }
  return undefined;
}

/** Another user's process, or one of which the user could not be read. */
export function foreignUser(context: PlanContext, record: ProcessRecord): string | undefined {
  if (context.self.uid === undefined || record.uid === context.self.uid) return undefined;
  return record.uid === undefined
    ? 'its user could not be read'
    : `belongs to another user, ${record.user ?? record.uid}`;
}

/**
 * A veto that the judge or a protect rule raised. A registry that says busy is one unless busy orphans are asked for.
 */
export function standingVeto(
  context: PlanContext,
  record: ProcessRecord,
  mayBeBusy: boolean,
): string | undefined {
  const judgement = context.judged.judgements.get(record.pid);
  return (
    protection(context, record) ??
    (judgement?.verdict === 'protected' ? `is protected: ${judgement.reason}` : undefined) ??
    vetoes(judgement).find(({ kind }) => !(mayBeBusy && kind === 'registry-busy'))?.text ??
    traced(record)
  );
}

/**
 * The same once the tree has had its first signal. What the judge says of its place in the table is our own doing by
 * then: under a pid 1 that is an application every survivor is adopted by it.
 */
export function lastingVeto(
  context: PlanContext,
  record: ProcessRecord,
  mayBeBusy: boolean,
): string | undefined {
  const judgement = context.judged.judgements.get(record.pid);
  const veto = vetoes(judgement).find(
    ({ kind }) => kind !== 'application-init' && !(mayBeBusy && kind === 'registry-busy'),
  );
  return protection(context, record) ?? veto?.text ?? traced(record);
}

function protection(context: PlanContext, record: ProcessRecord): string | undefined {
  const rule = context.facts.protectedBy?.(record, context.judged.members.get(record.pid));
  return rule === undefined ? undefined : `protected by ${rule}`;
}

/** A process in ptrace stop is somebody's debugging session. */
function traced(record: ProcessRecord): string | undefined {
  return record.state === 't' ? 'is being traced by a debugger' : undefined;
}

/**
 * Why a process below a root lives on its own, so that ending the tree leaves it and everything below it alone:
 * daemons, multiplexers, hosts, and whatever has a live owner that is not the tree's own.
 *
 * @param tree pids of the root and all its descendants
 * @param treeOwners owners of the processes that the tree is ended for: what they work for is the tree's own
 */
export function ownLife(
  context: PlanContext,
  record: ProcessRecord,
  tree: ReadonlySet<number>,
  treeOwners: readonly Owner[],
): string | undefined {
  const member = context.judged.members.get(record.pid);
  if (member?.role === 'infrastructure') return 'is a daemon of its agent';
  const link = linkOf(record, member);
  if (link.as === 'owner' && HOLDS_OTHERS.has(link.kind)) return `is ${link.name}, under which others live`;
  const judgement = context.judged.judgements.get(record.pid);
  if (vetoes(judgement).some(({ kind }) => INDEPENDENT.has(kind)))
    return judgement?.reason ?? 'is a service of its own';
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

/** `claude(4121) is protected …`, for a reason that names another process. */
export function describe(context: PlanContext, record: ProcessRecord): string {
  return nameOf(record, context.judged.members.get(record.pid));
}

function vetoes(judgement: Judgement | undefined) {
  return judgement?.evidence.filter(({ argues }) => argues === 'veto') ?? [];
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
