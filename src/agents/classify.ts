import { DELETED, type ProcessRecord } from '../process/record.js';
import type { Catalogue } from './catalogue.js';
import type { AgentEntry, ScriptPlace, Use } from './entry.js';
import { healed, type Interpreter, interpreterOf, plainWords, type Ran, ranBy } from './interpreters.js';
import { isMcpName, isMcpScript, packageName } from './mcp-servers.js';
import type { Classification, Role } from './membership.js';
import { indexOf, type KnownProgram, type NameIndex, type ProgramFacts } from './name-index.js';
import { isCommOf, isVersionName, isWindowsPath, programName, slashed } from './program-name.js';
import { readUse } from './use.js';
import { containerImage, packageWords, runnerScript, toolShellAgent } from './wrappers.js';

/** What a row alone tells, and what a look at its children may change about it. */
export interface Recognition extends Classification {
  /**
   * It may only stand in front of the real process, which its children tell:
   * `shim`: said to be a launcher, and is {@link couldBe} where nothing of the agent runs below it;
   * `relaunch`: a launcher where a child is the same script with the same arguments;
   * `front`: a launcher where any child is the same agent.
   */
  readonly stands?: 'shim' | 'relaunch' | 'front' | undefined;
  /** What its command line asks for. */
  readonly couldBe?: Use | undefined;
  /** The words after the agent's own name, for comparing a relaunched child with its parent. */
  readonly words?: readonly string[] | undefined;
}

/** What {@link classify} looks at. */
export type Row = Pick<ProcessRecord, 'comm' | 'exe' | 'argv' | 'argvIsSplitText' | 'state'>;

/**
 * What a process is for an agent, by its own row. Structure decides: the basename of its executable or of
 * argv[0], or an interpreter and the script that it runs; never a part of the whole command line. `undefined`
 * for everything else, zombies and kernel threads included.
 *
 * @param platform Windows' names are the same in any case; a path tells the platform where none is given.
 */
export function classify(
  row: Row,
  catalogue: Catalogue,
  platform?: NodeJS.Platform,
): Recognition | undefined {
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
  if (!firstFacts.matters && exeFacts?.matters !== true && !(split && isTorn(first))) return undefined;

  const words = split ? healed(argv ?? [], [exe?.replace(DELETED, ''), row.comm]) : unpadded(argv ?? []);
  return recognise(
    {
      words: words.length === 0 ? [exeFacts?.name ?? ''] : words,
      exe: exe === undefined ? undefined : slashed(exe),
      exeName: exeFacts?.name,
      comm: row.comm,
      split,
      windows: onWindows || firstFacts.windows || exeFacts?.windows === true,
    },
    index,
  );
}

/** WSL starts Windows programs through its init, which then is the executable that Linux sees. */
const WSL_INTEROP = '/init';

/** A row taken apart. */
interface Command {
  readonly words: readonly string[];
  readonly exe?: string | undefined;
  readonly exeName?: string | undefined;
  readonly comm?: string | undefined;
  readonly split: boolean;
  readonly windows: boolean;
}

/** Trailing empty elements are what is left of a longer title; inner ones are real arguments. */
function unpadded(argv: readonly string[]): readonly string[] {
  let end = argv.length;
  while (end > 1 && argv[end - 1] === '') end -= 1;
  return end === argv.length ? argv : argv.slice(0, end);
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

const MOST_MET = 4096;

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
  ...['docker', 'podman', 'nerdctl', 'disclaimer'],
]);

