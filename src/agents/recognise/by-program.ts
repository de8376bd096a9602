import { interpreterOf } from '../../command-line/interpreters.js';
import { isCommOf, isVersionName, programName, slashed } from '../../command-line/program-name.js';
import { packageName } from '../../command-line/runners.js';
import type { AgentEntry } from '../catalogue/entry.js';
import { isMcpName } from '../catalogue/mcp-servers.js';
import type { KnownProgram, NameIndex } from '../catalogue/name-index.js';
import { type ModeStart, readMode } from './arguments.js';
import { type Command, isKnownMcp, type Recognition } from './recognition.js';

/** An agent's own program. `other`: a program of this name or file, but not an agent's. */
export function byProgram(command: Command, index: NameIndex): Recognition | 'none' | 'other' {
  const [first = '', ...words] = command.words;
  const { exe, exeName } = command;
  const name = programName(first, command.windows);
  const own = runsScriptOfItsOwn(words) ? words.slice(1) : words;
  const byFirst = index.programs.get(name);
  const byExe = exeName === undefined ? undefined : (index.programs.get(exeName) ?? byPath(exe ?? '', index));
  if (byExe !== undefined) {
    if (byExe.entry.multiCall?.includes(name) === true) return 'other';
    const program = byFirst?.entry === byExe.entry && byFirst.companion !== undefined ? byFirst : byExe;
    return asProgram(program, own, command, `its executable is ${exeName}`) ?? 'other';
  }
  if (byFirst !== undefined) {
    if (!isWitnessed(command, byFirst.entry, name)) return 'none';
    const found = asProgram(byFirst, own, command, `argv[0] is ${name}`);
    const known = found !== undefined && exeName !== undefined ? { ...found, sharedName: true as const } : found;
    if (known !== undefined && exeName !== undefined && VERSION_SWITCHES.has(exeName)) {
      return { ...known, role: 'launcher', because: `${exeName} runs as ${name}` };
    }
    return known ?? 'other';
  }
  return byVersionedPath(first, name, words, command, index);
}

/** Where an executable is told by its folder: `…/claude/versions/2.1.197`. */
function byPath(path: string, index: NameIndex): KnownProgram | undefined {
  const entry = index.byPath.find(({ executablePaths }) => executablePaths?.test(path));
  return entry === undefined ? undefined : { entry };
}

function byVersionedPath(
  first: string,
  name: string,
  words: readonly string[],
  command: Command,
  index: NameIndex,
): Recognition | 'none' {
  if (!isVersionName(name) || (command.exeName !== undefined && command.exeName !== name)) return 'none';
  const known = byPath(slashed(first), index);
  if (known !== undefined) return asProgram(known, words, command, `argv[0] is ${first}`) ?? 'none';
  // Some other folder of versions: only an option that is this agent's alone tells.
  for (const entry of index.byName.values()) {
    if (entry.versionNamed !== true) continue;
    const options = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
    if (!options.some((word) => word.length > 6 && isOptionOf(entry, word))) continue;
    return asProgram({ entry }, words, command, `argv[0] is ${name}, with options of ${entry.name}`) ?? 'none';
  }
  return 'none';
}

function isOptionOf(entry: AgentEntry, word: string): boolean {
  const name = word.split('=', 1)[0] ?? '';
  return (
    DISTINCTIVE.has(name) ||
    entry.sessionFlags?.includes(name) === true ||
    (name !== '--help' && name !== '--version' && Object.hasOwn(entry.flags ?? {}, name))
  );
}

const DISTINCTIVE = new Set(['--dangerously-skip-permissions', '--permission-mode', '--setting-sources']);

/** Tools that put themselves in front of others under the others' names, and start or become them. */
const VERSION_SWITCHES: ReadonlySet<string> = new Set(['volta-shim', 'mise', 'rtx', 'asdf', 'proto-shim', 'shim']);

/**
 * argv[0] is whatever the caller said (`exec -a claude sleep 602`), so another fact must agree: the kernel's
 * name of the process, as a file of that name gives it.
 */
function isWitnessed(command: Command, entry: AgentEntry | undefined, name: string): boolean {
  const { comm, exeName } = command;
  if (comm === undefined || comm === '') {
    return exeName === undefined || exeName === name || interpreterOf(exeName) === 'javascript';
  }
  const kernel = programName(comm, command.windows);
  if (isCommOf(kernel, name) || isCommOf(comm, name)) return true;
  if (entry?.executables.some((other) => isCommOf(kernel, other)) === true) return true;
  if (entry?.versionNamed === true && isVersionName(kernel) && exeName === undefined) return true;
  // Recent Node calls the main thread of every program so (nodejs/node 56416, 61307).
  if (!/^(node-)?MainThread$/.test(kernel)) return false;
  return exeName === undefined || interpreterOf(exeName) === 'javascript';
}

/** A link to an interpreter under an agent's name: the script comes before the agent's own words. */
function runsScriptOfItsOwn(words: readonly string[]): boolean {
  return /\.[cm]?[jt]s$/.test(words[0] ?? '');
}

function asProgram(
  known: KnownProgram,
  words: readonly string[],
  command: Command,
  because: string,
): Recognition | undefined {
  const { entry, companion } = known;
  const paths = [command.exe, slashed(command.words[0] ?? '')].filter((path) => path !== undefined);
  if (companion !== undefined) {
    if (!('role' in companion)) {
      const mode = companion.below?.[words[0] ?? ''];
      if (mode === undefined) return undefined;
      return inMode(entry, words.slice(1), paths, command, because, { mode, commands: {} });
    }
    return inMode(entry, words, paths, command, because, {
      mode: companion,
      commands: companion.below ?? {},
    });
  }
  const found = inMode(entry, words, paths, command, because);
  if (found === undefined) return undefined;
  const name = programName(command.words[0] ?? '', command.windows);
  const isFront = entry.fronts?.includes(name) === true || paths.some((path) => SHIM_FOLDER.test(path));
  return isFront ? { ...found, mayLaunch: 'front' } : found;
}

/** Scoop and Chocolatey put small programs of the same name in front of the real one, which wait for it. */
const SHIM_FOLDER = /\/(scoop\/shims|chocolatey\/bin)\/[^/]+$/i;

function inMode(
  entry: AgentEntry,
  words: readonly string[],
  paths: readonly string[],
  command: Command,
  because: string,
  start: ModeStart = {},
): Recognition | undefined {
  const read = readMode(entry, words, paths, command.split, start);
  if (read === undefined) return undefined;
  return {
    agent: entry.name,
    role: read.mode.role,
    daemon: read.mode.daemon,
    sessionId: read.sessionId,
    because,
    words,
  };
}

/** A program whose own name is that of an MCP server. */
export function mcpByProgram(command: Command, name: string, index: NameIndex): Recognition | undefined {
  const rest = command.words.slice(1);
  const candidates = command.exeName === undefined ? [name] : [name, command.exeName];
  for (const candidate of candidates) {
    const isServer =
      isMcpName(candidate) || isKnownMcp(candidate, rest, index) || isKnownMcp(packageName(candidate), rest, index);
    if (!isServer) continue;
    if (candidate === name && candidate !== command.exeName && !isWitnessed(command, undefined, name)) continue;
    return { role: 'mcp-server', because: `the program is ${candidate}` };
  }
  return undefined;
}
