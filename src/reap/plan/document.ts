import { type Redact, toEntry } from '../../snapshot/document/capture.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import type { KeptReason } from './kept.js';
import type { Plan } from './plan.js';
import { type Policy, waived } from './policy/policy.js';
import type { TreeResources } from './resources.js';
import type { Kept, PlannedProcess, Target } from './target.js';

export const PLAN_SCHEMA = 'sesswatch/plan/1';

/** One tree of a plan as documents tell it: processes by their rows, members of the tree by pid. */
export interface TargetEntry extends Pick<Target, 'cause' | 'reason' | 'evidence' | 'resume'>, TreeResources {
  readonly root: ProcessEntry;
  /** Of what a person calls the tree by: its agent, not the shell above it. */
  readonly subject: number;
  /** Root first, parents before children. */
  readonly processes: readonly ProcessEntry[];
  /** Of the processes that are the reason. */
  readonly becauseOf: readonly number[];
  readonly idleSeconds?: number | undefined;
  /** Below the root and left alone, each listed among the kept. */
  readonly leftOut?: readonly number[] | undefined;
}

export interface KeptEntry extends Omit<KeptReason, 'dueAt'> {
  readonly process: ProcessEntry;
  /** When it will be due, if nothing changes. */
  readonly dueAt?: string | undefined;
}

/** `sesswatch/plan/1`: what a run would end, to be read, reviewed, and executed with `reap --plan`. */
export interface PlanDocument {
  readonly schema: typeof PLAN_SCHEMA;
  readonly version: string;
  readonly dryRun: boolean;
  readonly takenAt: string;
  /** A plan holds for one boot of one machine. */
  readonly machine: { readonly hostname?: string | undefined; readonly bootId?: string | undefined };
  readonly policy: Policy;
  /** Conditions that the policy switched off, in words. */
  readonly waived: readonly string[];
  readonly targets: readonly TargetEntry[];
  readonly kept: readonly KeptEntry[];
  /** Were to go, and not any more when they were looked at again. */
  readonly dropped?: readonly Dropped[] | undefined;
  readonly totals: Plan['totals'];
  /** When the first of the kept will be due, if nothing changes. */
  readonly earliestAt?: string | undefined;
}

/** A tree that was to go and was left alone in the end. */
export interface Dropped {
  /** Pid of its root. */
  readonly root: number;
  readonly reason: string;
}

export interface Rendering {
  readonly dryRun: boolean;
  readonly version: string;
  readonly redact: Redact;
  readonly dropped?: readonly Dropped[] | undefined;
}

export function toPlanDocument(plan: Plan, rendering: Rendering): PlanDocument {
  const { scan } = plan.judged.table;
  const entry = entriesOf(plan, rendering.redact);
  return {
    schema: PLAN_SCHEMA,
    version: rendering.version,
    dryRun: rendering.dryRun,
    takenAt: new Date(scan.takenAt).toISOString(),
    machine: { hostname: scan.machine.hostname, bootId: scan.machine.bootId },
    policy: plan.policy,
    waived: waived(plan.policy),
    targets: plan.targets.map((target) => toTargetEntry(target, entry)),
    kept: plan.kept.map((kept) => toKeptEntry(kept, entry)),
    dropped: rendering.dropped?.length === 0 ? undefined : rendering.dropped,
    totals: plan.totals,
    earliestAt: isoTime(earliest(plan)),
  };
}

/** Renders processes of a plan, or found while it was executed, with redacted argv. */
export function entriesOf({ judged }: Pick<Plan, 'judged'>, redact: Redact): (process: PlannedProcess) => ProcessEntry {
  return ({ record, member, judgement }) =>
    toEntry(record, {
      // As the process was judged, which for one born meanwhile is not in the plan's table.
      agents: { table: judged.table, members: new Map(member === undefined ? [] : [[record.pid, member]]) },
      judgements: new Map(judgement === undefined ? [] : [[record.pid, judgement]]),
      redact,
    });
}

function toKeptEntry(kept: Kept, entry: (process: PlannedProcess) => ProcessEntry): KeptEntry {
  const { kind, reason, liftedBy, dueAt } = kept;
  return { process: entry(kept), kind, reason, liftedBy, dueAt: isoTime(dueAt) };
}

function earliest({ kept }: Plan): number | undefined {
  const times = kept.flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt]));
  return times.length === 0 ? undefined : Math.min(...times);
}

function isoTime(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}

function toTargetEntry(target: Target, entry: (process: PlannedProcess) => ProcessEntry): TargetEntry {
  const { cause, reason, evidence, resume, leftOut } = target;
  return {
    root: entry(target.root),
    subject: target.subject.identity.pid,
    processes: target.processes.map(entry),
    cause,
    reason,
    evidence,
    resume,
    becauseOf: target.becauseOf.map(({ identity }) => identity.pid),
    idleSeconds: target.subject.judgement?.idleSeconds,
    ...target.resources,
    leftOut: leftOut.length === 0 ? undefined : leftOut.map(({ identity }) => identity.pid),
  };
}
