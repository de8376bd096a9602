import { isCounted, type Membership } from '../../agents/membership.js';
import { type Resume, resumeOf } from '../../agents/resume.js';
import type { ProcessIdentity } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { identityOf } from '../../process/table.js';
import type { Evidence, JudgedTable, Judgement } from '../../verdict/judgement.js';
import type { PlanContext } from './context.js';
import type { Cause } from './examine.js';
import type { KeptReason } from './kept.js';
import { resourcesOf, type TreeResources } from './resources.js';
import { causeOf, type GrownTree } from './tree.js';

/** One process as it was when the plan was made. */
export interface PlannedProcess {
  readonly identity: ProcessIdentity;
  readonly record: ProcessRecord;
  readonly member?: Membership | undefined;
  readonly judgement?: Judgement | undefined;
}

/** One tree that is to be ended. */
export interface Target {
  readonly root: PlannedProcess;
  /** What a person calls the tree by: its agent, not the shell above it. */
  readonly subject: PlannedProcess;
  /** Root first, parents before children. */
  readonly processes: readonly PlannedProcess[];
  /** The processes in it that are the reason, with their verdicts; never empty. */
  readonly becauseOf: readonly PlannedProcess[];
  readonly cause: Cause;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly resources: TreeResources;
  /** How to go on with the conversation of the subject. */
  readonly resume?: Resume | undefined;
  /** Left alone although below the root: they and their subtrees live on their own. */
  readonly leftOut: readonly PlannedProcess[];
}

/** A process that might be expected among the targets and stays. */
export interface Kept extends PlannedProcess, KeptReason {}

/** The tree as a target; the topmost agent that is a reason speaks for it, else the topmost reason. */
export function toTarget(context: PlanContext, tree: GrownTree): Target {
  const subject = tree.candidates.find(({ member }) => isCounted(member)) ?? tree.candidates[0];
  if (subject === undefined) throw new Error(`a tree without a reason: ${tree.root.pid}`);
  return {
    root: toPlanned(context, tree.root),
    subject: toPlanned(context, subject.record),
    processes: tree.processes.map((record) => toPlanned(context, record)),
    becauseOf: tree.candidates.map(({ record }) => toPlanned(context, record)),
    cause: causeOf(subject, tree.candidates),
    reason: subject.reason,
    evidence: subject.judgement.evidence,
    resources: resourcesOf(tree.processes),
    resume: resumeOf(subject.member, subject.record.detail?.cwd),
    leftOut: tree.cut.map(({ record }) => toPlanned(context, record)),
  };
}

/** A record with all that its table says of it. */
export function toPlanned({ judged }: { readonly judged: JudgedTable }, record: ProcessRecord): PlannedProcess {
  const { table, members, judgements } = judged;
  return {
    identity: identityOf(table, record),
    record,
    member: members.get(record.pid),
    judgement: judgements.get(record.pid),
  };
}
