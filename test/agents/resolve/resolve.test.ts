import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/agents/catalogue/catalogue.js';
import { isAgentProcess, isCounted } from '../../../src/agents/membership.js';
import type { RegistryEntry } from '../../../src/agents/resolve/registry.js';
import { resolveAgents } from '../../../src/agents/resolve/resolve.js';
import { zombieAgents } from '../../../src/agents/resolve/zombies.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { treeNames } from '../corpus.js';
import { recordedTree, tableOf } from '../trees.js';
import { members, row, shown, U1, U2 } from './rows.js';

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

describe('the registry of Claude Code', () => {
  const spare = row(10, 1, ['claude bg-spare', '--bg-spare', '/tmp/a.claim.sock'], {
    comm: 'claude',
    exe: '/h/.local/share/claude/versions/2.1.328',
  });
  const host = row(
    9,
    1,
    ['claude bg-pty-host', '--bg-pty-host', '/tmp/p.sock', '--', '/h/claude/versions/2.1.328', '--bg-spare', '/tmp/a'],
    { comm: 'claude', exe: '/h/.local/share/claude/versions/2.1.328' },
  );

  it('makes a spare that was claimed the session', () => {
    const registry = new Map([[10, { pid: 10, sessionId: U1, kind: 'bg' }]]);
    const found = members([host, { ...spare, ppid: 9 }], registry);
    expect(found.get(9)).toMatchObject({ role: 'infrastructure', daemon: 'worker' });
    expect(found.get(10)).toMatchObject({ role: 'session', sessionId: U1, sessionIdFrom: 'registry' });
    expect(found.get(10)?.daemon).toBeUndefined();
  });

  it.each<[string, RegistryEntry | undefined]>([
    ['nothing', undefined],
    ['no session', { pid: 10, kind: 'bg' }],
  ])('leaves a spare alone of which it says %s', (_, entry) => {
    const registry = entry === undefined ? undefined : new Map([[10, entry]]);
    expect(members([spare], registry).get(10)).toMatchObject({ role: 'infrastructure', daemon: 'worker' });
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
  const rows = [row(2, 1, 'claude'), ...Array.from({ length: 20_000 }, (_, at) => row(at + 3, at + 2, 'bash'))];
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
    const rows = [row(5, 1, 'node host.js'), zombie(10, 5, 'claude'), zombie(11, 99, 'codex'), zombie(12, 5, 'cat')];
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
