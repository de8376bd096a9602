import { interpreterOf, ranBy } from '../command-line/interpreters.js';
import { programName } from '../command-line/program-name.js';
import { scriptName } from '../command-line/script-name.js';
import type { ProcessEntry } from '../snapshot/document/document.js';
import { harmless } from './harmless.js';

/**
 * What a process runs, in words that fit a column: the program or script by its name instead of its path, ids by their
 * beginning, folders below a home as `~/src`. `claude --resume 9c3f8849…`, `server-filesystem /data`.
 */
export function commandWords({ argv, comm }: Pick<ProcessEntry, 'argv' | 'comm'>): string {
  if (argv === undefined || argv.length === 0) return harmless(`[${comm ?? '?'}]`);
  const words = argv.filter((word, at) => word !== '' || at === 0);
  const [first = '', ...rest] = words;
  // A title that the program gave itself is one string: `npm exec mcp-server-filesystem /data`.
  if (first.includes(' ') && !first.startsWith('/')) return joined([first, ...rest]);
  const program = programName(first, false);
  const interpreter = interpreterOf(program);
  const ran = interpreter === undefined ? undefined : ranBy(interpreter, rest);
  switch (ran?.kind) {
    case 'script':
      return joined([scriptName(ran.path), ...ran.rest]);
    case 'module':
      return joined([ran.name, ...ran.rest]);
    case 'text':
    case undefined:
      return joined([program, ...rest]);
  }
}

/** A folder as people write it. */
export function folderWords(folder: string): string {
  return harmless(folder.replace(HOME, '~'));
}

const HOME = /^(\/home\/[^/]+|\/Users\/[^/]+|\/root)(?=\/|$)/;
const UUID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** To be read, not to be pasted: quotes only where blanks would tell the words apart wrongly. */
function joined([program = '', ...words]: readonly string[]): string {
  const shown = words.map((word) => {
    const short = harmless(word.replace(UUID, '$1…').replace(HOME, '~'));
    return short === '' || /[\s'"]/.test(short) ? `'${short}'` : short;
  });
  return [harmless(program), ...shown].join(' ');
}
