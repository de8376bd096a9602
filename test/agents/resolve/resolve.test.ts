import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/agents/catalogue/catalogue.js';
import { isAgentProcess, isCounted, type Membership } from '../../../src/agents/membership.js';
import type { ClaudeRegistryEntry } from '../../../src/agents/resolve/registry.js';
import { resolveAgents } from '../../../src/agents/resolve/resolve.js';
import { zombieAgents } from '../../../src/agents/resolve/zombies.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { treeNames } from '../corpus.js';
import { recordedTree, tableOf } from '../trees.js';

/** How many agents, where it is not one. */
const AGENTS_IN = new Map([
  ['claude-mcp-serve', 0],
  ['interactive-fresh-claude', 0],
  ['wrappers', 15],
  ['zombie', 0],
]);

describe('the recorded trees of real agents', () => {
  const rows = treeNames().flatMap((name) => {
    const { table, expected } = recordedTree(name);
    const { members } = resolveAgents(table, CATALOGUE);
    return [...expected].map(([pid, expectation]) => ({
      title: `${name} ${pid} ${table.get(pid)?.comm}`,
      member: members.get(pid),
      expected: expectation,
    }));
  });

  it.each(rows.filter((row) => row.expected.role === null))(
    '$title is no part of an agent, or a tool of one',
    ({ member }) => {
      expect(['tool', undefined]).toContain(member?.role);
    },
  );

  it.each(rows.filter((row) => row.expected.role === 'mcp-server' && row.expected.agent === null))(
    '$title is an MCP server',
    ({ member }) => {
      expect(member?.role).toBe('mcp-server');
    },
  );

  it.each(rows.filter((row) => row.expected.agent !== null))(
    '$title is $expected.agent $expected.role',
    ({ member, expected }) => {
      expect({ agent: member?.agent, role: member?.role }).toEqual(expected);
    },
  );

  it.each<[string, number]>(
    treeNames().map((name) => [name, AGENTS_IN.get(name) ?? (name.startsWith('mcp-') ? 0 : 1)]),
  )('%s has %i agents', (name, count) => {
    const { members } = resolveAgents(recordedTree(name).table, CATALOGUE);
    expect([...members.values()].filter(isCounted)).toHaveLength(count);
  });

  it.each(treeNames())('every helper in %s belongs to an agent of that tree, if there is one', (name) => {
    const { members } = resolveAgents(recordedTree(name).table, CATALOGUE);
    const agents = [...members.values()].filter(isAgentProcess).map(({ pid }) => pid);
    for (const member of members.values()) {
      if (agents.length > 0 && (member.role === 'mcp-server' || member.role === 'tool')) {
        expect(agents).toContain(member.leader);
      }
    }
  });

  it.each([
    ['claude-stream', 32738, '845ed0e3-9bd9-4bcf-a7f6-09caf1094d03'],
    ['ia-claude-tool', 11893, 'db2a6e10-d5e5-4dee-b474-0f9108c0dc16'],
    ['codex-native-exec', 32149, '01a1f84a-4e67-7431-908f-974c7a18393e'],
    ['ia-codex-tool', 17359, '01a1f843-104e-7c31-ad0f-c61786748074'],
    ['copilot-acp', 4966, '697018df-715c-4e90-9362-e07688d1b5bb'],
    ['copilot-acp', 4948, '697018df-715c-4e90-9362-e07688d1b5bb'],
  ])('%s: the session of %i is known', (name, pid, id) => {
    expect(resolveAgents(recordedTree(name).table, CATALOGUE).members.get(pid)?.sessionId).toBe(id);
  });
});

const U1 = '11111111-1111-4111-8111-111111111111';
const U2 = '22222222-2222-4222-8222-222222222222';

interface Extra extends Partial<ProcessRecord> {
  readonly env?: Readonly<Record<string, string>>;
}

/** A row as Linux tells it: comm and executable are those of the program, unless said otherwise. */
const PIPES = new Map([
  [0, 'pipe:[1]'],
  [1, 'pipe:[2]'],
]);
const HOOK = { CLAUDE_CODE_CHILD_SESSION: '1' };

