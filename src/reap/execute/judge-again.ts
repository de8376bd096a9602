import type { JudgedTable } from '../../verdict/judgement.js';
import { type Target, toPlanned } from '../plan/plan.js';
import { isBusyCause } from '../plan/tree.js';
import {
  absoluteVeto,
  describe,
  foreignUser,
  lastingVeto,
  openPlanContext,
  ownLife,
  type PlanFacts,
  type Self,
} from '../plan/vetoes.js';
import { rankOf } from './ladder.js';
import type { Tracked } from './tracking.js';

/**
 * Looks between two steps at everybody still there, by a fresh judgement: a veto that came up keeps a process from
 * its next signal, and whoever was born meanwhile is judged before its first.
 *
 * That a survivor has another parent now, or none, is our own doing and no news; so verdicts and owners of processes
 * that were captured with the plan are not asked for again, only what forbids. A veto on one process keeps its whole
 * tree: ending the agent above it, or its servers below it, would end its work as well.
 */
export function judgeAgain(
  targets: readonly Target[],
  tracked: readonly Tracked[],
  judged: JudgedTable,
  self: Self,
  facts: PlanFacts,
): void {
  const context = openPlanContext(judged, self, facts);
  const pids = new Set(tracked.map(({ process }) => process.identity.pid));
  const stay = new Map<number, string>();
  for (const one of tracked) {
    if (one.fate !== 'there') continue;
    const record = judged.table.get(one.process.identity.pid);
    // Observed in the same table: whoever is not in it is not "there" any more.
    if (record === undefined) continue;
    // A survey does not look closer at what has just lost its parent; whose it is was known when it was captured.
    const whose = { ...record, uid: record.uid ?? one.process.record.uid };
    const target = targets[one.tree];
    const cause = target?.cause ?? 'orphan';
    const isForced =
      (cause === 'forced' || cause === 'left-by-command') &&
      target?.becauseOf.some(({ identity }) => identity.pid === record.pid) === true;
    const veto =
      absoluteVeto(context, record) ??
      foreignUser(context, whose) ??
      (isForced ? undefined : lastingVeto(context, record, isBusyCause(cause)));
    if (veto !== undefined) stay.set(one.tree, `${describe(context, record)} ${veto}`);
    one.keptBecause ??= veto ?? (one.judged ? undefined : ownLife(context, record, pids, []));
    if (one.denied && rankOf(one.process) === 'agent') {
      stay.set(one.tree, `${describe(context, record)} could not be signalled`);
    }
    if (one.judged) continue;
    one.judged = true;
    one.process = toPlanned(context, record);
  }
  for (const one of tracked) {
    const reason = stay.get(one.tree);
    if (one.fate === 'there' && reason !== undefined) one.keptBecause ??= `its tree stays: ${reason}`;
  }
}
