import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { type Child, eventually, type Script, type Seen, STAND_IN, type Stage, statOf } from '../kit/processes.js';

/** Who plays in the scenarios: an agent, its MCP server, its tool shell, and the places they are started from. */

const SUBREAPER = path.resolve(import.meta.dirname, '../../fixtures/stand-ins/subreaper.py');
export const PYTHON = '/usr/bin/python3';
export const TMUX = ['/usr/bin/tmux', '/bin/tmux'].find((file) => existsSync(file));

/** An agent that ignores the end of its input, as one in mid-turn does. */
export function agent(stage: Stage, script: Partial<Script> = {}, more: Partial<Child> = {}): Child {
  return {
    as: stage.program('claude'),
    args: ['--output-format', 'stream-json'],
    ...more,
    script: { name: 'agent', onEof: 'stay', ...script },
  };
}

export function mcpServer(stage: Stage, script: Partial<Script> = {}): Child {
  return {
    entry: [stage.stub('node_modules/.bin/mcp-server-filesystem')],
    args: [stage.folder],
    script: { name: 'mcp', onEof: 'stay', ...script },
  };
}

/**
 * A tool shell as Claude Code starts it: in a session of its own, with the agent's pid in its environment, and
 * below it what it runs.
 */
export function toolShell(runs: string): Child {
  const source = `source ${STAND_IN}/.claude/shell-snapshots/snapshot-bash-1-abc.sh 2> /dev/null; "$0" "$1"; exit`;
  return {
    as: '/bin/bash',
    entry: ['-c', `export CLAUDE_PID=$PPID CLAUDECODE=1; exec /bin/bash -c '${source}' "$0" "$1"`],
    args: [process.execPath, STAND_IN],
    detached: true,
    stdio: 'ignore',
    script: { name: runs, onEof: 'unread' },
  };
}

/** Ends a process and waits until another one has another parent. */
export async function leave(victim: Seen, left: Seen, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  process.kill(victim.pid, signal);
  await eventually(() => statOf(left.pid)?.ppid !== victim.pid, `${left.pid} to get another parent`);
  // Its descriptors are closed before its children get a new parent, but not before it is a zombie.
  await eventually(() => ['Z', undefined].includes(statOf(victim.pid)?.state), `${victim.pid} to end`);
}

/** Starts something whose ancestors are gone by the time that it is seen, and waits for that. */
export async function startAlone(stage: Stage, child: Child): Promise<Seen> {
  const started = stage.start({
    script: { name: 'starter', children: [{ detached: true, stdio: 'ignore', ...child }] },
  });
  await started;
  const one = stage.seen(child.script.name);
  await leave(stage.seen('starter'), one);
  return one;
}

function seenOf(pid: number | undefined): Seen {
  const stat = pid === undefined ? undefined : statOf(pid);
  if (pid === undefined || stat === undefined) throw new Error(`${pid} is gone`);
  return { pid, startTime: stat.startTime };
}

export function parentOf(one: Seen): Seen {
  return seenOf(statOf(one.pid)?.ppid);
}

/** A child subreaper, below it a host, below that what the host starts. */
export async function startUnderSubreaper(stage: Stage, children: readonly Child[]): Promise<Seen> {
  const script = { name: 'host', onEof: 'unread', children, report: path.join(stage.folder, 'reports') };
  const subreaper = spawn(PYTHON, [SUBREAPER, process.execPath, STAND_IN], {
    env: { ...process.env, STAND_IN: JSON.stringify(script) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seen = seenOf(subreaper.pid);
  stage.register(seen);
  await stage.ready('host');
  for (const {
    script: { name },
  } of children)
    await stage.ready(name);
  return seen;
}

/** An agent that ignores SIGHUP, in the pane of a tmux server on a socket of its own. */
export async function startInTmux(stage: Stage): Promise<{ server: Seen; one: Seen }> {
  const report = path.join(stage.folder, 'reports');
  const script = { name: 'agent', onEof: 'stay', ignore: ['SIGHUP'], report };
  const socket = path.join(stage.folder, 'tmux');
  const tmux = (...args: string[]): string =>
    execFileSync(TMUX ?? '', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, STAND_IN: JSON.stringify(script), TMUX: '' },
    });
  tmux('new-session', '-d', '-x', '80', '-y', '24', `exec ${stage.program('claude')} ${STAND_IN}`);
  const server = seenOf(Number(tmux('display-message', '-p', '#{pid}')));
  stage.register(server);
  return { server, one: await stage.ready('agent') };
}

export function isStdinDeleted(one: Seen): boolean {
  return readlinkSync(`/proc/${one.pid}/fd/0`).endsWith(' (deleted)');
}
