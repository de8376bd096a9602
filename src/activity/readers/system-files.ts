import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** What the readers of this folder need of the disk. Whatever cannot be read is `undefined`. */
export interface ActivityFiles {
  /** Text of a file. */
  readText(file: string): string | undefined;
  readLink(file: string): string | undefined;
  /** Last change, milliseconds since the epoch. */
  mtime(file: string): number | undefined;
  names(folder: string): readonly string[] | undefined;
  /** Permission bits of a link itself, by which /proc/PID/fd tells what a descriptor may do. proc_pid_fd(5). */
  linkMode(file: string): number | undefined;
}

/** The real disk. That something is missing or not ours to read is an answer here, not a failure. */
export const systemFiles: ActivityFiles = {
  readText: (file) => attempt(() => readFileSync(file, 'utf8')),
  readLink: (file) => attempt(() => readlinkSync(file)),
  mtime: (file) => attempt(() => statSync(file).mtimeMs),
  names: (folder) => attempt(() => readdirSync(folder)),
  linkMode: (file) => attempt(() => lstatSync(file).mode & 0o777),
};

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // Each caller takes what is not there as not known.
    return undefined;
  }
}
