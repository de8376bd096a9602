import { isThere, type Ledger, type LedgerEntry } from '../activity/ledger/ledger.js';
import type { AgentTable, Membership } from '../agents/membership.js';
import { compareIdentity } from '../process/identity.js';
import { identityOf } from '../process/table.js';
import { presenceOf } from '../verdict/context.js';

/**
 * The table with helpers that only earlier observations know: a tool that was re-parented shows nothing of the agent
 * it was seen under, and once that agent ended nothing else could.
 */
export function withRememberedHelpers(agents: AgentTable, ledger: Ledger): AgentTable {
  if (ledger.entries.size === 0) return agents;
  const { table } = agents;
  const presence = presenceOf(table);
  const members = new Map(agents.members);
  for (const entry of ledger.entries.values()) {
    if (entry.leader === undefined || (entry.role !== 'tool' && entry.role !== 'mcp-server')) continue;
    const record = table.get(entry.identity.pid);
    if (record === undefined || compareIdentity(entry.identity, identityOf(table, record)) !== 'same') continue;
    const member = members.get(record.pid);
    if (member?.leader !== undefined) continue;
    const leader = isThere(entry.leader, presence) === 'yes' ? entry.leader.pid : undefined;
    if (member === undefined) members.set(record.pid, rememberedMember(entry, leader));
    else if (leader !== undefined) members.set(record.pid, { ...member, leader, via: 'ledger' });
  }
  return members.size === agents.members.size && sameValues(members, agents.members) ? agents : { ...agents, members };
}

function rememberedMember(entry: LedgerEntry, leader: number | undefined): Membership {
  return {
    pid: entry.identity.pid,
    role: entry.role,
    ...(entry.agent !== undefined && { agent: entry.agent }),
    ...(entry.sessionId !== undefined && { sessionId: entry.sessionId, sessionIdFrom: 'leader' as const }),
    leader,
    via: 'ledger',
    because: `an earlier observation saw it under ${entry.leader?.agent ?? entry.leader?.name}(${entry.leader?.pid})`,
  };
}

function sameValues<T>(a: ReadonlyMap<number, T>, b: ReadonlyMap<number, T>): boolean {
  for (const [key, value] of a) if (b.get(key) !== value) return false;
  return true;
}
