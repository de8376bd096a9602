import { lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { othersFileTime, othersNames, readOthersFile } from '../../state/others-file.js';
import type { TranscriptFiles } from './find-transcripts.js';

/** What the readers of this folder need of the disk. Whatever cannot be read is `undefined`. */
export interface ActivityFiles {
  /** Text of a file of the system's own: of procfs, of systemd. */
  readText(file: string): string | undefined;
  readLink(file: string): string | undefined;
  /** Last change, milliseconds since the epoch. */
  mtime(file: string): number | undefined;
  /** Files that an agent of this user wrote. */
  of(owner: number | undefined): TranscriptFiles;
  /** Permission bits of a link itself, by which /proc/PID/fd tells what a descriptor may do. proc_pid_fd(5). */
  linkMode(file: string): number | undefined;
}

/** The real disk. That something is missing or not ours to read is an answer here, not a failure. */
export const systemFiles: ActivityFiles = {
  readText: (file) => attempt(() => readFileSync(file, 'utf8')),
  readLink: (file) => attempt(() => readlinkSync(file)),
  mtime: (file) => attempt(() => statSync(file).mtimeMs),
  of: filesOf,
  linkMode: (file) => attempt(() => lstatSync(file).mode & 0o777),
};

/** Bytes; a list of ten thousand projects has one. */
const MAX_TEXT = 1_000_000;

function filesOf(owner: number | undefined): TranscriptFiles {
  return {
    mtime: (file) => othersFileTime(file, owner),
    names: othersNames,
    readText(file) {
      const answer = readOthersFile(file, { owner, maxBytes: MAX_TEXT });
      return answer.kind === 'read' ? answer.text : undefined;
    },
    readTail(file, maxBytes) {
      const answer = readOthersFile(file, { owner, maxBytes, tail: true });
      return answer.kind === 'read' ? { text: answer.text, isTail: answer.isTail } : undefined;
    },
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // Each caller takes what is not there as not known.
    return undefined;
  }
}
