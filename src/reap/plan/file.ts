import { SesswatchError } from '../../errors.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import { PROCESS } from '../../snapshot/document/format.js';
import { both, type DocumentKind, flag, listOf, must, object, oneOf, parseDocument, text } from '../../state/checks.js';
import type { Agreed } from '../execute/second-look.js';
import { PLAN_SCHEMA, type PlanDocument } from './document.js';
import { CAUSES } from './examine.js';
import { INCLUDE_KINDS, type Policy } from './policy/policy.js';

/** A plan that was saved and reviewed: the trees by identity, and the policy that they were chosen by. */
export interface ReviewedPlan {
  readonly bootId: string;
  readonly agreed: readonly Agreed[];
  readonly policy: Policy;
}

/**
 * Reads a plan document as `reap --dry-run --json` prints it. Only identities, arguments, verdicts and the policy are
 * taken from it: everything else is found anew before anything is signalled.
 *
 * @param file named in errors
 * @throws SesswatchError `format`
 */
export function parsePlanDocument(json: string, file: string): ReviewedPlan {
  // Every field that is taken from it is checked.
  const { machine, targets, policy } = parseDocument(json, file, PLAN) as unknown as PlanDocument;
  const bootId = machine.bootId ?? '';
  const identity = ({ pid, startTime }: ProcessEntry) => ({ bootId, pid, startTime });
  return {
    bootId,
    policy: { ...policy, maxTrees: targets.length },
    agreed: targets.map((target) => ({
      root: identity(target.root),
      cause: target.cause,
      processes: target.processes.map(identity),
      becauseOf: target.becauseOf.map((pid) => {
        const candidate = target.processes.find((one) => one.pid === pid);
        if (candidate === undefined) {
          throw new SesswatchError('format', `${file} is damaged: ${pid} is not in its tree`, REMAKE);
        }
        const { argv, ppid, verdict, owner } = candidate;
        return { identity: identity(candidate), argv, ppid, verdict, owner };
      }),
    })),
  };
}

const REMAKE = 'make a new one: sesswatch reap --dry-run --json > plan.json';

const endable = must('a process id', (value) => Number.isSafeInteger(value) && Number(value) >= 2);
const atLeastZero = must('a number of at least 0', (value) => Number.isFinite(value) && Number(value) >= 0);
const some = must('a list with something in it', (value) => Array.isArray(value) && value.length > 0);

const TARGET_PROCESS = both(object({ pid: endable, startTime: text }), PROCESS);

const POLICY = object(
  {
    include: listOf(oneOf(INCLUDE_KINDS)),
    idleSeconds: atLeastZero,
    minAgeSeconds: atLeastZero,
    graceSeconds: atLeastZero,
    maxTrees: atLeastZero,
    sessions: listOf(text),
    pids: listOf(endable),
    forcePids: listOf(endable),
    agents: listOf(text),
    budgets: object(
      {},
      {
        treeMemoryBytes: atLeastZero,
        descriptors: atLeastZero,
        sessions: atLeastZero,
        cpuPercentFor: object({ percent: atLeastZero, seconds: atLeastZero }),
      },
    ),
  },
  { onlyResumable: flag },
);

const PLAN: DocumentKind = {
  schema: PLAN_SCHEMA,
  what: 'a plan',
  check: object({
    machine: object({ bootId: text }),
    policy: POLICY,
    targets: listOf(
      object({
        root: TARGET_PROCESS,
        processes: both(some, listOf(TARGET_PROCESS)),
        becauseOf: both(some, listOf(endable)),
        cause: oneOf(CAUSES),
      }),
    ),
  }),
  ifDamaged: REMAKE,
  ifForeign: REMAKE,
};
