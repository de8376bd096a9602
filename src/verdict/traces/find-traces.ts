import { isThere } from '../../activity/ledger/ledger.js';
import { loginSessionOf } from '../../activity/readers/login-sessions.js';
import { isChannel } from '../../activity/readers/stdio.js';
import { isCounted, type Membership } from '../../agents/membership.js';
import { DELETED, type ProcessRecord } from '../../process/record.js';
import { compareStarts, isYounger } from '../../process/start-order.js';
import { heldTerminal, isHelper, liveOne, type TableContext } from '../context.js';
import { isShell } from '../owner/known-owners.js';
import type { Trace } from './trace.js';

/** Every sign that an owner of a process ended. Whatever could not be read leaves no trace. */
export function findTraces(context: TableContext, record: ProcessRecord): readonly Trace[] {
  // Without a start it cannot be told from what was seen under somebody who lives. Of a recorded table nothing was.
  if (record.startTime === undefined && context.table.scan.source !== 'recorded') return [];
  const member = context.agents.members.get(record.pid);
  const found = [
    ownerLost(context, record),
    seenUnder(context, record),
    terminalGone(context, record),
    stdioClosed(context, record),
    leaderGone(context, record),
    loginEnded(context, record),
    member === undefined ? undefined : markerNamesDead(context, record, member),
    member === undefined ? undefined : agentGone(context, record, member),
  ];
  return found.filter((trace) => trace !== undefined);
}

function ownerLost(context: TableContext, record: ProcessRecord): Trace | undefined {
  const entry = context.entry(record);
  if (entry === undefined) return undefined;
  const seenAt = entry.ownedAt ?? entry.lastSeen;
  const { owner, parent } = entry;
  if (owner?.pid !== undefined && isThere({ ...owner, pid: owner.pid }, context.presence) === 'no') {
    return { kind: 'owner-lost', value: `${owner.name}(${owner.pid})`, lost: owner, seenAt };
  }
  // What stood between it and an agent that may still be there ended, and not its agent.
  if (mayHaveAgent(context, record)) return undefined;
  if (parent !== undefined && record.ppid !== parent.pid && isThere(parent, context.presence) === 'no') {
    return { kind: 'owner-lost', value: `${parent.name}(${parent.pid})`, lost: parent, seenAt };
  }
  return undefined;
}

/** Whether the agent that it was seen under is there, or may only not have been told from another process. */
function mayHaveAgent(context: TableContext, record: ProcessRecord): boolean {
  const seen = context.entry(record)?.leader;
  return seen !== undefined && seen.pid !== record.pid && isThere(seen, context.presence) !== 'no';
}

function seenUnder(context: TableContext, record: ProcessRecord): Trace | undefined {
  const entry = context.entry(record);
  if (entry?.leader === undefined || entry.leader.pid === record.pid) return undefined;
  if (isThere(entry.leader, context.presence) !== 'no') return undefined;
  const agent = entry.leader;
  const seenAt = entry.ownedAt ?? entry.lastSeen;
  return { kind: 'seen-under', value: `${agent.agent ?? agent.name}(${agent.pid})`, agent, seenAt };
}

function terminalGone(context: TableContext, record: ProcessRecord): Trace | undefined {
  // With a terminal of its own the stream is only a leftover.
  if (typeof heldTerminal(context.table, record) === 'string') return undefined;
  for (const fd of STANDARD_STREAMS) {
    const target = record.detail?.fds?.get(fd);
    if (target !== undefined && DELETED_TERMINAL.test(target)) return { kind: 'terminal-gone', value: target };
  }
  const owner = context.entry(record)?.owner;
  return record.tty === null && owner?.kind === 'terminal'
    ? { kind: 'terminal-gone', value: `${owner.name}${DELETED}` }
    : undefined;
}

const STANDARD_STREAMS = [0, 1, 2];
const DELETED_TERMINAL = /^\/dev\/(pts\/|tty)\d+ \(deleted\)$/;

function stdioClosed(context: TableContext, record: ProcessRecord): Trace | undefined {
  const stdio = context.around.stdio.get(record.pid);
  const [stdin, stdout] = [stdio?.get(0), stdio?.get(1)];
  if (stdin?.state === 'closed') {
    const streams = stdout?.state === 'closed' ? 'both' : 'stdin';
    return { kind: 'stdio-closed', value: stdin.target, streams };
  }
  return stdout?.state === 'closed' ? { kind: 'stdio-closed', value: stdout.target, streams: 'stdout' } : undefined;
}

/** A service manager that somebody started by hand outlives the leader of its session, and so may what it runs there. */
function sharesWithManager({ table, adopter }: TableContext, { pid, sid }: ProcessRecord): boolean {
  const parent = table.parent(pid);
  return parent !== undefined && parent.pid !== 1 && parent.sid === sid && adopter(parent)?.kind === 'manager';
}

