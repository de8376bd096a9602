import type { Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import { ageSeconds } from '../../process/table.js';
import { formatDuration, withArticle } from '../../units.js';
import type { Judgement } from '../../verdict/judgement.js';
import { type IncludeKind, isSelective, type Policy } from './policy.js';
import { absoluteVeto, foreignUser, ownLife, type PlanContext, standingVeto } from './vetoes.js';

export const CAUSES = [
  'orphan',
  'busy-orphan',
  'leftover',
  'idle',
  'superseded',
  'disowned',
  /** `--force-pid`. */
  'forced',
  /** `run --reap`. */
  'left-by-command',
  'over-memory',
  'over-descriptors',
  'over-sessions',
  'over-cpu',
] as const;

/** Why a tree is to be ended. */
export type Cause = (typeof CAUSES)[number];

/** A process that is a reason to end the tree that it is in. */
export interface Candidate {
  readonly record: ProcessRecord;
  readonly member: Membership;
  readonly judgement: Judgement;
  readonly cause: Cause;
  readonly reason: string;
}

export type Examination =
  | { readonly kind: 'due'; readonly candidate: Candidate }
  /** Every condition holds, but its verdict is not one that this policy ends: a budget may still choose it. */
  | { readonly kind: 'on-request'; readonly candidate: Candidate; readonly needs: IncludeKind }
  | { readonly kind: 'kept'; readonly record: ProcessRecord; readonly reason: string }
  /** Nothing that anybody would expect to be ended. */
  | { readonly kind: 'none' };

/** Whether one process may be ended under a policy, looked at by itself; its tree is another question. */
export function examine(context: PlanContext, policy: Policy, pid: number): Examination {
  const { judged } = context;
  const record = judged.table.get(pid);
  const member = judged.members.get(pid);
  const judgement = judged.judgements.get(pid);
  if (record === undefined || member === undefined || judgement === undefined) return NONE;

  const forced = policy.forcePids.includes(pid);
  const named = policy.pids.includes(pid) || (member.sessionId !== undefined && names(policy, member));
  if (isSelective(policy) && !forced && !named) return NONE;
  if (policy.agents.length > 0 && !forced && !isOfAgents(context, policy, member)) return NONE;
  const keep = (reason: string): Examination => ({ kind: 'kept', record, reason });
  const candidate = (cause: Cause): Candidate => ({
    record,
    member,
    judgement,
    cause,
    reason: judgement.reason,
  });

  const forbidden = absoluteVeto(context, record) ?? foreignUser(context, record);
  if (record.state === 'Z') return keep(defunct(record));
  if (forced) {
    return forbidden === undefined ? { kind: 'due', candidate: candidate('forced') } : keep(forbidden);
  }
  const { verdict } = judgement;
  switch (verdict) {
    case 'zombie':
      return keep(defunct(record));
    case 'live':
    case 'unknown':
      return named ? keep(`${judgement.reason}; ${withArticle(verdict)} process is never ended`) : NONE;
    case 'protected':
      // A daemon at its work is no news; one that looks like an orphan is.
      return named || judgement.evidence.some(({ argues }) => argues === 'orphan')
        ? keep(judgement.reason)
        : NONE;
    case 'orphan':
    case 'leftover':
    case 'idle':
    case 'superseded':
    case 'disowned': {
      const needs = neededInclude(verdict, member);
      const asked = named || needs === undefined || policy.include.includes(needs);
      const contradiction =
        verdict === 'orphan' && judgement.owner !== undefined
          ? `has an owner: ${judgement.owner.name}`
          : undefined;
      const reason =
        forbidden ??
        contradiction ??
        ownLife(context, record, new Set([pid]), judgement.owner === undefined ? [] : [judgement.owner]);
      if (reason !== undefined) return asked ? keep(reason) : NONE;
      const burns = isOverCpu(context, policy, judgement);
      const mayBeBusy = burns || named || policy.include.includes('busy-orphan');
      const unmet =
        standingVeto(context, record, mayBeBusy) ??
        tooYoung(context, policy, record) ??
        (burns ? undefined : notQuiet(policy, member, judgement, mayBeBusy));
      if (unmet !== undefined) return asked ? keep(unmet) : NONE;
      if (burns) return { kind: 'due', candidate: candidate('over-cpu') };
      const cause =
        verdict === 'orphan' && !isProvenIdle(policy, member, judgement) ? 'busy-orphan' : verdict;
      return needs === undefined || asked
        ? { kind: 'due', candidate: candidate(cause) }
        : { kind: 'on-request', candidate: candidate(cause), needs };
    }
  }
}

/** What a policy must include so that this verdict is ended; `undefined`: it always is. */
function neededInclude(
  verdict: 'orphan' | 'leftover' | 'idle' | 'superseded' | 'disowned',
  member: Membership,
): IncludeKind | undefined {
  switch (verdict) {
    case 'orphan':
      // An ownerless tool may be a server that somebody wants: only as a leftover, when asked.
      return member.role === 'tool' ? 'leftover' : undefined;
    case 'leftover':
      return member.role === 'mcp-server' ? undefined : 'leftover';
    case 'idle':
    case 'superseded':
    case 'disowned':
      return verdict;
  }
}

function tooYoung(context: PlanContext, policy: Policy, record: ProcessRecord): string | undefined {
  if (policy.minAgeSeconds === 0) return undefined;
  const age = ageSeconds(context.judged.table, record);
  if (age === undefined) return 'its age could not be read';
  if (age >= policy.minAgeSeconds) return undefined;
  return `is ${formatDuration(age)} old, younger than ${formatDuration(policy.minAgeSeconds)} (--min-age)`;
}

/** Why the conditions of quiet (DESIGN §4.4) are not met; busy orphans need only to be ownerless for long. */
function notQuiet(
  policy: Policy,
  member: Membership,
  judgement: Judgement,
  mayBeBusy: boolean,
): string | undefined {
  if (isWorking(judgement) && !mayBeBusy) return 'is working (--include busy-orphan ends it nevertheless)';
  const threshold = policy.idleSeconds;
  if (threshold === 0) return undefined;
  const ownerless = judgement.owner === undefined && isOwnerlessVerdict(judgement);
  if (judgement.observations < 1) return 'is seen for the first time (--idle 0 waives a second look)';
  if (ownerless && (judgement.ownerlessSeconds ?? 0) < threshold) {
    return `is known without an owner for ${formatDuration(judgement.ownerlessSeconds ?? 0)}, less than ${formatDuration(threshold)} (--idle)`;
  }
  if (ownerless && (ALWAYS_LOOKS_IDLE.has(member.role) || mayBeBusy)) return undefined;
  if (judgement.idleSeconds === undefined) return 'is not proven idle';
  if (judgement.idleSeconds >= threshold) return undefined;
  return `is idle for ${formatDuration(judgement.idleSeconds)}, less than ${formatDuration(threshold)} (--idle)`;
}

/** With the idle condition waived, whatever is not known to work counts as idle. */
function isProvenIdle(policy: Policy, member: Membership, judgement: Judgement): boolean {
  if (isWorking(judgement)) return false;
  if (policy.idleSeconds === 0 || ALWAYS_LOOKS_IDLE.has(member.role)) return true;
  return judgement.idleSeconds !== undefined && judgement.idleSeconds >= policy.idleSeconds;
}

/** Known to work: the judge said so, or a fact that only work leaves. */
function isWorking(judgement: Judgement): boolean {
  return (
    judgement.busy === true ||
    judgement.evidence.some(({ argues, kind }) => argues === 'live' && LEFT_BY_WORK.has(kind))
  );
}

function isOwnerlessVerdict(judgement: Judgement): boolean {
  return judgement.verdict === 'orphan' || judgement.verdict === 'leftover';
}

function isOverCpu(context: PlanContext, policy: Policy, judgement: Judgement): boolean {
  const budget = policy.budgets.cpuPercentFor;
  if (budget === undefined || judgement.verdict !== 'orphan' || judgement.owner !== undefined) return false;
  const use = context.facts.cpuUse?.(judgement.pid);
  return use !== undefined && use.percent >= budget.percent && use.seconds >= budget.seconds;
}

function names(policy: Policy, member: Membership): boolean {
  return policy.sessions.some((wanted) => matchesSession(member.sessionId, wanted));
}

/** The whole id, or its beginning as lists show it: at least eight characters. */
export function matchesSession(sessionId: string | undefined, wanted: string): boolean {
  if (sessionId === undefined) return false;
  return sessionId === wanted || (wanted.length >= 8 && sessionId.startsWith(wanted));
}

/** Helpers count for the agent that they belong to. */
function isOfAgents(context: PlanContext, policy: Policy, member: Membership): boolean {
  const leader = member.leader === undefined ? undefined : context.judged.members.get(member.leader);
  const agent = member.agent ?? leader?.agent;
  return agent !== undefined && policy.agents.includes(agent);
}

function defunct(record: ProcessRecord): string {
  return `is defunct: it cannot be killed, its parent ${record.ppid ?? '?'} has to fetch its exit status`;
}

const NONE: Examination = { kind: 'none' };

/** Judged by their owner alone: they use nothing while they wait (facts on idle noise: exactly 0 ticks). */
const ALWAYS_LOOKS_IDLE: ReadonlySet<string> = new Set(['mcp-server', 'launcher', 'tool']);

const LEFT_BY_WORK: ReadonlySet<string> = new Set([
  'status-busy',
  'tool-running',
  'transcript-moved',
  'cpu-used',
  'child-born',
]);
