import { isCounted } from '../../agents/membership.js';
import type { Ground } from './eligibility.js';
import type { Policy } from './policy.js';
import { growTree } from './tree.js';
import { holdingOf } from './tree-memory.js';
import type { Bench } from './vetoes.js';

/**
 * Which of the processes that meet every condition but their verdict are over a budget, each with the budget as its
 * cause. What is already chosen counts towards the number of sessions.
 *
 * @param spare proven idle and old enough, and not to be ended by verdict
 */
export function overBudget(
  bench: Bench,
  policy: Policy,
  chosen: readonly Ground[],
  spare: readonly Ground[],
): Ground[] {
  const { treeMemoryBytes, descriptors, sessions } = policy.budgets;
  const found = new Map<number, Ground>();
  for (const ground of spare) {
    const holding = holdingOf(growTree(bench, policy, ground.record, [ground]).processes);
    if (treeMemoryBytes !== undefined && holding.memoryBytes > treeMemoryBytes) {
      const reason = `its tree holds ${megabytes(holding.memoryBytes)}, more than ${megabytes(treeMemoryBytes)}`;
      found.set(ground.record.pid, over(ground, 'over-memory', reason));
    } else if (descriptors !== undefined && (holding.descriptors ?? 0) > descriptors) {
      const reason = `its tree holds ${holding.descriptors} descriptors, more than ${descriptors}`;
      found.set(ground.record.pid, over(ground, 'over-descriptors', reason));
    }
  }
  if (sessions !== undefined) {
    const running = [...bench.judged.members.values()].filter(isCounted).length;
    const going = [...chosen, ...found.values()].filter(({ member }) => isCounted(member)).length;
    const longestIdleFirst = spare
      .filter(({ record, member }) => isCounted(member) && !found.has(record.pid))
      .sort((a, b) => (b.judgement.idleSeconds ?? 0) - (a.judgement.idleSeconds ?? 0));
    for (const ground of longestIdleFirst.slice(0, Math.max(0, running - going - sessions))) {
      const reason = `${running} sessions run, more than ${sessions}, and this is among those idle for longest`;
      found.set(ground.record.pid, over(ground, 'over-sessions', reason));
    }
  }
  return [...found.values()];
}

function over(ground: Ground, cause: Ground['cause'], reason: string): Ground {
  return { ...ground, cause, reason: `${reason}; ${ground.judgement.reason}` };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / (1024 * 1024))} MiB`;
}
