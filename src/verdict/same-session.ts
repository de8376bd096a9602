import { type AgentTable, isCounted, type Membership } from '../agents/membership.js';
import type { ProcessRecord } from '../process/record.js';
import { compareStarts } from '../process/start-order.js';
import type { ProcessTable } from '../process/table.js';
import { formatBytes, formatDuration } from '../units.js';
import { evidence, named } from './evidence/words.js';
import type { Evidence } from './judgement.js';

/**
 * Older live processes of an agent whose session a younger one of the same agent holds, with who that is. Hosts
 * that start a session anew (`--session-id U`, later `--resume U`) forget the first one.
 */
export function youngerHolders(agents: AgentTable): ReadonlyMap<number, Evidence> {
  const found = new Map<number, Evidence>();
  for (const holders of bySession(agents).values()) {
    if (holders.length < 2) continue;
    for (const holder of holders) {
      const others = holders.filter((other) => other !== holder && !isRelated(agents.table, other, holder));
      const younger = others.find((other) => compareStarts(other, holder) === 'younger');
      const rival = younger ?? others.find((other) => compareStarts(other, holder) === 'not known');
      if (rival === undefined) continue;
      const name = named({ pid: rival.pid, name: agents.members.get(rival.pid)?.agent ?? 'agent' });
      found.set(
        holder.pid,
        rival === younger
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
  }
  return found;
}

function bySession(agents: AgentTable): ReadonlyMap<string, readonly ProcessRecord[]> {
  const holders = new Map<string, ProcessRecord[]>();
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (record === undefined || record.state === 'Z' || !holdsSession(member)) continue;
    const key = `${member.agent}\n${member.sessionId}`;
    const others = holders.get(key);
    if (others === undefined) holders.set(key, [record]);
    else others.push(record);
  }
  return holders;
}

/** Markers are handed down to whatever an agent starts, other agents included: they hold no session. */
function holdsSession(member: Membership): boolean {
  return (
    isCounted(member) &&
    member.agent !== undefined &&
    member.sessionId !== undefined &&
    member.sessionIdFrom !== 'marker' &&
    member.sessionIdFrom !== 'leader'
  );
}

/** A process and what it started are one session in several processes. */
function isRelated(table: ProcessTable, a: ProcessRecord, b: ProcessRecord): boolean {
  const isAbove = (pid: number, of: number): boolean => table.ancestors(of).some((one) => one.pid === pid);
  return isAbove(a.pid, b.pid) || isAbove(b.pid, a.pid);
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
