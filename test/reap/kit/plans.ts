import type { PlanFacts } from '../../../src/reap/plan/context.js';
import { type Plan, plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/reap/plan/policy/policy.js';
import { judgedTable, ORPHAN, type Row, SELF } from './judged.js';

export function planOf(rows: readonly Row[], policy: Partial<Policy> = {}, facts: PlanFacts = {}): Plan {
  return plan(judgedTable(rows), { ...DEFAULT_POLICY, ...policy }, SELF, facts);
}

export function trees(made: Plan): number[][] {
  return made.targets.map(({ processes }) => processes.map(({ identity }) => identity.pid));
}

export function reasonFor(made: Plan, pid: number): string | undefined {
  return made.kept.find(({ identity }) => identity.pid === pid)?.reason;
}

export const agent = (pid: number, more: Partial<Row> = {}): Row => ({
  pid,
  role: 'session',
  judged: ORPHAN,
  ...more,
});
export const claudeUnder = (owner: Row['judged']): Row => agent(100, { judged: { ...ORPHAN, ...owner } });
