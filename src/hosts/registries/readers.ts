import { readFileSync, readlinkSync } from 'node:fs';
import { othersNames, readOthersFile } from '../../state/others-file.js';
import { createSqliteReader, type SqliteOptions } from '../../state/sqlite.js';
import type { HostReaders, TextAnswer } from '../host.js';
import { createPaneReader, type TmuxOptions } from './tmux.js';

export interface ReaderOptions {
  /** Only files of this user are read. */
  readonly owner: number | undefined;
  readonly sqlite: Omit<SqliteOptions, 'owner'>;
  readonly tmux: TmuxOptions;
  readonly platform: NodeJS.Platform;
}

/** Reads hosts' files as they are on this machine. */
export function createHostReaders(options: ReaderOptions): HostReaders {
  return {
    readText: async (file) => readText(file, options.owner),
    names: async (folder) => othersNames(folder) ?? [],
    sqlite: createSqliteReader({ ...options.sqlite, owner: options.owner }),
    panes: createPaneReader(options.tmux),
    pidDomain: options.platform === 'linux' ? linuxPidDomain() : undefined,
  };
}

/** A registry of ten thousand sessions is a few megabytes. */
const MAX_BYTES = 32 * 1024 * 1024;

function readText(file: string, owner: number | undefined): TextAnswer {
  const answer = readOthersFile(file, { owner, maxBytes: MAX_BYTES });
  return answer.kind === 'refused' ? { kind: 'unreadable', why: answer.why } : answer;
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
