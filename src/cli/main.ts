import os from 'node:os';
import { messageOf, SesswatchError } from '../errors.js';
import { asciiLine, isAsciiLocale } from '../output/ascii.js';
import { harmless, harmlessJson } from '../output/harmless.js';
import type { CommandSet } from './declare/declaration.js';
import { EXIT_DONE, exitCodeOf } from './exit-codes.js';
import type { Invocation } from './invocation.js';
import { runProgram } from './program.js';
import { standardStream } from './standard-streams.js';

/** An unexpected failure: sysexits(3) EX_SOFTWARE. */
const FAULT = 70;

/** Runs the command that the command line of this process names, and sets its exit code. */
export function main(commands: CommandSet): void {
  const output = standardStream(1, readerLeft);
  const errors = standardStream(2, readerLeft);
  // Windows and macOS terminals show UTF-8 whatever the locale says.
  const isAscii = output.isTerminal && !/^(win32|darwin)$/.test(process.platform) && isAsciiLocale(process.env);
  const invocation: Invocation = {
    env: process.env,
    cwd: workingFolder(),
    home: homeFolder(),
    platform: process.platform,
    pid: process.pid,
    uid: process.geteuid?.(),
    now: Date.now,
    isTerminal: output.isTerminal,
    columns: output.columns,
    rows: output.rows,
    out: isAscii ? (text) => output.write(asciiLine(text)) : output.write,
    err: errors.write,
    progress: errors.isTerminal ? (text) => errors.write(`\r\u001b[K${text}`) : undefined,
  };

  runProgram(invocation, process.argv.slice(2), commands).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.exitCode = report(invocation, error);
    },
  );
}

function report(invocation: Invocation, error: unknown): number {
  const isKnown = error instanceof SesswatchError;
  const code = isKnown ? error.code : 'fault';
  const message = messageOf(error);
  const hint = isKnown
    ? error.hint
    : 'this is a fault of sesswatch: please report it, with SESSWATCH_DEBUG=1 for the details';
  if (isJsonAsked(process.argv.slice(2))) {
    try {
      invocation.out(`${harmlessJson({ schema: 'sesswatch/error/1', code, message, hint }, 2)}\n`);
    } catch (full) {
      // It is standard output itself that failed, which standard error tells below.
      if (!(full instanceof SesswatchError)) throw full;
    }
  }
  // A name in a message may come from anywhere, a file's or a snapshot's.
  invocation.err(`sesswatch: ${harmless(message)} (${harmless(hint)})\n`);
  if (isKnown) return exitCodeOf(error.code);
  if (process.env.SESSWATCH_DEBUG !== undefined && error instanceof Error) invocation.err(`${error.stack}\n`);
  return FAULT;
}

/** Behind `--` stand words for somebody else. */
function isJsonAsked(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).includes('--json');
}

/** The reader of a pipe left (`| head`): what it wanted it has. */
function readerLeft(): never {
  process.exit(EXIT_DONE);
}

/** The current folder may have been removed: only relative paths and project configuration need it. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/** From HOME or the user database; an account may lack both. */
function homeFolder(): string | undefined {
  try {
    const home = os.homedir();
    return home === '' ? undefined : home;
  } catch {
    return undefined;
  }
}
