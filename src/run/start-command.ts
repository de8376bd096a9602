import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import os from 'node:os';
import type { Readable } from 'node:stream';
import type { CommandEnd } from './document.js';
import { type SubreaperProgram, UNSET_VARIABLE } from './subreaper.js';

export interface CommandToStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  /** Where its standard output goes; ours when left out. */
  readonly stdout?: 'ours' | 'our-stderr' | undefined;
  /** Tried in order; the first that can do its work starts the command, otherwise node does. */
  readonly subreapers: readonly SubreaperProgram[];
}

/** A command that runs with our standard streams. */
export interface StartedCommand {
  /** Absent when it could not be started. */
  readonly pid: number | undefined;
  /** Its parent: our own pid, or the subreaper's. */
  readonly starterPid: number;
  readonly subreaper: { readonly pid: number; readonly name: SubreaperProgram['name'] } | undefined;
  readonly ended: Promise<CommandEnd>;
  /** Does nothing once it ended. */
  signal(name: NodeJS.Signals): void;
  /** Ends the subreaper; what is left below it goes to the next one above. */
  release(): Promise<void>;
}

/** Starts a command, under a child subreaper where there is one. Never rejects: what went wrong is in `ended`. */
export async function startCommand(request: CommandToStart): Promise<StartedCommand> {
  for (const program of request.subreapers) {
    const started = await startUnder(program, request);
    if (started !== undefined) return started;
  }
  return startPlain(request);
}

async function startPlain(request: CommandToStart): Promise<StartedCommand> {
  const { command, args, env, cwd } = request;
  const child = spawn(command, args, { stdio: ['inherit', outputOf(request), 'inherit'], env, cwd });
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      // After a start, an error speaks of a signal that could not be sent; the end is still to come.
      if (child.pid === undefined) resolve(notStarted(command, error.code ?? error.message));
    });
    child.once('exit', (code, signal) => resolve(endOf(code, signal)));
  });
  return {
    pid: child.pid,
    starterPid: process.pid,
    subreaper: undefined,
    ended,
    // Node knows whether it has reaped its child, and signals no one else.
    signal: (name) => void child.kill(name),
    release: async () => {},
  };
}

/** `undefined` when the helper could not become a subreaper; it has started nothing then. */
async function startUnder(program: SubreaperProgram, request: CommandToStart): Promise<StartedCommand | undefined> {
  const helper = spawn(program.path, [...program.args, request.command, ...request.args], {
    stdio: ['inherit', outputOf(request), 'inherit', 'pipe'],
    env: helperEnv(request.env),
    cwd: request.cwd,
  });
  const over = new Promise<void>((resolve) => {
    helper.once('error', () => resolve());
    helper.once('close', () => resolve());
  });
  const said = listen(helper, request.command);
  if (!(await said.ready) || helper.pid === undefined) {
    await over;
    return undefined;
  }
  const pid = await said.pid;
  let running = true;
  const ended = said.ended.then((end) => {
    running = false;
    // Else somebody ended the helper; the command lives on, or died with it, and its code is not known.
    return end ?? ({ kind: 'signalled', signal: helper.signalCode ?? 'SIGKILL' } as const);
  });
  return {
    pid,
    starterPid: helper.pid,
    subreaper: { pid: helper.pid, name: program.name },
    ended,
    signal(name) {
      if (!running || pid === undefined) return;
      try {
        // Its pid cannot be another's before the helper has collected it, which it says at once.
        process.kill(pid, name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    },
    async release() {
      helper.kill('SIGKILL');
      await over;
    },
  };
}

/** As `spawn` wants it. */
function outputOf({ stdout }: CommandToStart): 'inherit' | 2 {
  return stdout === 'our-stderr' ? 2 : 'inherit';
}

/** What the helper says, each as soon as it is said; `undefined` once it can say no more. */
function listen(helper: ChildProcess, command: string) {
  const words = new EventEmitter();
  const channel = helper.stdio[3] as Readable;
  let rest = '';
  channel.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [word = '', value] = line.split(' ');
      words.emit(word, value);
    }
  });
  // The channel closes with the last line read; the command holds no copy of it.
  channel.once('close', () => words.emit('over'));
  helper.once('error', () => words.emit('over'));
  const heard = <T>(read: Readonly<Record<string, (value: string) => T>>): Promise<T | undefined> =>
    new Promise((resolve) => {
      for (const word of Object.keys(read)) words.once(word, (value = '') => resolve(read[word]?.(value)));
      words.once('over', () => resolve(undefined));
    });
  return {
    ready: heard({ ready: () => true }),
    pid: heard({ pid: Number }),
    ended: heard<CommandEnd>({
      fail: (why) => notStarted(command, why),
      exit: (code) => ({ kind: 'exited', code: Number(code) }),
      signal: (number) => ({ kind: 'signalled', signal: signalName(Number(number)) }),
    }),
  };
}

/**
 * The environment of the helper: Perl is told not to complain about a locale that is not installed, and Python
 * adds a locale of its own where there is none (PEP 538). The helper takes both back before the command.
 */
function helperEnv(env: CommandToStart['env']): CommandToStart['env'] {
  const added = ['PERL_BADLANG', 'LC_CTYPE'].filter((name) => env[name] === undefined);
  const quiet = env.PERL_BADLANG === undefined ? { PERL_BADLANG: '0' } : {};
  return { ...env, ...quiet, [UNSET_VARIABLE]: added.join(',') };
}

function endOf(code: number | null, signal: NodeJS.Signals | null): CommandEnd {
  return signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal };
}

function notStarted(command: string, why: string): CommandEnd {
  return why === 'ENOENT'
    ? { kind: 'not-started', code: 127, why: `${command}: not found` }
    : { kind: 'not-started', code: 126, why: `${command} cannot be executed (${why})` };
}

function signalName(number: number): NodeJS.Signals {
  const found = Object.entries(os.constants.signals).find(([, value]) => value === number);
  return (found?.[0] ?? 'SIGKILL') as NodeJS.Signals;
}
