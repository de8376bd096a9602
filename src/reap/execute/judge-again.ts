import type { JudgedTable } from '../../verdict/judgement.js';
import {
  describe,
  lastingVeto,
  openPlanContext,
  type PlanFacts,
  type Self,
  unliftableVeto,
  whyOnItsOwn,
} from '../plan/context.js';
import { type Target, toPlanned } from '../plan/target.js';
import { isBusyCause } from '../plan/tree.js';
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
  { self, facts }: { readonly self: Self; readonly facts: PlanFacts },
): void {
  const context = openPlanContext(judged, self, facts);
  const pids = new Set(tracked.map(({ process }) => process.identity.pid));
  const forced = new Set(
    targets
      .filter(({ cause }) => cause === 'forced' || cause === 'left-by-command')
      .flatMap(({ becauseOf }) => becauseOf.map(({ identity }) => identity.pid)),
  );
  const stay = new Map<number, string>();
  for (const one of tracked) {
    if (one.fate !== 'there') continue;
    const record = judged.table.get(one.process.identity.pid);
    // Observed in the same table: whoever is not in it is not "there" any more.
    if (record === undefined) continue;
    // A survey does not look closer at what has just lost its parent; whose it is was known when it was captured.
    const whose = { ...record, uid: record.uid ?? one.process.record.uid };
    const mayBeBusy = isBusyCause(targets[one.tree]?.cause ?? 'orphan');
    const veto = forced.has(record.pid) ? unliftableVeto(context, whose) : lastingVeto(context, whose, mayBeBusy);
    if (veto !== undefined) stay.set(one.tree, `${describe(context, record)}: ${veto.text}`);
    one.keptBecause ??= veto?.text ?? (one.judged ? undefined : whyOnItsOwn(context, record, pids, []));
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
