import type { Membership } from '../agents/membership.js';
import type { ProcessRecord } from '../process/record.js';
import { isHelper, type TableContext } from './context.js';
import type { Facts } from './judge.js';
import type { OwnerFinding } from './owner/finding.js';
import { isShell } from './owner/known-owners.js';
import { stdinOf } from './owner/stdin.js';
import { traceOf } from './traces/trace.js';

/** How much says that an agent left this helper behind. */
export function leftBehind(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
  finding: OwnerFinding,
): Facts['leftBehind'] {
  if (!isHelper(member) || finding.state !== 'ownerless') return 'no';
  if (traceOf(context.traces(record), 'seen-under') !== undefined) return 'proved';
  return member.role === 'tool' ? leftTool(context, record, finding) : leftMcpServer(context, record);
}

/**
 * What a tool shell started goes with the shell. A marker, which everything inherits, needs a closed stdin beside it:
 * a language server that its agent spoke to has that, a dev server that somebody wants has not.
 */
function leftTool(context: TableContext, record: ProcessRecord, finding: OwnerFinding): Facts['leftBehind'] {
  if ([record, ...finding.chain.above].some((shell) => isLeftoverShell(context, shell))) return 'proved';
  const traces = context.traces(record);
  const closed = traceOf(traces, 'stdio-closed');
  const isDead = traceOf(traces, 'marker-names-dead')?.isProven === true;
  return isDead && closed !== undefined && closed.streams !== 'stdout' ? 'proved' : 'no';
}

/** A tool shell in a session of its own whose agent is gone: nobody can see or type into it. */
function isLeftoverShell(context: TableContext, record: ProcessRecord): boolean {
  const member = context.agents.members.get(record.pid);
  if (member?.role !== 'tool' || !isShell(record)) return false;
  const traces = context.traces(record);
  if (traceOf(traces, 'agent-gone') !== undefined) return true;
  return record.sid === record.pid && traceOf(traces, 'marker-names-dead')?.isProven === true;
}

function leftMcpServer(context: TableContext, record: ProcessRecord): Facts['leftBehind'] {
  const traces = context.traces(record);
  const closed = traceOf(traces, 'stdio-closed');
  if (closed !== undefined && closed.streams !== 'stdout') return 'proved';
  const stdin = stdinOf(context, record);
  if (stdin === 'channel') {
    return traceOf(traces, 'marker-names-dead') === undefined ? 'likely' : 'proved';
  }
  // Where descriptors are never known, a process group whose leader ended is what a server of its own has not.
  const isBlind = stdin === 'not-known' && context.table.scan.machine.platform !== 'linux';
  return isBlind && !servesHttp(record) && traceOf(traces, 'leader-gone') !== undefined ? 'likely' : 'no';
}

/** An MCP server that clients come to over the network may have been started for itself. */
export function servesHttp(record: ProcessRecord): boolean {
  return (
    record.argv?.some((word) => /^(--?(port|http|sse)\b|(--transport=)?(http|sse|streamable-http)$)/.test(word)) ===
    true
  );
}
