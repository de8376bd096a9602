import { describe, expect, it } from 'vitest';
import type { Membership } from '../../../src/agents/membership.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { type Extra, HOOK, members, PIPES, row, shown, U1, U2 } from './rows.js';

describe('helpers', () => {
  const claude = row(10, 1, `claude --session-id ${U1}`);
  const harness = { CLAUDECODE: '1', AI_AGENT: 'claude-code_2-1-197_harness', CLAUDE_CODE_SESSION_ID: U1 };
  const tool = { CLAUDECODE: '1', AI_AGENT: 'claude-code_2-1-197_agent', CLAUDE_CODE_SESSION_ID: U1 };

  it('is everything below an agent', () => {
    const found = members([
      claude,
      row(11, 10, 'node /x/.bin/mcp-server-git'),
      row(12, 11, 'git log'),
      row(13, 10, 'bash -c sleep'),
      row(14, 13, 'sleep 300'),
    ]);
    expect(shown(found)).toEqual({
      10: 'claude/session of 10',
      11: 'claude/mcp-server of 10',
      12: 'claude/mcp-server of 10',
      13: 'claude/tool of 10',
      14: 'claude/tool of 10',
    });
    expect(found.get(14)).toMatchObject({ sessionId: U1, sessionIdFrom: 'leader', via: 'ancestry' });
  });

  it('is an MCP server without a telling name when the agent marked it so', () => {
    const found = members([
      claude,
      row(11, 10, 'uv run --with mcp python server.py', { env: harness, detail: { fds: PIPES } }),
      row(12, 11, 'python server.py', { env: harness }),
    ]);
    expect(found.get(11)?.role).toBe('mcp-server');
    expect(found.get(12)?.role).toBe('mcp-server');
  });

  it.each<[string, ProcessRecord]>([
    ['the browser that an MCP server drives', row(11, 10, '/opt/google/chrome/chrome --headless', { env: harness })],
    ['npm, which updates the agent', row(11, 10, ['npm view @anthropic-ai/claude-code version', ''], { env: harness })],
    ['what a tool call started', row(11, 10, 'node server.js', { env: tool })],
    ['what has no mark', row(11, 10, 'node server.js', { detail: { fds: PIPES } })],
    ['what nobody speaks to through pipes', row(11, 10, 'node server.js', { env: harness })],
    ['what a hook started', row(11, 10, 'node server.js', { env: { ...harness, ...HOOK }, detail: { fds: PIPES } })],
    ['a server that a hook started', row(11, 10, 'node /x/.bin/mcp-server-git', { env: { ...harness, ...HOOK } })],
  ])('is not an MCP server: %s', (_, record) => {
    expect(members([claude, record]).get(11)?.role).toBe('tool');
  });

  it('is an MCP server of a session that a tool call started, although it has the mark of hooks', () => {
    const inner = row(20, 10, `claude --session-id ${U2}`, { env: { ...harness, ...HOOK } });
    const server = row(21, 20, 'node server.js', { env: { ...harness, ...HOOK }, detail: { fds: PIPES } });
    expect(members([claude, inner, server]).get(21)?.role).toBe('mcp-server');
  });

  it('is part of an MCP server, whatever its launcher is called', () => {
    const found = members([
      row(60, 1, 'uvx --python 3.13 chroma-mcp'),
      row(61, 60, '/home/u/.local/bin/uv tool uvx --python 3.13 chroma-mcp'),
      row(62, 61, 'python /x/work.py'),
      row(63, 62, 'python -c x'),
    ]);
    expect([...found.values()].map(({ role }) => role)).toEqual(Array(4).fill('mcp-server'));
  });

  it('is an adapter between a host and its agent, and leads nobody', () => {
    const found = members([
      row(70, 1, 'node /x/node_modules/@agentclientprotocol/claude-agent-acp/dist/index.js'),
      row(71, 70, `claude --session-id ${U2}`),
    ]);
    expect(found.get(70)).toMatchObject({ agent: 'claude', role: 'adapter', leader: 71, sessionId: U2 });
    expect(found.get(71)).toMatchObject({ role: 'session', leader: 71 });
  });

  it('is no MCP server of the agent when a tool call started it', () => {
    const found = members([claude, row(11, 10, 'bash'), row(12, 11, 'node /x/.bin/mcp-server-git')]);
    expect(found.get(12)?.role).toBe('tool');
  });

  it('belongs to the nearest agent, and that agent to itself', () => {
    const found = members([
      claude,
      row(11, 10, 'bash', { env: tool }),
      row(12, 11, 'codex exec hi'),
      row(13, 12, 'bash'),
    ]);
    expect(shown(found)).toMatchObject({
      11: 'claude/tool of 10',
      12: 'codex/session of 12',
      13: 'codex/tool of 12',
    });
  });

  it('belongs to the daemon that works for all', () => {
    const found = members([
      row(10, 1, 'codex'),
      row(11, 10, 'codex app-server --listen unix:// --managed-daemon'),
      row(12, 11, 'bash', { env: { CODEX_THREAD_ID: U1 } }),
      row(13, 11, 'bash', { env: { CODEX_THREAD_ID: U2 } }),
    ]);
    expect(found.get(11)).toMatchObject({ role: 'infrastructure', daemon: true });
    expect(found.get(12)).toMatchObject({ leader: 11, sessionId: U1, sessionIdFrom: 'marker' });
    expect(found.get(13)).toMatchObject({ leader: 11, sessionId: U2, sessionIdFrom: 'marker' });
    expect(found.get(11)?.sessionId).toBeUndefined();
  });

  it('is not what stands above: terminal, multiplexer, host', () => {
    const found = members([
      row(2, 1, 'tmux new-session -d', { comm: 'tmux: server' }),
      row(3, 2, '-bash', { comm: 'bash', exe: '/usr/bin/bash' }),
      row(4, 3, 'node /opt/t3/dist/bin.mjs serve'),
      { ...claude, ppid: 4 },
    ]);
    expect([...found.keys()]).toEqual([10]);
  });

  it('is a multiplexer that a tool call started, and all below it', () => {
    const found = members([claude, row(11, 10, 'bash'), row(12, 11, 'tmux new -d'), row(13, 12, 'vim')]);
    expect([...found.values()].slice(1).map(({ role, leader }) => `${role} of ${leader}`)).toEqual([
      'tool of 10',
      'tool of 10',
      'tool of 10',
    ]);
  });

  it('is not below a process that only got the pid of its parent', () => {
    const young = row(10, 1, 'claude', { startTime: '500' });
    expect([...members([young, row(11, 10, 'sleep 300', { startTime: '400' })]).keys()]).toEqual([10]);
  });
});

