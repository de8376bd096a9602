import { isSurvivor } from '../reap/execute/outcome.js';
import type { Given } from '../reap/plan/given.js';
import type { ReapResult } from '../reap/reap.js';
import type { Leftover, RunReap } from './document.js';

/** Each root with everything below it, for a reap of exactly these; leftovers stand in that order. */
export function treesLeft(leftovers: readonly Leftover[]): Given[] {
  const trees: Leftover[][] = [];
  for (const leftover of leftovers) {
    const last = trees.at(-1);
    if (leftover.depth === 0 || last === undefined) trees.push([leftover]);
    else last.push(leftover);
  }
  return trees.map((tree) => ({
    processes: tree.map(({ process }) => process),
    reason: 'left behind by the command',
  }));
}

export function whatWasEnded(result: ReapResult): RunReap {
  const kept = [
    ...result.plan.kept.map(({ identity, reason }) => ({ pid: identity.pid, reason })),
    ...result.dropped.map(({ root, reason }) => ({ pid: root, reason })),
  ];
  if (result.kind === 'planned') return { ended: 0, survivors: [], kept, heldBytes: 0 };
  const { outcomes } = result.execution;
  return {
    ended: outcomes.filter((one) => one.result === 'gone').length,
    survivors: outcomes.filter(isSurvivor).map(({ process }) => process.identity.pid),
    kept,
    heldBytes: result.document.reclaimedBytes,
  };
}
