import type { Resume } from '../../agents/resume.js';
import { type Redact, toEntry } from '../../snapshot/document/capture.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import type { Evidence } from '../../verdict/judgement.js';
import type { Cause } from './examine.js';
import type { KeptKind } from './kept.js';
import type { Plan } from './plan.js';
import { type Policy, waived } from './policy.js';
import type { MemoryFrom } from './resources.js';
import type { Kept, PlannedProcess, Target } from './target.js';

export const PLAN_SCHEMA = 'sesswatch/plan/1';

export interface TargetEntry {
  readonly root: ProcessEntry;
  /** Pid of what a person calls the tree by: its agent, not the shell above it. */
  readonly subject: number;
  /** Root first, parents before children. */
  readonly processes: readonly ProcessEntry[];
  readonly cause: Cause;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  /** How to go on with the conversation of the subject. */
  readonly resume?: Resume | undefined;
  /** Pids of the processes that are the reason. */
  readonly becauseOf: readonly number[];
  readonly idleSeconds?: number | undefined;
  readonly rssBytes: number;
  /** What ending the tree returns: by share and with swap where readable. */
  readonly memoryBytes: number;
  readonly memoryFrom: MemoryFrom;
  readonly descriptors?: number | undefined;
  readonly sockets?: number | undefined;
  /** Pids below the root that are left alone, each listed among the kept. */
  readonly leftOut?: readonly number[] | undefined;
}

export interface KeptEntry {
  readonly process: ProcessEntry;
  readonly kind: KeptKind;
  readonly reason: string;
  /** The flag that would end it. */
  readonly liftedBy?: string | undefined;
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
    machine: {
      ...(scan.machine.hostname === undefined ? {} : { hostname: scan.machine.hostname }),
      ...(scan.machine.bootId === undefined ? {} : { bootId: scan.machine.bootId }),
    },
    policy: plan.policy,
    waived: waived(plan.policy),
    targets: plan.targets.map((target) => toTargetEntry(target, entry)),
    kept: plan.kept.map((kept) => toKeptEntry(kept, entry)),
    ...((rendering.dropped ?? []).length === 0 ? {} : { dropped: rendering.dropped }),
    totals: plan.totals,
    ...earliest(plan),
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
  return {
    process: entry(kept),
    kind,
    reason,
    ...(liftedBy === undefined ? {} : { liftedBy }),
    ...(dueAt === undefined ? {} : { dueAt: new Date(dueAt).toISOString() }),
  };
}

function earliest({ kept }: Plan): Pick<PlanDocument, 'earliestAt'> {
  const times = kept.flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt]));
  return times.length === 0 ? {} : { earliestAt: new Date(Math.min(...times)).toISOString() };
}

function toTargetEntry(target: Target, entry: (process: PlannedProcess) => ProcessEntry): TargetEntry {
  const { resources } = target;
  const { idleSeconds } = target.subject.judgement ?? {};
  return {
    root: entry(target.root),
    subject: target.subject.identity.pid,
    processes: target.processes.map(entry),
    cause: target.cause,
    reason: target.reason,
    evidence: target.evidence,
    ...(target.resume === undefined ? {} : { resume: target.resume }),
    becauseOf: target.becauseOf.map(({ identity }) => identity.pid),
    ...(idleSeconds === undefined ? {} : { idleSeconds }),
    rssBytes: resources.rssBytes,
    memoryBytes: resources.memoryBytes,
    memoryFrom: resources.memoryFrom,
    ...(resources.descriptors === undefined ? {} : { descriptors: resources.descriptors }),
    ...(resources.sockets === undefined ? {} : { sockets: resources.sockets }),
    ...(target.leftOut.length === 0 ? {} : { leftOut: target.leftOut.map(({ identity }) => identity.pid) }),
  };
}
