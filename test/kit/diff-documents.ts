import type { ProcessEntry, SnapshotDocument } from '../../src/snapshot/document/document.js';

const MB = 1_000_000;
const START = Date.parse('2026-01-15T10:00:00.000Z');

/** An agent's row: claude, a session of its own, started `pid` ticks after boot. */
export function agent(pid: number, fields: Partial<ProcessEntry> = {}): ProcessEntry {
  return {
    pid,
    startTime: String(pid * 10),
    startedAt: new Date(START + pid * 100).toISOString(),
    ppid: 1,
    state: 'S',
    comm: 'claude',
    argv: ['claude', '--session-id', `session-${pid}`],
    rssBytes: 200 * MB,
    cpuSeconds: 1,
    threads: 8,
    descriptors: 20,
    ageSeconds: 60,
    agent: 'claude',
    role: 'session',
    sessionId: `session-${pid}`,
    leader: pid,
    ...fields,
  };
}

/** The document of a scan that saw these; agents and helpers only unless `whole`. */
export function snapshot(
  label: string,
  processes: readonly ProcessEntry[],
  fields: Partial<Omit<SnapshotDocument, 'machine'>> & {
    machine?: Partial<SnapshotDocument['machine']>;
  } = {},
): SnapshotDocument {
  const { machine, ...rest } = fields;
  return {
    schema: 'sesswatch/snapshot/1',
    id: `20260115T100000000Z-${label}`,
    label,
    takenAt: '2026-01-15T10:30:00.000Z',
    machine: { hostname: 'devbox', bootId: 'boot-1', platform: 'linux', source: 'procfs', ...machine },
    complete: true,
    totals: {
      processes: processes.length + 100,
      agents: 0,
      sessions: 0,
      rssBytes: 0,
      byAgent: {},
      byRole: {},
      byVerdict: {},
    },
    processes,
    ...rest,
  };
}

export const megabytes = (count: number): number => count * MB;
