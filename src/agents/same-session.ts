import { compareStarts } from '../process/start-order.js';
import { type AgentTable, isCounted } from './membership.js';

/** A process that says it holds a conversation, as far as its row tells. */
export interface SessionHolder {
  readonly pid: number;
  readonly agent: string;
  readonly sessionId: string;
  /** Effective user; a stranger's process says nothing about ours. Absent: not known. */
  readonly uid?: number | undefined;
  /** Opaque, see {@link ../process/identity.ts}. */
  readonly startTime?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
  /** Told by a name that any program may have: it proves nothing about another. */
  readonly sharedName?: true | undefined;
}

/** The other process that holds the session of one. */
export interface OtherHolder<T> {
  readonly by: T;
  /** Whether it is known to be an agent, and the younger one of the two. */
  readonly isYounger: boolean;
}

/**
 * Which holders share their session with a younger one, or with one of which that is not known. Hosts that start
 * a session anew (`--session-id U`, later `--resume U`) forget the first process. Same agent, same id, same
 * user; a process and what it started are one session in several processes.
 *
 * @param isAbove whether the first is an ancestor of the second
 */
export function otherHolders<T extends SessionHolder>(
  holders: readonly T[],
  isAbove: (pid: number, of: number) => boolean,
): Map<T, OtherHolder<T>> {
  const found = new Map<T, OtherHolder<T>>();
  for (const group of bySession(holders).values()) {
    if (group.length < 2) continue;
    for (const holder of group) {
      const others = group.filter(
        (other) => other !== holder && !isAbove(other.pid, holder.pid) && !isAbove(holder.pid, other.pid),
      );
      const mayBeYounger = others.filter((other) => compareStarts(other, holder) !== 'older');
      const younger = mayBeYounger.find(
        (other) => other.sharedName !== true && compareStarts(other, holder) === 'younger',
      );
      const by = younger ?? mayBeYounger[0];
      if (by !== undefined) found.set(holder, { by, isYounger: by === younger });
    }
  }
  return found;
}

/** {@link otherHolders} of the live agents of a table. */
export function sharedSessions({ table, members }: AgentTable): Map<SessionHolder, OtherHolder<SessionHolder>> {
  const holders = [...members.values()].flatMap((member): SessionHolder[] => {
    const { agent, sessionId, sessionIdFrom, sharedName } = member;
    const record = table.get(member.pid);
    if (record === undefined || record.state === 'Z' || !isCounted(member)) return [];
    // Markers are handed down to whatever an agent starts, other agents included: they hold no session.
    if (agent === undefined || sessionId === undefined || sessionIdFrom === 'marker') return [];
    const { pid, uid, startTime, startedAt } = record;
    return [{ pid, agent, sessionId, uid, startTime, startedAt, sharedName }];
  });
  return otherHolders(holders, (pid, of) => table.ancestors(of).some((one) => one.pid === pid));
}

/** Groups by agent, session id and user, in the order in which they are met. */
export function bySession<T extends SessionHolder>(holders: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const holder of holders) {
    const key = JSON.stringify([holder.agent, holder.sessionId, holder.uid ?? null]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [holder]);
    else group.push(holder);
  }
  return groups;
}
