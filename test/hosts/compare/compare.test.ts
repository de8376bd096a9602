import { describe, expect, it } from 'vitest';
import { earlierServers } from '../../../src/hosts/compare/report.js';
import type { SqliteRow } from '../../../src/state/sqlite.js';
import { HOUR_AGO, ID, lookAtMadeUpMachine, NOW, type Row } from './made-up-machine.js';

const t3Server: Row = { pid: 10, argv: ['node', '/x/t3/dist/bin.mjs'] };
const t3Agent = (pid: number, session: string | undefined, more: Partial<Row> = {}): Row => ({
  pid,
  ppid: 10,
  argv: ['claude', '--input-format', 'stream-json', ...(session === undefined ? [] : [`--session-id=${session}`])],
  ...more,
});
const T3 = '/h/.t3/userdata/state.sqlite';
const t3Row = (thread: string, session: string | null, more: SqliteRow = {}): SqliteRow => ({
  thread,
  status: 'running',
  cursor: session === null ? null : JSON.stringify({ threadId: thread, resume: session }),
  provider: 'claudeAgent',
  seen: '2026-01-15T11:00:00.000Z',
  payload: null,
  turn: null,
  archived: null,
  deleted: null,
  ...more,
});

describe('comparing T3 Code’s rows with processes', () => {
  it('does not call an agent unknown while a row of its kind waits for one', async () => {
    // A resumed conversation may go on under another id than the one in its arguments.
    const rows = [t3Server, t3Agent(11, ID)];
    expect((await lookAtMadeUpMachine({ rows, databases: { [T3]: [t3Row('a', null)] } })).faults).toEqual([]);
    expect((await lookAtMadeUpMachine({ rows, databases: { [T3]: [t3Row('a', 'another')] } })).faults).toEqual([]);
    const codex = { [T3]: [t3Row('a', null, { provider: 'codex' })] };
    expect((await lookAtMadeUpMachine({ rows, databases: codex })).faults).toContainEqual([
      'T3 Code',
      'unregistered',
      11,
      'its host has no row for it',
    ]);
  });

  it('does not name helpers that write titles and end by themselves', async () => {
    const helper = {
      pid: 11,
      ppid: 10,
      argv: ['claude', '-p', '--output-format', 'json', '--session-id', ID],
    };
    expect((await lookAtMadeUpMachine({ rows: [t3Server, helper], databases: { [T3]: [] } })).faults).toEqual([]);
  });

  it('takes the live row when an archived thread holds the same conversation', async () => {
    const archived = t3Row('old', ID, { archived: '2026-01-15T10:00:00.000Z' });
    const context = { rows: [t3Server, t3Agent(11, ID)], databases: { [T3]: [archived, t3Row('new', ID)] } };
    expect((await lookAtMadeUpMachine(context)).faults).toEqual([]);
  });

  it('lets the registry of another server say nothing of this one’s agents', async () => {
    const files = {
      '/h/.t3/userdata/server-runtime.json': { pid: 20, startedAt: '2026-01-15T11:00:01.000Z' },
    };
    const other = { pid: 20, argv: ['node', '/y/t3/dist/bin.mjs', '--base-dir', '/elsewhere'] };
    const archived = { [T3]: [t3Row('a', ID, { archived: '2026-01-15T10:00:00.000Z' })] };
    const { beliefs } = await lookAtMadeUpMachine({
      rows: [t3Server, t3Agent(11, ID), other],
      files,
      databases: archived,
    });
    expect(beliefs.disowned.size).toBe(0);
  });

  it('lets two registries that name no server speak for neither of two servers', async () => {
    const second = { pid: 20, argv: ['node', '/y/t3/dist/bin.mjs'] };
    const { beliefs } = await lookAtMadeUpMachine({
      rows: [t3Server, second, t3Agent(11, ID)],
      databases: { [T3]: [t3Row('a', ID, { archived: '2026-01-15T10:00:00.000Z' })] },
    });
    expect(beliefs.disowned.size).toBe(0);
  });

  it('leaves other users’ hosts alone', async () => {
    const rows = [{ ...t3Server, uid: 7 }, t3Agent(11, ID, { uid: 7 })];
    expect((await lookAtMadeUpMachine({ rows, databases: { [T3]: [] } })).document.hosts).toEqual([]);
  });

  it('asks whose a server is where its row does not tell', async () => {
    const rows = [{ ...t3Server, uid: undefined }, t3Agent(11, ID)];
    const more = { detail: async () => new Map([[t3Server.pid, { uid: 7 }]]) };
    const { document } = await lookAtMadeUpMachine({ rows, databases: { [T3]: [] }, more });
    expect(document.hosts.map(({ name }) => name)).toEqual(['agents']);
  });

  it('takes what an agent starts in turn for its own business', async () => {
    const nested = {
      pid: 12,
      ppid: 11,
      argv: ['claude', '--input-format=stream-json', '--session-id=nested'],
    };
    const context = { rows: [t3Server, t3Agent(11, ID), nested], databases: { [T3]: [t3Row('a', ID)] } };
    expect((await lookAtMadeUpMachine(context)).faults).toEqual([]);
  });

  it('tells opencode’s server that was left behind only by its parent', async () => {
    const serve = { pid: 30, argv: ['opencode', 'serve', '--hostname=127.0.0.1', '--port=4096'] };
    const here = await lookAtMadeUpMachine({ rows: [t3Server, { ...serve, ppid: 10 }], databases: { [T3]: [] } });
    expect(here.faults).toEqual([]);
    expect(here.document.hosts[0]?.running.map(({ pid }) => pid)).toEqual([30]);
    const piped = { fds: new Map([[1, 'socket:[77]']]) };
    const lost = await lookAtMadeUpMachine({ rows: [{ ...serve, detail: piped }], databases: { [T3]: [] } });
    expect(lost.faults).toEqual([['T3 Code', 'unregistered', 30, 'its server is gone']]);
  });

  it.each([
    ['of somebody who never had T3 Code', {}, { fds: new Map([[1, 'socket:[77]']]) }],
    ['that was started to stay', { [T3]: [] }, { fds: new Map([[1, '/home/u/nohup.out']]) }],
    ['whose descriptors cannot be read', { [T3]: [] }, undefined],
  ])('does not take an opencode server for its own %s', async (_, databases, detail) => {
    const argv = ['opencode', 'serve', '--hostname=127.0.0.1', '--port=4096'];
    expect((await lookAtMadeUpMachine({ rows: [{ pid: 30, argv, detail }], databases })).faults).toEqual([]);
  });

  it('knows an agent that lost its server by the server’s mark in its arguments, in both forms', async () => {
    const config = JSON.stringify({
      mcpServers: { 't3-code': { headers: { Authorization: 'Bearer secret' } } },
    });
    const rows = [
      { pid: 11, argv: ['claude', '--input-format=stream-json', '--mcp-config', config] },
      { pid: 12, argv: ['claude', '--input-format=stream-json', `--mcp-config=${config}`] },
      { pid: 13, argv: ['codex', 'app-server', '-c', 'mcp_servers.t3-code.url=http://127.0.0.1/'] },
      { pid: 14, argv: ['claude', '--mcp-config', '{"mcpServers":{"other":{}}}', 'why t3-code'] },
    ];
    const { faults, document } = await lookAtMadeUpMachine({ rows });
    expect(faults).toEqual([11, 12, 13].map((pid) => ['T3 Code', 'unregistered', pid, 'its server is gone']));
    expect(JSON.stringify(document)).not.toContain('secret');
  });
});

