import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcessEntry, SnapshotDocument } from '../../../src/snapshot/document/document.js';
import { parseSnapshot } from '../../../src/snapshot/document/format.js';
import { toSnapshotEntry, toSummary } from '../../../src/snapshot/document/summary.js';

const FILE = path.resolve(import.meta.dirname, '../../../fixtures/snapshot/complete.json');
const COMPLETE = parseSnapshot(readFileSync(FILE, 'utf8'), FILE);

const withProcesses = (...processes: ProcessEntry[]): SnapshotDocument => ({ ...COMPLETE, processes });

describe('toSnapshotEntry', () => {
  it('has what a list shows', () => {
    expect(toSnapshotEntry(COMPLETE)).toEqual({
      id: '20260115T141242123Z-after-archive',
      label: 'after-archive',
      takenAt: '2026-01-15T14:12:42.123Z',
      complete: true,
      processes: 212,
      agents: 1,
      sessions: 1,
      rssBytes: 311427072,
    });
  });
});

describe('toSummary', () => {
  it('groups counts and memory by agent, role, verdict and host, helpers with the agent it belongs to', () => {
    expect(toSummary(COMPLETE).groups).toEqual({
      agent: { claude: { count: 1, rssBytes: 222298112 + 89128960 } },
      role: {
        session: { count: 1, rssBytes: 222298112 },
        'mcp-server': { count: 1, rssBytes: 89128960 },
      },
      verdict: {
        live: { count: 1, rssBytes: 222298112 },
        leftover: { count: 1, rssBytes: 89128960 },
      },
      host: { 'T3 Code': { count: 1, rssBytes: 222298112 + 89128960 } },
    });
  });

  it('has the process of each host once, with what grows when a host leaks within itself', () => {
    const second = {
      pid: 94072,
      role: 'session',
      owner: { kind: 'host', pid: 94002, name: 'T3 Code' },
    } as const;
    expect(toSummary(withProcesses(...COMPLETE.processes, second)).hosts).toEqual([
      {
        name: 'T3 Code',
        pid: 94002,
        startTime: '1834567',
        rssBytes: 128974848,
        threads: 22,
        descriptors: 112,
      },
    ]);
  });

  it('does not count processes that are nothing to any agent', () => {
    const { groups } = toSummary(withProcesses({ pid: 1, comm: 'systemd', rssBytes: 5 }));
    expect(groups).toEqual({ agent: {}, role: {}, verdict: {}, host: {} });
  });

  it.each([
    ['session', 1],
    ['server', 1],
    ['launcher', 0],
    ['infrastructure', 0],
    ['mcp-server', 0],
  ] as const)('counts a %s %i times for its agent, and its memory either way', (role, count) => {
    const { groups } = toSummary(withProcesses({ pid: 5, agent: 'codex', role, rssBytes: 7 }));
    expect(groups.agent).toEqual({ codex: { count, rssBytes: 7 } });
    expect(groups.role).toEqual({ [role]: { count: 1, rssBytes: 7 } });
  });

  it('does not stumble over helpers whose agent is gone', () => {
    const { groups } = toSummary(withProcesses({ pid: 5, role: 'mcp-server', leader: 4, rssBytes: 7 }));
    expect(groups.agent).toEqual({});
  });
});
