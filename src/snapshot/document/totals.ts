import { type AgentTable, isCounted } from '../../agents/membership.js';
import type { Judgement } from '../../verdict/judgement.js';
import type { Totals } from './document.js';

/**
 * Counts and memory of one scan. `byAgent` counts what `count` counts, by agent; `byRole` counts agents and their helpers;
 * `byVerdict` those of them that were judged, so it is empty when nobody judged.
 */
export function totalsOf(agents: AgentTable, judgements?: ReadonlyMap<number, Judgement>): Totals {
  const byAgent = new Map<string, number>();
  const byRole = new Map<string, number>();
  const byVerdict = new Map<string, number>();
  const sessionIds = new Set<string>();
  let counted = 0;
  let withoutId = 0;
  let rssBytes = 0;
  for (const [pid, member] of agents.members) {
    rssBytes += agents.table.get(pid)?.rssBytes ?? 0;
    increment(byRole, member.role);
    const verdict = judgements?.get(pid)?.verdict;
    if (verdict !== undefined) increment(byVerdict, verdict);
    if (!isCounted(member)) continue;
    counted++;
    if (member.agent !== undefined) increment(byAgent, member.agent);
    if (member.sessionId === undefined) withoutId++;
    else sessionIds.add(`${member.agent ?? ''} ${member.sessionId}`);
  }
  return {
    processes: agents.table.all.length,
    agents: counted,
    sessions: sessionIds.size + withoutId,
    rssBytes,
    byAgent: inOrder(byAgent),
    byRole: inOrder(byRole),
    byVerdict: inOrder(byVerdict),
  };
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Most first, then by name: the order does not depend on pids. */
function inOrder(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
