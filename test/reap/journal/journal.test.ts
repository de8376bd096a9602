import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JournalEvent, journalFiles, openJournal } from '../../../src/reap/journal/journal.js';
import { readHistory, readLastRun, unfinishedRun } from '../../../src/reap/journal/read.js';
import { DEFAULT_POLICY } from '../../../src/reap/plan/policy/policy.js';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'sesswatch-journal-')), 'state');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

const AT = Date.UTC(2026, 0, 15);
const start: JournalEvent = { kind: 'start', version: '1.2.3', pid: 7, policy: DEFAULT_POLICY, waived: [] };
const signal: JournalEvent = {
  kind: 'signal',
  process: { pid: 9, startTime: '42' },
  step: 'kill',
  signal: 'SIGKILL',
  result: 'sending',
};
const end: JournalEvent = { kind: 'end', trees: 1, ended: 1, survivors: 0, reclaimedBytes: 5 };

function writeRun(run: string, events: readonly JournalEvent[]): void {
  const journal = openJournal(folder, run, () => AT);
  for (const event of events) journal.write(event);
  journal.close();
}

function current(): string {
  return journalFiles(folder)[0] ?? '';
}

describe('the journal', () => {
  it('is a line of JSON for each event, with time and run, for its owner alone', () => {
    writeRun('r1', [start, signal, end]);
    const lines = readFileSync(current(), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ kind, run, at }) => [kind, run, at])).toEqual(
      ['start', 'signal', 'end'].map((kind) => [kind, 'r1', '2026-01-15T00:00:00.000Z']),
    );
    expect(lines[0]).toMatchObject({ version: '1.2.3', policy: { maxTrees: 20 } });
    expect(statSync(current()).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('only ever grows: what was there stays', () => {
    writeRun('r1', [start, end]);
    const before = readFileSync(current(), 'utf8');
    writeRun('r2', [start, end]);
    expect(readFileSync(current(), 'utf8').startsWith(before)).toBe(true);
    expect(readHistory(folder).map(({ run }) => run)).toEqual(['r2', 'r1']);
  });

  it('closes a file that others could read', () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(current(), '', { mode: 0o644 });
    writeRun('r1', [start]);
    expect(statSync(current()).mode & 0o777).toBe(0o600);
  });

  it('starts a new file beyond 10 MB and keeps five', () => {
    for (const run of ['r1', 'r2', 'r3', 'r4', 'r5', 'r6']) {
      writeRun(run, [start, end]);
      // Sparse: as large as ten megabytes of lines would be, at no cost.
      truncateSync(current(), 10 * 1024 * 1024);
    }
    writeRun('r7', [start, end]);
    expect(journalFiles(folder).filter((file) => existsSync(file))).toHaveLength(5);
    expect(existsSync(`${current()}.5`)).toBe(false);
    expect(readHistory(folder).map(({ run }) => run)).toEqual(['r7', 'r6', 'r5', 'r4', 'r3']);
  });

  it('skips a torn last line, which stays a line of its own when the next run appends', () => {
    writeRun('r1', [start, signal]);
    appendFileSync(current(), '{"at":"2026-01-15T00:00:00.000Z","run":"r1","kind":"outc');
    writeRun('r2', [start, end]);
    const [second, first] = readHistory(folder);
    expect(second).toMatchObject({ run: 'r2', end: { survivors: 0 } });
    expect(first?.signals).toHaveLength(1);
    expect(first?.end).toBeUndefined();
  });

  it.each([
    ['nothing before the first run', [], undefined],
    ['nothing after a run that came to its end', [start, end], undefined],
    ['the run that was cut off', [start, signal], 'r1'],
  ] as const)('knows of %s', (_, events, expected) => {
    if (events.length > 0) writeRun('r1', events);
    expect(unfinishedRun(folder)?.run).toBe(expected);
  });

  it('has no last run where there is no journal', () => {
    expect(readLastRun(folder)).toBeUndefined();
  });

  it.each([
    ['its place is taken by a folder', () => mkdirSync(current(), { recursive: true, mode: 0o700 })],
    ['its folder is a file', () => writeFileSync(folder, '')],
    [
      'everybody may write to its folder',
      () => {
        mkdirSync(folder, { mode: 0o777 });
        execFileSync('chmod', ['0777', folder]);
      },
    ],
  ])('is refused with what to do when %s', (_, prepare) => {
    prepare();
    expect(() => openJournal(folder, 'r1', () => AT)).toThrow(expect.objectContaining({ code: 'storage' }));
  });
});
