import { describe, expect, it } from 'vitest';
import type { Scan } from '../../../src/process/scan.js';
import { executeByTreeKill } from '../../../src/reap/execute/windows.js';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY } from '../../../src/reap/plan/policy/policy.js';
import { helperOf, judgedTable, ORPHAN, type Row, SELF } from '../kit/judged.js';

const root: Row = { pid: 100, role: 'session', judged: ORPHAN };
const child: Row = { pid: 101, ppid: 100, role: 'tool', judged: helperOf(100) };

/** Runs the Windows path over made-up tables; the killer takes away the tree as taskkill would. */
async function run(before: readonly Row[], now: readonly Row[] = before) {
  const judged = judgedTable(before);
  const { targets } = plan(judged, DEFAULT_POLICY, SELF);
  const killed: number[] = [];
  let clock = 0;
  let rows = now;
  const scan = async (): Promise<Scan> => {
    const { table } = judgedTable(rows);
    return { ...table.scan, processes: table.all };
  };
  const execution = await executeByTreeKill(targets, judged, {
    async treeKill(pid) {
      killed.push(pid);
      rows = rows.filter((row) => row.pid !== pid && row.ppid !== pid);
    },
    scan,
    now: () => clock,
    wait: async (milliseconds) => {
      clock += milliseconds;
    },
    record: () => {},
  });
  return {
    killed,
    results: execution.outcomes.map(({ process, result }) => [process.identity.pid, result]),
    outcomes: execution.outcomes,
  };
}

describe('ending a tree where there are no signals', () => {
  it('hands the verified root to the killer and verifies each process by a new scan', async () => {
    const { killed, results } = await run([root, child]);
    expect(killed).toEqual([100]);
    expect(results).toEqual([
      [100, 'gone'],
      [101, 'gone'],
    ]);
  });

  it.each<[string, Row[]]>([
    ['the root is another process by now', [{ ...root, startTime: '9999' }, child]],
    ['the root is gone', [child]],
  ])('hands over nothing when %s', async (_, now) => {
    expect((await run([root, child], now)).killed).toEqual([]);
  });

  it('hands over nothing when an older process names a member as its parent: that number was used again', async () => {
    const stranger: Row = { pid: 102, ppid: 101, startTime: '3' };
    const { killed, outcomes } = await run([root, child, stranger]);
    expect(killed).toEqual([]);
    expect(outcomes[0]).toMatchObject({ result: 'survived', detail: expect.stringContaining('102') });
  });

  it('hands over nothing when a part of the tree is to be left alone', async () => {
    const daemon: Row = {
      pid: 103,
      ppid: 100,
      role: 'infrastructure',
      daemon: true,
      judged: { verdict: 'live' },
    };
    expect((await run([root, child, daemon])).killed).toEqual([]);
  });
});
