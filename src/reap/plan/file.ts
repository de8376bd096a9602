import * as v from 'valibot';
import { SesswatchError } from '../../errors.js';
import { VERDICTS } from '../../verdict/judgement.js';
import type { Agreed } from '../execute/second-look.js';
import { PLAN_SCHEMA } from './document.js';
import { CAUSES } from './examine.js';
import { INCLUDE_KINDS, type Policy } from './policy.js';

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
export function parsePlanDocument(text: string, file: string): ReviewedPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SesswatchError('format', `${file} is not valid JSON`, REMAKE, error);
  }
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (schema !== PLAN_SCHEMA) {
    const what =
      typeof schema === 'string' && schema.startsWith('sesswatch/plan/')
        ? `${file} was written by a newer sesswatch, as ${schema}`
        : `${file} is not a plan`;
    throw new SesswatchError('format', what, REMAKE);
  }
  const parsed = v.safeParse(DOCUMENT, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue);
    throw new SesswatchError('format', `${file} is damaged: ${where ?? 'it'}: ${issue.message}`, REMAKE);
  }
  const { machine, targets, policy } = parsed.output;
  const identity = ({ pid, startTime }: { pid: number; startTime: string }) => ({
    bootId: machine.bootId,
    pid,
    startTime,
  });
  return {
    bootId: machine.bootId,
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

const pid = v.pipe(v.number(), v.safeInteger(), v.minValue(2));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const optional = v.optional;

const PROCESS = v.object({
  pid,
  startTime: v.string(),
  ppid: optional(v.number()),
  argv: optional(v.array(v.string())),
  verdict: optional(v.picklist(VERDICTS)),
  owner: optional(
    v.object({
      kind: v.picklist(['terminal', 'multiplexer', 'host', 'ssh', 'service', 'agent', 'infrastructure', 'program']),
      pid: optional(v.number()),
      name: v.string(),
    }),
  ),
});

const POLICY = v.object({
  include: v.array(v.picklist(INCLUDE_KINDS)),
  idleSeconds: amount,
  minAgeSeconds: amount,
  graceSeconds: amount,
  maxTrees: amount,
  sessions: v.array(v.string()),
  pids: v.array(pid),
  forcePids: v.array(pid),
  agents: v.array(v.string()),
  budgets: v.object({
    treeMemoryBytes: optional(amount),
    descriptors: optional(amount),
    sessions: optional(amount),
    cpuPercentFor: optional(v.object({ percent: amount, seconds: amount })),
  }),
});

const DOCUMENT = v.object({
  schema: v.literal(PLAN_SCHEMA),
  machine: v.object({ bootId: v.string() }),
  policy: POLICY,
  targets: v.array(
    v.object({
      root: PROCESS,
      processes: v.pipe(v.array(PROCESS), v.minLength(1)),
      becauseOf: v.pipe(v.array(pid), v.minLength(1)),
      cause: v.picklist(CAUSES),
    }),
  ),
});
