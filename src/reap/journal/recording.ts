import { resumeOf } from '../../agents/resume.js';
import { messageOf } from '../../errors.js';
import type { Redact } from '../../snapshot/document/capture.js';
import type { Execution } from '../execute/execute.js';
import { isSurvivor } from '../execute/outcome.js';
import type { SignalSent } from '../execute/signal.js';
import type { Self } from '../plan/context.js';
import { entriesOf, type PlanDocument } from '../plan/document.js';
import type { Plan } from '../plan/plan.js';
import { waived } from '../plan/policy/policy.js';
import type { PlannedProcess } from '../plan/target.js';
import type { Journal, JournalAction, JournalIdentity } from './journal.js';

/** The head of a run: by whom, under which policy, what is to go and what stays. */
export function journalPlan(
  journal: Journal,
  plan: Plan,
  deps: { readonly version: string; readonly self: Self; readonly redact: Redact; readonly action: JournalAction },
): void {
  const { policy, judged } = plan;
  const entry = entriesOf(plan, deps.redact);
  const { bootId } = judged.table.scan.machine;
  journal.write({
    kind: 'start',
    action: deps.action,
    version: deps.version,
    pid: deps.self.pid,
    bootId,
    policy,
    waived: waived(policy),
  });
  for (const { root, cause, reason, resources, processes } of plan.targets) {
    journal.write({
      kind: 'target',
      root: root.identity.pid,
      cause,
      reason,
      memoryBytes: resources.memoryBytes,
      processes: processes.map(entry),
    });
  }
  for (const kept of plan.kept) {
    journal.write({ kind: 'kept', process: identityLine(kept), reason: kept.reason });
  }
}

/** All that a dry run of a timer leaves. */
export function journalReport(journal: Journal, { version, totals }: PlanDocument): void {
  const { trees, processes, memoryBytes, kept } = totals;
  journal.write({ kind: 'report', version, trees, processes, memoryBytes, kept });
}

export function journalSignal(journal: Journal): (sent: SignalSent) => void {
  return ({ process, ...what }) => journal.write({ kind: 'signal', process: identityLine(process), ...what });
}

/** The foot of a run. @throws SesswatchError `storage` */
export function journalEnd(
  journal: Journal,
  { outcomes, stopped }: Execution,
  trees: number,
  reclaimedBytes: number,
): void {
  for (const { process, ...what } of outcomes) {
    const { member, record } = process;
    const resume = resumeOf(member, record.detail?.cwd);
    const goOn = resume === undefined ? {} : { sessionId: member?.sessionId, resume };
    journal.write({ kind: 'outcome', process: identityLine(process), ...what, ...goOn });
  }
  const survivors = outcomes.filter(isSurvivor).length;
  journal.write({
    kind: 'end',
    trees,
    ended: outcomes.length - survivors,
    survivors,
    reclaimedBytes,
    stopped: stopped && `${stopped.why}: ${stopped.detail}`,
  });
  journal.sync();
}

/** The foot of a run that failed before its first signal. */
export function journalFailure(journal: Journal, error: unknown): void {
  const stopped = `failed: ${messageOf(error)}`;
  try {
    journal.write({ kind: 'end', trees: 0, ended: 0, survivors: 0, reclaimedBytes: 0, stopped });
  } catch {
    // The failure itself is on its way to the caller; that the journal lacks an end is what the next run reports.
  }
}

function identityLine({ identity, member }: PlannedProcess): JournalIdentity {
  return { pid: identity.pid, startTime: identity.startTime, agent: member?.agent, role: member?.role };
}
