import type { Activity } from '../activity/conclude.js';
import { secondsBetween } from '../activity/moment.js';
import type { Membership } from '../agents/membership.js';
import type { ProcessRecord } from '../process/record.js';
import { alwaysLooksIdle, isHelper } from './context.js';
import { activityEvidence, runaway } from './evidence/activity.js';
import { applicationEvidence, ownerEvidence } from './evidence/owner.js';
import { evidence } from './evidence/words.js';
import type { Court } from './input.js';
import type { Facts } from './judge.js';
import type { Evidence } from './judgement.js';
import type { OwnerFinding } from './owner/find-owner.js';
import { defunct } from './same-session.js';
import {
  cwdDeleted,
  exeDeleted,
  leaderGone,
  loginEnded,
  markerNamesDead,
  ownerLost,
  seenUnder,
  stdinOf,
  stdioClosed,
  terminalGone,
} from './traces/evidence.js';
import { goneLeader, isLeftoverShell } from './traces/traces.js';
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

/** Gathers all that decides about one process, and all evidence for it. Pure. */
export function factsOf(
  court: Court,
  record: ProcessRecord,
  member: Membership,
  finding: OwnerFinding,
  activity: Activity | undefined,
): Facts {
  const { context, now, policy, hosts } = court;
  const entry = context.entry(record);
  const isDefunct = record.state === 'Z';
  const isOwnerless = finding.state === 'ownerless';
  const ownerlessSeconds = isOwnerless ? secondsBetween(entry?.ownerlessSince ?? now, now) : undefined;
  const disowned = hosts.disowned.get(record.pid);
  const younger = court.younger.get(record.pid);
  const saidBusy = activity?.facts.some(({ kind }) => kind === 'status-busy') === true;
  const busyWord = saysBusy(saidBusy, hosts.busy.get(record.pid));
  const quiet = idleOf(court, record, member, activity, ownerlessSeconds);

  const all: (Evidence | undefined)[] = [
    isSelf(record, court.self),
    isFirst(record),
    isKernelThread(record),
    isOthers(record, court.self, policy.allUsers),
    isTraced(record),
    protectedBy(context.agents, record, member, policy.protect),
    seenOnly(context.agents, record, member, policy.trusted),
    isAgentDaemon(member),
    isSupervised(finding),
    busyWord,
    isDefunct ? defunct(context.table, record) : ownerEvidence(finding),
    applicationEvidence(finding),
    ...(isDefunct || finding.state === 'owned' ? [] : traces(court, record, member)),
    cwdDeleted(record),
    exeDeleted(record),
    younger,
    disowned && evidence('host-disowns', 'orphan', 2, disowned.host, `${disowned.host}: ${disowned.detail}`),
    court.duplicates.get(record.pid),
    ...(activity === undefined
      ? firstSight(entry === undefined && !isDefunct)
      : activityEvidence(activity, now.at)),
    isOwnerless ? runaway(activity, record.tty) : undefined,
  ];
  return {
    pid: record.pid,
    role: member.role,
    isDefunct,
    owner: finding.state === 'owned' ? 'live' : isOwnerless ? 'none' : 'not known',
    leftBehind: leftBehind(court, record, member, finding),
    youngerHolder: younger === undefined ? 'no' : younger.argues === 'note' ? 'not known' : 'yes',
    isDisowned: disowned !== undefined,
    idle: quiet.idle,
    isBusy: activity?.state === 'busy' || busyWord !== undefined,
    evidence: all.filter((one) => one !== undefined),
    ownerIs: finding.owner,
    host: finding.host ?? hosts.attributed.get(record.pid)?.host,
    idleSeconds: quiet.seconds,
    ownerlessSeconds,
    ownerlessSince: isOwnerless ? (entry?.ownerlessSince ?? now).at : undefined,
    ripeAt: isOwnerless ? ripeAt(court, record, member, activity) : undefined,
    observations: entry?.observations ?? 0,
  };
}

