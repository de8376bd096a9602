import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { type Child, eventually, isAlive, type Stage, statOf } from '../kit/processes.js';
import { TMUX } from '../verdict/stage-people.js';
import { type Cast, SNAPSHOT } from './cast.js';
import type { Role } from './runs.js';

const SESSION = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** Of look-alikes that are asked for by their session. */
export const LIVING_SESSIONS = [1, 2, 3, 4].map(SESSION);
export const WRITING_SESSION = SESSION(2);
export const PROTECTED_SESSION = SESSION(9);

const roles: Role[] = [];
function stays(name: string, agent?: string): string {
  roles.push({ name, agent, needs: 'stays' });
  return name;
}

/** Everything that looks dead to a careless reader and is not; each with its reason to live in its name. */
export async function startLiving(stage: Stage, cast: Cast): Promise<readonly Role[]> {
  const { player, claude, mcp, tool, running, verb } = cast;
  const deleted = path.join(stage.folder, 'deleted-folder');
  mkdirSync(deleted);

  await start(
    stage,
    player('workbench', 'workbench', [], {
      children: [
        claude(stays('claude under a live program')),
        claude(stays('claude -p'), ['-p', 'fix claude']),
        { ...claude(stays('claude in a session of its own')), detached: true },
        { ...claude(stays('claude without standard streams')), stdio: 'ignore', detached: true },
        { ...claude(stays('claude in a deleted folder')), cwd: deleted },
        claude(stays('claude with MCP servers'), undefined, {
          children: [mcp(stays('mcp-one')), mcp(stays('mcp-two')), { ...mcp(stays('mcp-detached')), detached: true }],
        }),
        claude(stays('claude in a tool call'), undefined, { children: [tool(stays('a long tool'))] }),
        claude(stays('claude that runs claude'), undefined, {
          children: [tool(stays('nested claude'), 'claude')],
        }),
        claude(stays('claude with a dev server'), undefined, {
          children: [
            tool(stays('a tool with a dev server'), 'python3', {
              children: [running(stays('dev server'), 'node', 'work/claude/server.js')],
            }),
          ],
        }),
        claude(stays('claude that says busy'), ['--session-id', SESSION(1)]),
        claude(stays('claude that writes its transcript'), ['--session-id', WRITING_SESSION]),
        claude(stays('claude that waits for an answer'), ['--session-id', SESSION(3)]),
        claude(stays('claude with the idle file of another process'), ['--session-id', SESSION(4)]),
        claude(stays('claude of a session that was forked'), ['--session-id', SESSION(5)]),
        claude(stays('claude that forked it'), ['--resume', SESSION(5), '--fork-session']),
        player(stays('qwen with the session id of a claude', 'qwen'), 'qwen', ['--session-id', SESSION(5)]),
        claude(stays('claude that is stopped')),
        claude(stays('claude that works'), undefined, { burn: 0.05 }),
        claude(stays('claude mcp serve'), ['mcp', 'serve']),
        mcp(stays('MCP server of a live program')),
        player(stays('codex app-server', 'codex'), 'codex', ['app-server']),
        running('codex launcher', 'node', 'node_modules/.bin/codex', ['app-server'], {
          children: [player(stays('codex below its launcher', 'codex'), 'codex', ['app-server'])],
        }),
        running(stays('gemini launcher', 'gemini'), 'node', 'node_modules/.bin/gemini', ['--acp'], {
          children: [running(stays('gemini', 'gemini'), 'node', 'node_modules/.bin/gemini', ['--acp'])],
        }),
        player(stays('opencode serve', 'opencode'), 'opencode', ['serve', '--port', '4096']),
        player(stays('copilot', 'copilot'), 'copilot', ['--acp']),
        player(stays('crush', 'crush'), 'crush', ['run', 'make it so']),
        {
          ...claude(stays('claude through timeout')),
          as: '/usr/bin/timeout',
          entry: ['1h', cast.link('claude'), cast.script],
        },
        {
          ...claude(stays('claude through shells')),
          as: '/bin/bash',
          entry: ['-c', '/bin/bash -c "$0 $1; exit"; exit', cast.link('claude'), cast.script],
        },
      ],
    }),
  );
  rmdirSync(deleted);
  signal(stage, 'claude that is stopped', 'SIGSTOP');

  // Owners that hang on pid 1 themselves.
  await startAlone(
    stage,
    player('owners-starter', 'python3', [], {
      children: [
        ...OWNERS.map(([program]) =>
          player(stays(program), program, [], {
            children: [inShell(cast, claude(stays(`claude of ${program}`)))],
          }),
        ),
        ...HOSTS.map(([name, program, file, words]) =>
          running(stays(name), program, file, words, { children: [claude(stays(`claude of ${name}`))] }),
        ),
        verb(stays('cc-haha'), 'claude-sidecar-x64', ['server'], {
          children: [verb(stays('claude of cc-haha'), 'claude-sidecar-x64', ['cli', '--session-id', SESSION(6)])],
        }),
        player(stays('tini'), 'tini', [], { children: [claude(stays('claude that a container is for'))] }),
        claude(stays('claude daemon run'), ['daemon', 'run'], {
          children: [
            claude(stays('claude --bg-pty-host'), ['--bg-pty-host', '/tmp/pty.sock', '200', '50'], {
              children: [claude(stays('claude --bg-spare'), ['--bg-spare', '/tmp/spare.sock'])],
            }),
          ],
        }),
        { ...claude(stays('claude --bg-spare alone'), ['--bg-spare', '/tmp/spare.sock']) },
        player(stays('codex daemon', 'codex'), 'codex', ['app-server', '--listen', 'unix://', '--managed-daemon'], {
          children: [mcp(stays('mcp-of-codex-daemon'))],
        }),
        running(stays('MCP server that serves on its own'), 'node', 'node_modules/.bin/mcp-server-http', [
          '--port',
          '3000',
        ]),
        running(stays('server in a folder called claude'), 'node', 'claude/server.js'),
        ...STRANGERS.map((words) => {
          const [program = '', ...rest] = words;
          return verb(stays(words.join(' ')), program, rest);
        }),
      ].map((child) => ({ stdio: 'ignore' as const, detached: true, ...child })),
    }),
  );

  await startHeldByAnother(stage, cast);
  await startDevServerOfLiveAgent(stage, cast);
  if (process.getuid?.() === 0) {
    await startAlone(
      stage,
      player('other-user-starter', 'python3', [], {
        children: [
          {
            ...claude(stays("another user's claude"), undefined, { uid: 65534 }),
            detached: true,
            stdio: 'ignore',
          },
        ],
      }),
    );
  }
  await startAlone(
    stage,
    player('protected-starter', 'python3', [], {
      children: [
        {
          ...claude(stays('orphan that a rule protects'), ['--session-id', PROTECTED_SESSION]),
          detached: true,
          stdio: 'ignore',
        },
      ],
    }),
  );
  await startInPanes(stage, cast);
  return roles;
}

