import { realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { SesswatchError } from '../../errors.js';
import { type Account, foreignWriter } from '../../state/foreign-writer.js';
import { errnoOf } from '../../state/storage-error.js';
import { type Candidate, LARGEST_FILE } from './discover.js';

/**
 * Refuses a configuration file that somebody else could have written: it, or a folder between `base` and it, belongs
 * to neither the reader nor root, or its group or everybody may write to it. What protects live work is in such a
 * file, and what lets it be ended. A link is judged by itself and by what it leads to.
 *
 * @throws SesswatchError `config` that names the file, its mode and the mend
 */
export function assertTrusted({ file, base }: Candidate, reader: Account | undefined): void {
  const { real, stat } = realFile(file);
  // A FIFO would make us wait for ever.
  if (!stat.isFile()) throw new SesswatchError('config', `${file} is no regular file`, 'move it away');
  if (stat.size > LARGEST_FILE) {
    throw new SesswatchError('config', `${file} is larger than 1 MB`, 'no configuration is: move it away');
  }
  // Windows reports no owner and every mode as writable.
  if (reader === undefined) return;
  for (const one of new Set([real, path.dirname(real), ...foldersBetween(base, file)])) {
    const foreign = foreignWriter(one, statSync(one), reader);
    if (foreign === undefined) continue;
    const about = one === real ? '' : ` (for ${file})`;
    throw new SesswatchError('config', `${one} is not safe to obey${about}: it ${foreign.what}`, foreign.mend);
  }
}

function realFile(file: string): { real: string; stat: Stats } {
  try {
    const real = realpathSync(file);
    return { real, stat: statSync(real) };
  } catch (error) {
    throw unreadable(file, error);
  }
}

export function unreadable(file: string, error: unknown): SesswatchError {
  const code = errnoOf(error);
  const message = code === 'ENOENT' ? `${file} does not exist` : `${file} cannot be read: ${code ?? 'unknown error'}`;
  return new SesswatchError('config', message, 'check the path and its permissions', error);
}

/** The folder of the file and all above it, up to `base`. */
function foldersBetween(base: string, file: string): string[] {
  const folder = path.dirname(file);
  return folder === base || folder === path.dirname(folder) ? [folder] : [folder, ...foldersBetween(base, folder)];
}
