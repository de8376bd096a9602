import { isCounted } from '../../../agents/membership.js';
import { formatBytes } from '../../../units.js';
import type { PlanContext } from '../context.js';
import type { Candidate } from '../examine.js';
import { resourcesOf } from '../resources.js';
import { growTree } from '../tree.js';
import type { Policy } from './policy.js';

/**
 * Which of the processes that meet every condition but their verdict are over a budget, each with the budget as its
 * cause. What is already chosen counts towards the number of sessions.
 *
 * @param onRequest proven idle and old enough, and not to be ended by verdict
 */
export function overBudget(
  context: PlanContext,
  policy: Policy,
  chosen: readonly Candidate[],
  onRequest: readonly Candidate[],
): Candidate[] {
  const { treeMemoryBytes, descriptors, sessions } = policy.budgets;
  const found = new Map<number, Candidate>();
  for (const candidate of onRequest) {
    const resources = resourcesOf(growTree(context, policy, candidate.record, [candidate]).processes);
    if (treeMemoryBytes !== undefined && resources.memoryBytes > treeMemoryBytes) {
      const reason = `its tree holds ${formatBytes(resources.memoryBytes)}, more than ${formatBytes(treeMemoryBytes)}`;
      found.set(candidate.record.pid, over(candidate, 'over-memory', reason));
    } else if (descriptors !== undefined && (resources.descriptors ?? 0) > descriptors) {
      const reason = `its tree holds ${resources.descriptors} descriptors, more than ${descriptors}`;
      found.set(candidate.record.pid, over(candidate, 'over-descriptors', reason));
    }
  }
  if (sessions !== undefined) {
    const running = [...context.judged.members.values()].filter(isCounted).length;
    const going = [...chosen, ...found.values()].filter(({ member }) => isCounted(member)).length;
    const longestIdleFirst = onRequest
      .filter(({ record, member }) => isCounted(member) && !found.has(record.pid))
      .sort((a, b) => (b.judgement.idleSeconds ?? 0) - (a.judgement.idleSeconds ?? 0));
    for (const candidate of longestIdleFirst.slice(0, Math.max(0, running - going - sessions))) {
      const reason = `${running} sessions run, more than ${sessions}, and this is among those idle for longest`;
      found.set(candidate.record.pid, over(candidate, 'over-sessions', reason));
    }
  }
  return [...found.values()];
}

function over(candidate: Candidate, cause: Candidate['cause'], reason: string): Candidate {
  return { ...candidate, cause, reason: `${reason}; ${candidate.judgement.reason}` };
}
