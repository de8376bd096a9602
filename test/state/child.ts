import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

/** A node program that tests run in real child processes: `code`, with everything that `module` exports in scope as `it`. */
export function compileProgram(module: string, code: string): string {
  const folder = mkdtempSync(path.join(os.homedir(), 'program-'));
  const source = pathToFileURL(path.resolve(import.meta.dirname, '../../src', module));
  const outfile = path.join(folder, 'program.mjs');
  writeFileSync(path.join(folder, 'entry.mjs'), `import * as it from ${JSON.stringify(source.pathname)};\n${code}`);
  buildSync({
    entryPoints: [path.join(folder, 'entry.mjs')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  return outfile;
}

/** A child process with what it printed so far. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<number | null>;
  /** Resolves with the next line of its output. Rejects when it ends without one. */
  nextLine(): Promise<string>;
}

const running = new Set<ChildProcessWithoutNullStreams>();

/** Starts a program as a real process. {@link endChildren} ends what is left of them. */
export function startChild(program: string, args: readonly string[], command = [process.execPath]): Child {
  const [file = process.execPath, ...before] = command;
  const child = spawn(file, [...before, program, ...args]);
  running.add(child);
  let output = '';
  let errors = '';
  let ended = false;
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  child.stdout.on('data', (chunk) => {
    output += chunk;
    wake();
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      ended = true;
      wake();
      resolve(code);
    });
  });
  return {
    process: child,
    exited,
    async nextLine() {
      for (;;) {
        const end = output.indexOf('\n');
        if (end >= 0) {
          const line = output.slice(0, end);
          output = output.slice(end + 1);
          return line;
        }
        if (ended) throw new Error(`the child ended without another line: ${errors}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/**
 * Ends every child that still runs. A child that was not waited for keeps its pid, so its handle cannot mean
 * another process.
 */
export function endChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}
