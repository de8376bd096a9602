import { isThere, type LedgerEntry, type SeenOwner, type SeenProcess } from '../../activity/ledger/ledger.js';
import { loginSessionOf } from '../../activity/readers/login-sessions.js';
import type { Membership } from '../../agents/membership.js';
import { DELETED, type ProcessRecord } from '../../process/record.js';
import { isYounger } from '../../process/start-order.js';
import { heldTerminal, liveOne, type TableContext } from '../context.js';
import { isShell } from '../owner/known-owners.js';

/**
 * What the end of an owner leaves behind, each trace looked for by one small function that answers with what it
 * found, or with nothing. Whatever could not be read leaves no trace.
 */

/** The owner or the parent that it was last seen with ended since. */
export function lostOwner(
  context: TableContext,
  record: ProcessRecord,
): { readonly entry: LedgerEntry; readonly lost: SeenOwner | SeenProcess } | undefined {
  const entry = context.entry(record);
  if (entry === undefined) return undefined;
  const { owner, parent } = entry;
  if (owner?.pid !== undefined && isThere({ ...owner, pid: owner.pid }, context.presence) === 'no') {
    return { entry, lost: owner };
  }
  if (parent !== undefined && record.ppid !== parent.pid && isThere(parent, context.presence) === 'no') {
    return { entry, lost: parent };
  }
  return undefined;
}

/** The leader of its session, or else of its process group, is gone. */
export function goneLeader(
  context: TableContext,
  record: ProcessRecord,
): { readonly of: 'session' | 'process group'; readonly pid: number } | undefined {
  // 0: the leader is outside of this pid namespace.
  const isGone = (pid: number | undefined): pid is number =>
    pid !== undefined && pid > 0 && pid !== record.pid && liveOne(context.table, pid) === undefined;
  if (!context.presence.complete) return undefined;
  if (isGone(record.sid)) return { of: 'session', pid: record.sid };
  if (isGone(record.pgid)) return { of: 'process group', pid: record.pgid };
  return undefined;
}

/** A standard stream leads to a terminal that is no more, or the terminal that it was seen on is not its any more. */
export function goneTerminal(context: TableContext, record: ProcessRecord): string | undefined {
  // With a terminal of its own the stream is only a leftover.
  if (typeof heldTerminal(context.table, record) === 'string') return undefined;
  for (const fd of [0, 1, 2]) {
    const target = record.detail?.fds?.get(fd);
    if (target !== undefined && DELETED_TERMINAL.test(target)) return target;
  }
  const owner = context.entry(record)?.owner;
  return record.tty === null && owner?.kind === 'terminal' ? `${owner.name}${DELETED}` : undefined;
}
const DELETED_TERMINAL = /^\/dev\/(pts\/|tty)\d+ \(deleted\)$/;

/** What its standard streams say: stdin without a writer is the trace, stdout without a reader makes it plain. */
export function closedStdio(
  context: TableContext,
  record: ProcessRecord,
): { readonly target: string; readonly both: boolean } | undefined {
  const stdio = context.around.stdio.get(record.pid);
  const stdin = stdio?.get(0);
  if (stdin?.state !== 'closed') return undefined;
  return { target: stdin.target, both: stdio?.get(1)?.state === 'closed' };
}

/** The login session of its cgroup is over. */
export function endedLogin(context: TableContext, record: ProcessRecord): string | undefined {
  const id = record.detail?.cgroup === undefined ? undefined : loginSessionOf(record.detail.cgroup);
  return id !== undefined && context.around.logins.get(id) === 'ended' ? id : undefined;
}

/** The agent that it was seen under ended since. */
export function goneAgent(context: TableContext, record: ProcessRecord): LedgerEntry | undefined {
  const entry = context.entry(record);
  if (entry?.leader === undefined || entry.leader.pid === record.pid) return undefined;
  return isThere(entry.leader, context.presence) === 'no' ? entry : undefined;
}

/** Its environment names an agent that is gone: by pid, or only by a session that nobody holds. */
export function deadMarker(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
): { readonly by: 'pid' | 'session'; readonly value: string } | undefined {
  if (member.leader !== undefined || !context.presence.complete) return undefined;
  const seen = context.entry(record)?.leader;
  if (seen !== undefined && isThere(seen, context.presence) !== 'no') return undefined;
  const { markedPid } = member;
  if (markedPid !== undefined) {
    const now = liveOne(context.table, markedPid);
    if (now === undefined || isYounger(now, record)) return { by: 'pid', value: `${markedPid}` };
    return undefined;
  }
  if (member.via !== 'marker' || member.sessionId === undefined) return undefined;
  for (const other of context.agents.members.values()) {
    if (other.sessionId === member.sessionId && other.leader === other.pid) return undefined;
  }
  return { by: 'session', value: member.sessionId };
}

/** A tool shell in a session of its own whose agent, by its marker, is gone: nobody can see or type into it. */
export function isLeftoverShell(context: TableContext, record: ProcessRecord): boolean {
  const member = context.agents.members.get(record.pid);
  if (member?.role !== 'tool' || !isShell(record) || record.sid !== record.pid) return false;
  return deadMarker(context, record, member)?.by === 'pid';
}