/** Programs that own what runs below them, by name. */
const OWNERS = [
  ['sshd'],
  ['xterm'],
  ['kitty'],
  ['cron'],
  ['supervisord'],
  ['SCREEN'],
  ['zellij'],
  ['mosh-server'],
  ['zed-editor'],
  ['idea'],
] as const;

const HOSTS: readonly (readonly [name: string, program: string, file: string, words: readonly string[]])[] = [
  ['T3 Code', 'node', 'lib/t3/dist/bin.mjs', ['serve']],
  ['Codeman', 'node', 'lib/codeman/dist/index.js', ['web']],
  ['claude-mem', 'bun', 'plugins/claude-mem/scripts/worker-service.cjs', ['--daemon']],
  ['Hermes', 'python3', 'bin/hermes', ['gateway', 'run']],
  ['VS Code server', 'node', '.vscode-server/bin/abc/out/server-main.js', []],
];

/** Nobody's: what a search for the word would find. */
const STRANGERS: readonly (readonly string[])[] = [
  ['vim', 'CLAUDE.md'],
  ['nano', 'claude.txt'],
  ['less', 'claude.log'],
  ['emacs', 'codex.el'],
  ['tail', 'claude.jsonl', '-f'],
  ['grep', 'claude', '-r'],
  ['ssh', 'devbox', 'claude'],
  ['docker', 'run', 'claude', '-p', 'x'],
  ['java', 'gemini', '-jar'],
];

function inShell(cast: Cast, child: Child): Child {
  return {
    ...child,
    as: '/bin/bash',
    entry: ['-c', '"$0" "$1"; exit', cast.link('claude'), cast.script],
    args: [],
  };
}

/** Its parent is gone, but a live program that the parent started too holds the other end of its stdin. */
async function startHeldByAnother(stage: Stage, cast: Cast): Promise<void> {
  const name = stays('claude whose stdin a live program holds');
  const script = { name, onEof: 'stay', report: path.join(stage.folder, 'reports') };
  spawn('/bin/bash', ['-c', 'sleep 600 | STAND_IN="$A" "$0" "$1" &', cast.link('claude'), cast.script], {
    env: { ...process.env, A: JSON.stringify(script) },
    stdio: 'ignore',
    detached: true,
  });
  const one = await stage.ready(name);
  await eventually(() => statOf(one.pid)?.ppid === 1, `${name} to lose its parent`);
}

