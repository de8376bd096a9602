import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/sesswatch.js');

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
  /** A program and its arguments that starts the command: `prlimit --nofile=20`. */
  readonly through?: readonly string[];
  /** A file that standard output goes to. */
  readonly outTo?: string;
}

/** Runs the built program as a user's shell would, without a terminal. */
export function sesswatch(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const outTo = options.outTo === undefined ? undefined : openSync(options.outTo, 'w');
    const [first = '', ...rest] = [...(options.through ?? []), process.execPath, PROGRAM, ...args];
    const child = spawn(first, rest, {
      env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...options.env },
      cwd: options.cwd,
      stdio: ['pipe', outTo ?? 'pipe', 'pipe'],
    });
    const parts = { out: '', err: '' };
    if (outTo !== undefined) closeSync(outTo);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      parts.out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      parts.err += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...parts }));
    // A command that reads no input may have ended before it was given any.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

/** The document that a command printed; fails with what it said instead. */
export function documentOf<T = Record<string, unknown>>(outcome: Outcome): T {
  try {
    return JSON.parse(outcome.out) as T;
  } catch (error) {
    throw new Error(`no JSON but: ${outcome.out.slice(0, 500)} / ${outcome.err.slice(0, 500)}`, {
      cause: error,
    });
  }
}
