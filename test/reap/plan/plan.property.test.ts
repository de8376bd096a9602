import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCounted, type Role } from '../../../src/agents/membership.js';
import { agreedOf, mayStillSignal } from '../../../src/reap/execute/second-look.js';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, INCLUDE_KINDS, type Policy } from '../../../src/reap/plan/policy/policy.js';
import type { EvidenceKind, Owner, Verdict } from '../../../src/verdict/judgement.js';
import { VERDICTS } from '../../../src/verdict/judgement.js';
import { evidence, HOUR, judgedTable, NOW, type Row, SELF } from '../kit/judged.js';

const FIRST = 100;
const VETOES: readonly EvidenceKind[] = [
  'other-user',
  'protect-rule',
  'supervised',
  'agent-daemon',
  'identity-changed',
  'application-init',
];
const ROLES: readonly Role[] = ['session', 'server', 'launcher', 'mcp-server', 'tool', 'infrastructure', 'host-worker'];

/** Weighted towards what is due: otherwise nearly every plan is empty and proves nothing. */
const verdict = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Verdict>('orphan') },
  { weight: 2, arbitrary: fc.constantFrom(...VERDICTS) },
);
const owner = (pids: number): fc.Arbitrary<Owner | undefined> =>
  mostly(
    undefined,
    fc.record({
      kind: fc.constantFrom('terminal', 'multiplexer', 'host', 'agent', 'program', 'service'),
      pid: fc.option(fc.integer({ min: 40, max: FIRST + pids }), { nil: undefined }),
      name: fc.constant('somebody'),
    }),
  );

/** What is usual in nine cases of ten, so that conditions do not all fail at once. */
function mostly<T, U>(usual: T, otherwise: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: otherwise });
}

/** Random forests: each process hangs below pid 1, sesswatch's shell, or an earlier process. */
const forest = fc.integer({ min: 1, max: 14 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, index) =>
      fc.record({
        pid: fc.constant(FIRST + index),
        ppid: fc.constantFrom(1, 1, 40, ...Array.from({ length: index }, (_, above) => FIRST + above)),
        comm: fc.constantFrom('claude', 'claude', 'bash', 'node', 'tmux: server'),
        role: fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom<Role | undefined>('session') },
          { weight: 2, arbitrary: fc.constantFrom<Role | undefined>(undefined, ...ROLES) },
        ),
        uid: mostly(1000, fc.constantFrom(0, undefined)),
        state: mostly('S', fc.constantFrom('T', 'Z', 't')),
        startTime: fc.constantFrom(String(5000 + index), String(5000 + index), String(5000 + index), undefined),
        startedAt: mostly(NOW - HOUR * 1000, fc.constant(NOW - 1000)),
        verdict,
        owner: owner(size),
        work: mostly('not known' as const, fc.constant('working' as const)),
        idleSeconds: mostly(2 * HOUR, fc.constantFrom(60, undefined)),
        ownerlessSeconds: mostly(2 * HOUR, fc.constantFrom(60, undefined)),
        veto: mostly(undefined, fc.constantFrom(...VETOES)),
      }),
    ),
  ),
);

const policies: fc.Arbitrary<Policy> = fc.record({
  include: fc.subarray([...INCLUDE_KINDS]),
  idleSeconds: fc.constantFrom(0, 1800),
  minAgeSeconds: fc.constantFrom(0, 300),
  graceSeconds: fc.constant(1),
  maxTrees: fc.constantFrom(1, 20),
  sessions: fc.constant([]),
  pids: mostly([], fc.constant([FIRST])),
  forcePids: fc.constant([]),
  agents: fc.constant([]),
  budgets: fc.constantFrom({}, { treeMemoryBytes: 1, descriptors: 1, sessions: 1 }),
});

type Made = typeof forest extends fc.Arbitrary<infer T> ? T : never;

function toRows(made: Made): Row[] {
  return made.map(({ role, verdict: judgedAs, owner: of, work, idleSeconds, ownerlessSeconds, veto, ...row }): Row => {
    const judged = {
      verdict: judgedAs,
      owner: of,
      work,
      idleSeconds,
      ownerlessSeconds,
      evidence: veto === undefined ? [] : [evidence(veto)],
    };
    return { ...row, argv: [row.comm], ...(role === undefined ? {} : { role }), judged };
  });
}