function recognise(command: Command, index: NameIndex): Recognition | undefined {
  const [first = '', ...rest] = command.words;
  const name = programName(first, command.windows);
  if (isLoader(name)) return throughLoader(rest, command, index);

  const named = titled(command, name, index);
  const agent = byProgram(named, index);
  if (agent !== 'none') return agent === 'other' ? undefined : agent;

  const wrapped = throughWrapper(named, index);
  if (wrapped !== undefined) return wrapped;
  const interpreted = throughInterpreter(command, name, index);
  if (interpreted !== undefined) return interpreted;
  return mcpByProgram(command, name, index);
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

/** An agent's own program. `other`: a program of this name or file, but not an agent's. */
function byProgram(command: Command, index: NameIndex): Recognition | 'none' | 'other' {
  const [first = '', ...words] = command.words;
  const { exe, exeName } = command;
  const name = programName(first, command.windows);
  const byFirst = index.programs.get(name);
  const byExe = exeName === undefined ? undefined : (index.programs.get(exeName) ?? byPath(exe ?? '', index));
  if (byExe !== undefined) {
    if (byExe.entry.multiCall?.includes(name) === true) return 'other';
    const program = byFirst?.entry === byExe.entry && byFirst.companion !== undefined ? byFirst : byExe;
    const known = asProgram(program, words, command, `its executable is ${exeName}`);
    return known ?? 'other';
  }
  if (byFirst !== undefined) {
    if (!isWitnessed(command, byFirst.entry, name)) return 'none';
    const own = runsScriptOfItsOwn(words) ? words.slice(1) : words;
    const known = asProgram(byFirst, own, command, `argv[0] is ${name}`);
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
    return (
      asProgram({ entry }, words, command, `argv[0] is ${name}, with options of ${entry.name}`) ?? 'none'
    );
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
const VERSION_SWITCHES: ReadonlySet<string> = new Set([
  'volta-shim',
  'mise',
  'rtx',
  'asdf',
  'proto-shim',
  'shim',
]);

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
      const use = companion.below?.[words[0] ?? ''];
      if (use === undefined) return undefined;
      return asUse(entry, words.slice(1), paths, command, because, { use, commands: {} });
    }
    return asUse(entry, words, paths, command, because, { use: companion, commands: companion.below ?? {} });
  }
  const found = asUse(entry, words, paths, command, because);
  if (found === undefined) return undefined;
  const name = programName(command.words[0] ?? '', command.windows);
  const isFront = entry.fronts?.includes(name) === true || paths.some((path) => SHIM_FOLDER.test(path));
  return isFront ? { ...found, stands: 'front' } : found;
}

/** Scoop and Chocolatey put small programs of the same name in front of the real one, which wait for it. */
const SHIM_FOLDER = /\/(scoop\/shims|chocolatey\/bin)\/[^/]+$/i;

function asUse(
  entry: AgentEntry,
  words: readonly string[],
  paths: readonly string[],
  command: Command,
  because: string,
  start: Parameters<typeof readUse>[4] = {},
): Recognition | undefined {
  const read = readUse(entry, words, paths, command.split, start);
  if (read === undefined) return undefined;
  return {
    agent: entry.name,
    role: read.use.role,
    daemon: read.use.daemon,
    sessionId: read.sessionId,
    because,
    words,
  };
}

/** Without arguments and executable there is only a name, which on Windows the desktop application shares. */
function byCommAlone(
  comm: string | undefined,
  index: NameIndex,
  platform: NodeJS.Platform | undefined,
): Recognition | undefined {
  if (comm === undefined || comm === '' || platform === 'win32') return undefined;
  const name = programName(comm, false);
  const known = index.programs.get(name);
  if (known === undefined || known.companion !== undefined) return undefined;
  const role: Role = known.entry.bare?.role ?? 'session';
  return { agent: known.entry.name, role, because: `its name is ${name}` };
}

/** `/lib64/ld-linux-x86-64.so.2 PROGRAM …`: the loader started by hand is the program's executable. */
function throughLoader(
  words: readonly string[],
  command: Command,
  index: NameIndex,
): Recognition | undefined {
  let at = 0;
  while (words[at]?.startsWith('--') === true) {
    at += /^--(library-path|argv0|preload|inhibit-rpath|audit|glibc-hwcaps-\w+)$/.test(words[at] ?? '')
      ? 2
      : 1;
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
    index,
  );
}

function isLoader(name: string): boolean {
  return name.startsWith('ld') && /^ld(-linux[\w-]*|-musl[\w-]*|64)?\.so/.test(name);
}

