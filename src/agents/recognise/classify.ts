import { interpreterOf } from '../../command-line/interpreters.js';
import { isVersionName, isWindowsPath, programName, slashed } from '../../command-line/program-name.js';
import { joinedPaths } from '../../command-line/words.js';
import { withoutDeleted } from '../../process/record.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import { isMcpName } from '../catalogue/mcp-servers.js';
import { indexOf, MOST_MET, type NameIndex, type ProgramFacts } from '../catalogue/name-index.js';
import { throughInterpreter } from './by-interpreter.js';
import { byProgram, mcpByProgram } from './by-program.js';
import { throughWrapper } from './by-wrapper.js';
import type { Command, Recognition, Row, Scope } from './recognition.js';

/**
 * What a process is for an agent, by its own row. Structure decides: the basename of its executable or of
 * argv[0], or an interpreter and the script that it runs; never a part of the whole command line. `undefined`
 * for everything else, zombies and kernel threads included.
 *
 * @param platform Windows' names are the same in any case; a path tells the platform where none is given.
 */
export function classify(row: Row, catalogue: Catalogue, platform?: NodeJS.Platform): Recognition | undefined {
  // A zombie has a name left, and nothing else.
  if (row.state === 'Z' || row.state === 'X') return undefined;
  const index = indexOf(catalogue);
  const exe = row.exe === '' || row.exe === WSL_INTEROP ? undefined : row.exe;
  const argv = row.argv;
  if (argv === undefined && exe === undefined) return byCommAlone(row.comm, index, platform);
  const first = argv?.[0] ?? '';
  if (first === '' && exe === undefined) return undefined;

  const onWindows = platform === 'win32';
  const firstFacts = factsOf(first, onWindows, index);
  const exeFacts = exe === undefined ? undefined : factsOf(exe, onWindows, index);
  const split = row.argvIsSplitText === true;
  // Most processes of a machine end here: neither name is one that needs a closer look.
  if (
    !firstFacts.matters &&
    exeFacts?.matters !== true &&
    !(exe === undefined && isInterpreter(row.comm)) &&
    !(split && isTorn(first))
  ) {
    return undefined;
  }

  const words = split
    ? joinedPaths(argv ?? [], [exe === undefined ? undefined : withoutDeleted(exe), row.comm])
    : unpadded(argv ?? []);
  return recognise(
    {
      words: words.length === 0 ? [exeFacts?.name ?? ''] : words,
      exe: exe === undefined ? undefined : slashed(exe),
      exeName: exeFacts?.name,
      comm: row.comm,
      split,
      windows: onWindows || firstFacts.windows || exeFacts?.windows === true,
    },
    scopeOf(index),
  );
}

function scopeOf(index: NameIndex): Scope {
  const scope: Scope = {
    index,
    within: (words, { split, windows }) =>
      words.length === 0 ? undefined : recognise({ words, split, windows }, scope),
  };
  return scope;
}

/** WSL starts Windows programs through its init, which then is the executable that Linux sees. */
const WSL_INTEROP = '/init';

/** Trailing empty elements are what is left of a longer title; inner ones are real arguments. */
function unpadded(argv: readonly string[]): readonly string[] {
  let end = argv.length;
  while (end > 1 && argv[end - 1] === '') end -= 1;
  return end === argv.length ? argv : argv.slice(0, end);
}

function isInterpreter(comm: string | undefined): boolean {
  return comm !== undefined && interpreterOf(comm) !== undefined;
}

/** Whether a split at blanks may have cut the program's own path. */
function isTorn(first: string): boolean {
  return first.startsWith('/') || isWindowsPath(first);
}

/** What a path says by itself; looked up, because a machine runs few programs many times. */
function factsOf(path: string, onWindows: boolean, index: NameIndex): ProgramFacts {
  const key = onWindows ? `\0${path}` : path;
  const known = index.met.get(key);
  if (known !== undefined) return known;
  const windows = onWindows || isWindowsPath(path);
  const name = programName(path, windows);
  const facts = { name, windows, matters: matters(name, path, index) };
  // A watch sees new paths for as long as it runs.
  if (index.met.size >= MOST_MET) index.met.clear();
  index.met.set(key, facts);
  return facts;
}

