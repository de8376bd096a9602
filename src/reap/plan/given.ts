import { compareIdentity } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { identityOf } from '../../process/table.js';
import type { JudgedTable } from '../../verdict/judgement.js';
import { openPlanContext, type PlanFacts, type Self } from './context.js';
import { keptFor } from './kept.js';
import { type Plan, totalsOf } from './plan.js';
import type { Policy } from './policy/policy.js';
import { resourcesOf } from './resources.js';
import { type Kept, type Target, toPlanned } from './target.js';

/** A tree that is known to be somebody's to end, because they started it. */
export interface Given {
  /** Root first, parents before children. */
  readonly processes: readonly { readonly pid: number; readonly startTime?: string | undefined }[];
  readonly reason: string;
}

/**
 * A plan of exactly these trees. That they were started by whoever asks is proved, so neither a verdict nor idleness
 * is asked for; one process in a tree that nobody may end keeps the whole tree.
 */
export function givenTrees(
  judged: JudgedTable,
  policy: Policy,
  trees: readonly Given[],
  { self, facts }: { readonly self: Self; readonly facts: PlanFacts },
): Plan {
  const context = openPlanContext(judged, self, facts);
  const targets: Target[] = [];
  const kept: Kept[] = [];
  for (const tree of trees) {
    const records = tree.processes.flatMap((one) => stillThere(one, judged) ?? []);
    const [root] = records;
    if (root === undefined) continue;
    const forbidden = records.flatMap((record): Kept[] => {
      const veto = context.absoluteVeto(record);
      return veto === undefined ? [] : [{ ...toPlanned(context, record), ...keptFor('vetoed', veto.text) }];
    });
    kept.push(...forbidden);
    if (forbidden.length > 0) continue;
    const processes = records.map((record) => toPlanned(context, record));
    targets.push({
      root: toPlanned(context, root),
      subject: toPlanned(context, root),
      processes,
      becauseOf: processes,
      cause: 'left-by-command',
      reason: tree.reason,
      evidence: [],
      resources: resourcesOf(records),
      leftOut: [],
    });
  }
  return { judged, policy, targets, kept, totals: totalsOf(targets, kept, 0) };
}

/** The row of a process that is the very same still. */
function stillThere({ pid, startTime }: Given['processes'][number], judged: JudgedTable): ProcessRecord | undefined {
  const record = judged.table.get(pid);
  if (record === undefined || record.state === 'Z') return undefined;
  const { bootId } = judged.table.scan.machine;
  const same = compareIdentity({ bootId, pid, startTime }, identityOf(judged.table, record));
  return same === 'same' ? record : undefined;
}