/** Programs that run the command which is in their own arguments, and are known to do nothing else. */
function throughWrapper(command: Command, index: NameIndex): Recognition | undefined {
  const [first = '', ...words] = command.words;
  const name = programName(first, command.windows);
  switch (name) {
    case 'disclaimer':
      return asWrapper(recogniseWords(words, command, index), 'disclaimer runs it');
    case 'docker':
    case 'podman':
    case 'nerdctl': {
      const image = containerImage(words);
      const isServer = image !== undefined && (/^(docker\.io\/)?mcp\//.test(image) || isMcpName(image));
      return isServer ? { role: 'mcp-server', because: `${name} runs the image ${image}` } : undefined;
    }
    default:
      return byPackage(packageWords(name, words), name, command, index);
  }
}

function byPackage(
  packaged: readonly string[] | undefined,
  runner: string,
  command: Command,
  index: NameIndex,
): Recognition | undefined {
  const [name, ...rest] = packaged ?? [];
  if (packaged === undefined || name === undefined) return undefined;
  const because = `${runner} runs ${name}`;
  const entry = index.packages.get(name);
  if (entry !== undefined) return { agent: entry.name, role: 'launcher', because };
  if (isMcpName(name) || isKnownMcp(name, rest, index)) return { role: 'mcp-server', because };
  return asWrapper(recogniseWords(packaged, command, index), because);
}

function isKnownMcp(name: string, rest: readonly string[], index: NameIndex): boolean {
  if (index.mcpNames.has(name)) return true;
  return index.mcpCommands.get(name)?.has(rest.find((word) => !word.startsWith('-')) ?? '') === true;
}

/** A command inside another's arguments, taken as a process of its own. */
function recogniseWords(
  words: readonly string[],
  command: Pick<Command, 'split' | 'windows'>,
  index: NameIndex,
): Recognition | undefined {
  if (words.length === 0) return undefined;
  return recognise({ words, split: command.split, windows: command.windows }, index);
}

/** What stands above an agent is its launcher; what stands above an MCP server is part of it. */
function asWrapper(inner: Recognition | undefined, because: string): Recognition | undefined {
  if (inner === undefined || inner.role === 'tool' || inner.role === 'host-worker') return undefined;
  if (inner.role === 'mcp-server') {
    return { agent: inner.agent, role: 'mcp-server', because };
  }
  return { agent: inner.agent, role: 'launcher', because };
}

function throughInterpreter(command: Command, name: string, index: NameIndex): Recognition | undefined {
  const byName = interpreterOf(name);
  // A caller may have given an interpreter any argv[0]: cursor-agent's own node is called `cursor-agent`.
  const interpreter = byName ?? interpreterOf(command.exeName ?? '');
  if (interpreter === undefined) return undefined;
  const ran = ranBy(interpreter, command.words.slice(1));
  if (ran === undefined) return undefined;
  const program = byName === undefined ? (command.exeName ?? name) : name;
  switch (ran.kind) {
    case 'text':
      return interpreter === 'cmd'
        ? batchFile(ran.text, command, index)
        : shellText(ran.text, command, index);
    case 'module':
      return byModule(ran.name, ran.rest, program, command, index);
    case 'script':
      return byScript(ran, interpreter, program, command, index);
  }
}

function byScript(
  ran: Ran & { kind: 'script' },
  interpreter: Interpreter,
  program: string,
  command: Command,
  index: NameIndex,
): Recognition | undefined {
  const path = command.windows ? ran.path.replaceAll('\\', '/') : ran.path;
  const because = `${program} runs ${path}`;
  if (interpreter === 'javascript') {
    const script = index.anyScript.test(path)
      ? index.scripts.find(({ place }) => place.path.test(path))
      : undefined;
    if (script !== undefined) {
      return asScript(script.entry, script.place.is, ran.rest, path, command, because, script.place.use);
    }
    const runner = runnerScript(path);
    if (runner !== undefined) {
      return byPackage(packageWords(runner, ran.rest), runner, command, index);
    }
  }
  const file = programName(path, command.windows);
  const known = index.programs.get(file);
  if (known !== undefined && known.companion === undefined) {
    const { entry } = known;
    const isOwn =
      interpreter === 'shell' || interpreter === 'powershell' || entry.interpreter === interpreter;
    const isThere = BIN_FOLDER.test(path) || (command.comm !== undefined && isCommOf(command.comm, file));
    if (isOwn && isThere) {
      const is =
        interpreter === 'powershell' ? 'wrapper' : interpreter === 'shell' ? 'front' : entry.binScript;
      return asScript(entry, is ?? 'itself', ran.rest, path, command, because);
    }
  }
  const isServer =
    interpreter !== 'shell' || BIN_FOLDER.test(path) || isMcpName(file)
      ? isMcpScript(path) || isKnownMcp(file, ran.rest, index) || endsAsMcp(path, index)
      : endsAsMcp(path, index);
  return isServer ? { role: 'mcp-server', because } : undefined;
}

/** Where installers put programs: an agent's name there is the agent, elsewhere it may be anyone's file. */
const BIN_FOLDER = /(^|\/)(s?bin|\.bin|shims|pnpm|npm|\.claude\/local)\/[^/]+$/;

function endsAsMcp(path: string, index: NameIndex): boolean {
  return index.mcpScriptEnds.some((end) => `/${path}`.endsWith(end));
}

function asScript(
  entry: AgentEntry,
  is: ScriptPlace['is'] | 'front',
  words: readonly string[],
  path: string,
  command: Command,
  because: string,
  use?: Use,
): Recognition | undefined {
  if (is === 'wrapper') return { agent: entry.name, role: 'launcher', because };
  const read = readUse(entry, words, [path], command.split, use === undefined ? {} : { use, commands: {} });
  if (read === undefined) return undefined;
  const base = {
    agent: entry.name,
    sessionId: read.sessionId,
    because,
    words,
  };
  if (is === 'shim') return { ...base, role: 'launcher', stands: 'shim', couldBe: read.use };
  return {
    ...base,
    role: read.use.role,
    daemon: read.use.daemon,
    stands: is === 'front' ? 'front' : entry.relaunches === true ? 'relaunch' : undefined,
  };
}

function byModule(
  name: string,
  rest: readonly string[],
  program: string,
  command: Command,
  index: NameIndex,
): Recognition | undefined {
  const because = `${program} runs the module ${name}`;
  const entry = index.modules.get(name);
  if (entry !== undefined) return asScript(entry, 'itself', rest, '', command, because);
  if (name === HERMES_WORKER) {
    const at = rest.indexOf('--session-key');
    const key = at === -1 ? undefined : rest[at + 1];
    return { role: 'host-worker', sessionId: key, because };
  }
  const top = name.split('.', 1)[0] ?? '';
  const isServer = isMcpName(top) || isMcpName(name) || isKnownMcp(top, rest, index);
  return isServer ? { role: 'mcp-server', because } : undefined;
}

/** Hermes starts one per session. */
const HERMES_WORKER = 'tui_gateway.slash_worker';

/** The text of a shell: a tool call by its shape, or the one command that npm's `exec` hands to `sh -c`. */
function shellText(text: string, command: Command, index: NameIndex): Recognition | undefined {
  const tool = toolShellAgent(text);
  if (tool !== undefined && index.byName.has(tool)) {
    return { agent: tool, role: 'tool', because: `its text is that of a tool call of ${tool}` };
  }
  const words = plainWords(text);
  if (words === undefined) return undefined;
  const start = words.findIndex((word) => word !== 'exec' && !/^[A-Za-z_]\w*=/.test(word));
  if (start === -1) return undefined;
  const inner = asWrapper(recogniseWords(words.slice(start), command, index), `a shell runs ${words[start]}`);
  // A person's `sh -c "claude -p …"` is not the agent; npm quotes the name of what it runs, a person does not.
  return inner?.role === 'mcp-server' || text.startsWith("'") ? inner : undefined;
}

/** `cmd /c NAME.cmd …`: a batch file has no process but the one of its interpreter. */
function batchFile(text: string, command: Command, index: NameIndex): Recognition | undefined {
  // `cmd /s` takes off the outermost quotes and leaves what is between.
  const line = /^"(.*)"$/s.exec(text.trim())?.[1] ?? text.trim();
  const found = /^"([^"]+)"|^(\S+)/.exec(line);
  const program = found?.[1] ?? found?.[2] ?? '';
  const known = index.programs.get(programName(program, true));
  if (known !== undefined && known.companion === undefined) {
    if (!/\.(cmd|bat)$/i.test(program)) return undefined;
    return { agent: known.entry.name, role: 'launcher', because: `cmd runs ${program}` };
  }
  const words = [program, ...line.slice(found?.[0].length ?? 0).split(/\s+/)].filter((word) => word !== '');
  const inner = asWrapper(recogniseWords(words, { ...command, windows: true }, index), `cmd runs ${program}`);
  return inner?.role === 'mcp-server' ? inner : undefined;
}

/** A program whose own name is that of an MCP server. */
function mcpByProgram(command: Command, name: string, index: NameIndex): Recognition | undefined {
  const rest = command.words.slice(1);
  const candidates = command.exeName === undefined ? [name] : [name, command.exeName];
  for (const candidate of candidates) {
    const isServer =
      isMcpName(candidate) ||
      isKnownMcp(candidate, rest, index) ||
      isKnownMcp(packageName(candidate), rest, index);
    if (!isServer) continue;
    if (candidate === name && candidate !== command.exeName && !isWitnessed(command, undefined, name))
      continue;
    return { role: 'mcp-server', because: `the program is ${candidate}` };
  }
  return undefined;
}
