import { type AgentTable, isCounted, type Membership } from '../agents/membership.js';
import { otherHolders, type SessionHolder } from '../agents/same-session.js';
import type { ProcessRecord } from '../process/record.js';
import type { ProcessTable } from '../process/table.js';
import { formatBytes, formatDuration } from '../units.js';
import { evidence, named } from './evidence/words.js';
import type { Evidence } from './judgement.js';

/** Older live processes of an agent whose session a younger one of the same user and agent holds, with who that is. */
export function youngerHolders(agents: AgentTable): ReadonlyMap<number, Evidence> {
  const holders = [...agents.members.values()].flatMap((member) => {
    const record = agents.table.get(member.pid);
    return record === undefined || record.state === 'Z' ? [] : holderOf(record, member);
  });
  const isAbove = (pid: number, of: number): boolean =>
    agents.table.ancestors(of).some((one) => one.pid === pid);
  const found = new Map<number, Evidence>();
  for (const [holder, { by, isYounger }] of otherHolders(holders, isAbove)) {
    const name = named({ pid: by.pid, name: by.agent });
    found.set(
      holder.pid,
      isYounger
        ? evidence('younger-holder', 'orphan', 2, name, `${name} is younger and holds the same session`)
        : evidence(
            'younger-holder',
            'note',
            1,
            name,
            `${name} holds the same session; which is younger is not known`,
          ),
    );
  }
  return found;
}

/** Markers are handed down to whatever an agent starts, other agents included: they hold no session. */
function holderOf(record: ProcessRecord, member: Membership): SessionHolder[] {
  const { agent, sessionId, sessionIdFrom } = member;
  if (!isCounted(member) || agent === undefined || sessionId === undefined) return [];
  if (sessionIdFrom === 'marker' || sessionIdFrom === 'leader') return [];
  const { pid, uid, startTime, startedAt } = record;
  return [{ pid, agent, sessionId, uid, startTime, startedAt }];
}

/** The same MCP server several times under one live agent: a leak of that agent's, named and never ended. */
export function duplicates(agents: AgentTable): ReadonlyMap<number, Evidence> {
  const groups = new Map<string, ProcessRecord[]>();
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (member.role !== 'mcp-server' || member.leader === undefined || record?.argv === undefined) continue;
    if (record.argv.length === 0 || record.state === 'Z') continue;
    const key = JSON.stringify([member.leader, record.argv]);
    const others = groups.get(key);
    if (others === undefined) groups.set(key, [record]);
    else others.push(record);
  }
  const found = new Map<number, Evidence>();
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const bytes = group.reduce((sum, record) => sum + (record.rssBytes ?? 0), 0);
    const value = `${group.length} of the same, ${formatBytes(bytes)}`;
    for (const record of group) {
      found.set(
        record.pid,
        evidence('duplicate', 'note', 1, value, `its agent runs ${value} together: the same MCP server`),
      );
    }
  }
  return found;
}

/** A zombie's parent, which alone can remove it. */
export function defunct(table: ProcessTable, record: ProcessRecord): Evidence {
  const parent = table.get(record.ppid ?? -1);
  const name =
    parent === undefined
      ? `${record.ppid ?? 'its parent'}`
      : named({ pid: parent.pid, name: parent.comm ?? 'process' });
  const age =
    record.startedAt === undefined
      ? ''
      : `, started ${formatDuration((table.scan.takenAt - record.startedAt) / 1000)} ago`;
  return evidence('defunct', 'note', 3, name, `defunct: ${name} has not fetched its exit status${age}`);
}
