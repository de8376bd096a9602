import { isChannel } from '../../activity/readers/stdio.js';
import { isAgentProcess, type Membership } from '../../agents/membership.js';
import { nameOf, type ProcessRecord } from '../../process/record.js';
import { isHelper, type TableContext } from '../context.js';
import type { Owner } from '../judgement.js';
import { agentOwner } from './agent-owner.js';

/**
 * What is at the other end of its stdin, where that settles or unsettles the question: the client of an MCP
 * server is its owner; whoever else holds the end may still use the process, although it is no ancestor.
 */
export function byStdin(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
): Owner | { readonly unknown: string } | undefined {
  const { source, machine } = context.table.scan;
  const mayBeRead = machine.platform === 'linux' && source !== 'recorded';
  // Elsewhere descriptors are never known, so that their absence is nothing that a better look would mend.
  if (mayBeRead && record.detail?.fds === undefined)
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

/** What stdin of an MCP server leads to: it speaks over a channel, or it serves on its own. */
export function stdinOf(context: TableContext, record: ProcessRecord): 'channel' | 'elsewhere' | 'not-known' {
  const target = record.detail?.fds?.get(0);
  if (record.detail?.fds === undefined) return 'not-known';
  if (target === undefined || !isChannel(target)) return 'elsewhere';
  return context.around.stdio.get(record.pid)?.get(0)?.state === 'not-known' ? 'not-known' : 'channel';
}
