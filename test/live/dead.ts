import path from 'node:path';
import { type Child, eventually, isAlive, type Stage, statOf } from '../kit/processes.js';
import { isStdinDeleted, parentOf, TMUX } from '../verdict/stage-people.js';
import type { Cast } from './cast.js';
import { end, newSession, signal, start, startInToolsTmux, toolWithTmux } from './living.js';
import { type Needs, OLDEST, type Role } from './runs.js';

const SESSION = (n: number): string => `11111111-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const BUSY_ORPHAN = 'orphan that says busy';
export const IDLE = ['claude that is idle for two minutes', 'another one'];

/** Dead weight of every kind, each with what has to be asked for before it goes. Killed is whom they worked for. */
export async function startDead(stage: Stage, cast: Cast): Promise<readonly Role[]> {
  const { player, claude, mcp, tool, running } = cast;
  const roles: Role[] = [];
  const goes = (name: string, agent: string | undefined = 'claude', needs: Needs = 'nothing'): string => {
    roles.push({ name, agent, needs });
    return name;
  };
  const claudes = (...names: readonly string[]): Child[] => names.map((name) => claude(goes(name)));

  const hostChildren: Child[] = [
    ...claudes(OLDEST, 'ignores EOF too'),
    ...claudes('in its own session', 'in its own session too').map((child) => ({ ...child, detached: true })),
    claude(goes('with MCP servers'), undefined, {
      children: [mcp(goes('its mcp')), { ...mcp(goes('its detached mcp')), detached: true }],
    }),
    claude(goes('with npx'), undefined, {
      children: [
        running(goes('npx mcp'), 'node', 'lib/npm/bin/npx-cli.js', ['-y', 'mcp-server-x'], {
          children: [mcp(goes('mcp of npx'))],
        }),
      ],
    }),
    claude(goes('ignores TERM'), undefined, { ignore: ['SIGTERM', 'SIGINT', 'SIGHUP'] }),
    claude(goes('ignores all with its MCP server'), undefined, {
      ignore: ['SIGTERM', 'SIGHUP'],
      children: [mcp(goes('stubborn mcp'), { ignore: ['SIGTERM'] })],
    }),
    claude(goes('stopped')),
    player(goes('codex server', 'codex'), 'codex', ['app-server']),
    running(goes('codex front', 'codex'), 'node', 'node_modules/.bin/codex', ['app-server'], {
      children: [player(goes('codex behind', 'codex'), 'codex', ['app-server'])],
    }),
    running(goes('gemini front', 'gemini', 'busy-orphan'), 'node', 'node_modules/.bin/gemini', ['--acp'], {
      ignore: ['SIGTERM', 'SIGINT', 'SIGHUP'],
      children: [
        running(goes('gemini behind', 'gemini', 'busy-orphan'), 'node', 'node_modules/.bin/gemini', ['--acp']),
      ],
    }),
    running(goes('qwen front', 'qwen'), 'node', 'node_modules/.bin/qwen', ['--acp'], {
      children: [running(goes('qwen behind', 'qwen'), 'node', 'node_modules/.bin/qwen', ['--acp'])],
    }),
    player(goes('opencode server', 'opencode', 'no-proof'), 'opencode', ['serve']),
    player(goes('copilot server', 'copilot', 'no-proof'), 'copilot', ['--acp']),
    {
      ...claude(goes('below a shell')),
      as: '/bin/bash',
      entry: ['-c', '"$0" "$1"; exit', cast.link('claude'), cast.script],
      args: [],
    },
    claude(goes('at work', 'claude', 'busy-orphan'), undefined, {
      children: [
        mcp(goes('mcp at work', 'claude', 'busy-orphan')),
        tool(goes('tool at work', 'claude', 'busy-orphan')),
      ],
    }),
    claude(goes(BUSY_ORPHAN, 'claude', 'busy-orphan')),
    claude(goes('burns', 'claude', 'burning'), undefined, { burn: 0.15 }),
  ].map((child) => ({ ...child }));
  if (TMUX !== undefined) {
    hostChildren.push(
      claude(goes('runs a tmux', 'claude', 'busy-orphan'), undefined, {
        children: [toolWithTmux(stage, cast, goes('beside a tmux', 'claude', 'busy-orphan'))],
      }),
    );
  }
  const pipes = player('dead workbench', 'workbench', [], { children: hostChildren });
  // Node connects its children by sockets.
  const sockets: Child = {
    script: {
      name: 'dead node',
      onEof: 'unread',
      children: claudes('behind a socket', 'behind a socket too'),
    },
  };
  const lost = (name: string, ...children: Child[]): Child => claude(name, undefined, { children });
  const agents = player('live workbench', 'workbench', [], {
    children: [
      lost('dead agent', mcp(goes('mcp left over', undefined)), mcp(goes('mcp left over too', undefined))),
      lost(
        'dead agent with npx',
        running(goes('npx left over', undefined), 'node', 'lib/npm/bin/npx-cli.js', ['-y', 'mcp-server-x'], {
          children: [mcp(goes('mcp of npx left over', undefined))],
        }),
      ),
      lost('dead agent with a tool', tool(goes('tool left over', 'claude', 'leftover'))),
      running('dead front', 'node', 'node_modules/.bin/codex', ['app-server'], {
        children: [player(goes('codex without its front', 'codex'), 'codex', ['app-server'])],
      }),
      claude(goes('older holder', 'claude', 'superseded'), ['--session-id', SESSION(1)]),
      claude(goes('older holder, other form', 'claude', 'superseded'), [`--session-id=${SESSION(2)}`]),
      ...IDLE.map((name, at) => claude(goes(name, 'claude', 'idle'), ['--session-id', SESSION(3 + at)])),
    ],
  });
  await Promise.all([start(stage, pipes), start(stage, sockets), start(stage, agents)]);
  // Younger by at least one tick of the kernel's clock.
  const older = Number(stage.seen('older holder, other form').startTime);
  await eventually(() => uptimeTicks() > older + 1, 'the clock to tick');
  roles.push(
    { name: 'younger holder', agent: 'claude', needs: 'stays' },
    { name: 'younger holder, other form', agent: 'claude', needs: 'stays' },
  );
  await start(
    stage,
    player('younger workbench', 'workbench', [], {
      children: [
        // Programs of that name and no links to node: what is only called so may be somebody else's.
        { ...claude('younger holder', ['--resume', SESSION(1)]), as: cast.executable('claude') },
        { ...claude('younger holder, other form', [`--resume=${SESSION(2)}`]), as: cast.executable('claude') },
      ],
    }),
  );

  await startInToolsTmux(stage, cast);
  for (const name of [
    'below a shell',
    'tool left over',
    'tool at work',
    ...(TMUX === undefined ? [] : ['beside a tmux']),
  ]) {
    const below = roles.find((role) => role.name === name);
    if (below !== undefined) roles.push({ ...below, name: `shell of: ${name}`, seen: parentOf(stage.seen(name)) });
  }
  await startInTmuxThatEnds(stage, cast, goes('terminal gone'));
  for (const name of [
    'dead workbench',
    'dead node',
    'dead agent',
    'dead agent with npx',
    'dead agent with a tool',
    'dead front',
  ]) {
    await end(stage, name);
  }
  signal(stage, 'stopped', 'SIGSTOP');
  for (const name of ['below a shell', 'tool left over']) {
    const shell = parentOf(stage.seen(name));
    await eventually(() => statOf(shell.pid)?.ppid === 1, `the shell of ${name} to be alone`);
  }
  return roles;
}

/** An agent that ignores SIGHUP, whose terminal multiplexer was killed. */
async function startInTmuxThatEnds(stage: Stage, cast: Cast, name: string): Promise<void> {
  const script = { name, onEof: 'stay', ignore: ['SIGHUP'], report: path.join(stage.folder, 'reports') };
  if (TMUX === undefined) return start(stage, { ...cast.claude(name), detached: true });
  const line = `exec ${cast.link('claude')} ${cast.script}`;
  const server = Number(newSession(path.join(stage.folder, 'tmux-dead'), script, line));
  const one = await stage.ready(name);
  process.kill(server, 'SIGKILL');
  await eventually(() => isStdinDeleted(one), 'the terminal to go');
  await eventually(() => isAlive(one) && statOf(one.pid)?.ppid === 1, `${name} to be alone`);
}

function uptimeTicks(): number {
  return Math.floor(process.uptime() * 100) + Number(statOf(process.pid)?.startTime ?? 0);
}
