import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import type { Candidate } from './discover.js';

/** Who runs the program; `undefined` where the OS has no such ids. */
export interface Reader {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Refuses a configuration file that somebody else could have written: it, or a folder between `base` and it, belongs
 * to neither the reader nor root, or its group or everybody may write to it. What protects live work is in such a
 * file, and what lets it be ended. A link is judged by itself and by what it leads to.
 *
 * @throws SesswatchError `config` that names the file, its mode and the mend
 */
export function assertTrusted({ file, base }: Candidate, reader: Reader | undefined): void {
  const real = realFile(file);
  const stat = statSync(real);
  // A FIFO would make us wait for ever.
  if (!stat.isFile()) throw new SesswatchError('config', `${file} is no regular file`, 'move it away');
  if (stat.size > LARGEST) {
    throw new SesswatchError('config', `${file} is larger than 1 MB`, 'no configuration is: move it away');
  }
  // Windows reports no owner and every mode as writable.
  if (reader === undefined) return;
  for (const one of new Set([real, path.dirname(real), ...foldersBetween(base, file)])) {
    const fault = faultOf(one, reader);
    if (fault === undefined) continue;
    const about = one === real ? '' : ` (for ${file})`;
    throw new SesswatchError('config', `${one} is not safe to obey${about}: ${fault.what}`, fault.mend);
  }
}

const LARGEST = 1024 * 1024;

function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new SesswatchError(
      'config',
      code === 'ENOENT' ? `${file} does not exist` : `${file} cannot be read: ${code}`,
      'check the path and its permissions',
      error,
    );
  }
}

/** The folder of the file and all above it, up to `base`. */
function foldersBetween(base: string, file: string): string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (folder === base || folder === path.dirname(folder)) return folders;
  }
}

function faultOf(one: string, reader: Reader): { what: string; mend: string } | undefined {
  const { uid, gid, mode } = statSync(one);
  const shown = `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
  if (uid !== reader.uid && uid !== 0) {
    return {
      what: `it belongs to user ${uid}, not to you (${reader.uid}) or root; ${shown}`,
      mend: `run as its owner, or move it away, or make it yours: chown ${reader.uid} ${one}`,
    };
  }
  if ((mode & 0o002) !== 0) {
    return { what: `everybody may write to it; ${shown}`, mend: `chmod go-w ${one}` };
  }
  if ((mode & 0o020) !== 0 && !isPrivateGroup(gid, reader)) {
    return { what: `group ${gid} may write to it; ${shown}`, mend: `chmod g-w ${one}` };
  }
  return undefined;
}

/**
 * Distributions that give each user a group of their own (same number) also give them umask 002, so that every
 * clone of theirs is writable by "the group", which is them. Not believed of root, whose group may have members.
 */
function isPrivateGroup(gid: number, reader: Reader): boolean {
  return reader.uid !== 0 && gid === reader.gid && gid === reader.uid;
}
