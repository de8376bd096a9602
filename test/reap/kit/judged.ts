import type { Membership, Role } from '../../../src/agents/membership.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import type { Scan } from '../../../src/process/scan.js';
import { createProcessTable } from '../../../src/process/table.js';
import type { Evidence, EvidenceKind, JudgedTable, Judgement, Veto } from '../../../src/verdict/judgement.js';

export const BOOT = 'boot-1';
export const NOW = Date.UTC(2026, 0, 15, 12);
export const SELF = { pid: 50, uid: 1000 };
export const HOUR = 3600;

/** One process of a made-up table. Everything but the pid has a harmless default. */
export interface Row extends Partial<Omit<ProcessRecord, 'pid'>> {
  readonly pid: number;
  readonly role?: Role;
  readonly agent?: string;
  readonly sessionId?: string;
  readonly leader?: number;
  readonly daemon?: true;
  readonly judged?: Partial<Omit<Judgement, 'pid'>>;
}

/** A table with pid 1, a shell (40) and sesswatch (50) below it, and the given rows on top. */
export function judgedTable(rows: readonly Row[], scan: Partial<Scan> = {}): JudgedTable {
  const all: readonly Row[] = [
    { pid: 1, ppid: 0, comm: 'systemd', argv: ['/sbin/init'], uid: 0 },
    { pid: 40, ppid: 1, comm: 'bash', argv: ['-bash'] },
    { pid: SELF.pid, ppid: 40, comm: 'node', argv: ['node', 'sesswatch', 'reap'] },
    ...rows,
  ];
  const table = createProcessTable({
    source: 'procfs',
    takenAt: NOW,
    machine: { bootId: BOOT, hostname: 'devbox', platform: 'linux' },
    complete: true,
    problems: [],
    ...scan,
    processes: all.map(toRecord),
  });
  const members = new Map<number, Membership>();
  const judgements = new Map<number, Judgement>();
  for (const row of rows) {
    if (row.role === undefined) continue;
    const { pid, role, agent, sessionId, leader, daemon } = row;
    const own = role === 'session' || role === 'server' ? pid : undefined;
    members.set(pid, {
      pid,
      role,
      agent: agent ?? (own === undefined ? undefined : 'claude'),
      sessionId,
      leader: leader ?? own,
      daemon,
      via: 'self',
      because: 'made up',
    });
    judgements.set(pid, {
      pid,
      verdict: 'unknown',
      evidence: [],
      traces: [],
      vetoes: vetoesIn(row.judged?.evidence ?? []),
      work: 'not known',
      observations: 3,
      reason: `${row.judged?.verdict ?? 'unknown'}, as made up`,
      ...row.judged,
    });
  }
  return { table, members, judgements, notes: [] };
}

/** Judged ownerless and idle for two hours. */
export const ORPHAN = {
  verdict: 'orphan',
  idleSeconds: 2 * HOUR,
  ownerlessSeconds: 2 * HOUR,
} as const satisfies Partial<Judgement>;

/** Helpers of an agent that is there. */
export function helperOf(pid: number): Partial<Judgement> {
  return { verdict: 'live', owner: { kind: 'agent', pid, name: 'claude' } };
}

export function evidence(kind: EvidenceKind, argues: Evidence['argues'] = 'veto'): Evidence {
  return { kind, argues, strength: 3, value: 'made up', text: `${kind} says so` };
}

function vetoesIn(evidence: readonly Evidence[]): Veto[] {
  return evidence.flatMap(({ argues, kind, value, text }) => {
    if (argues !== 'veto') return [];
    return [{ kind, value, text, ...(kind === 'registry-busy' ? { liftedBy: 'busy-orphan' as const } : {}) }];
  });
}

function toRecord(row: Row): ProcessRecord {
  const { role, agent, sessionId, leader, daemon, judged, ...record } = row;
  return {
    startTime: String(1000 + row.pid),
    startedAt: NOW - 6 * HOUR * 1000 + row.pid,
    ppid: 1,
    uid: SELF.uid,
    pgid: row.pid,
    sid: 40,
    tty: null,
    state: 'S',
    comm: agent ?? 'claude',
    argv: [agent ?? 'claude'],
    rssBytes: 1024 * 1024,
    threads: 1,
    ...record,
  };
}
