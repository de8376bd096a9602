import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../src/process/record.js';
import type { Scan } from '../../src/process/scan.js';
import { ageSeconds, createProcessTable, identityOf, withDetail } from '../../src/process/table.js';

function scanOf(processes: readonly ProcessRecord[]): Scan {
  return {
    source: 'procfs',
    takenAt: 1_000_000,
    machine: { bootId: 'b1' },
    processes,
    complete: true,
    problems: [],
  };
}

const pids = (records: readonly ProcessRecord[]): number[] => records.map((record) => record.pid);

describe('the process table', () => {
  const table = createProcessTable(
    scanOf([
      { pid: 30, ppid: 20, startTime: '300' },
      { pid: 10, ppid: 1, startTime: '100' },
      { pid: 1, ppid: 0, startTime: '1' },
      { pid: 20, ppid: 10, startTime: '200' },
      { pid: 21, ppid: 10, startTime: '210' },
    ]),
  );

  it('gives all processes in ascending order of pid', () => {
    expect(pids(table.all)).toEqual([1, 10, 20, 21, 30]);
  });
  it('gives children', () => {
    expect(pids(table.children(10))).toEqual([20, 21]);
  });
  it('gives ancestors, nearest first', () => {
    expect(pids(table.ancestors(30))).toEqual([20, 10, 1]);
  });
  it('gives descendants, parents before children', () => {
    expect(pids(table.descendants(1))).toEqual([10, 20, 21, 30]);
  });
  it('answers with nothing for a pid that it does not hold', () => {
    expect(table.get(99)).toBeUndefined();
    expect(table.ancestors(99)).toEqual([]);
    expect(table.descendants(99)).toEqual([]);
  });

  it.each<[string, readonly ProcessRecord[]]>([
    [
      'by ticks',
      [
        { pid: 10, startTime: '500' },
        { pid: 20, ppid: 10, startTime: '200' },
      ],
    ],
    [
      'by wall time',
      [
        { pid: 10, startedAt: 90_000 },
        { pid: 20, ppid: 10, startedAt: 10_000 },
      ],
    ],
  ])('a child older than its parent is no child, %s: the parent’s pid was used again', (_, records) => {
    const reused = createProcessTable(scanOf(records));
    expect(reused.parent(20)).toBeUndefined();
    expect(reused.children(10)).toEqual([]);
    expect(reused.ancestors(20)).toEqual([]);
  });

  it('a parent that seems younger by less than ps rounds to stays the parent', () => {
    const rounded = createProcessTable(
      scanOf([
        { pid: 10, startedAt: 11_000 },
        { pid: 20, ppid: 10, startedAt: 10_000 },
      ]),
    );
    expect(rounded.parent(20)?.pid).toBe(10);
  });

  it('of two rows with one pid the younger stands', () => {
    const twice = createProcessTable(
      scanOf([
        { pid: 10, startedAt: 2, comm: 'new' },
        { pid: 10, startedAt: 1, comm: 'old' },
      ]),
    );
    expect(twice.all).toHaveLength(1);
    expect(twice.get(10)?.comm).toBe('new');
  });

  it('a cycle of parents hangs nothing', () => {
    const cycle = createProcessTable(
      scanOf([
        { pid: 10, ppid: 20 },
        { pid: 20, ppid: 10 },
        { pid: 30, ppid: 30 },
      ]),
    );
    expect(pids(cycle.ancestors(10))).toEqual([20]);
    expect(pids(cycle.descendants(10))).toEqual([20]);
    expect(cycle.parent(30)).toBeUndefined();
  });

  it('in any table, descendants and ancestors are each other’s mirror', () => {
    const record = fc.record({
      pid: fc.integer({ min: 1, max: 30 }),
      ppid: fc.integer({ min: 0, max: 30 }),
      startTime: fc.integer({ min: 1, max: 5 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 30 }), (records) => {
        const random = createProcessTable(scanOf(records));
        for (const one of random.all) {
          expect(pids(random.descendants(one.pid))).not.toContain(one.pid);
          for (const below of random.descendants(one.pid)) {
            expect(pids(random.ancestors(below.pid))).toContain(one.pid);
          }
        }
      }),
    );
  });

  it('knows the identity and the age of a record within its boot', () => {
    const [record] = createProcessTable(scanOf([{ pid: 5, startTime: '9', startedAt: 940_000 }])).all;
    expect(record && identityOf(table, record)).toEqual({ bootId: 'b1', pid: 5, startTime: '9' });
    expect(record && ageSeconds(table, record)).toBe(60);
  });

  it('takes in what a closer look told and keeps what it did not', () => {
    const closer = withDetail(table, new Map([[20, { exe: '/bin/x', uid: undefined, detail: { cwd: '/tmp' } }]]));
    expect(closer.get(20)).toMatchObject({ pid: 20, ppid: 10, exe: '/bin/x', detail: { cwd: '/tmp' } });
    expect(closer.get(20)).not.toHaveProperty('uid');
    expect(closer.get(21)?.detail).toBeUndefined();
  });
});
