import { execFile } from 'node:child_process';

/** How a helper program ended. A program that could not be started, or ran out of time, has `failure`. */
export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Why it says nothing, for people; `undefined` when it exited with 0. */
  readonly failure?: string | undefined;
}

/** Runs a program by its absolute path, arguments as they are: no shell, no search along PATH. */
export type Run = (program: string, argv: readonly string[]) => Promise<RunResult>;

/** Helpers answer in milliseconds; one that hangs (a stuck tmux server) must not hold up a scan. */
const TIMEOUT_MS = 5000;
const MAX_OUTPUT = 64 * 1024 * 1024;

/** The real one. The environment is empty but for what keeps output in one language. */
export const runProgram: Run = (program, argv) =>
  new Promise((resolve) => {
    const options = {
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT,
      env: { LC_ALL: 'C.UTF-8' },
      windowsHide: true,
    } as const;
    const child = execFile(program, [...argv], options, (error, stdout, stderr) => {
      resolve({ stdout, stderr, failure: error === null ? undefined : failureOf(error, stderr) });
    });
    child.stdin?.end();
  });

function failureOf(error: Error & { killed?: boolean | undefined }, stderr: string): string {
  if (error.killed === true) return `no answer within ${TIMEOUT_MS / 1000} s`;
  const said = stderr.trim().split('\n')[0];
  return said === undefined || said === '' ? (error.message.split('\n')[0] ?? 'failed') : said;
}
