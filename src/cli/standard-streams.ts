import { fstatSync, statSync, writeSync } from 'node:fs';
import { SesswatchError } from '../errors.js';

/**
 * Standard output and error without Node's stream objects, which take as long to load as a short command takes to
 * run (docs/performance.md): text is written at once, whole, in order, so that nothing is lost when the process
 * ends. Only a terminal gets the stream, for its width.
 */
export interface StandardStream {
  readonly isTerminal: boolean;
  /** Width of the terminal; `undefined` for anything else. */
  readonly columns: number | undefined;
  readonly rows: number | undefined;
  /** @throws SesswatchError `storage` when standard output has no room */
  write(text: string): void;
}

/** @param readerLeft called when whoever read has gone (`| head`) */
export function standardStream(fd: 1 | 2, readerLeft: () => never): StandardStream {
  const stream = mayBeTerminal(fd) ? (fd === 1 ? process.stdout : process.stderr) : undefined;
  const isTerminal = stream?.isTTY === true;
  return {
    isTerminal,
    columns: sizeOf(stream?.columns),
    rows: sizeOf(stream?.rows),
    write: (text) => writeAll(fd, Buffer.from(text, 'utf8'), readerLeft),
  };
}

/** A terminal that nobody told its size has 0 columns (a pty of `script`, a serial line). */
function sizeOf(cells: number | undefined): number | undefined {
  return cells === 0 ? undefined : cells;
}

/** A terminal is a character device other than /dev/null. */
function mayBeTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice()) return process.platform === 'win32';
    return stat.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
  } catch {
    // Closed by whoever started us: what is written there is meant for nobody.
    return false;
  }
}

function writeAll(fd: 1 | 2, bytes: Buffer, readerLeft: () => never): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') readerLeft();
      // Closed from the start, as above.
      if (code === 'EBADF') return;
      if (code !== 'EAGAIN') {
        // With standard error gone there is nobody left to tell.
        if (fd === 2) return;
        throw new SesswatchError(
          'storage',
          `standard output cannot be written: ${(error as Error).message}`,
          'free some space; what a reap did is in its journal: sesswatch reap --last',
          error,
        );
      }
      // A pipe that somebody set to non-blocking is full: wait for its reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
}

const FULL_PIPE_WAIT_MS = 2;
