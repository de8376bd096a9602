import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { runText } from '../../src/output/text/reap/run.js';
import type { Leftover, RunReport } from '../../src/run/document.js';
import { parseExpectation } from '../../src/snapshot/diff/expectation.js';
import { agent } from '../kit/diff-documents.js';

const layout = { width: undefined, style: new Chalk({ level: 0 }) };
const left = (pid: number, fields: Partial<Leftover> = {}): Leftover => ({
  process: agent(pid),
  foundBy: 'tree',
  how: 'child of sh(9)',
  depth: 0,
  expected: false,
  ...fields,
});

function report(fields: Partial<RunReport> = {}): RunReport {
  return {
    schema: 'sesswatch/run/1',
    runId: 'r',
    command: ['npm', 'test'],
    startedAt: '2026-01-15T10:00:00.000Z',
    endedAt: '2026-01-15T10:00:12.000Z',
    seconds: 12,
    end: { kind: 'exited', code: 0 },
    settled: true,
    seen: 4,
    looks: 9,
    leftovers: [],
    leftoverBytes: 0,
    unattributed: [],
    expectations: [],
    detection: [],
    notes: [],
    ...fields,
  };
}

describe('runText', () => {
  it.each([
    ['succeeded', { end: { kind: 'exited', code: 0 } }, 'done after 12s, nothing left behind of 4 processes'],
    ['failed', { end: { kind: 'exited', code: 3 } }, 'failed with 3 after 12s, nothing left behind of 4 processes'],
    [
      'was killed',
      { end: { kind: 'signalled', signal: 'SIGKILL' } },
      'ended by SIGKILL after 12s, nothing left behind of 4 processes',
    ],
    [
      'was not found',
      { end: { kind: 'not-started', code: 127, why: 'x: not found' }, seen: 0 },
      'not started: x: not found, nothing left behind',
    ],
  ] as const)('says how a command that %s ended', (_, fields, expected) => {
    expect(runText(report(fields), layout)).toEqual([expected]);
  });

  it('shows what is left as a tree, with age, memory and how it was found', () => {
    const text = runText(report({ leftovers: [left(1), left(2, { depth: 1 })], leftoverBytes: 1 }), layout).join('\n');
    expect(text).toMatch(/2 processes left behind/);
    expect(text).toMatch(/^ +1 +claude +session- +1m +200 MB +child of sh\(9\) +claude --session-id/m);
    expect(text).toMatch(/^ +└ 2 +claude/m);
  });

  it('marks what was expected to stay', () => {
    const text = runText(report({ leftovers: [left(1, { expected: true })] }), layout).join('\n');
    expect(text).toMatch(/as expected/);
    expect(text).toMatch(/claude \(expected\)/);
  });

  it('says which expectation was missed', () => {
    const expectation = parseExpectation('claude=0');
    const text = runText(
      report({
        leftovers: [left(1)],
        expectations: [{ expectation, before: 0, after: 1, wanted: 0, met: false, excess: 1 }],
      }),
      layout,
    );
    expect(text).toContain('1 left, expected claude=0');
  });

  it('says what the reaper ended and what withstood', () => {
    const text = runText(
      report({
        leftovers: [left(1)],
        reaped: {
          ended: 1,
          survivors: [7],
          kept: [{ pid: 8, reason: 'is pid 1' }],
          heldBytes: 5 * 1024 * 1024,
        },
      }),
      layout,
    );
    expect(text).toContain('ended 1 process, 5 MB; still there: 7');
    expect(text).toContain('left 8 alone: it is pid 1');
  });

  it('names what it cannot attribute', () => {
    const text = runText(report({ unattributed: [agent(9, { argv: ['sleep', '300'] })] }), layout).join('\n');
    expect(text).toMatch(/1 process appeared meanwhile.*cannot be told/);
    expect(text).toMatch(/9 sleep 300/);
  });

  it('says by what it looked when asked', () => {
    const detection = [
      { way: 'tree', available: true },
      { way: 'cookie', available: false, note: 'not on this platform' },
    ] as const;
    const text = runText(report({ detection }), { ...layout, verbose: true });
    expect(text).toContain('  looked by tree');
    expect(text).toContain('  could not look by cookie: not on this platform');
  });
});
