import { isCounted, type Membership } from '../../../agents/membership.js';
import { SesswatchError } from '../../../errors.js';
import type { JudgedTable } from '../../../verdict/judgement.js';
import type { Policy } from './policy.js';

/** Whether a policy names a process: itself, another one of its tree, or its session. */
export function isNamed(judged: JudgedTable, policy: Policy, pid: number): boolean {
  const { sessionId } = judged.members.get(pid) ?? {};
  if (policy.sessions.some((wanted) => matchesSession(sessionId, wanted))) return true;
  return policy.pids.includes(pid) || policy.pids.some((named) => speaksFor(judged, named) === pid);
}

/**
 * The process that is meant by the pid of one in its tree: of a helper the agent that it belongs to, of a shell or
 * wrapper above an agent that agent, of a child of a tool the agent above. `undefined`: the process itself.
 */
function speaksFor(judged: JudgedTable, pid: number): number | undefined {
  const { table, members, judgements } = judged;
  const member = members.get(pid);
  if (member !== undefined) {
    if (isCounted(member) || member.leader === undefined || member.leader === pid) return undefined;
    // A helper that nobody owns any more is a case of its own.
    const owned = judgements.get(pid)?.ownerlessSince === undefined;
    return owned && table.get(member.leader) !== undefined ? member.leader : undefined;
  }
  const isAgent = (one: number): boolean => {
    const known = members.get(one);
    return known !== undefined && isCounted(known);
  };
  const above = table.ancestors(pid).find((one) => isAgent(one.pid));
  return (above ?? table.descendants(pid).find((one) => isAgent(one.pid)))?.pid;
}

/** @throws SesswatchError `usage` when a policy names what is not there */
export function assertNamedExist(judged: JudgedTable, policy: Policy): void {
  for (const pid of [...policy.pids, ...policy.forcePids]) {
    if (judged.table.get(pid) !== undefined) continue;
    throw new SesswatchError('usage', `there is no process ${pid}`, 'list them with sesswatch ps --all');
  }
  for (const wanted of policy.sessions) {
    const ids = new Set<string>();
    for (const { sessionId } of judged.members.values()) {
      if (sessionId !== undefined && matchesSession(sessionId, wanted)) ids.add(sessionId);
    }
    if (ids.size === 1 || ids.has(wanted)) continue;
    const what = ids.size === 0 ? `no process holds session ${wanted}` : `${wanted} begins ${ids.size} session ids`;
    throw new SesswatchError('usage', what, 'sesswatch ps shows the ids; give at least eight characters');
  }
}

/** Named processes of no agent, nor of one's tree. */
export function namedStrangers(judged: JudgedTable, policy: Policy): number[] {
  const isStranger = (pid: number): boolean => !judged.members.has(pid) || !judged.judgements.has(pid);
  return [
    ...policy.pids.filter((pid) => isStranger(pid) && speaksFor(judged, pid) === undefined),
    ...policy.forcePids.filter(isStranger),
  ];
}

/** The whole id, or its beginning as lists show it: at least eight characters. */
function matchesSession(sessionId: Membership['sessionId'], wanted: string): boolean {
  if (sessionId === undefined) return false;
  return sessionId === wanted || (wanted.length >= 8 && sessionId.startsWith(wanted));
}
