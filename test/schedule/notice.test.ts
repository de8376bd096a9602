import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { createProcessTable } from '../../src/process/table.js';
import { assertCommand, crossings, notify } from '../../src/schedule/notice.js';
import type { JudgedTable, Judgement } from '../../src/verdict/judgement.js';

const NONE = { deadWeight: false, runaways: [] };

function judged(...rows: readonly (Partial<Judgement> & { readonly rssBytes?: number })[]): JudgedTable {
  const table = createProcessTable({
    source: 'procfs',
    takenAt: 1,
    machine: { bootId: 'b', platform: 'linux' },
    complete: true,
    problems: [],
    processes: rows.map(({ rssBytes }, at) => ({
      pid: at + 10,
      ppid: 1,
      startTime: `${at}`,
      rssBytes,
      argv: ['x'],
    })),
  });
  const judgements = rows.map((row, at): [number, Judgement] => [
    at + 10,
    {
      pid: at + 10,
      verdict: 'live',
      evidence: [],
      traces: [],
      vetoes: [],
      work: 'not known',
      observations: 1,
      reason: '',
      ...row,
    },
  ]);
  return { table, members: new Map(), judgements: new Map(judgements), notes: [] };
}

describe('what crossed a line', () => {
  it('is dead weight above it, once until it was below again', () => {
    const heavy = judged(
      { verdict: 'orphan', rssBytes: 150e6 },
      { verdict: 'leftover', rssBytes: 100e6 },
      { rssBytes: 9e9 },
    );
    const first = crossings(heavy, 200e6, NONE);
    expect(first.notices).toMatchObject([{ kind: 'dead-weight', rssBytes: 250e6 }]);
    expect(crossings(heavy, 200e6, first.crossed).notices).toEqual([]);
    const light = crossings(judged({ verdict: 'orphan', rssBytes: 1e6 }), 200e6, first.crossed);
    expect(light.notices).toEqual([]);
    expect(crossings(heavy, 200e6, light.crossed).notices).toHaveLength(1);
  });

  it('is each runaway, by identity', () => {
    const runaway = { cpuPercent: 98.4, since: 0, seconds: 7200 };
    const first = crossings(judged({ runaway }), 1, NONE);
    expect(first.notices).toMatchObject([{ kind: 'runaway', pid: 10, cpuPercent: 98 }]);
    expect(crossings(judged({ runaway }), 1, first.crossed).notices).toEqual([]);
    expect(crossings(judged({ runaway }, { runaway }), 1, first.crossed).notices).toMatchObject([{ pid: 11 }]);
  });
});

describe.runIf(process.platform !== 'win32')('the command of a notice', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(path.join(os.homedir(), 'notice-'));
  });
  const tell = (command: string) =>
    notify({
      command,
      limitBytes: 1,
      judged: judged({ verdict: 'orphan', rssBytes: 5e6 }),
      stateHome: path.join(home, 'state'),
      env: process.env,
    });

  it('has the text and the document, and runs once', () => {
    const file = path.join(home, 'told');
    const command = `{ printf '%s|' "$SESSWATCH_NOTICE"; cat; } >> '${file}'`;
    expect([tell(command), tell(command)]).toEqual([undefined, undefined]);
    const [text, document] = readFileSync(file, 'utf8').split('|');
    expect(text).toMatch(/^5 MB of dead weight, more than/);
    expect(JSON.parse(document ?? '')).toMatchObject({ schema: 'sesswatch/notice/1', kind: 'dead-weight' });
  });

  it('is run again by the next run when it failed', () => {
    expect(tell('exit 3')).toBe('the command of --notify failed: exit code 3');
    expect(existsSync(path.join(home, 'state', 'notified.json'))).toBe(false);
    expect(tell('true')).toBeUndefined();
  });

  it('must be one', () => {
    expect(() => assertCommand(' ')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
