import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { MARKER_NAMES } from '../../agents/catalogue/markers.js';
import { messageOf, SesswatchError } from '../../errors.js';
import type { ProcessSource } from '../../process/scan.js';
import { createRecordedSource } from '../../process/sources/others.js';
import type { Invocation } from '../invocation.js';

/** A snapshot, a capture, or the text of `ps`, of a file; `-` is standard input. */
export function readRecordedFile(invocation: Invocation, file: string): ProcessSource {
  const name = file === '-' ? 'standard input' : file;
  const whole = path.resolve(invocation.cwd, file);
  try {
    if (file === '') throw new SesswatchError('usage', 'no file is named', HINT);
    const text = decode(readFileSync(file === '-' ? 0 : whole));
    const takenAt = file === '-' ? invocation.now() : statSync(whole).mtimeMs;
    return createRecordedSource(text, { path: name, takenAt, markers: MARKER_NAMES });
  } catch (error) {
    if (error instanceof SesswatchError) throw error;
    throw new SesswatchError('usage', `cannot read ${name}: ${reasonOf(error)}`, HINT, error);
  }
}

const HINT = 'give a snapshot, a capture or the text of ps';

/** UTF-8, or the UTF-16 that `>` of Windows PowerShell 5 writes; which, the byte order mark says. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  // The other order, which some editors write; an odd last byte belongs to nothing.
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8');
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EAGAIN':
      return 'nothing is there to be read yet';
    default:
      return messageOf(error);
  }
}
