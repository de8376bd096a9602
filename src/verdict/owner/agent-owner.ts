import { isAgentProcess, type Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import { nameOf } from '../../process/record.js';
import { isHelper, type TableContext } from '../context.js';
import type { Owner } from '../judgement.js';
import { closedStdio } from '../traces/traces.js';

/** The agent that helpers works for: above it, or the live one that a marker or the ledger names. */
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
    return closedStdio(context, record) === undefined ? leader : undefined;
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

/**
 * What is at the other end of its stdin, where that settles or unsettles the question: the client of an MCP
 * server is its owner; whoever else holds the end may still use the process, although it is no ancestor.
 */
export function byStdin(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
): Owner | { readonly unknown: string } | undefined {
  const isLinux = context.table.scan.machine.platform === 'linux';
  // Elsewhere descriptors are never known, so that their absence is nothing that a better look would mend.
  if (isLinux && record.detail?.fds === undefined)
    return { unknown: 'where its standard streams lead could not be read' };
  const stdin = context.around.stdio.get(record.pid)?.get(0);
  if (stdin?.state !== 'open') return undefined;
  const below = new Set(context.table.descendants(record.pid).map(({ pid }) => pid));
  for (const pid of stdin.holders) {
    const holder = context.table.get(pid);
    if (holder === undefined || pid === record.pid || below.has(pid)) continue;
    const other = context.agents.members.get(pid);
    if (other !== undefined && isHelper(member) && isAgentProcess(other)) {
      return agentOwner(context, holder);
    }
    // Another agent of the same dead host may have inherited the end without knowing of it.
    if (other === undefined) return { unknown: `${nameOf(holder)}(${pid}) holds the other end of its stdin` };
  }
  return undefined;
}
