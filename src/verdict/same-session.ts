import { type AgentTable, isCounted, type Membership } from '../agents/membership.js';
import { otherHolders, type SessionHolder } from '../agents/same-session.js';
import type { ProcessRecord } from '../process/record.js';
import type { ProcessTable } from '../process/table.js';
import { formatDuration } from '../units.js';
import { evidence, named } from './evidence/words.js';
import type { Evidence } from './judgement.js';

/** Older live processes of an agent whose session a younger one of the same user and agent holds, with who that is. */
export function youngerHolders(agents: AgentTable): ReadonlyMap<number, Evidence> {
  const holders = [...agents.members.values()].flatMap((member) => {
    const record = agents.table.get(member.pid);
    return record === undefined || record.state === 'Z' ? [] : holderOf(record, member);
  });
  const isAbove = (pid: number, of: number): boolean => agents.table.ancestors(of).some((one) => one.pid === pid);
  const found = new Map<number, Evidence>();
  for (const [holder, { by, isYounger }] of otherHolders(holders, isAbove)) {
    const name = named({ pid: by.pid, name: by.agent });
    found.set(
      holder.pid,
      isYounger
        ? evidence('younger-holder', 'orphan', 2, name, `${name} is younger and holds the same session`)
        : evidence('younger-holder', 'note', 1, name, `${name} holds the same session; which is younger is not known`),
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
