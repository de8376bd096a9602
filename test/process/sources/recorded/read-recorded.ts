import { expect } from 'vitest';
import type { ProcessRecord } from '../../../../src/process/record.js';
import type { Scan } from '../../../../src/process/scan.js';
import { createRecordedSource } from '../../../../src/process/sources/recorded/recorded.js';

/** The time of the file `given.txt` that {@link read} reads. */
export const FILE_TIME = Date.parse('2026-11-20T12:00:00Z');

export const read = (text: string, markers?: ReadonlySet<string>): Promise<Scan> =>
  createRecordedSource(text, {
    path: 'given.txt',
    takenAt: FILE_TIME,
    ...(markers === undefined ? {} : { markers }),
  }).scan();

export const byPid = (scan: Scan, pid: number): ProcessRecord | undefined =>
  scan.processes.find((one) => one.pid === pid);

/** Compares the named fields only; an expected `undefined` means absent. */
export function expectFields(record: ProcessRecord | undefined, expected: Partial<ProcessRecord>): void {
  expect(record).toBeDefined();
  for (const [field, value] of Object.entries(expected))
    expect([field, record?.[field as keyof ProcessRecord]]).toEqual([field, value]);
}
