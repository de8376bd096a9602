import { constants, readFileSync, readlinkSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import type { HostReaders, TextAnswer } from '../host.js';
import { createSqliteReader, type SqliteOptions } from './sqlite.js';
import { createPaneReader, type TmuxOptions } from './tmux.js';

export interface ReaderOptions {
  readonly sqlite: SqliteOptions;
  readonly tmux: TmuxOptions;
  readonly platform: NodeJS.Platform;
}

/** Reads hosts' files as they are on this machine. */
export function createHostReaders(options: ReaderOptions): HostReaders {
  return {
    readText,
    names,
    sqlite: createSqliteReader(options.sqlite),
    panes: createPaneReader(options.tmux),
    pidDomain: options.platform === 'linux' ? linuxPidDomain() : undefined,
  };
}

/** A registry of ten thousand sessions is a few megabytes. */
const MAX_BYTES = 32 * 1024 * 1024;

async function readText(file: string): Promise<TextAnswer> {
  try {
    // Without O_NONBLOCK a pipe under this name would hold up the scan for ever.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const about = await handle.stat();
      if (!about.isFile()) return { kind: 'unreadable', why: 'it is not a file' };
      if (about.size > MAX_BYTES) return { kind: 'unreadable', why: 'it is too large' };
      return { kind: 'read', text: await handle.readFile('utf8') };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', why: code ?? message };
  }
}

async function names(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch {
    // A folder that is not there, or not ours to read, holds nothing that a conclusion may rest on.
    return [];
  }
}

/** As Claude Code writes it into its session files: machine and pid namespace. */
function linuxPidDomain(): string | undefined {
  try {
    return `linux:${readFileSync('/etc/machine-id', 'utf8').trim()}:${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Not known: entries are taken as they are, and guarded by their start time.
    return undefined;
  }
}