function leaderGone(context: TableContext, record: ProcessRecord): Trace | undefined {
  if (!context.presence.complete || mayHaveDetachedItself(context, record)) return undefined;
  const { sid, pgid } = record;
  if (sharesWithManager(context, record)) return undefined;
  if (isGone(context, record, sid)) return { kind: 'leader-gone', value: `${sid}`, of: 'session' };
  if (isGone(context, record, pgid)) return { kind: 'leader-gone', value: `${pgid}`, of: 'process group' };
  return wasLeftByVisitor(context, record)
    ? { kind: 'leader-gone', value: 'outside of this pid namespace', of: 'session' }
    : undefined;
}

/**
 * Started by somebody who had entered this pid namespace and ended: an init starts nothing in another's session, and
 * a leader that is outside has the number 0.
 */
function wasLeftByVisitor(context: TableContext, record: ProcessRecord): boolean {
  if (record.sid !== 0 || record.pgid !== 0) return false;
  const parent = context.table.parent(record.pid);
  const adopter = parent === undefined ? undefined : context.adopter(parent);
  return adopter?.kind === 'manager' || adopter?.kind === 'init';
}

function isGone(context: TableContext, record: ProcessRecord, leader: number | undefined): boolean {
  return leader !== undefined && leader > 0 && leader !== record.pid && liveOne(context.table, leader) === undefined;
}

/** As daemons do: `setsid`, a second fork, and no stream that leads to anybody. daemon(7). */
function mayHaveDetachedItself({ table }: TableContext, { sid, pgid, detail }: ProcessRecord): boolean {
  // Elsewhere than in procfs some of these are never told, and there the leader is all there is to go by.
  const isUntold = sid === undefined || pgid === undefined || detail?.fds === undefined;
  if (isUntold) return table.scan.source === 'procfs';
  if (sid !== pgid) return false;
  return STANDARD_STREAMS.every((fd) => {
    const target = detail.fds?.get(fd);
    return target === undefined || !(isChannel(target) || target.startsWith('/dev/pts/'));
  });
}

function loginEnded(context: TableContext, record: ProcessRecord): Trace | undefined {
  const id = record.detail?.cgroup === undefined ? undefined : loginSessionOf(record.detail.cgroup);
  return id !== undefined && context.around.logins.get(id) === 'ended' ? { kind: 'login-ended', value: id } : undefined;
}

/** Helpers only: whatever a tool starts inherits its environment, other agents included. */
function markerNamesDead(context: TableContext, record: ProcessRecord, member: Membership): Trace | undefined {
  if (!isHelper(member) || member.leader !== undefined || !context.presence.complete) return undefined;
  if (mayHaveAgent(context, record)) return undefined;
  const { markedPid, sessionId } = member;
  if (markedPid !== undefined) {
    const now = liveOne(context.table, markedPid);
    const isDead = now === undefined || isYounger(now, record);
    return isDead ? { kind: 'marker-names-dead', value: `${markedPid}`, by: 'pid', isProven: true } : undefined;
  }
  if (member.via !== 'marker' || sessionId === undefined) return undefined;
  const agents = [...context.agents.members.values()].filter(isCounted);
  if (agents.some((agent) => agent.sessionId === sessionId)) return undefined;
  const mayHaveStartedIt = agents.some((agent) => mayHaveStarted(context, agent, record, member));
  return { kind: 'marker-names-dead', value: sessionId, by: 'session', isProven: !mayHaveStartedIt };
}

/** A live agent of the kind that is not known to be younger: its session may have had another id. */
function mayHaveStarted(
  { table }: TableContext,
  agent: Membership,
  record: ProcessRecord,
  member: Membership,
): boolean {
  if (member.agent !== undefined && agent.agent !== member.agent) return false;
  const other = table.get(agent.pid);
  return other !== undefined && other.state !== 'Z' && compareStarts(other, record) !== 'younger';
}

/** By its text alone, where it leads its session: what such a shell starts in the background repeats the text. */
function agentGone(context: TableContext, record: ProcessRecord, member: Membership): Trace | undefined {
  if (member.role !== 'tool' || member.via !== 'self' || member.leader !== undefined) return undefined;
  if (mayHaveAgent(context, record)) return undefined;
  // Where markers can be read, one that could not be read may name a live agent.
  if (context.table.scan.source === 'procfs' && record.detail?.markers === undefined) return undefined;
  // On Linux a session is always told: one that is not could not be read.
  const isTold = record.sid !== undefined || context.table.scan.machine.platform === 'linux';
  const leads = isTold ? record.sid === record.pid : record.pgid === record.pid;
  if (!leads || !isShell(record)) return undefined;
  const parent = context.table.parent(record.pid);
  if (parent === undefined || context.adopter(parent) === undefined) return undefined;
  return { kind: 'agent-gone', value: member.agent ?? 'an agent' };
}