function row(pid: number, ppid: number, command: string | string[], extra: Extra = {}): ProcessRecord {
  const argv = typeof command === 'string' ? command.split(' ') : command;
  const name = (argv[0] ?? '').split('/').at(-1) ?? '';
  const { env, ...fields } = extra;
  return {
    pid,
    ppid,
    argv,
    comm: name.slice(0, 15),
    exe: `/usr/bin/${name}`,
    startTime: String(pid),
    ...fields,
    ...(env !== undefined && { detail: { markers: env, ...fields.detail } }),
  };
}

function members(
  rows: readonly ProcessRecord[],
  registry?: ReadonlyMap<number, ClaudeRegistryEntry>,
): ReadonlyMap<number, Membership> {
  return resolveAgents(tableOf(rows), CATALOGUE, registry).members;
}

/** `agent/role of leader`, for reading. */
function shown(found: ReadonlyMap<number, Membership>): Record<number, string> {
  return Object.fromEntries(
    [...found].map(([pid, { agent, role, leader }]) => [
      pid,
      `${agent ?? '-'}/${role} of ${leader ?? 'nobody'}`,
    ]),
  );
}

describe('launchers', () => {
  it('are the node above the native codex, and belong to it', () => {
    const found = members([
      row(10, 1, 'node /usr/local/bin/codex app-server'),
      row(11, 10, '/x/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex app-server', {
        exe: '/x/codex',
      }),
    ]);
    expect(shown(found)).toEqual({ 10: 'codex/launcher of 11', 11: 'codex/server of 11' });
  });

  it('are whole chains: npm, its shell, the shim', () => {
    const found = members([
      row(10, 1, ['npm exec @openai/codex', '', ''], { comm: 'npm exec @opena', exe: '/usr/bin/node' }),
      row(11, 10, ['sh', '-c', "'codex'"]),
      row(12, 11, 'node /x/.bin/codex'),
      row(13, 12, '/x/bin/codex', { exe: '/x/bin/codex' }),
    ]);
    expect(shown(found)).toEqual({
      10: 'codex/launcher of 13',
      11: 'codex/launcher of 13',
      12: 'codex/launcher of 13',
      13: 'codex/session of 13',
    });
  });

  it.each<[string, string, string]>([
    ['codex', 'node /usr/local/bin/codex app-server', 'server'],
    ['copilot', 'node /usr/local/bin/copilot --acp', 'server'],
    ['opencode', 'node /usr/local/bin/opencode run hi', 'session'],
    ['gemini', 'node /usr/local/bin/gemini --acp', 'server'],
  ])('of %s stand for it where nothing runs below them', (agent, command, role) => {
    expect(members([row(10, 1, command)]).get(10)).toMatchObject({ agent, role, leader: 10 });
  });

  it.each<[string, string[]]>([
    ['npm exec', ['npm exec @anthropic-ai/claude-code', '']],
    ['the shell of npm', ['sh', '-c', "'claude'"]],
    ['the spawnSync wrapper', ['node', '/x/@anthropic-ai/claude-code/cli-wrapper.cjs']],
  ])('that can be nothing else stay launchers: %s', (_, argv) => {
    expect(members([row(10, 1, argv, { exe: '/usr/bin/node' })]).get(10)?.role).toBe('launcher');
  });

  it('are the wrapper in front of kiro-cli-chat and a script in front of claude', () => {
    const found = members([
      row(10, 1, 'kiro-cli chat'),
      row(11, 10, 'kiro-cli-chat chat'),
      row(20, 1, '/bin/sh /home/u/bin/claude -c', { comm: 'claude', exe: '/usr/bin/dash' }),
      row(21, 20, 'claude -c'),
    ]);
    expect(shown(found)).toMatchObject({
      10: 'kiro/launcher of 11',
      11: 'kiro/session of 11',
      20: 'claude/launcher of 21',
      21: 'claude/session of 21',
    });
  });

  it('are not sessions that started a session', () => {
    const found = members([row(10, 1, 'claude'), row(11, 10, 'claude -p hi')]);
    expect(shown(found)).toEqual({ 10: 'claude/session of 10', 11: 'claude/session of 11' });
  });
});

