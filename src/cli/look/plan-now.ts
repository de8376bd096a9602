import type { Observation } from '../../observe/observe.js';
import { type Plan, plan } from '../../reap/plan/plan.js';
import { DEFAULT_POLICY } from '../../reap/plan/policy/policy.js';
import type { SnapshotDocument } from '../../snapshot/document/document.js';
import { policyOf } from '../end/reap-world.js';
import type { CommonOptions, Invocation } from '../invocation.js';
import { documentOf, judgeNow, type LookRequest, sampleOf } from './look.js';
import { judgePolicy, type World } from './world.js';

/** A document of this moment, and what a plain reap would do about it. */
export async function lookAndPlan(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  request: LookRequest = {},
): Promise<{ readonly document: SnapshotDocument; readonly plan: Plan | undefined; readonly seen: Observation }> {
  const asked = { memory: true, sampleSeconds: sampleOf(options), ...request };
  const seen = await judgeNow(invocation, options, world, asked);
  const plan = planNow(world, seen);
  return { document: withDueTimes(documentOf(seen, world, asked), plan), plan, seen };
}

/** The plan knows when what it keeps will be due, for whatever reason it is kept. */
function withDueTimes(document: SnapshotDocument, plan: Plan | undefined): SnapshotDocument {
  const times = new Map((plan?.kept ?? []).map(({ identity, dueAt }) => [identity.pid, dueAt]));
  const processes = document.processes.map((entry) => {
    const at = times.get(entry.pid);
    const isOpen = entry.ripeAt === undefined && at !== undefined;
    return isOpen ? { ...entry, ripeAt: new Date(at).toISOString() } : entry;
  });
  return { ...document, processes };
}

/** What a plain reap would do, however many trees that are; `undefined` where nothing can be ended. */
export function planNow(world: World, { judged, self }: Observation): Plan | undefined {
  const { settings, agentNames } = world;
  if (self === undefined || !judged.table.scan.complete) return undefined;
  const policy = {
    ...policyOf(settings),
    maxTrees: Number.POSITIVE_INFINITY,
    agents: agentNames ?? DEFAULT_POLICY.agents,
  };
  return plan(judged, policy, { pid: self.pid, uid: self.uid }, { protect: judgePolicy(world).protect });
}

/** What a plan does about a process, in one line; the same words in `orphans` and `why`. */
export function reapWordsOf(plan: Plan | undefined): (entry: { readonly pid: number }) => string | undefined {
  if (plan === undefined) return () => undefined;
  const due = new Set(plan.targets.flatMap(({ processes }) => processes.map(({ identity }) => identity.pid)));
  const kept = new Map(plan.kept.map((one) => [one.identity.pid, one]));
  return ({ pid }) => {
    if (due.has(pid)) return 'would end it now';
    const one = kept.get(pid);
    if (one === undefined) return undefined;
    return `kept: ${one.reason}${one.liftedBy === undefined ? '' : ` (${one.liftedBy})`}`;
  };
}