describe('comparing the files of others', () => {
  const worker: Row = { pid: 40, argv: ['bun', '/p/worker-service.cjs', '--daemon'] };
  const child = (pid: number, more: Partial<Row> = {}): Row => ({
    pid,
    ppid: 40,
    argv: ['claude', '--output-format', 'stream-json', '--no-session-persistence'],
    detail: { cwd: `/h/.claude-mem/observer-sessions/${pid}` },
    ...more,
  });
  const supervisor = (...rows: readonly [string, object][]) => ({
    '/h/.claude-mem/supervisor.json': { processes: Object.fromEntries(rows) },
  });

  it('claude-mem: a row whose pid another process has by now is a phantom, and its child unregistered', async () => {
    const files = supervisor(['sdk:9:41', { pid: 41, sessionId: 9, startedAt: '2026-01-15T02:00:00Z' }]);
    expect((await lookAtMadeUpMachine({ rows: [worker, child(41)], files })).faults).toEqual([
      ['claude-mem', 'unregistered', 41, 'its host has no row for it'],
      ['claude-mem', 'phantom', 41, 'pid 41 is another process by now'],
    ]);
  });

  it('claude-mem: the allowance of its settings counts, not ours', async () => {
    const rows = [worker, child(41), child(42), child(43)];
    const sdk = rows.slice(1).map(({ pid }) => [`sdk:${pid}:${pid}`, { pid, sessionId: pid }] as const);
    const files = supervisor(...sdk.map(([key, row]) => [key, row] as [string, object]));
    const settings = { '/h/.claude-mem/settings.json': { CLAUDE_MEM_MAX_CONCURRENT_AGENTS: '3' } };
    expect((await lookAtMadeUpMachine({ rows, files })).faults).toEqual([
      ['claude-mem', 'growth', 40, '3 SDK children, 2 allowed'],
    ]);
    expect((await lookAtMadeUpMachine({ rows, files: { ...files, ...settings } })).faults).toEqual([]);
  });

  it.each([
    ['of a future schema', { processes: { 'sdk:1:41': { process: { id: 41 } } } }, []],
    ['with rows that are no objects', { processes: { 'sdk:1:41': 7, worker: null } }, []],
  ])('claude-mem: joins by the key what a supervisor %s says', async (_, value, expected) => {
    const files = { '/h/.claude-mem/supervisor.json': value };
    expect((await lookAtMadeUpMachine({ rows: [worker, child(41)], files })).faults).toEqual(expected);
  });

  it('claude-mem: a damaged supervisor.json disowns nobody and is noted', async () => {
    const files = { '/h/.claude-mem/supervisor.json': '{"processes": {' };
    const { faults, beliefs } = await lookAtMadeUpMachine({ rows: [worker, child(41)], files });
    expect([faults, beliefs.disowned.size]).toEqual([[], 0]);
    expect(beliefs.notes).toEqual([
      'claude-mem: registry not readable: /h/.claude-mem/supervisor.json: it is not JSON',
    ]);
  });

  it('claude-mem: versions without a supervisor say nothing of their children', async () => {
    const files = { '/h/.claude-mem/worker.pid': { pid: 40, port: 37_777, startToken: '40' } };
    const { faults } = await lookAtMadeUpMachine({ rows: [worker, child(41)], files });
    expect(faults).toEqual([]);
  });

  it('Codeman: plain shells and agents on other machines need no agent here', async () => {
    const row = (sessionId: string, more: object) => ({
      sessionId,
      muxName: `codeman-${sessionId}`,
      pid: 50,
      ...more,
    });
    const files = {
      '/h/.codeman/mux-sessions.json': [
        row('shell', { mode: 'shell' }),
        row('remote', { mode: 'claude', muxName: 'codeman-ssh-12345678' }),
        row('agent', { mode: 'claude', pid: 51 }),
      ],
    };
    const rows = [{ pid: 50, argv: ['bash'] }];
    expect((await lookAtMadeUpMachine({ rows, files })).faults).toEqual([
      ['Codeman', 'phantom', 51, 'process 51 is gone'],
    ]);
  });

  it('Codeman: each instance has a folder of its own', async () => {
    const row = { sessionId: 's', muxName: 'codeman-s', pid: 60, mode: 'claude' };
    const files = { '/h/.codeman-two/mux-sessions.json': [row], '/h/.codemanual/mux-sessions.json': [row] };
    const { document } = await lookAtMadeUpMachine({ rows: [{ pid: 60, argv: ['claude'] }], files });
    expect(document.hosts[0]?.registries.map(({ from }) => from)).toEqual(['/h/.codeman-two/mux-sessions.json']);
    expect(document.hosts[0]?.running.map(({ pid }) => pid)).toEqual([]);
  });

  it('Hermes: a server that hides its arguments is found by its pid and start time', async () => {
    const rows = [{ pid: 70, argv: ['hermes'], comm: 'hermes', startTime: '8800' }];
    const claim = (start_time: number) => ({ '/h/.hermes/gateway.pid': { pid: 70, start_time } });
    expect((await lookAtMadeUpMachine({ rows, files: claim(8800) })).document.hosts[0]?.server?.pid).toBe(70);
    expect((await lookAtMadeUpMachine({ rows, files: claim(1) })).document.hosts).toEqual([]);
  });

  it('Hermes: a worker whose session has ended is retired; two for one key are one too many', async () => {
    const gateway = { pid: 70, argv: ['/v/python', '-m', 'hermes_cli.main', 'gateway', 'run'] };
    const slash = (pid: number, key: string, startedAt = HOUR_AGO): Row => ({
      pid,
      ppid: 70,
      startedAt,
      argv: ['/v/python', '-m', 'tui_gateway.slash_worker', '--session-key', key],
    });
    const history = [
      { id: '1', session_key: 'open', ended_at: null },
      { id: '2', session_key: 'over', ended_at: HOUR_AGO / 1000 },
      { id: '3', session_key: 'continued', ended_at: HOUR_AGO / 1000 },
      { id: '4', session_key: 'continued', ended_at: null },
    ];
    const rows = [gateway, slash(71, 'open'), slash(72, 'over'), slash(73, 'continued'), slash(74, 'open', NOW)];
    const { faults, beliefs } = await lookAtMadeUpMachine({
      rows,
      databases: { '/h/.hermes/state.db': history },
      files: { '/h/.hermes/gateway_state.json': { pid: 70, start_time: 70, active_agents: 0 } },
    });
    expect(faults).toEqual([
      ['Hermes', 'retired', 72, 'its session is stopped'],
      ['Hermes', 'duplicate', 71, 'process 74 is younger and has the same session'],
    ]);
    expect([...beliefs.disowned.keys()]).toEqual([72]);
  });

  it('Hermes: a turn that runs keeps workers without a client', async () => {
    const gateway: Row = {
      pid: 70,
      argv: ['hermes', 'gateway', 'run'],
      detail: { fds: new Map([[3, 'socket:[5]']]) },
    };
    const slash = {
      pid: 71,
      ppid: 70,
      argv: ['python', '-m', 'tui_gateway.slash_worker', '--session-key', 'k'],
    };
    const ports = { listening: new Map([[9119, ['5']]]), established: new Map() };
    const state = (active_agents: number) => ({
      '/h/.hermes/gateway_state.json': { pid: 70, start_time: 70, active_agents },
    });
    expect((await lookAtMadeUpMachine({ rows: [gateway, slash], ports, files: state(1) })).faults).toEqual([]);
    expect((await lookAtMadeUpMachine({ rows: [gateway, slash], ports, files: state(0) })).faults).toHaveLength(1);
    // Ports that cannot be read are not ports without clients.
    expect((await lookAtMadeUpMachine({ rows: [gateway, slash], files: state(0) })).faults).toEqual([]);
  });

  it('cc-haha: without port tables only a lost parent tells', async () => {
    const url = `ws://127.0.0.1:3456/sdk/${ID}?token=secret`;
    const cli = (pid: number, ppid: number): Row => ({
      pid,
      ppid,
      argv: ['/b/claude-sidecar-x86_64-unknown-linux-gnu', 'cli', '--sdk-url', url, '--resume', ID],
    });
    const desktop = { pid: 80, argv: ['/opt/Claude Code Haha/app'] };
    expect((await lookAtMadeUpMachine({ rows: [desktop, cli(81, 80)] })).faults).toEqual([]);
    expect((await lookAtMadeUpMachine({ rows: [cli(81, 1)] })).faults).toEqual([
      ['cc-haha', 'unregistered', 81, 'its server is gone'],
    ]);
  });
});