describe('any plan over any table', () => {
  it('never holds a vetoed process, ourselves, what is above us, or what another user owns', () => {
    fc.assert(
      fc.property(forest, policies, (made, policy) => {
        const rows = toRows(made);
        const forbidden = new Set([1, 40, SELF.pid]);
        for (const one of made) {
          const judgedByRole = one.role !== undefined;
          if (one.uid !== SELF.uid || one.startTime === undefined || one.state === 't' || one.state === 'Z')
            forbidden.add(one.pid);
          if (judgedByRole && (one.veto !== undefined || one.verdict === 'protected')) forbidden.add(one.pid);
          // What the catalogue recognised by its program is that, whatever it calls itself.
          const recognised = one.role === 'session' || one.role === 'server' || one.role === 'launcher';
          if (one.comm.startsWith('tmux') && !recognised) forbidden.add(one.pid);
          if (one.role === 'infrastructure') forbidden.add(one.pid);
          // An agent that is live is in a tree only where busy ones were asked for.
          const live = judgedByRole && (one.verdict === 'live' || one.verdict === 'unknown');
          const asked = policy.include.includes('busy-orphan') || policy.pids.length > 0;
          if (live && !asked && (one.role === 'session' || one.role === 'server')) forbidden.add(one.pid);
        }
        for (const target of planOf(rows, policy).targets) {
          for (const { identity } of target.processes) expect(forbidden).not.toContain(identity.pid);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('holds only descendants of each root, each process once, and a reason in each tree', () => {
    fc.assert(
      fc.property(forest, policies, (made, policy) => {
        const judged = judgedTable(toRows(made));
        const seen = new Set<number>();
        for (const { root, processes, becauseOf } of planOf(toRows(made), policy).targets) {
          const below = new Set([
            root.identity.pid,
            ...judged.table.descendants(root.identity.pid).map(({ pid }) => pid),
          ]);
          for (const { identity } of processes) {
            expect(below).toContain(identity.pid);
            expect(seen).not.toContain(identity.pid);
            seen.add(identity.pid);
          }
          expect(processes.map(({ identity }) => identity.pid)).toEqual(
            expect.arrayContaining(becauseOf.map(({ identity }) => identity.pid)),
          );
          expect(becauseOf.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never holds a process of which an agent above stays', () => {
    fc.assert(
      fc.property(forest, policies, (made, policy) => {
        const judged = judgedTable(toRows(made));
        // Without a limit: what a deferred tree leaves for the next run stays for that reason alone.
        const { targets } = planOf(toRows(made), { ...policy, maxTrees: 100 });
        const going = new Set(targets.flatMap(({ processes }) => processes.map(({ identity }) => identity.pid)));
        for (const { becauseOf } of targets) {
          for (const { identity } of becauseOf) {
            // Whatever else is in its tree, its owner's own word is enough.
            const verdict = judged.judgements.get(identity.pid)?.verdict;
            if (verdict === 'superseded' || verdict === 'disowned') continue;
            const client = judged.table.ancestors(identity.pid).find(({ pid, state }) => {
              const member = judged.members.get(pid);
              return member !== undefined && isCounted(member) && state !== 'Z';
            });
            if (client !== undefined && becauseOf[0]?.identity.pid === identity.pid)
              expect(going).toContain(client.pid);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on the order of rows, and a second look at the same table lets all of it go', () => {
    fc.assert(
      fc.property(forest, policies, (made, policy) => {
        const rows = toRows(made);
        const shape = (of: readonly Row[]) =>
          planOf(of, policy)
            .targets.map(({ processes }) => processes.map(({ identity }) => identity.pid).sort())
            .sort();
        expect(shape([...rows].reverse())).toEqual(shape(rows));
        const first = planOf(rows, policy);
        const answers = mayStillSignal(first.targets.map(agreedOf), {
          judged: judgedTable(rows),
          policy,
          self: SELF,
          facts: {},
          argvOf: ({ argv }) => argv,
        });
        expect(answers.map((answer) => (answer.kind === 'ok' ? answer.target.processes.length : answer))).toEqual(
          first.targets.map(({ processes }) => processes.length),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('is not empty by accident: due trees are found in a good part of the tables', () => {
    const sample = fc.sample(fc.tuple(forest, policies), { numRuns: 500, seed: 7 });
    const found = sample.filter(([made, policy]) => planOf(toRows(made), policy).targets.length > 0);
    expect(found.length).toBeGreaterThan(100);
  });
});

function planOf(rows: readonly Row[], policy: Policy) {
  return plan(judgedTable(rows), { ...DEFAULT_POLICY, ...policy }, SELF);
}
