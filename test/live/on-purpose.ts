import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Child, eventually, type Stage } from '../kit/processes.js';
import { PYTHON } from '../verdict/stage-people.js';
import type { Cast } from './cast.js';
import { start, startAlone } from './living.js';
import type { Role } from './runs.js';

const STRANGER = 65534;
const RESUMED = '22222222-0000-4000-8000-000000000001';

/** Jobs that something waits for, servers left on purpose, what a debugger looks into, and strangers. */
export async function startOnPurpose(stage: Stage, cast: Cast): Promise<readonly Role[]> {
  const roles: Role[] = [];
  const stays = (name: string): string => {
    roles.push({ name, needs: 'stays' });
    return name;
  };
  /** Nobody's by what can be seen: a person who names it may end it. */
  const left = (name: string): string => {
    roles.push({ name, needs: 'pid' });
    return name;
  };
  await startJobs(stage, cast, stays);
  await startServers(stage, cast, { stays, left });
  await startTraced(stage, cast, stays);
  if (process.getuid?.() === 0) await startStrangers(stage, cast, stays);
  return roles;
}

type Stays = (name: string) => string;

/** Each started by `setsid`, so that nothing above it ever ended. */
async function startJobs(stage: Stage, cast: Cast, stays: Stays): Promise<void> {
  const agent = cast.link('claude');
  const write = (name: string, text: string): string => {
    const file = path.join(stage.folder, name);
    writeFileSync(file, text, { mode: 0o755 });
    return file;
  };
  const script = write('job.sh', '#!/bin/sh\n"$1" "$2"\nexit\n');
  const makefile = write('Makefile', `all:\n\t@${agent} ${cast.script}; true\n`);
  const waits = (name: string, as: string, ...entry: string[]): Child => ({
    ...cast.claude(stays(name)),
    as,
    entry,
    args: [],
  });
  await startDetached(stage, 'jobs-starter', cast, [
    waits('claude of sh job.sh', '/bin/sh', script, agent, cast.script),
    waits('claude of an executable script', script, agent, cast.script),
    waits('claude of make', '/usr/bin/make', '-f', makefile),
    waits('claude of timeout', '/usr/bin/timeout', '1h', agent, cast.script),
    waits('claude of flock', '/usr/bin/flock', path.join(stage.folder, 'job.lock'), agent, cast.script),
    waits('claude of xargs', '/usr/bin/xargs', agent, cast.script),
    cast.player('python that runs claude', 'python3', [], {
      children: [cast.claude(stays('claude of python'))],
    }),
  ]);
}

/** Left by whoever started them, with their output in a file, or on a port that their arguments name. */
async function startServers(
  stage: Stage,
  cast: Cast,
  { stays, left }: { readonly stays: Stays; readonly left: Stays },
): Promise<void> {
  const output = path.join(stage.folder, 'server.log');
  const { player, running } = cast;
  const children: Child[] = [
    player(left('opencode serve with a log'), 'opencode', ['serve', '--port', '4096'], { output }),
    player(left('claude remote-control with a log'), 'claude', ['remote-control'], { output }),
    player(left('gemini with a log'), 'gemini', ['--acp'], { output }),
    running(stays('MCP server with a log'), 'node', 'node_modules/.bin/mcp-server-log', ['--port', '3001'], {
      output,
    }),
    player(left('codex that listens'), 'codex', ['app-server', '--listen', 'ws://127.0.0.1:4517'], {
      listen: 4517,
    }),
  ];
  await startAlone(
    stage,
    player('servers-starter', 'python3', [], {
      children: children.map((child) => ({ stdio: 'ignore' as const, ...child })),
    }),
  );
}

/** Orphans of a dead host but for whoever is attached to them. */
async function startTraced(stage: Stage, cast: Cast, stays: Stays): Promise<void> {
  const names = ['claude that is traced', 'another one that is traced', 'codex that is traced'].map(stays);
  const [one = '', other = '', third = ''] = names;
  await start(
    stage,
    cast.player('traced-starter', 'python3', [], {
      children: [cast.claude(one), cast.claude(other), cast.player(third, 'codex', ['app-server'])],
    }),
  );
  for (const name of names) {
    const { pid } = stage.seen(name);
    spawn(PYTHON, ['-c', TRACER, `${pid}`], { stdio: 'ignore' });
    await eventually(() => isTraced(pid), `${name} to be traced`);
  }
  process.kill(stage.seen('traced-starter').pid, 'SIGKILL');
}

/** PTRACE_SEIZE attaches without stopping. ptrace(2). */
const TRACER = `import ctypes, sys, time
ctypes.CDLL(None).ptrace(0x4206, int(sys.argv[1]), None, None)
time.sleep(600)`;

function isTraced(pid: number): boolean {
  return !/^TracerPid:\t0$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

/** Other users' processes: theirs to end, and no evidence about ours. */
async function startStrangers(stage: Stage, cast: Cast, stays: Stays): Promise<void> {
  const theirs = { uid: STRANGER };
  await start(
    stage,
    cast.player('own workbench', 'workbench', [], {
      children: [cast.claude(stays('claude whose session a stranger resumes'), ['--session-id', RESUMED])],
    }),
  );
  await startDetached(stage, 'strangers-starter', cast, [
    cast.claude(stays("stranger's claude of that session"), ['--resume', RESUMED], theirs),
    cast.player(stays("stranger's codex"), 'codex', ['app-server'], theirs),
    cast.mcp(stays('mcp-of-a-stranger'), theirs),
  ]);
}

async function startDetached(stage: Stage, name: string, cast: Cast, children: readonly Child[]): Promise<void> {
  const alone = children.map((child) => ({ stdio: 'ignore' as const, detached: true, ...child }));
  await startAlone(stage, cast.player(name, 'python3', [], { children: alone }));
}
