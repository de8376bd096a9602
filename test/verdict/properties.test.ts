import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_READINGS } from '../../src/activity/agent-reading.js';
import { EMPTY_LEDGER, type Ledger } from '../../src/activity/ledger/ledger.js';
import type { Stdio } from '../../src/activity/readers/stdio.js';
import { type Conclusion, conclude } from '../../src/observe/conclude.js';
import type { ProcessRecord } from '../../src/process/record.js';
import { DEFAULT_JUDGE_POLICY } from '../../src/verdict/input.js';
import { agentsIn, hasOwner, NOW, rowsOf, stdioIn, type World, worlds } from './world.js';

const HARSH: readonly string[] = ['orphan', 'leftover'];
const RUNS = { numRuns: 400 };

describe('in any process table', () => {
  it('nobody with a live owner is an orphan or a leftover, at first sight and later', () => {
    fc.assert(
      fc.property(worlds, fc.boolean(), (world, isRemembered) => {
        const { judged } = judgeAfter(world, isRemembered);
        for (const { pid, verdict, reason } of judged.judgements.values()) {
          if (!HARSH.includes(verdict)) continue;
          expect(hasOwner(world, pid, 'after'), `${pid} ${verdict}: ${reason}`).toBe(false);
        }
      }),
      RUNS,
    );
  });

  it('orphans are found: those whom nobody is left for are not called live', () => {
    let orphans = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const { judged } = judgeAfter(world, true);
        for (const { verdict } of judged.judgements.values()) if (HARSH.includes(verdict)) orphans += 1;
      }),
      RUNS,
    );
    expect(orphans).toBeGreaterThan(RUNS.numRuns / 4);
  });

  it('a fact that cannot be read never turns live into orphan or leftover', () => {
    fc.assert(
      fc.property(worlds, fc.boolean(), losses, (world, isRemembered, lost) => {
        const whole = judgeAfter(world, isRemembered);
        const less = judgeAfter(world, isRemembered, lost);
        for (const [pid, { verdict, reason }] of less.judged.judgements) {
          if (!HARSH.includes(verdict)) continue;
          const before = whole.judged.judgements.get(pid);
          expect(before?.verdict, `${pid} is ${verdict}: ${reason}, and was: ${before?.reason}`).not.toBe('live');
        }
      }),
      RUNS,
    );
  });

  it('the order of rows changes nothing', () => {
    fc.assert(
      fc.property(worlds, fc.boolean(), fc.infiniteStream(fc.nat()), (world, isRemembered, keys) => {
        const straight = judgeAfter(world, isRemembered);
        const shuffled = judgeAfter(world, isRemembered, [], (rows) =>
          rows
            .map((row) => ({ row, key: keys.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ row }) => row),
        );
        expect([...shuffled.judged.judgements]).toEqual([...straight.judged.judgements]);
      }),
      { numRuns: 200 },
    );
  });
});

interface Loss {
  readonly person: number;
  readonly fact: (typeof FACTS)[number];
}

const FACTS = [
  ...(['ppid', 'startTime', 'startedAt', 'uid', 'pgid', 'sid', 'tty', 'state', 'comm', 'exe', 'argv'] as const),
  ...(['detail', 'cgroup', 'fds', 'markers', 'stdio'] as const),
];
const losses: fc.Arbitrary<Loss[]> = fc.array(fc.record({ person: fc.nat(30), fact: fc.constantFrom(...FACTS) }), {
  minLength: 1,
  maxLength: 4,
});

/** What is judged once all who do not survive are gone, and before if that was seen. */
function judgeAfter(
  world: World,
  isRemembered: boolean,
  lost: readonly Loss[] = [],
  order: (rows: ProcessRecord[]) => ProcessRecord[] = (rows) => rows,
): Conclusion {
  const before = isRemembered ? look(world, 'before', EMPTY_LEDGER, NOW - 3600_000).ledger : EMPTY_LEDGER;
  return look(world, 'after', before, NOW, lost, order);
}

function look(
  world: World,
  when: 'before' | 'after',
  ledger: Ledger,
  at: number,
  lost: readonly Loss[] = [],
  order: (rows: ProcessRecord[]) => ProcessRecord[] = (rows) => rows,
): Conclusion {
  const rows = rowsOf(world, when);
  const stdio = new Map<number, Stdio>(stdioIn(world, when));
  const agents = agentsIn(world, order(rows.map((row, index) => lose(row, index, rows.length, lost, stdio))));
  return conclude({
    agents,
    ledger,
    readings: NO_READINGS,
    around: { stdio, logins: new Map() },
    self: { pid: 99_999, uid: 1000, ancestors: new Set() },
    policy: DEFAULT_JUDGE_POLICY,
    now: { at },
  });
}

function lose(
  row: ProcessRecord,
  index: number,
  count: number,
  lost: readonly Loss[],
  stdio: Map<number, Stdio>,
): ProcessRecord {
  let left = row;
  for (const { person, fact } of lost) {
    if (person % count !== index) continue;
    switch (fact) {
      case 'cgroup':
      case 'fds':
      case 'markers':
        left = { ...left, detail: { ...left.detail, [fact]: undefined } };
        if (fact === 'fds') stdio.delete(row.pid);
        break;
      case 'stdio': {
        const [end] = stdio.get(row.pid)?.values() ?? [];
        if (end !== undefined) stdio.set(row.pid, new Map([[0, { ...end, state: 'not-known', holders: [] }]]));
        break;
      }
      case 'detail':
        stdio.delete(row.pid);
        left = { ...left, detail: undefined };
        break;
      default:
        left = { ...left, [fact]: undefined };
    }
  }
  return left;
}