describe('helpers whose agent is not above it any more', () => {
  const left = (env: Record<string, string>, extra: Extra = {}) => row(50, 1, 'sleep 300', { ...extra, env });

  it.each<[string, ProcessRecord[], Partial<Membership>]>([
    [
      'a pid that is still that agent',
      [row(10, 1, 'opencode serve'), left({ OPENCODE: '1', OPENCODE_PID: '10' })],
      { agent: 'opencode', leader: 10, markedPid: 10 },
    ],
    [
      'a pid that is somebody else by now',
      [row(10, 1, 'vim'), left({ OPENCODE: '1', OPENCODE_PID: '10' })],
      { agent: 'opencode', leader: undefined, markedPid: 10 },
    ],
    [
      'a session that is still open',
      [row(10, 1, `claude --resume ${U1}`), left({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U1 })],
      { agent: 'claude', leader: 10, sessionId: U1, sessionIdFrom: 'marker' },
    ],
    [
      'a session that nobody has open',
      [row(10, 1, `claude --resume ${U2}`), left({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U1 })],
      { agent: 'claude', leader: undefined, sessionId: U1 },
    ],
    [
      'the pid of one session and the id of another',
      [row(10, 1, `claude --resume ${U2}`), left({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U1, CLAUDE_PID: '10' })],
      { agent: 'claude', leader: undefined, markedPid: 10 },
    ],
    [
      'the socket of the agent',
      [row(10, 1, 'claude'), left({ CLAUDECODE: '1', CLAUDE_CODE_MESSAGING_SOCKET: '/tmp/cc-socks/10.sock' })],
      { agent: 'claude', leader: 10, markedPid: 10 },
    ],
    [
      'two agents of which one lives',
      [
        row(10, 1, 'opencode'),
        left({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U1, OPENCODE: '1', OPENCODE_PID: '10' }),
      ],
      { agent: 'opencode', leader: 10 },
    ],
    ['a switch alone', [left({ GEMINI_CLI: '1' })], { agent: 'gemini', leader: undefined }],
    ['a thread of codex', [left({ CODEX_THREAD_ID: U1 })], { agent: 'codex', sessionId: U1 }],
    [
      'a session of copilot',
      [left({ COPILOT_CLI: '1', COPILOT_AGENT_SESSION_ID: U1 })],
      { agent: 'copilot', sessionId: U1 },
    ],
  ])('is told by %s', (_, rows, expected) => {
    const member = members(rows).get(50);
    expect(member).toMatchObject({ role: 'tool', via: 'marker' });
    expect({ ...member, ...expected }).toEqual(member);
  });

  it('is an MCP server where the mark says so', () => {
    const env = { CLAUDECODE: '1', AI_AGENT: 'claude-code_2-1-328_harness', CLAUDE_CODE_SESSION_ID: U1 };
    expect(members([row(50, 1, 'python server.py', { env, detail: { fds: PIPES } })]).get(50)).toMatchObject({
      agent: 'claude',
      role: 'mcp-server',
      sessionId: U1,
    });
  });

  it('is a tool shell by its shape, with the session that its output names', () => {
    const shell = row(50, 1, ['bash', '-c', 'source /h/.claude/shell-snapshots/snapshot-bash-1-a.sh && eval x'], {
      detail: { fds: new Map([[1, `/tmp/claude-0/-w/${U1}/tasks/a.output`]]) },
    });
    const found = members([shell, row(51, 50, 'sleep 300')]);
    expect(found.get(50)).toMatchObject({ agent: 'claude', role: 'tool', leader: undefined, sessionId: U1 });
    expect(found.get(51)).toMatchObject({ agent: 'claude', role: 'tool', leader: undefined });
  });

  it('is no agent for being marked, and an agent that is marked stays itself', () => {
    const env = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U1 };
    const found = members([row(10, 1, 'claude', { env })]);
    expect(found.get(10)).toMatchObject({ role: 'session', leader: 10, via: 'self' });
    expect(found.get(10)?.sessionId).toBeUndefined();
  });

  it('is not what stands above another agent', () => {
    const env = { CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U1 };
    const found = members([
      row(2, 1, 'tmux new -d', { comm: 'tmux: server', env }),
      row(3, 2, 'bash', { env }),
      row(10, 3, 'claude', { env }),
      row(4, 2, 'bash', { env }),
    ]);
    expect([...found].map(([pid, { role }]) => `${pid} ${role}`)).toEqual(['4 tool', '10 session']);
  });
});
