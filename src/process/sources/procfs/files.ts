import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What reading one file of procfs came to. `gone`: the process ended; `denied`: not ours to read. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'gone' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'failed'; readonly error: Error };

/**
 * Reads a file of procfs as text. Node reads UTF-8 text in one call of its own, which for some thousand small
 * files is faster than open, read and close into a shared buffer (docs/performance.md). Bytes that are no UTF-8
 * become U+FFFD; NULs stay.
 */
export function readText(path: string): Reading<string> {
  return reading(fileText, path);
}

function fileText(path: string): string {
  return readFileSync(path, AS_TEXT);
}

/** Made once: from a word Node would make it anew for each file, a fifth of the time of a read. */
const AS_TEXT = { encoding: 'utf8', flag: 'r' } as const;

/** Reads a small binary file of procfs. */
export function readBytes(path: string): Reading<Buffer> {
  return reading<Buffer>(readFileSync, path);
}

export function readLink(path: string): Reading<string> {
  return reading<string>(readlinkSync, path);
}

export function readNames(path: string): Reading<string[]> {
  return reading<string[]>(readdirSync, path);
}

function reading<T>(read: (path: string) => T, path: string): Reading<T> {
  try {
    return { kind: 'read', value: read(path) };
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
