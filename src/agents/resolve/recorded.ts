import type { ProcessRecord } from '../../process/record.js';
import type { ProcessTable } from '../../process/table.js';
import { isRole, type Membership } from '../membership.js';
import type { Recognition } from '../recognise/recognition.js';

/**
 * Rows as recognised, with the role and the session that a snapshot recorded of them: registry files and descriptors,
 * which only its scan could read, told it. Believed only of what is the same agent by its own row; what agent that is, today's
 * catalogue says.
 */
export function withRecordedRoles(
  recognised: ReadonlyMap<number, Recognition>,
  table: ProcessTable,
): ReadonlyMap<number, Recognition> {
  if (!table.all.some((record) => record.recorded !== undefined)) return recognised;
  return new Map(
    [...recognised].map(([pid, row]): [number, Recognition] => {
      const recorded = table.get(pid)?.recorded;
      if (recorded === undefined || recorded.agent !== row.agent || !isRole(recorded.role)) return [pid, row];
      return [pid, { ...row, role: recorded.role, sessionId: recorded.sessionId ?? row.sessionId }];
    }),
  );
}

/** A helper that only markers or earlier observations tied to its agent, which a snapshot does not hold. */
export function recordedHelper(
  { pid, recorded }: ProcessRecord,
  leaders: ReadonlyMap<number, Membership>,
): Membership | undefined {
  if (recorded === undefined || (recorded.role !== 'mcp-server' && recorded.role !== 'tool')) return undefined;
  const { role, sessionId } = recorded;
  const leader = leaders.get(recorded.leader ?? -1);
  // Its agent may have ended before; then the snapshot names it.
  const agent = leader?.agent ?? recorded.agent;
  const because = 'the snapshot says so';
  const about = { pid, role, agent, inherited: true, leader: leader?.pid, because } as const;
  return sessionId === undefined
    ? { ...about, via: 'ledger' }
    : { ...about, via: 'ledger', sessionId, sessionIdFrom: 'leader' };
}
