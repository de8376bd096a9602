import { isCounted, type Membership } from '../../agents/membership.js';
import { resumeOf } from '../../agents/resume.js';
import type { ProcessRecord } from '../../process/record.js';
import { ageSeconds } from '../../process/table.js';
import { formatDuration } from '../../units.js';
import type { Generation, Judgement } from '../../verdict/judgement.js';
import { type PlanContext, unliftableVeto, vetoOf, whyOnItsOwn } from './context.js';
import { type KeptReason, keptFor, keptUntilAsked } from './kept.js';
import { isNamed } from './policy/named.js';
import { type IncludeKind, isSelective, type Policy } from './policy/policy.js';

export const CAUSES = [
  'orphan',
  'busy-orphan',
  'leftover',
  'idle',
  'superseded',
  'disowned',
  /** An older copy of an MCP server that a live agent runs several times. */
  'older-generation',
  /** `--pid` of what nothing shows to be lost. */
  'named',
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
  | { readonly kind: 'on-request'; readonly candidate: Candidate; readonly include: IncludeKind }
  | { readonly kind: 'kept'; readonly record: ProcessRecord; readonly why: KeptReason }
  /** Nothing that anybody would expect to be ended. */
  | { readonly kind: 'none' };

/** Whether one process may be ended under a policy, looked at by itself; its tree is another question. */
export function examine(context: PlanContext, policy: Policy, pid: number): Examination {
  const { table, members, judgements } = context.judged;
  const record = table.get(pid);
  const member = members.get(pid);
  const judgement = judgements.get(pid);
  if (record === undefined || member === undefined || judgement === undefined) return NONE;
  const subject: Subject = { record, member, judgement };

  const isForced = policy.forcePids.includes(pid);
  const named = isNamed(context.judged, policy, pid);
  if (isSelective(policy) && !isForced && !named) return NONE;
  if (policy.agents.length > 0 && !isForced && !isOfAgents(context, policy, member)) return NONE;
  if (record.state === 'Z' || judgement.verdict === 'zombie') return kept(subject, keptFor('defunct', defunct(record)));
  if (isForced) {
    const veto = unliftableVeto(context, record);
    return veto === undefined ? due(subject, 'forced') : kept(subject, keptFor('vetoed', veto.text));
  }
  switch (judgement.verdict) {
    case 'live': {
      const unused = unusedGeneration(context, pid);
      if (unused !== undefined && (!named || policy.include.includes('generations')))
        return examineGeneration(context, policy, subject, unused);
      const burns = isOverCpu(context, policy, judgement);
      if (!named && !burns) return NONE;
      return kept(subject, keptFor('live', `${judgement.reason}; a live process is never ended`));
    }
    case 'unknown':
      return examineUnknown(context, policy, subject, named);
    case 'protected': {
      // A daemon at its work is no news; one that looks like an orphan is.
      const isNews = named || judgement.evidence.some(({ argues }) => argues === 'orphan');
      return isNews ? kept(subject, keptFor('vetoed', judgement.reason)) : NONE;
    }
    case 'orphan':
    case 'leftover':
    case 'superseded':
    case 'disowned':
      if (policy.onlyResumable === true) return NONE;
      return examineByVerdict(context, policy, { ...subject, verdict: judgement.verdict }, named);
    case 'idle':
      return examineByVerdict(context, policy, { ...subject, verdict: judgement.verdict }, named);
  }
}

type Subject = Pick<Candidate, 'record' | 'member' | 'judgement'>;
type EndableVerdict = 'orphan' | 'leftover' | 'idle' | 'superseded' | 'disowned';

interface Unused {
  readonly generation: Generation;
  readonly because: string;
}

/** The generation that a process is an older copy of, when nothing uses that copy any more. */
function unusedGeneration({ judged }: PlanContext, pid: number): Unused | undefined {
  for (const generation of judged.generations ?? []) {
    const unused = generation.unused.find((one) => one.pid === pid);
    if (unused !== undefined) return { generation, because: unused.because };
  }
  return undefined;
}

/** Nothing of a live agent's is ended but what it has replaced itself, and only when asked. */
function examineGeneration(
  context: PlanContext,
  policy: Policy,
  subject: Subject,
  { generation, because }: Unused,
): Examination {
  const { agent, host, leader, server, newestStartedAt } = generation;
  const reason = `an older generation of ${server} under ${agent ?? host ?? 'process'}(${leader}): ${because}`;
  if (!policy.include.includes('generations')) return kept(subject, keptUntilAsked('generations', `is ${reason}`));
  const sinceNewest =
    (context.judged.table.scan.takenAt - (newestStartedAt ?? context.judged.table.scan.takenAt)) / 1000;
  const tooSoon =
    sinceNewest < policy.idleSeconds
      ? keptFor(
          'not-due',
          `its newer one began ${formatDuration(sinceNewest)} ago, less than ${formatDuration(policy.idleSeconds)}`,
          '--idle 0',
        )
      : undefined;
  const why = vetoed(context, subject, false) ?? tooYoung(context, policy, subject.record) ?? tooSoon;
  if (why !== undefined) return kept(subject, why);
  return { kind: 'due', candidate: { ...subject, cause: 'older-generation', reason } };
}

/** Ended by name alone where nobody owns it, since it may be there on purpose; never where that is not known. */
function examineUnknown(context: PlanContext, policy: Policy, subject: Subject, named: boolean): Examination {
  const { record, member, judgement } = subject;
  if (!named) {
    const isOnItsOwn = isCounted(member) && judgement.ownerlessSince !== undefined && judgement.vetoes.length === 0;
    return isOnItsOwn ? kept(subject, keptFor('not-lost', judgement.reason, `--pid ${record.pid}`)) : NONE;
  }
  // What serves on its own may be somebody's; only of an agent a person sees by its name what it is.
  const mayBeOwned = judgement.ownerlessSince === undefined || !isCounted(member);
  const why = mayBeOwned
    ? keptFor('live', `${judgement.reason}; somebody may own it`)
    : (vetoed(context, subject, true) ?? tooYoung(context, policy, record));
  return why === undefined ? due(subject, 'named') : kept(subject, why);
}

function examineByVerdict(
  context: PlanContext,
  policy: Policy,
  subject: Subject & { readonly verdict: EndableVerdict },
  named: boolean,
): Examination {
  const { member, judgement, verdict, record } = subject;
  const include = neededInclude(verdict, member);
  const asked = named || include === undefined || policy.include.includes(include);
  const burns = isOverCpu(context, policy, judgement);
  const mayBeBusy = burns || named || policy.include.includes('busy-orphan');
  const why =
    vetoed(context, subject, mayBeBusy) ??
    tooYoung(context, policy, record) ??
    (burns ? undefined : notQuiet(policy, judgement, mayBeBusy)) ??
    (policy.onlyResumable === true ? notResumable(subject) : undefined);
  if (why !== undefined) return asked ? kept(subject, why) : NONE;
  if (burns) return due(subject, 'over-cpu');
  const cause = verdict === 'orphan' && judgement.work === 'working' ? 'busy-orphan' : verdict;
  if (include === undefined || asked) return due(subject, cause);
  return { kind: 'on-request', candidate: { ...subject, cause, reason: judgement.reason }, include };
}

/** What a policy must include so that this verdict is ended; `undefined`: it always is. */
function neededInclude(verdict: EndableVerdict, member: Membership): IncludeKind | undefined {
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

function vetoed(context: PlanContext, { record, judgement }: Subject, mayBeBusy: boolean): KeptReason | undefined {
  const veto = vetoOf(context, record, mayBeBusy);
  if (veto?.liftedBy === 'busy-orphan') return keptFor('at-work', veto.text, '--include busy-orphan');
  if (veto !== undefined) return keptFor('vetoed', veto.text);
  const { owner, verdict } = judgement;
  if (verdict === 'orphan' && owner !== undefined) return keptFor('live', `has an owner: ${owner.name}`);
  const own = whyOnItsOwn(context, record, new Set([record.pid]), owner === undefined ? [] : [owner]);
  return own === undefined ? undefined : keptFor('with-others', own);
}

function tooYoung(context: PlanContext, policy: Policy, record: ProcessRecord): KeptReason | undefined {
  if (policy.minAgeSeconds === 0) return undefined;
  const age = ageSeconds(context.judged.table, record);
  if (age === undefined) return keptFor('too-young', 'its age could not be read', '--min-age 0');
  if (age >= policy.minAgeSeconds) return undefined;
  const reason = `is ${formatDuration(age)} old, younger than ${formatDuration(policy.minAgeSeconds)}`;
  return keptFor('too-young', reason, '--min-age 0');
}

/** Why it is not proven to be quiet; busy orphans need only to be ownerless for long. */
function notQuiet(policy: Policy, judgement: Judgement, mayBeBusy: boolean): KeptReason | undefined {
  const { verdict, ownerlessSeconds = 0, idleSeconds, ripeAt } = judgement;
  const isLost = verdict === 'orphan' || verdict === 'leftover';
  if (judgement.work === 'working' && !(mayBeBusy && isLost)) {
    return keptFor('at-work', 'is working', isLost ? '--include busy-orphan' : undefined);
  }
  const threshold = policy.idleSeconds;
  if (threshold === 0) return undefined;
  const notDue = (reason: string): KeptReason => keptFor('not-due', reason, '--idle 0', ripeAt);
  if (judgement.observations < 1) return notDue('is seen for the first time');
  if (isLost && ownerlessSeconds < threshold) {
    return notDue(
      `is known without an owner for ${formatDuration(ownerlessSeconds)}, less than ${formatDuration(threshold)}`,
    );
  }
  if (isLost && mayBeBusy) return undefined;
  if (idleSeconds === undefined) return keptFor('not-proven', 'is not proven idle', '--idle 0', ripeAt);
  if (idleSeconds >= threshold) return undefined;
  return notDue(`is idle for ${formatDuration(idleSeconds)}, less than ${formatDuration(threshold)}`);
}

/** A session is put to sleep only when its turn is over and its conversation can be gone on with. */
function notResumable({ record, member, judgement }: Subject): KeptReason | undefined {
  // Its own status file says idle only when no turn is open.
  const isOver = judgement.turn === 'closed' || judgement.evidence.some(({ kind }) => kind === 'status-idle');
  if (judgement.turn === 'open' || !isOver) return keptFor('not-proven', 'its turn is not known to be over');
  if (resumeOf(member, record.detail?.cwd) !== undefined) return undefined;
  return keptFor('not-resumable', 'could not be resumed: its session id or folder is not known');
}

/** Only what nobody owns: a live agent that burns is somebody's to end. */
function isOverCpu(context: PlanContext, policy: Policy, judgement: Judgement): boolean {
  const budget = policy.budgets.cpuPercentFor;
  const isLost = judgement.verdict === 'orphan' || judgement.verdict === 'leftover';
  if (budget === undefined || !isLost || judgement.owner !== undefined) return false;
  const { runaway } = judgement;
  const use =
    context.facts.cpuUse?.(judgement.pid) ??
    (runaway === undefined ? undefined : { percent: runaway.cpuPercent, seconds: runaway.seconds });
  return use !== undefined && use.percent >= budget.percent && use.seconds >= budget.seconds;
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

function due(subject: Subject, cause: Cause): Examination {
  const { record, member, judgement } = subject;
  return { kind: 'due', candidate: { record, member, judgement, cause, reason: judgement.reason } };
}

function kept({ record }: Subject, why: KeptReason): Examination {
  return { kind: 'kept', record, why };
}

/** Why what a budget did not choose stays, when a person would look for it in the list. */
export function unasked({ judgement }: Candidate, include: IncludeKind): KeptReason | undefined {
  // A session that is merely idle is no news.
  return include === 'idle' ? undefined : keptUntilAsked(include, `is ${judgement.verdict}: ${judgement.reason}`);
}

const NONE: Examination = { kind: 'none' };
