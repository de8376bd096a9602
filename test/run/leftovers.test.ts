import { describe, expect, it } from 'vitest';
import type { Descendant } from '../../src/run/descent.js';
import { hasLeaked, runExitCode } from '../../src/run/document.js';
import { toLeftovers } from '../../src/run/leftovers.js';
import { parseExpectation } from '../../src/snapshot/diff/expectation.js';
import type { ProcessEntry } from '../../src/snapshot/document/document.js';

const rows: Record<number, ProcessEntry> = {
  1: { pid: 1, agent: 'codex', role: 'server' },
  2: { pid: 2, role: 'mcp-server', agent: 'codex' },
  3: { pid: 3, agent: 'claude', role: 'session' },
};
const alive: Descendant[] = [
  { record: { pid: 3, ppid: 99 }, foundBy: 'cookie', through: undefined },
  { record: { pid: 2, ppid: 1 }, foundBy: 'tree', through: { pid: 1, name: 'codex' } },
  { record: { pid: 1, ppid: 99 }, foundBy: 'group', through: { pid: 7, name: 'sh' } },
];

function leftovers(...expectations: string[]) {
  return toLeftovers(
    alive,
    (pid) => rows[pid] ?? { pid },
    expectations.map((text) => parseExpectation(text)),
  );
}

describe('leftovers', () => {
  it('are trees, parents before their children, each with how it was found', () => {
    expect(leftovers().leftovers.map(({ process, depth, how }) => [process.pid, depth, how])).toEqual([
      [1, 0, 'in the process group of sh(7)'],
      [2, 1, 'child of codex(1)'],
      [3, 0, 'its environment holds the id of this run'],
    ]);
  });

  it('of an expectation that is met are expected, with what is below them', () => {
    const { leftovers: found, expectations } = leftovers('codex<=1');
    expect(found.map(({ process, expected }) => [process.pid, expected])).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
    expect(hasLeaked({ leftovers: found, expectations })).toBe(true);
  });

  it('are all leaks when the expectation is missed', () => {
    const { leftovers: found } = leftovers('codex=0');
    expect(found.every((leftover) => !leftover.expected)).toBe(true);
  });

  it('that are all expected are no leak', () => {
    expect(hasLeaked(leftovers('codex=1', 'claude=1'))).toBe(false);
  });

  it('fewer than expected fail too', () => {
    expect(hasLeaked(leftovers('codex=1', 'claude=2'))).toBe(true);
  });
});

describe('runExitCode', () => {
  const none = { leftovers: [], expectations: [] };
  const leaked = leftovers();
  it.each([
    ['succeeded, nothing left', { ...none, end: { kind: 'exited', code: 0 } }, 0],
    ['succeeded, something left', { ...leaked, end: { kind: 'exited', code: 0 } }, 1],
    ['failed, something left', { ...leaked, end: { kind: 'exited', code: 5 } }, 5],
    ['killed', { ...leaked, end: { kind: 'signalled', signal: 'SIGTERM' } }, 143],
    ['not found', { ...none, end: { kind: 'not-started', code: 127, why: '' } }, 127],
  ] as const)('of a command that %s', (_, report, code) => {
    expect(runExitCode(report, { SIGTERM: 15 })).toBe(code);
  });
});