describe('agents that no host claims', () => {
  it('are duplicates only of agents of their own kind', async () => {
    const rows = [
      { pid: 5, argv: ['claude', '--resume', ID] },
      { pid: 6, argv: ['claude', `--session-id=${ID}`], startedAt: NOW },
      { pid: 7, argv: ['gemini', '--resume', ID] },
    ];
    expect((await lookAtMadeUpMachine({ rows })).faults).toEqual([
      ['agents', 'duplicate', 5, 'process 6 is younger and has the same session'],
    ]);
  });

  it('do not take the session of whoever started them for their own', async () => {
    const marked = { detail: { markers: { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: ID } } };
    const rows = [
      { pid: 5, argv: ['claude', '--resume', ID] },
      { pid: 6, argv: ['claude'], ...marked },
    ];
    expect((await lookAtMadeUpMachine({ rows })).faults).toEqual([]);
  });
});

describe('server facts of an earlier snapshot', () => {
  it('are taken as far as they can be read', () => {
    const server = { pid: 10, startTime: '10', threads: 9 };
    const hosts = [null, 7, { name: 5 }, { name: 'T3 Code', server, running: [{}, {}], otherServers: [{ pid: 'x' }] }];
    expect([...earlierServers(hosts)]).toEqual([['T3 Code', [{ ...server, agents: 2 }]]]);
    expect(earlierServers(undefined).size).toBe(0);
  });
});
