import { describe, expect, it } from 'vitest';
import type { AgentTable, Membership, Role } from '../../../src/agents/membership.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import type { Scan } from '../../../src/process/scan.js';
import { createProcessTable } from '../../../src/process/table.js';
import { type Capture, toSnapshot } from '../../../src/snapshot/document/capture.js';
import { parseSnapshot } from '../../../src/snapshot/document/format.js';
import { totalsOf } from '../../../src/snapshot/document/totals.js';
import type { Judgement, Verdict } from '../../../src/verdict/judgement.js';

const NOW = Date.UTC(2026, 0, 15, 14, 12, 42, 123);

function member(pid: number, role: Role, more: Partial<Membership> = {}): Membership {
  return { pid, role, because: 'the test says so', via: 'self', ...more };
}

function agentTable(
  processes: readonly ProcessRecord[],
  members: readonly Membership[],
  scan: Partial<Scan> = {},
): AgentTable {
  const machine = { hostname: 'devbox', bootId: 'boot' };
  return {
    table: createProcessTable({
      source: 'procfs',
      takenAt: NOW,
      machine,
      complete: true,
      problems: [],
      ...scan,
      processes,
    }),
    members: new Map(members.map((one) => [one.pid, one])),
  };
}

function judgement(pid: number, verdict: Verdict, more: Partial<Judgement> = {}): [number, Judgement] {
  return [
    pid,
    {
      pid,
      verdict,
      evidence: [],
      traces: [],
      vetoes: [],
      work: 'not known',
      observations: 0,
      reason: '',
      ...more,
    },
  ];
}

const TREE: readonly ProcessRecord[] = [
  { pid: 1, ppid: 0, comm: 'systemd', rssBytes: 10 },
  { pid: 20, ppid: 1, comm: 'bash', rssBytes: 10 },
  { pid: 21, ppid: 20, comm: 'claude', argv: ['claude', '--token', 's3cret'], rssBytes: 100 },
  { pid: 22, ppid: 21, comm: 'node', rssBytes: 50 },
  { pid: 30, ppid: 1, comm: 'cron', rssBytes: 10 },
  { pid: 31, ppid: 20, comm: 'vim', rssBytes: 10 },
];
const AGENTS = agentTable(TREE, [
  member(21, 'session', { agent: 'claude', sessionId: 'abc', leader: 21 }),
  member(22, 'mcp-server', { leader: 21 }),
]);

function capture(more: Partial<Capture> = {}): Capture {
  return {
    agents: AGENTS,
    id: '20260115T141242123Z-x',
    label: 'x',
    all: false,
    redact: ({ argv }) => argv?.map((one) => (one === 's3cret' ? '[redacted]' : one)),
    ...more,
  };
}

const pids = (more: Partial<Capture>): number[] => toSnapshot(capture(more)).processes.map(({ pid }) => pid);