/** In the background for good, of an agent that is still there. */
async function startDevServerOfLiveAgent(stage: Stage, cast: Cast): Promise<void> {
  const { pid } = stage.seen('claude with a dev server');
  const server = cast.running(stays('dev server in the background'), 'node', 'work/claude/dev.js');
  await startAlone(
    stage,
    cast.player('dev-starter', 'python3', [], {
      children: [{ ...server, detached: true, stdio: 'ignore', env: { CLAUDECODE: '1', CLAUDE_PID: `${pid}` } }],
    }),
  );
}

/** Real panes: an agent, one in the background of a shell that went away, and in a server that a tool started. */
async function startInPanes(stage: Stage, cast: Cast): Promise<void> {
  if (TMUX === undefined) return;
  const command = `${cast.link('claude')} ${cast.script}`;
  const report = path.join(stage.folder, 'reports');
  const pane = async (socket: string, name: string, line: string, env: Record<string, string> = {}) => {
    const script = { name, onEof: 'stay', report };
    newSession(path.join(stage.folder, socket), script, line, env);
    await stage.ready(name);
  };
  await pane('tmux-1', stays('claude in a pane'), `exec ${command}`);
  await pane('tmux-1', stays('claude below the shell of a pane'), `${command}; exit`);
  await pane('tmux-2', stays('claude in the background of a pane'), `(${command} < "$(tty)" &); exec sleep 600`);
  const { pid } = stage.seen('claude in a tool call');
  const marks = { CLAUDECODE: '1', CLAUDE_PID: `${pid}` };
  await pane('tmux-3', stays('claude in a tmux that a tool started'), `exec ${command}`, marks);
  await pane('tmux-4', stays('claude in a tmux that the tool of a dead agent started'), `exec ${command}`, {
    CLAUDECODE: '1',
    CLAUDE_PID: `${stage.seen('dead agent').pid}`,
  });
}

/** A tool of an agent runs a tmux server in its foreground, with somebody's session in it. */
export async function startInToolsTmux(stage: Stage, cast: Cast): Promise<void> {
  if (TMUX === undefined) return;
  const name = stays('claude in a tmux below an orphan');
  const script = { name, onEof: 'stay', report: path.join(stage.folder, 'reports') };
  const socket = path.join(stage.folder, 'tmux-tool');
  await eventually(() => existsSync(socket), 'the tmux of the tool');
  newSession(socket, script, `exec ${cast.link('claude')} ${cast.script}`);
  await stage.ready(name);
}

/** Of a server on this socket, started if need be; the script goes by the session, which a running server knows not. */
export function newSession(
  socket: string,
  script: object,
  line: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const standIn = `STAND_IN=${JSON.stringify(script)}`;
  const words = ['new-session', '-d', '-P', '-F', '#{pid}', '-x', '80', '-y', '24', '-e', standIn, line];
  return execFileSync(TMUX ?? '', ['-S', socket, '-f', '/dev/null', ...words], {
    encoding: 'utf8',
    env: { ...process.env, TMUX: '', ...env },
  });
}

/** A tool shell that runs a tmux server until the server ends. */
export function toolWithTmux(stage: Stage, cast: Cast, name: string): Child {
  const socket = path.join(stage.folder, 'tmux-tool');
  const line = `${SNAPSHOT}; "$0" "$1" & ${TMUX} -D -S ${socket} -f /dev/null; exit`;
  const child = cast.tool(name);
  return {
    ...child,
    entry: ['-c', `export CLAUDE_PID=$PPID CLAUDECODE=1; exec /bin/bash -c '${line}' "$0" "$1"`],
  };
}

export async function start(stage: Stage, child: Child): Promise<void> {
  await stage.start(child);
}

/** Starts players whose starter is gone when they have started. */
export async function startAlone(stage: Stage, child: Child): Promise<void> {
  await stage.start(child);
  await end(stage, child.script.name);
}

export async function end(stage: Stage, name: string): Promise<void> {
  const victim = stage.seen(name);
  signal(stage, name, 'SIGKILL');
  await eventually(() => !isAlive(victim), `${name} to end`);
}

export function signal(stage: Stage, name: string, which: NodeJS.Signals): void {
  process.kill(stage.seen(name).pid, which);
}
