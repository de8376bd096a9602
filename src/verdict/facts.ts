import type { Activity } from '../activity/conclude.js';
import { secondsBetween } from '../activity/moment.js';
import type { Runaway } from '../activity/runaway.js';
import type { Membership } from '../agents/membership.js';
import { nameOf, type ProcessRecord } from '../process/record.js';
import { activityEvidence, runawayEvidence } from './evidence/activity.js';
import { applicationEvidence, ownerEvidence } from './evidence/owner.js';
import { evidence, named } from './evidence/words.js';
import { idleOf, ripeAt } from './idle.js';
import type { JudgeContext } from './input.js';
import type { Facts } from './judge.js';
import type { Evidence } from './judgement.js';
import { leftBehind } from './left-behind.js';
import type { FoundTrace, OwnerFinding } from './owner/finding.js';
import { showsLoss } from './owner/finding.js';
import { mayBeLeftOnPurpose, type Purpose, purposeOf } from './purpose.js';
import { defunct } from './same-session.js';
import { cwdDeleted, exeDeleted, traceEvidence } from './traces/evidence.js';
import { protectedBy } from './vetoes/protect.js';
import { seenOnly } from './vetoes/seen-only.js';
import {
  isAgentDaemon,
  isFirst,
  isKernelThread,
  isOthers,
  isSelf,
  isSupervised,
  isTraced,
  saysBusy,
} from './vetoes/vetoes.js';

/** One process with what was found of it. */
export interface Examined {
  readonly record: ProcessRecord;
  readonly member: Membership;
  readonly finding: OwnerFinding;
  /** Of agents only. */
  readonly activity?: Activity | undefined;
  readonly runaway?: Runaway | undefined;
}

/** Gathers all that decides about one process, and all evidence for it. Pure. */
export function factsOf(judging: JudgeContext, examined: Examined): Facts {
  const { context, now, policy, hosts } = judging;
  const { record, member, finding, activity } = examined;
  const entry = context.entry(record);
  const isOwnerless = finding.state === 'ownerless';
  const ownerlessSince = isOwnerless ? (entry?.ownerlessSince ?? now) : undefined;
  const younger = judging.younger.get(record.pid);
  const saidBusy = activity?.facts.some(({ kind }) => kind === 'status-busy') === true;
  const busyWord = saysBusy(saidBusy, hosts.busy.get(record.pid));
  const purpose = isOwnerless ? purposeIn(judging, examined) : undefined;
  const idleness = {
    member,
    activity,
    isKnown: entry !== undefined,
    ownerlessSince,
    thresholdSeconds: policy.idleSeconds,
    now,
  };
  const quiet = idleOf(idleness);
  return {
    pid: record.pid,
    role: member.role,
    isDefunct: record.state === 'Z',
    owner: finding.state === 'owned' ? 'live' : isOwnerless ? 'none' : 'not known',
    isLost: finding.traces.some(showsLoss),
    isOnPurpose: purpose !== undefined,
    leftBehind: leftBehind(context, record, member, finding),
    youngerHolder: younger === undefined ? 'no' : younger.argues === 'note' ? 'not known' : 'yes',
    isDisowned: hosts.disowned.has(record.pid),
    idle: quiet.idle,
    turn: activity?.turn,
    runaway: examined.runaway,
    isBusy: busyWord !== undefined || (activity !== undefined && isAtWork(activity)),
    evidence: evidenceFor(judging, examined, [
      ...vetoesOn(judging, examined),
      busyWord,
      purpose && evidence(purpose.kind, 'live', 2, purpose.value, purpose.text),
    ]),
    traces: finding.traces.map(({ trace }) => trace),
    ownerIs: finding.owner,
    host: finding.host ?? hosts.attributed.get(record.pid)?.host,
    idleSeconds: quiet.seconds,
    ownerlessSeconds: ownerlessSince === undefined ? undefined : secondsBetween(ownerlessSince, now),
    ownerlessSince: ownerlessSince?.at,
    ripeAt: ripeAt(idleness),
    observations: entry?.observations ?? 0,
  };
}

/** Known to work: concluded so, or something that only work leaves. */
function isAtWork({ state, facts }: Activity): boolean {
  return state === 'busy' || facts.some(({ kind }) => kind === 'transcript-moved' || kind === 'child-born');
}

function purposeIn({ context }: JudgeContext, { record, finding }: Examined): Purpose | undefined {
  const own = finding.traces.filter(({ of }) => of.pid === record.pid).map(({ trace }) => trace);
  return mayBeLeftOnPurpose(context, record, own) ? purposeOf(context, record) : undefined;
}

function vetoesOn(judging: JudgeContext, { record, member, finding }: Examined): (Evidence | undefined)[] {
  const { context, policy, self } = judging;
  return [
    isSelf(record, self),
    isFirst(record),
    isKernelThread(record),
    isOthers(record, self, policy.allUsers),
    isTraced(record),
    protectedBy(context.agents, record, member, policy.protect),
    seenOnly(context.agents, record, member, policy.trusted),
    isAgentDaemon(context.agents, member),
    isSupervised(finding),
  ];
}

function evidenceFor(
  judging: JudgeContext,
  { record, finding, activity, runaway }: Examined,
  decisive: readonly (Evidence | undefined)[],
): Evidence[] {
  const { context, now, hosts } = judging;
  const isDefunct = record.state === 'Z';
  const disowned = hosts.disowned.get(record.pid);
  const all: (Evidence | undefined)[] = [
    ...decisive,
    isDefunct ? defunct(context.table, record) : ownerEvidence(finding),
    applicationEvidence(finding),
    ...(isDefunct ? [] : finding.traces.map((found) => tracesInWords(found, record, now.at))),
    cwdDeleted(record),
    exeDeleted(record),
    judging.younger.get(record.pid),
    disowned && evidence('host-disowns', 'orphan', 2, disowned.host, `${disowned.host}: ${disowned.detail}`),
    ...(activity === undefined
      ? firstSight(context.entry(record) === undefined && !isDefunct)
      : activityEvidence(activity, now.at)),
    runaway && runawayEvidence(runaway, now.at),
  ];
  return all.filter((one) => one !== undefined);
}

/** What was found on somebody above it names that one. */
function tracesInWords({ of, trace }: FoundTrace, record: ProcessRecord, now: number): Evidence {
  const found = traceEvidence(trace, now, of);
  if (of.pid === record.pid) return found;
  const name = named({ pid: of.pid, name: nameOf(of) });
  return { ...found, text: `of ${name} above it: ${found.text}` };
}

function firstSight(isFirstSight: boolean): Evidence[] {
  return isFirstSight ? [evidence('first-sight', 'note', 1, 'not seen before', 'seen for the first time')] : [];
}