describe('toSnapshot', () => {
  it('holds agents, their helpers and all their ancestors', () => {
    expect(pids({})).toEqual([1, 20, 21, 22]);
  });

  it('holds the whole table when asked for', () => {
    expect(pids({ all: true })).toEqual([1, 20, 21, 22, 30, 31]);
  });

  it('holds nothing when there are no agents', () => {
    expect(pids({ agents: agentTable(TREE, []) })).toEqual([]);
  });

  it('ends at a cycle of parents', () => {
    const cycle = [
      { pid: 5, ppid: 6 },
      { pid: 6, ppid: 5 },
    ];
    expect(pids({ agents: agentTable(cycle, [member(5, 'session')]) })).toEqual([5, 6]);
  });

  it('does not take a process that was given the pid of a parent later for an ancestor', () => {
    const processes = [
      { pid: 50, ppid: 1, startTime: '900' },
      { pid: 51, ppid: 50, startTime: '100' },
    ];
    expect(pids({ agents: agentTable(processes, [member(51, 'session')]) })).toEqual([51]);
  });

  it('saves no command line but through redaction, which knows what the process is', () => {
    const seen: (string | undefined)[] = [];
    const document = toSnapshot(
      capture({
        all: true,
        redact: ({ pid }, membership) => {
          seen.push(membership?.role);
          return [`redacted ${pid}`];
        },
      }),
    );
    expect(seen).toEqual([undefined, undefined, 'session', 'mcp-server', undefined, undefined]);
    expect(document.processes.map(({ argv }) => argv)).toEqual(
      [1, 20, 21, 22, 30, 31].map((pid) => [`redacted ${pid}`]),
    );
    expect(JSON.stringify(document)).not.toContain('s3cret');
  });

  it('writes all that is known of a process, in the units of the format', () => {
    const record: ProcessRecord = {
      pid: 21,
      startTime: '1234',
      startedAt: NOW - 61_234.5678,
      ppid: 1,
      uid: 1000,
      user: 'dev',
      pgid: 21,
      sid: 20,
      tty: null,
      state: 'S',
      comm: 'claude',
      exe: '/opt/claude',
      argv: ['claude'],
      cpuSeconds: 1.5,
      rssBytes: 100,
      threads: 3,
      detail: {
        cwd: '/home/dev',
        fds: new Map([[0, '/dev/null']]),
        pssBytes: 80,
        markers: { CLAUDE_PID: '1' },
      },
    };
    const owner = { kind: 'terminal', name: 'pts/3' } as const;
    const evidence = [{ kind: 'owner', argues: 'live', strength: 3, value: 'pts/3', text: 'a terminal' }] as const;
    const document = toSnapshot(
      capture({
        agents: agentTable([record], [member(21, 'session', { agent: 'claude', sessionId: 'abc', leader: 21 })]),
        judgements: new Map([
          judgement(21, 'idle', {
            owner,
            evidence,
            reason: 'its turn is over',
            idleSeconds: 60,
            host: 'Codeman',
          }),
        ]),
      }),
    );
    expect(document.processes).toEqual([
      {
        pid: 21,
        startTime: '1234',
        startedAt: '2026-01-15T14:11:40.888Z',
        ppid: 1,
        uid: 1000,
        user: 'dev',
        pgid: 21,
        sid: 20,
        tty: null,
        state: 'S',
        comm: 'claude',
        exe: '/opt/claude',
        argv: ['claude'],
        cwd: '/home/dev',
        cpuSeconds: 1.5,
        rssBytes: 100,
        pssBytes: 80,
        threads: 3,
        descriptors: 1,
        ageSeconds: 61.235,
        agent: 'claude',
        role: 'session',
        sessionId: 'abc',
        leader: 21,
        host: 'Codeman',
        owner,
        tree: { processes: 1, rssBytes: 100, pssBytes: 80 },
        verdict: 'idle',
        reason: 'its turn is over',
        idleSeconds: 60,
        evidence,
      },
    ]);
  });

  it('has no field for what is not known', () => {
    const document = toSnapshot(capture({ agents: agentTable([{ pid: 5 }], [member(5, 'session')], { machine: {} }) }));
    expect(document.processes).toEqual([{ pid: 5, role: 'session', tree: { processes: 1 } }]);
    const saved = JSON.parse(JSON.stringify(document));
    expect(Object.keys(saved.machine)).toEqual(['source']);
    expect(Object.keys(saved)).not.toContain('problems');
    expect(Object.keys(saved.processes[0])).toEqual(['pid', 'role', 'tree']);
  });

  it('says when the scan was incomplete, and what was missing', () => {
    const agents = agentTable(TREE, [], {
      complete: false,
      problems: [{ what: 'processes of other users are hidden', hint: 'run as root' }],
    });
    expect(toSnapshot(capture({ agents }))).toMatchObject({
      complete: false,
      problems: ['processes of other users are hidden'],
    });
  });

  it('is a document that can be read back', () => {
    const document = toSnapshot(
      capture({ judgements: new Map([judgement(21, 'live')]), hosts: [{ name: 'T3 Code' }] }),
    );
    expect(parseSnapshot(JSON.stringify(document), 'x')).toEqual(document);
  });
});

describe('generations', () => {
  const generation = { leader: 5, server: 'x-mcp', count: 3, olderRssBytes: 2e8, older: [7, 8], unused: [] };
  const totalOf = (generations: (typeof generation)[] | undefined) =>
    toSnapshot(capture({ generations })).totals.generations;

  it('are summed in the totals, and absent there when nobody looked for any', () => {
    expect(totalOf([generation, { ...generation, leader: 6 }])).toEqual({ count: 4, rssBytes: 4e8 });
    expect(totalOf([])).toEqual({ count: 0, rssBytes: 0 });
    expect(totalOf(undefined)).toBeUndefined();
  });
});

describe('totalsOf', () => {
  it('counts all processes of the scan, and memory of agents and their helpers', () => {
    expect(totalsOf(AGENTS)).toEqual({
      processes: 6,
      agents: 1,
      sessions: 1,
      rssBytes: 150,
      byAgent: { claude: 1 },
      byRole: { session: 1, 'mcp-server': 1 },
      byVerdict: {},
    });
  });

  it.each<[Role, number]>([
    ['session', 1],
    ['server', 1],
    ['launcher', 0],
    ['mcp-server', 0],
    ['tool', 0],
    ['infrastructure', 0],
    ['host-worker', 0],
  ])('counts a %s as %i agents', (role, agents) => {
    const totals = totalsOf(agentTable([{ pid: 5 }], [member(5, role, { agent: 'codex' })]));
    expect(totals.agents).toBe(agents);
    expect(totals.byAgent).toEqual(agents === 1 ? { codex: 1 } : {});
    expect(totals.byRole).toEqual({ [role]: 1 });
  });

  it('counts a session id once however many hold it, and an agent without one for itself', () => {
    const members = [
      member(5, 'session', { agent: 'claude', sessionId: 'abc' }),
      member(6, 'session', { agent: 'claude', sessionId: 'abc' }),
      member(7, 'server', { agent: 'codex' }),
      member(8, 'server', { agent: 'codex' }),
      member(9, 'tool', { sessionId: 'of its agent' }),
    ];
    expect(totalsOf(agentTable([], members))).toMatchObject({ agents: 4, sessions: 3 });
  });

  it('counts verdicts of agents and helpers', () => {
    const judgements = new Map([judgement(21, 'orphan'), judgement(22, 'leftover'), judgement(30, 'live')]);
    expect(totalsOf(AGENTS, judgements).byVerdict).toEqual({ leftover: 1, orphan: 1 });
  });

  it('names the most frequent first', () => {
    const members = ['gemini', 'codex', 'codex'].map((agent, i) => member(5 + i, 'session', { agent }));
    expect(Object.keys(totalsOf(agentTable([], members)).byAgent)).toEqual(['codex', 'gemini']);
  });
});
