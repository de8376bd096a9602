import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../../errors.js';

/** What a helper program of the OS printed. A non-zero exit is an answer too: its caller knows what it means. */
export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** Of the helper itself, so that a list that it prints can leave it out. */
  readonly pid: number | undefined;
}

export interface ToolRequest {
  /** Absolute: what a PATH finds first may be anybody's. */
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment; inherited when left out. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** @throws SesswatchError `incomplete-scan` when the helper did not start, or did not end by itself. */
export type RunTool = (request: ToolRequest) => Promise<ToolOutput>;

/** Runs a helper without a shell, with at most 64 MB of output, and ends it when it takes too long. */
export const runTool: RunTool = (request) => {
  const { file } = request;
  if (!path.isAbsolute(file) && !path.win32.isAbsolute(file)) {
    return Promise.reject(failure(file, 'it is not an absolute path'));
  }
  return start(request);
};

/** The first of several places at which a helper is there for us. */
export function firstExecutable(files: readonly string[]): string | undefined {
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      // Not there, or not for us.
      return false;
    }
  });
}

/** Loaded when the first helper is started: most looks start none. */
async function start({ file, args, env, timeoutMs }: ToolRequest): Promise<ToolOutput> {
  const { execFile } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      [...args],
      {
        encoding: 'utf8',
        maxBuffer: MAX_OUTPUT,
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        windowsHide: true,
        ...(env === undefined ? {} : { env: { ...env } }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr, exitCode: 0, pid: child.pid });
        else if (typeof error.code === 'number') resolve({ stdout, stderr, exitCode: error.code, pid: child.pid });
        else if (error.killed === true) reject(failure(file, `no end after ${timeoutMs / 1000} s`, error));
        else reject(failure(file, error.message, error));
      },
    );
  });
}

/** As much as ps-list allows; 5,000 processes with long arguments print some 2 MB. */
const MAX_OUTPUT = 64 * 1024 * 1024;

function failure(file: string, why: string, cause?: unknown): SesswatchError {
  return new SesswatchError('incomplete-scan', `${file} could not be run: ${why}`, 'see sesswatch doctor', cause);
}
