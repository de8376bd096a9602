import type { ProcessEntry, SnapshotDocument } from '../../src/snapshot/document/document.js';
import { treesOf, treeTotals } from '../../src/snapshot/document/trees.js';
import { agent, megabytes, snapshot } from './diff-documents.js';

const TAKEN = '2026-01-15T10:41:00.000Z';
const HOUR = 3600;

const helper = (pid: number, leader: number | undefined, argv: readonly string[], fields: Partial<ProcessEntry> = {}) =>
  agent(pid, {
    agent: undefined,
    helperOf: 'claude',
    role: 'mcp-server',
    sessionId: undefined,
    ppid: leader ?? 1,
    leader,
    argv,
    comm: 'node',
    rssBytes: megabytes(60),
    verdict: 'live',
    ...fields,
  });

const FILESYSTEM = ['node', '/usr/lib/node_modules/@modelcontextprotocol/server-filesystem/dist/index.js', '/data'];

const ROWS: readonly ProcessEntry[] = [
  { pid: 1, ppid: 0, comm: 'systemd', argv: ['/sbin/init'] },
  agent(2207, {
    argv: ['claude'],
    cwd: '/home/ada/src/web',
    ageSeconds: 2 * HOUR,
    verdict: 'live',
    reason: 'works for tmux(2100): its turn is open',
    owner: { kind: 'multiplexer', name: 'tmux', pid: 2100 },
    turn: 'open',
    rssBytes: megabytes(250),
  }),
  helper(2210, 2207, FILESYSTEM),
  helper(2211, 2207, ['/bin/bash', '-c', '…'], { role: 'tool', rssBytes: megabytes(4) }),
  agent(3310, {
    argv: ['claude', '--resume', '9c3f8849-0000-4000-8000-000000000001'],
    sessionId: '9c3f8849-0000-4000-8000-000000000001',
    cwd: '/home/ada/src/api',
    ageSeconds: 5 * HOUR,
    verdict: 'orphan',
    reason: 'nobody above it: its host node(3300) ended; stdin is closed',
    ripeAt: '2026-01-15T11:04:00.000Z',
    turn: 'closed',
    resume: { folder: '/home/ada/src/api', command: 'claude --resume 9c3f8849-0000-4000-8000-000000000001' },
    evidence: [
      { kind: 'owner-lost', argues: 'orphan', strength: 3, value: '3300', text: 'its host node(3300) ended' },
      { kind: 'stdio-closed', argues: 'orphan', strength: 2, value: 'pipe', text: 'stdin is closed' },
      {
        kind: 'status-idle',
        argues: 'idle',
        strength: 3,
        value: 'idle',
        text: 'its own session file says idle',
      },
      { kind: 'connected', argues: 'live', strength: 1, value: '1', text: 'connections: 1' },
    ],
    rssBytes: megabytes(241),
  }),
  agent(4121, {
    agent: 'gemini',
    argv: ['node', '/usr/bin/gemini', '--acp'],
    sessionId: undefined,
    cwd: '/home/ada/src/api',
    ageSeconds: 9 * HOUR,
    idleSeconds: 3 * HOUR + 720,
    verdict: 'orphan',
    reason: 'its tmux server ended',
    evidence: [
      { kind: 'owner-lost', argues: 'orphan', strength: 3, value: '', text: 'its tmux server ended' },
      { kind: 'turn-closed', argues: 'idle', strength: 3, value: '', text: 'nothing moved since 07:20' },
      { kind: 'first-sight', argues: 'note', strength: 1, value: '', text: 'its turn is not known' },
    ],
    rssBytes: megabytes(512),
  }),
  helper(4130, 4121, ['node', '/x/node_modules/.bin/mcp-server-fetch'], { helperOf: 'gemini' }),
  agent(4180, {
    argv: ['claude', '--resume', '9c3f8849-0000-4000-8000-000000000002'],
    sessionId: '9c3f8849-0000-4000-8000-000000000002',
    ageSeconds: 1320,
    verdict: 'superseded',
    reason: 'claude(4302) is younger and holds the same session',
    host: 'T3 Code',
    owner: { kind: 'host', name: 'T3 Code', pid: 4000 },
    rssBytes: megabytes(151),
  }),
  agent(4302, {
    argv: ['claude', '--resume', '9c3f8849-0000-4000-8000-000000000002'],
    sessionId: '9c3f8849-0000-4000-8000-000000000002',
    ageSeconds: 600,
    idleSeconds: 2400,
    verdict: 'idle',
    reason: 'idle for 40m: its own session file says idle',
    host: 'T3 Code',
    owner: { kind: 'host', name: 'T3 Code', pid: 4000 },
    rssBytes: megabytes(205),
  }),
  helper(5001, undefined, FILESYSTEM, {
    helperOf: 'claude',
    verdict: 'leftover',
    idleSeconds: 1860,
    reason: 'started by claude(4999), which is gone',
    ageSeconds: 7200,
  }),
  agent(6000, {
    agent: 'codex',
    role: 'infrastructure',
    argv: ['codex', 'app-server', '--managed-daemon'],
    sessionId: undefined,
    ageSeconds: 86_400 * 3,
    verdict: 'protected',
    reason: 'an agent daemon',
    rssBytes: megabytes(100),
  }),
  agent(7001, {
    agent: 'opencode',
    role: 'server',
    argv: ['opencode', 'serve', '--hostname', '0.0.0.0', '--port', '4096'],
    sessionId: undefined,
    cwd: '/srv/名前',
    ageSeconds: 86_400,
    verdict: 'unknown',
    reason: 'it seems left running on purpose',
    runaway: { cpuPercent: 98, since: '2026-01-15T07:41:00.000Z', seconds: 3 * HOUR },
    rssBytes: megabytes(310),
  }),
];

const CPU = new Map([
  [2207, 12.4],
  [4121, 0],
  [4180, 1],
  [7001, 98],
]);

/** Ten trees, one of each kind that a screen tells apart. */
export function screenDocument(): SnapshotDocument {
  const trees = new Map(treesOf(ROWS).map(({ head, members }) => [head.pid, treeTotals(members, CPU.get(head.pid))]));
  const processes = ROWS.map((row) => (trees.has(row.pid) ? { ...row, tree: trees.get(row.pid) } : row));
  return snapshot('now', processes, {
    takenAt: TAKEN,
    totals: {
      processes: 500,
      agents: 6,
      sessions: 6,
      rssBytes: megabytes(2073),
      byAgent: { claude: 4, gemini: 1, opencode: 1 },
      byRole: {},
      byVerdict: {},
    },
    generations: [
      {
        leader: 2207,
        agent: 'claude',
        server: 'chrome-devtools-mcp',
        count: 15,
        olderRssBytes: megabytes(700),
        older: Array.from({ length: 14 }, (_, at) => 2300 + at),
      },
    ],
  });
}
