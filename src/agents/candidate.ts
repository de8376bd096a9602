import type { ProcessRecord } from '../process/record.js';
import type { Catalogue } from './catalogue.js';
import { interpreterOf } from './interpreters.js';
import { indexOf, type NameIndex } from './name-index.js';
import { isVersionName, isWindowsPath, programName } from './program-name.js';

/**
 * Whether {@link ./classify.ts} could take a process for an agent of any role but `mcp-server` and `tool` once
 * all of its row is known: a cheap first question for counting, a superset of the answer. Nothing is read or
 * matched but two basenames and, for interpreters, the last parts of the words that could be a script.
 */
export function mayBeAgent(seen: Pick<ProcessRecord, 'argv' | 'exe'>, catalogue: Catalogue): boolean {
  const index = indexOf(catalogue);
  const { argv, exe } = seen;
  const first = argv?.[0] ?? '';
  if (first !== '' && nameMatters(first, argv ?? [], index)) return true;
  if (exe !== undefined && exe !== '' && nameMatters(exe, argv ?? [], index)) return true;
  // Without both, only the kernel's name is left, which is not known here.
  return argv === undefined && exe === undefined;
}

function nameMatters(path: string, argv: readonly string[], index: NameIndex): boolean {
  const name = programName(path, isWindowsPath(path));
  if (index.programs.has(name) || isVersionName(name) || WRAPPERS.has(name)) return true;
  // A name in upper case may be Windows' way to write it.
  if (index.programs.has(programName(path, true))) return true;
  if (interpreterOf(name.toLowerCase()) !== undefined || interpreterOf(name) !== undefined) {
    return argv.some((word, at) => at > 0 && wordMatters(word, index));
  }
  if (name.startsWith('ld')) return true;
  const blank = path.indexOf(' ');
  return blank > 0 && nameMatters(path.slice(0, blank), argv, index);
}

/** Launchers that carry the agent in their arguments. */
const WRAPPERS: ReadonlySet<string> = new Set([
  ...['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'bunx', 'uv', 'uvx', 'pipx', 'disclaimer'],
]);

/** A script, a module or a shell's text that could start an agent or a host's worker. */
function wordMatters(word: string, index: NameIndex): boolean {
  if (word.startsWith('-') || word.length > MAX_PATH) return false;
  if (word.startsWith("'")) return true;
  if (index.modules.has(word) || word === 'tui_gateway.slash_worker') return true;
  if (index.programs.has(programName(word, false)) || index.programs.has(programName(word, true)))
    return true;
  return (
    index.scripts.some(({ place }) => place.path.test(word.replaceAll('\\', '/'))) ||
    /\b(np[mx]|pnpm|pnpx|yarn)\b/.test(word) ||
    /\.(cmd|bat)\b/i.test(word)
  );
}

/** PATH_MAX of Linux: limits.h(0p). */
const MAX_PATH = 4096;
