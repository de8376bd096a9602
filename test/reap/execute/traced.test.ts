import { describe, expect, it } from 'vitest';
import { execute } from '../../../src/reap/execute/execute.js';
import type { LookNow } from '../../../src/reap/execute/process-now.js';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY } from '../../../src/reap/plan/policy/policy.js';
import { judgedTable, ORPHAN, type Row, SELF } from '../kit/judged.js';

const TREE: readonly Row[] = [
  { pid: 100, role: 'session', judged: ORPHAN },
  { pid: 101, ppid: 100 },
];

/** A ladder over made-up processes that never end; answers who was signalled, and what became of each. */
async function run(traced: (pid: number, look: number) => boolean) {
  const judged = judgedTable(TREE);
  const { targets } = plan(judged, DEFAULT_POLICY, SELF);
  const signals: number[] = [];
  let looks = 0;
  const lookNow: LookNow = (pid) => {
    looks += 1;
    return { startTime: String(1000 + pid), state: 'S', ...(traced(pid, looks) ? { tracerPid: 77 } : {}) };
  };
  let now = 0;
  const { outcomes } = await execute(targets, judged, {
    survey: async () => judgedTable(TREE),
    scan: async () => ({ ...judged.table.scan, processes: judged.table.all }),
    lookNow,
    kill: (pid) => void signals.push(pid),
    now: () => now,
    wait: async (milliseconds) => {
      now += Math.ceil(milliseconds);
    },
    record: () => {},
    self: SELF,
    facts: {},
    graceSeconds: 1,
  });
  return { signals, details: outcomes.map(({ detail }) => detail) };
}

describe('a debugger that is attached while a tree is ended', () => {
  it('keeps the whole tree from its first signal on, whichever process it is', async () => {
    const { signals, details } = await run((pid) => pid === 101);
    expect(signals).toEqual([]);
    expect(details).toEqual([
      expect.stringContaining('tracer (77) is attached to 101'),
      expect.stringContaining('tracer (77) is attached to 101'),
    ]);
  });

  it('is seen in the very look before a signal', async () => {
    const { signals } = await run((pid, look) => pid === 100 && look > 2);
    expect(signals).not.toContain(100);
  });

  it('is nobody where nobody is attached', async () => {
    expect((await run(() => false)).signals).toContain(100);
  });
});
