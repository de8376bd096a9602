import type { Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import { nameOf } from '../../process/record.js';
import { isHelper, type TableContext } from '../context.js';
import type { Owner } from '../judgement.js';
import { traceOf } from '../traces/trace.js';

/** The agent that a helper works for: above it, or the live one that a marker or the ledger names. */
export function agentAbove(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
): ProcessRecord | undefined {
  if (!isHelper(member) || member.leader === undefined || member.leader === record.pid) return undefined;
  const leader = context.table.get(member.leader);
  if (leader === undefined || leader.state === 'Z') return undefined;
  // Re-parented while its agent lives: still that one's, unless the agent let go of it.
  if (member.via === 'marker' || member.via === 'ledger') {
    const closed = traceOf(context.traces(record), 'stdio-closed');
    return closed === undefined || closed.streams === 'stdout' ? leader : undefined;
  }
  for (const above of context.table.ancestors(record.pid)) {
    if (above.pid === leader.pid) return leader;
    // Below the agent it was started by somebody else, or orphaned to this one.
    const adopter = context.adopter(above);
    if (adopter !== undefined && adopter.kind !== 'application') return undefined;
  }
  return undefined;
}

/** An agent as the owner of others. */
export function agentOwner(context: TableContext, agent: ProcessRecord): Owner {
  const member = context.agents.members.get(agent.pid);
  const isDaemon = member?.role === 'infrastructure';
  return {
    kind: isDaemon ? 'infrastructure' : 'agent',
    pid: agent.pid,
    name: member?.agent ?? nameOf(agent),
  };
}
