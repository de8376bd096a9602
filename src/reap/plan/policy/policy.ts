/** Verdicts, beside orphans and leftover MCP servers, that a run may end when it is asked to. */
export const INCLUDE_KINDS = ['idle', 'busy-orphan', 'superseded', 'disowned', 'leftover', 'generations'] as const;
export type IncludeKind = (typeof INCLUDE_KINDS)[number];

/**
 * Other reasons to propose an end. Each is off until it is set, and none of them ever reaches a live session: they
 * choose among trees that are proven idle, but for `cpu`, which names ownerless trees that burn.
 */
interface Budgets {
  /** A tree that holds more than this many bytes. */
  readonly treeMemoryBytes?: number | undefined;
  /** A tree with more open descriptors than this. */
  readonly descriptors?: number | undefined;
  /** More agents than this: those that are idle for longest are over the budget. */
  readonly sessions?: number | undefined;
  /** An ownerless tree that used more than `percent` of one core for at least `seconds`. */
  readonly cpuPercentFor?: { readonly percent: number; readonly seconds: number } | undefined;
}

/** What a run may end, and how. Durations in seconds. */
export interface Policy {
  readonly include: readonly IncludeKind[];
  /** Idle, or for what always looks idle ownerless, for at least this long. 0 waives the proof. */
  readonly idleSeconds: number;
  /** Younger processes are left alone. 0 waives the condition. */
  readonly minAgeSeconds: number;
  /** Between the last SIGTERM and SIGKILL. */
  readonly graceSeconds: number;
  /** Trees a run; the oldest go first. */
  readonly maxTrees: number;
  /** When any is named here, in `pids` or in `forcePids`, nothing else is a target. */
  readonly sessions: readonly string[];
  readonly pids: readonly number[];
  /** As `pids`, past every veto but self, ancestors, pid 1, kernel threads and other users. */
  readonly forcePids: readonly number[];
  /** Only these agents and their helpers; empty means all. */
  readonly agents: readonly string[];
  readonly budgets: Budgets;
  /** Only sessions whose turn is over and whose conversation can be resumed: `hibernate`. */
  readonly onlyResumable?: boolean | undefined;
}

export const DEFAULT_POLICY: Policy = {
  include: [],
  idleSeconds: 30 * 60,
  minAgeSeconds: 5 * 60,
  graceSeconds: 10,
  maxTrees: 20,
  sessions: [],
  pids: [],
  forcePids: [],
  agents: [],
  budgets: {},
};

/** Conditions that the policy switched off; the plan says so. */
export function waived(policy: Policy): string[] {
  const found: string[] = [];
  if (policy.idleSeconds === 0) found.push('idle: nothing has to be proven idle (--idle 0)');
  if (policy.minAgeSeconds === 0) found.push('min-age: however young (--min-age 0)');
  if (policy.forcePids.length > 0) found.push(`vetoes: ignored for ${policy.forcePids.join(', ')} (--force-pid)`);
  return found;
}

/** Whether the run is about named processes or sessions only. */
export function isSelective(policy: Policy): boolean {
  return policy.sessions.length + policy.pids.length + policy.forcePids.length > 0;
}
