import type { SnapshotSummary } from '../../src/snapshot/document/summary.js';

const START = Date.parse('2026-01-15T10:00:00.000Z');
export const GB = 1_000_000_000;

/** The summary of a snapshot, so many hours after the first, with so many claude of 200 MB. */
export function summary(hours: number, claude: number, fields: Partial<SnapshotSummary> = {}): SnapshotSummary {
  const takenAt = new Date(START + hours * 3_600_000).toISOString();
  const rssBytes = claude * 0.2 * GB;
  const byAgent: Record<string, number> = claude === 0 ? {} : { claude };
  return {
    id: `${takenAt}-soak`,
    label: 'soak',
    takenAt,
    complete: true,
    machine: { hostname: 'devbox', bootId: 'boot-1' },
    totals: {
      processes: 100 + claude,
      agents: claude,
      sessions: claude,
      rssBytes,
      byAgent,
      byRole: claude === 0 ? {} : { session: claude },
      byVerdict: {},
    },
    groups: {
      agent: claude === 0 ? {} : { claude: { count: claude, rssBytes } },
      role: claude === 0 ? {} : { session: { count: claude, rssBytes } },
      verdict: {},
      host: {},
    },
    hosts: [],
    ...fields,
  };
}
