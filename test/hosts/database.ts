import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const PROGRAM = '/usr/bin/sqlite3';

/** Whether tests with real databases can run here; they are skipped with this reason otherwise. */
export const WITHOUT_SQLITE = isThere(PROGRAM) ? undefined : `${PROGRAM} is not installed`;

/** A connection that stays open, as a host's does. */
export interface Writer {
  /** Answers when the statements are done. */
  say(sql: string): Promise<void>;
  /** Closes the connection, as a clean exit does (checkpoints, removes the log). */
  close(): Promise<void>;
  /** Ends it as a crash does: the log stays. */
  crash(): Promise<void>;
}

/** Opens a database with the `sqlite3` program. The caller ends it. */
export function openWriter(file: string): Writer {
  const child: ChildProcessWithoutNullStreams = spawn(PROGRAM, ['-bail', '-init', '/dev/null', file]);
  let heard = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    heard += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let count = 0;
  return {
    say(sql) {
      count += 1;
      const mark = `done ${count}`;
      return new Promise((resolve, reject) => {
        const look = (): void => {
          if (!heard.includes(mark)) return;
          child.stdout.off('data', look);
          child.off('close', fail);
          resolve();
        };
        const fail = (): void => reject(new Error(`sqlite3 ended: ${complaint}`));
        child.stdout.on('data', look);
        child.on('close', fail);
        child.stdin.write(`${sql};\n.print ${mark}\n`);
      });
    },
    async close() {
      child.stdin.end('.quit\n');
      await ended;
    },
    async crash() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Names and bytes of everything in a folder, to compare before with after. */
export function folderImage(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => {
        const file = path.join(folder, name);
        const { ino, mtimeNs } = statSync(file, { bigint: true });
        return [name, `${ino} ${mtimeNs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`];
      }),
  );
}

function isThere(file: string): boolean {
  try {
    accessSync(file);
    return true;
  } catch {
    return false;
  }
}