describe('an agent that starts itself again', () => {
  const parent = row(10, 1, 'node /usr/local/bin/gemini --yolo');
  const child = row(11, 10, '/usr/bin/node --max-old-space-size=1 /usr/local/bin/gemini --yolo');

  it('is its child', () => {
    expect(shown(members([parent, child]))).toEqual({
      10: 'gemini/launcher of 11',
      11: 'gemini/session of 11',
    });
  });

  it('is the child alone, when the parent is gone', () => {
    expect(shown(members([{ ...child, ppid: 1 }]))).toEqual({ 11: 'gemini/session of 11' });
  });

  it('is twice there when the child was asked something else', () => {
    const other = row(11, 10, 'node /usr/local/bin/gemini -p hi');
    expect([...members([parent, other]).values()].map(({ role }) => role)).toEqual(['session', 'session']);
  });

  it('did not start itself again when it says so', () => {
    const real = row(10, 1, 'node /usr/local/bin/gemini --yolo', { env: { GEMINI_CLI_NO_RELAUNCH: 'true' } });
    expect([...members([real, child]).values()].map(({ role }) => role)).toEqual(['session', 'session']);
  });
});

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
    [
      'the browser that an MCP server drives',
      row(11, 10, '/opt/google/chrome/chrome --headless', { env: harness }),
    ],
    [
      'npm, which updates the agent',
      row(11, 10, ['npm view @anthropic-ai/claude-code version', ''], { env: harness }),
    ],
    ['what a tool call started', row(11, 10, 'node server.js', { env: tool })],
    ['what has no mark', row(11, 10, 'node server.js', { detail: { fds: PIPES } })],
    ['what nobody speaks to through pipes', row(11, 10, 'node server.js', { env: harness })],
    [
      'what a hook started',
      row(11, 10, 'node server.js', { env: { ...harness, ...HOOK }, detail: { fds: PIPES } }),
    ],
    [
      'a server that a hook started',
      row(11, 10, 'node /x/.bin/mcp-server-git', { env: { ...harness, ...HOOK } }),
    ],
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

  it('has the session of its own environment, where it is not inherited', () => {
    const env = { QWEN_CODE_SESSION_ID: U2, QWEN_CODE_NO_RELAUNCH: 'true' };
    const found = members([
      row(80, 1, 'node /usr/bin/qwen --acp'),
      row(81, 80, 'node /usr/bin/qwen --acp', { env: { ...env, QWEN_CODE_LAUNCHER_PID: '80' } }),
      row(90, 1, 'node /usr/bin/qwen', { env: { ...env, QWEN_CODE_LAUNCHER_PID: '80' } }),
    ]);
    expect(found.get(81)).toMatchObject({ role: 'server', sessionId: U2, sessionIdFrom: 'marker' });
    expect(found.get(90)?.sessionId).toBeUndefined();
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
      [
        row(10, 1, `claude --resume ${U2}`),
        left({ CLAUDECODE: '1', CLAUDE_CODE_SESSION_ID: U1, CLAUDE_PID: '10' }),
      ],
      { agent: 'claude', leader: undefined, markedPid: 10 },
    ],
    [
      'the socket of the agent',
      [
        row(10, 1, 'claude'),
        left({ CLAUDECODE: '1', CLAUDE_CODE_MESSAGING_SOCKET: '/tmp/cc-socks/10.sock' }),
      ],
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
    const shell = row(
      50,
      1,
      ['bash', '-c', 'source /h/.claude/shell-snapshots/snapshot-bash-1-a.sh && eval x'],
      {
        detail: { fds: new Map([[1, `/tmp/claude-0/-w/${U1}/tasks/a.output`]]) },
      },
    );
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

describe('the registry of Claude Code', () => {
  const spare = row(10, 1, ['claude bg-spare', '--bg-spare', '/tmp/a.claim.sock'], {
    comm: 'claude',
    exe: '/h/.local/share/claude/versions/2.1.328',
  });
  const host = row(
    9,
    1,
    [
      'claude bg-pty-host',
      '--bg-pty-host',
      '/tmp/p.sock',
      '--',
      '/h/claude/versions/2.1.328',
      '--bg-spare',
      '/tmp/a',
    ],
    { comm: 'claude', exe: '/h/.local/share/claude/versions/2.1.328' },
  );

  it('makes a spare that was claimed the session', () => {
    const registry = new Map([[10, { pid: 10, sessionId: U1, kind: 'bg' }]]);
    const found = members([host, { ...spare, ppid: 9 }], registry);
    expect(found.get(9)).toMatchObject({ role: 'infrastructure', daemon: true });
    expect(found.get(10)).toMatchObject({ role: 'session', sessionId: U1, sessionIdFrom: 'registry' });
    expect(found.get(10)?.daemon).toBeUndefined();
  });

  it.each<[string, ClaudeRegistryEntry | undefined]>([
    ['nothing', undefined],
    ['no session', { pid: 10, kind: 'bg' }],
  ])('leaves a spare alone of which it says %s', (_, entry) => {
    const registry = entry === undefined ? undefined : new Map([[10, entry]]);
    expect(members([spare], registry).get(10)).toMatchObject({ role: 'infrastructure', daemon: true });
  });

  it.each<[string, string, string, string]>([
    ['a session typed bare', 'claude', U1, 'registry'],
    ['a session that was cleared since', `claude --session-id ${U2}`, U1, 'registry'],
    ['a session as it was started', `claude --session-id=${U1}`, U1, 'argv'],
  ])('names %s', (_, command, id, from) => {
    const registry = new Map([[10, { pid: 10, sessionId: U1, kind: 'interactive' }]]);
    expect(members([row(10, 1, command)], registry).get(10)).toMatchObject({
      sessionId: id,
      sessionIdFrom: from,
    });
  });
});

describe('session ids from argv', () => {
  it.each<[string, string | undefined]>([
    [`claude --session-id ${U1}`, U1],
    [`claude --session-id=${U1}`, U1],
    [`claude --resume ${U1}`, U1],
    [`claude -r ${U1}`, U1],
    [`claude --resume=${U1} --fork-session`, undefined],
    [`claude --resume ${U2} --fork-session --session-id ${U1}`, U1],
    [`claude --parent-session-id ${U1}`, undefined],
    ['claude --resume --verbose', undefined],
    [`codex resume ${U1}`, U1],
    [`codex exec resume ${U1} go`, U1],
    ['codex resume --last', undefined],
    ['opencode --session ses_1a2b', 'ses_1a2b'],
    ['opencode -s ses_1a2b --fork', undefined],
    [`copilot --resume=${U1}`, U1],
    [`node /x/bin/qwen --resume ${U1}`, U1],
    ['node /x/bin/gemini --resume latest', undefined],
    [`amp threads continue T-${U1}`, `T-${U1}`],
    [`cursor-agent --resume=${U1}`, U1],
    ['droid exec -s abcd1234 hi', 'abcd1234'],
  ])('%s', (command, id) => {
    expect(members([row(10, 1, command)]).get(10)?.sessionId).toBe(id);
  });
});

it('a table with a cycle of parents is no trap', () => {
  const found = members([
    row(10, 11, 'claude', { startTime: '5' }),
    row(11, 10, 'bash', { startTime: '5' }),
    row(12, 12, 'codex', { startTime: '5' }),
  ]);
  expect(found.get(10)?.role).toBe('session');
  expect(found.get(12)?.role).toBe('session');
});

it('a very deep tree is no trap', () => {
  const rows = [
    row(2, 1, 'claude'),
    ...Array.from({ length: 20_000 }, (_, at) => row(at + 3, at + 2, 'bash')),
  ];
  expect(members(rows).get(20_002)?.leader).toBe(2);
});

it('a host’s worker is one, with the session that it works for', () => {
  const found = members([row(10, 1, 'python -m tui_gateway.slash_worker --session-key 20260522_1_2f')]);
  expect(found.get(10)).toMatchObject({ role: 'host-worker', sessionId: '20260522_1_2f' });
});

describe('defunct agents', () => {
  const zombie = (pid: number, ppid: number, comm: string): ProcessRecord => ({
    pid,
    ppid,
    comm,
    state: 'Z',
    argv: [],
  });

  it('are named with the parent that does not ask after them, and are members of nothing', () => {
    const rows = [
      row(5, 1, 'node host.js'),
      zombie(10, 5, 'claude'),
      zombie(11, 99, 'codex'),
      zombie(12, 5, 'cat'),
    ];
    expect(zombieAgents(tableOf(rows), CATALOGUE)).toEqual([
      { pid: 10, agent: 'claude', parent: 5 },
      { pid: 11, agent: 'codex', parent: undefined },
    ]);
    expect(members(rows)).toEqual(new Map());
  });

  it('are found by a name that the kernel cut', () => {
    expect(zombieAgents(tableOf([zombie(10, 1, 'codex-linux-san')]), CATALOGUE)).toHaveLength(1);
  });
});