/** Whether a name can matter at all: known, an interpreter, a runner, a version, a title with blanks, or MCP. */
function matters(name: string, path: string, index: NameIndex): boolean {
  return (
    index.programs.has(name) ||
    // Behind a caller's own argv[0] Windows' way to write a name may stand.
    index.programs.has(name.toLowerCase()) ||
    interpreterOf(name) !== undefined ||
    OTHERS.has(name) ||
    isVersionName(name) ||
    index.mcpNames.has(name) ||
    index.mcpCommands.has(name) ||
    isMcpName(name) ||
    isLoader(name) ||
    (path.includes(' ') && isTitle(path, index))
  );
}

/** A first word with blanks in it whose beginning is known: `claude bg-spare`, `npm exec …`. */
function isTitle(path: string, index: NameIndex): boolean {
  const head = programName(path.slice(0, path.indexOf(' ')), false);
  return index.programs.has(head) || OTHERS.has(head);
}

const OTHERS: ReadonlySet<string> = new Set([
  ...['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'bunx', 'uv', 'uvx', 'pipx'],
  ...['docker', 'podman', 'nerdctl', 'disclaimer', 'volta-shim'],
]);

function recognise(command: Command, scope: Scope): Recognition | undefined {
  const { index } = scope;
  const [first = '', ...rest] = command.words;
  const name = programName(first, command.windows);
  if (isLoader(name)) return throughLoader(rest, command, scope);

  const named = titled(command, name, index);
  const agent = byProgram(named, index);
  if (agent !== 'none') return agent === 'other' ? undefined : agent;
  return throughWrapper(named, scope) ?? throughInterpreter(command, scope) ?? mcpByProgram(command, name, index);
}

/** `argv[0]` that holds a whole command: `claude bg-spare`, `npm exec mcp-server-git`. */
function titled(command: Command, name: string, index: NameIndex): Command {
  const [first = '', ...rest] = command.words;
  const blank = first.indexOf(' ');
  if (blank === -1) return command;
  const head = programName(first.slice(0, blank), command.windows);
  const isAgent = index.programs.has(head) && !index.programs.has(name);
  if (!isAgent && !OTHERS.has(head)) return command;
  return { ...command, words: [...first.split(' ').filter((word) => word !== ''), ...rest] };
}

/** Without arguments and executable there is only a name, which on Windows the desktop application shares. */
function byCommAlone(
  comm: string | undefined,
  index: NameIndex,
  platform: NodeJS.Platform | undefined,
): Recognition | undefined {
  if (comm === undefined || comm === '') return undefined;
  const onWindows = platform === 'win32';
  const { name } = factsOf(comm, onWindows, index);
  const known = index.programs.get(name);
  if (known === undefined || known.companion !== undefined) return undefined;
  const { name: agent, bare } = known.entry;
  const because = `its name is ${onWindows ? comm : name}`;
  const row = { agent, role: bare?.role ?? 'session', sharedName: true, because } as const;
  return onWindows ? { ...row, because: `${because}, and no more can be read`, nameOnly: true } : row;
}

/** `/lib64/ld-linux-x86-64.so.2 PROGRAM …`: the loader started by hand is the program's executable. */
function throughLoader(words: readonly string[], command: Command, scope: Scope): Recognition | undefined {
  let at = 0;
  while (words[at]?.startsWith('--') === true) {
    at += /^--(library-path|argv0|preload|inhibit-rpath|audit|glibc-hwcaps-\w+)$/.test(words[at] ?? '') ? 2 : 1;
  }
  const program = words[at];
  if (program === undefined) return undefined;
  const path = slashed(program);
  return recognise(
    {
      ...command,
      words: words.slice(at),
      exe: path,
      exeName: programName(program, command.windows),
      comm: undefined,
    },
    scope,
  );
}

function isLoader(name: string): boolean {
  return name.startsWith('ld') && /^ld(-linux[\w-]*|-musl[\w-]*|64)?\.so/.test(name);
}
