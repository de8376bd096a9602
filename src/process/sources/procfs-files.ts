import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** What reading one file of procfs came to. `gone`: the process ended; `denied`: not ours to read. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'gone' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'failed'; readonly error: Error };

let buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * Reads a file of procfs into a buffer that the next read overwrites: take what you need at once. Saves a
 * tenth against a new buffer for each of some thousand files (docs/performance.md).
 */
export function readBytes(path: string): Reading<Buffer> {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    return failure(error);
  }
  try {
    let length = 0;
    for (;;) {
      const got = readSync(fd, buffer, length, buffer.length - length, null);
      length += got;
      // procfs fills what it can: a read shorter than the room is the end.
      if (length < buffer.length) return { kind: 'read', value: buffer.subarray(0, length) };
      const larger = Buffer.allocUnsafe(buffer.length * 4);
      buffer.copy(larger);
      buffer = larger;
    }
  } catch (error) {
    return failure(error);
  } finally {
    closeSync(fd);
  }
}

export function readText(path: string): Reading<string> {
  const bytes = readBytes(path);
  return bytes.kind === 'read' ? { kind: 'read', value: bytes.value.toString('utf8') } : bytes;
}

export function readLink(path: string): Reading<string> {
  try {
    return { kind: 'read', value: readlinkSync(path) };
  } catch (error) {
    return failure(error);
  }
}

export function readNames(path: string): Reading<string[]> {
  try {
    return { kind: 'read', value: readdirSync(path) };
  } catch (error) {
    return failure(error);
  }
}

/** The value when it was read; a file that is gone or denied is an absent field. */
export function known<T>(reading: Reading<T>): T | undefined {
  return reading.kind === 'read' ? reading.value : undefined;
}

/** The one place where an errno of procfs gets its meaning. */
function failure(error: unknown): { kind: 'gone' } | { kind: 'denied' } | { kind: 'failed'; error: Error } {
  const { code } = error as NodeJS.ErrnoException;
  // ESRCH: the process ended between open and read. ENOENT also stands for links that a kernel thread lacks.
  if (code === 'ENOENT' || code === 'ESRCH') return { kind: 'gone' };
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'denied' };
  return { kind: 'failed', error: error as Error };
}