function traces(court: Court, record: ProcessRecord, member: Membership): (Evidence | undefined)[] {
  const { context, now } = court;
  return [
    ownerLost(context, record, now.at),
    seenUnder(context, record, now.at),
    terminalGone(context, record),
    stdioClosed(context, record),
    leaderGone(context, record),
    loginEnded(context, record),
    isHelper(member) ? markerNamesDead(context, record, member) : undefined,
  ];
}

function firstSight(isFirstSight: boolean): Evidence[] {
  return isFirstSight
    ? [evidence('first-sight', 'note', 1, 'not seen before', 'seen for the first time')]
    : [];
}

/** How much says that an agent left this process behind. */
function leftBehind(
  court: Court,
  record: ProcessRecord,
  member: Membership,
  finding: OwnerFinding,
): Facts['leftBehind'] {
  if (!isHelper(member) || finding.state !== 'ownerless') return 'no';
  const { context, now } = court;
  if (seenUnder(context, record, now.at) !== undefined) return 'proved';
  if (member.role === 'tool') {
    // What a tool shell started goes with the shell; a marker alone, which everything inherits, proves nothing.
    const shells = [record, ...finding.chain.passed];
    return shells.some((shell) => isLeftoverShell(context, shell)) ? 'proved' : 'no';
  }
  if (stdioClosed(context, record) !== undefined) return 'proved';
  const stdin = stdinOf(context, record);
  if (stdin === 'channel')
    return markerNamesDead(context, record, member) === undefined ? 'likely' : 'proved';
  // Where descriptors are never known, a process group whose leader ended is what a server of its own has not.
  const isBlind = stdin === 'not-known' && context.table.scan.machine.platform !== 'linux';
  return isBlind && !servesHttp(record) && goneLeader(context, record) !== undefined ? 'likely' : 'no';
}

/** An MCP server that clients come to over the network may have been started for itself. */
function servesHttp(record: ProcessRecord): boolean {
  return (
    record.argv?.some((word) =>
      /^(--?(port|http|sse)\b|(--transport=)?(http|sse|streamable-http)$)/.test(word),
    ) === true
  );
}

/** When it will have been ownerless and idle for the threshold; `undefined` while it works or that cannot be told. */
function ripeAt(court: Court, record: ProcessRecord, member: Membership, activity: Activity | undefined) {
  const { now, policy, context } = court;
  const ownerlessSince = (context.entry(record)?.ownerlessSince ?? now).at;
  const threshold = policy.idleSeconds * 1000;
  if (alwaysLooksIdle(member)) return ownerlessSince + threshold;
  if (activity?.state !== 'idle') return undefined;
  return Math.max(ownerlessSince, activity.unmovedSince.at, activity.lastActiveAt ?? 0) + threshold;
}

/**
 * Whether it is idle past the threshold: nothing moved for that long, and that was watched for as long. What
 * always looks idle counts from when it was first seen without an owner.
 */
function idleOf(
  court: Court,
  record: ProcessRecord,
  member: Membership,
  activity: Activity | undefined,
  ownerlessSeconds: number | undefined,
): { readonly idle: Facts['idle']; readonly seconds?: number } {
  const { now, policy } = court;
  const none = { idle: 'not proven' } as const;
  if (alwaysLooksIdle(member)) {
    if (ownerlessSeconds === undefined || ownerlessSeconds < policy.idleSeconds) return none;
    return { idle: 'proven', seconds: ownerlessSeconds };
  }
  if (activity?.state !== 'idle' || activity.lastActiveAt === undefined) return none;
  const isWatched = court.context.entry(record) !== undefined || policy.idleSeconds === 0;
  const watched = secondsBetween(activity.unmovedSince, now);
  const seconds = Math.max(0, (now.at - activity.lastActiveAt) / 1000);
  if (!isWatched || Math.min(watched, seconds) < policy.idleSeconds) return none;
  return { idle: activity.basis === 'unmoved' ? 'by CPU alone' : 'proven', seconds };
}
