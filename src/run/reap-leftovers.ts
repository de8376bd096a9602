import { compareIdentity } from '../process/identity.js';
import type { ProcessRecord } from '../process/record.js';
import type { ProcessSource } from '../process/scan.js';
import { identityOf, withDetail } from '../process/table.js';
import { type ExecuteDeps, execute } from '../reap/execute/execute.js';
import { isSurvivor } from '../reap/execute/outcome.js';
import { type PlanFacts, type Self, type Target, toPlanned } from '../reap/plan/plan.js';
import { resourcesOf } from '../reap/plan/resources.js';
import { absoluteVeto, foreignUser, openPlanContext } from '../reap/plan/vetoes.js';
import type { JudgedTable } from '../verdict/judgement.js';
import type { Leftover, RunReap } from './document.js';

/** Leftovers as trees that may be ended, and those that may not with the reason. */
export interface LeftoverTargets {
  readonly targets: readonly Target[];
  readonly kept: readonly { readonly pid: number; readonly reason: string }[];
}

/**
 * Ends what a command left behind, with the reaper's care: identities, order of signals, grace, verification.
 * Only these processes and what they start meanwhile are touched. That a command started them is proved, so no
 * verdict and no idleness is asked for; what nobody may end (other users', our own, protected ones) stays.
 *
 * @param source answers whose processes these are, which a plain survey does not ask of everybody
 */
export async function reapLeftovers(
  leftovers: readonly Leftover[],
  source: ProcessSource,
  deps: ExecuteDeps,
): Promise<RunReap> {
  const survey = async (): Promise<JudgedTable> => withUsers(await deps.survey(), source);
  const judged = await survey();
  const { targets, kept } = leftoverTargets(leftovers, judged, deps.self, deps.facts);
  const { outcomes } = await execute(targets, judged, { ...deps, survey });
  const gone = outcomes.filter(({ result }) => result === 'gone');
  return {
    ended: gone.length,
    survivors: outcomes.filter(isSurvivor).map(({ process }) => process.identity.pid),
    kept,
    heldBytes: gone.reduce((sum, { process }) => sum + (process.record.rssBytes ?? 0), 0),
  };
}

/** Pure. A tree with one process in it that may not be ended is kept as a whole. */
export function leftoverTargets(
  leftovers: readonly Leftover[],
  judged: JudgedTable,
  self: Self,
  facts: PlanFacts,
): LeftoverTargets {
  const context = openPlanContext(judged, self, facts);
  const targets: Target[] = [];
  const kept: { pid: number; reason: string }[] = [];
  for (const tree of treesOf(leftovers)) {
    const records = tree.flatMap((leftover) => stillThere(leftover, judged) ?? []);
    const [root] = records;
    if (root === undefined) continue;
    const reasons = records.flatMap((record) => {
      const rule = facts.protectedBy?.(record, judged.members.get(record.pid));
      const reason =
        absoluteVeto(context, record) ??
        foreignUser(context, record) ??
        (rule === undefined ? undefined : `protected by ${rule}`);
      return reason === undefined ? [] : [{ pid: record.pid, reason }];
    });
    if (reasons.length > 0) {
      kept.push(...reasons);
      continue;
    }
    const processes = records.map((record) => toPlanned(context, record));
    targets.push({
      root: toPlanned(context, root),
      processes,
      becauseOf: processes,
      cause: 'forced',
      reason: 'left behind by the command',
      evidence: [],
      resources: resourcesOf(records),
      leftOut: [],
    });
  }
  return { targets, kept };
}

/** Each root with everything below it; leftovers stand in that order. */
function treesOf(leftovers: readonly Leftover[]): Leftover[][] {
  const trees: Leftover[][] = [];
  for (const leftover of leftovers) {
    const last = trees.at(-1);
    if (leftover.depth === 0 || last === undefined) trees.push([leftover]);
    else last.push(leftover);
  }
  return trees;
}

/** The row of a leftover that is the very same process still. */
function stillThere(leftover: Leftover, judged: JudgedTable): ProcessRecord | undefined {
  const { pid, startTime } = leftover.process;
  const record = judged.table.get(pid);
  if (record === undefined || record.state === 'Z') return undefined;
  const { bootId } = judged.table.scan.machine;
  const same = compareIdentity({ bootId, pid, startTime }, identityOf(judged.table, record));
  return same === 'same' ? record : undefined;
}

async function withUsers(judged: JudgedTable, source: ProcessSource): Promise<JudgedTable> {
  const unknown = judged.table.all.filter((record) => record.uid === undefined);
  if (unknown.length === 0) return judged;
  return { ...judged, table: withDetail(judged.table, await source.detail(unknown, ['user'])) };
}
