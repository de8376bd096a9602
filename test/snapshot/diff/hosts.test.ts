import { describe, expect, it } from 'vitest';
import { diffText } from '../../../src/output/text/compare/diff.js';
import { diffSnapshots } from '../../../src/snapshot/diff/diff.js';
import type { SnapshotDocument } from '../../../src/snapshot/document/document.js';

function withHost(server: Readonly<Record<string, unknown>>): SnapshotDocument {
  return {
    schema: 'sesswatch/snapshot/1',
    id: '20260115T141242123Z-x',
    label: 'x',
    takenAt: '2026-01-15T14:12:42.123Z',
    machine: { hostname: 'box', bootId: 'b1', source: 'procfs' },
    complete: true,
    totals: { processes: 1, agents: 0, sessions: 0, rssBytes: 0, byAgent: {}, byRole: {}, byVerdict: {} },
    processes: [],
    hosts: [{ name: 'Hermes', server }],
  };
}

const MEGABYTE = 1_000_000;
const first = { pid: 7, startTime: '100', rssBytes: 78 * MEGABYTE, threads: 9, descriptors: 29 };
const grown = { ...first, rssBytes: 146 * MEGABYTE, threads: 13, descriptors: 45 };
const style = { bold: String, dim: String, green: String, yellow: String, red: String, blue: String, inverse: String };

describe('the servers of hosts in a diff', () => {
  it('are compared by identity, and their growth is told in words', () => {
    const diff = diffSnapshots(withHost(first), withHost(grown));
    expect(diff.hosts).toEqual([
      { name: 'Hermes', pid: 7, before: { name: 'Hermes', ...first }, after: { name: 'Hermes', ...grown } },
    ]);
    expect(diffText(diff, { width: undefined, style })).toContain(
      'Hermes (7): memory 78 → 146 MB, threads 9 → 13, descriptors 29 → 45',
    );
  });

  it.each([
    ['a server that started again', { ...grown, startTime: '200' }],
    ['a server whose start is not known', { ...grown, startTime: undefined }],
    ['a host that no server is known of', undefined],
  ])('%s is not compared', (_, server) => {
    expect(diffSnapshots(withHost(first), withHost(server as typeof grown)).hosts).toEqual([]);
  });

  it('a server that stayed as it was says nothing', () => {
    const text = diffText(diffSnapshots(withHost(first), withHost(first)), { width: undefined, style });
    expect(text.join('\n')).not.toContain('Hermes');
  });
});

describe('the generations of MCP servers in a diff', () => {
  const codex = { pid: 510, startTime: '9', agent: 'codex', role: 'session' as const };
  const withCopies = (older: readonly number[], pid = 510): SnapshotDocument => ({
    ...withHost({}),
    hosts: [],
    processes: [{ ...codex, pid }],
    generations:
      older.length === 0
        ? undefined
        : [{ leader: pid, agent: 'codex', server: 'x-mcp', count: older.length + 1, olderRssBytes: 1e8, older }],
  });

  it.each<[string, SnapshotDocument, SnapshotDocument, string | undefined]>([
    [
      'the first older one is told as added',
      withCopies([]),
      withCopies([600]),
      'a generation was added: codex(510) runs 2 of x-mcp, no older one before; the older hold 100 MB RSS',
    ],
    [
      'one more is told as added',
      withCopies([600]),
      withCopies([600, 601]),
      'a generation was added: codex(510) runs 3 of x-mcp, 2 before; the older hold 100 MB RSS',
    ],
    [
      'fewer are told',
      withCopies([600, 601]),
      withCopies([601]),
      'codex(510) runs 2 of x-mcp, 3 before; the older hold 100 MB RSS',
    ],
    [
      'the end of the last older one is told',
      withCopies([600]),
      withCopies([]),
      'codex(510) runs no older generation of x-mcp any more, 2 before',
    ],
    ['as many as before say nothing', withCopies([600]), withCopies([601]), undefined],
    ['those of an agent that is gone say nothing', withCopies([600]), withCopies([], 511), undefined],
  ])('%s', (_, before, after, expected) => {
    const lines = diffText(diffSnapshots(before, after), { width: undefined, style });
    expect(lines.find((line) => line.includes('x-mcp'))).toBe(expected);
  });
});
