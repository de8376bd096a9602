import type { Activity } from '../activity/conclude.js';
import { type Moment, secondsBetween } from '../activity/moment.js';
import { isCounted, type Membership } from '../agents/membership.js';
import type { Facts } from './judge.js';

/** Looks idle whatever it does, so that it is judged by its owner alone: whatever is no agent that counts. */
function alwaysLooksIdle(member: Pick<Membership, 'role'>): boolean {
  return !isCounted(member);
}

/** What idleness of one process is told by. */
export interface IdleQuestion {
  readonly member: Membership;
  readonly activity: Activity | undefined;
  /** Whether an earlier observation saw it. */
  readonly isKnown: boolean;
  /** Absent while it has an owner. */
  readonly ownerlessSince?: Moment | undefined;
  /** For how long nothing may have moved. 0 waives the proof. */
  readonly thresholdSeconds: number;
  readonly now: Moment;
}

/**
 * Whether it is idle past the threshold: nothing moved for that long, and that was watched for as long. What
 * always looks idle counts from when it was first seen without an owner.
 */
export function idleOf(question: IdleQuestion): {
  readonly idle: Facts['idle'];
  readonly seconds?: number;
} {
  const { member, activity, isKnown, ownerlessSince, thresholdSeconds, now } = question;
  const none = { idle: 'not proven' } as const;
  if (alwaysLooksIdle(member)) {
    const seconds = ownerlessSince === undefined ? undefined : secondsBetween(ownerlessSince, now);
    return seconds === undefined || seconds < thresholdSeconds ? none : { idle: 'proven', seconds };
  }
  if (activity?.state !== 'idle' || activity.lastActiveAt === undefined) return none;
  const watched = secondsBetween(activity.unmovedSince, now);
  const seconds = Math.max(0, (now.at - activity.lastActiveAt) / 1000);
  if (!(isKnown || thresholdSeconds === 0) || Math.min(watched, seconds) < thresholdSeconds) return none;
  return { idle: 'proven', seconds };
}

/**
 * When it will have been ownerless and idle for the threshold if nothing changes, milliseconds since the epoch; in the
 * past once it was. `undefined` while it has an owner, works, or whether it works cannot be told.
 */
export function ripeAt(question: IdleQuestion): number | undefined {
  const { member, activity, ownerlessSince, thresholdSeconds } = question;
  if (ownerlessSince === undefined) return undefined;
  const threshold = thresholdSeconds * 1000;
  if (alwaysLooksIdle(member)) return ownerlessSince.at + threshold;
  if (activity?.state !== 'idle') return undefined;
  const still = Math.max(activity.unmovedSince.at, activity.lastActiveAt ?? 0);
  return Math.max(ownerlessSince.at, still) + threshold;
}
