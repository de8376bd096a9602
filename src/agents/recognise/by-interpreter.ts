import { type Interpreter, interpreterOf, type Ran, ranBy } from '../../command-line/interpreters.js';
import { isCommOf, programName } from '../../command-line/program-name.js';
import { packageName, packageWords, runnerScript } from '../../command-line/runners.js';
import { shownWord } from '../../command-line/shown-values.js';
import { plainWords } from '../../command-line/words.js';
import type { AgentEntry, Mode, ScriptPlace } from '../catalogue/entry.js';
import { isMcpName, isMcpScript, isServerCommand } from '../catalogue/mcp-servers.js';
import { type KnownProgram, scriptAt } from '../catalogue/name-index.js';
import { readMode } from './arguments.js';
import { byPackage } from './by-wrapper.js';
import { asWrapper, type Command, isKnownMcp, type Recognition, type Scope } from './recognition.js';
import { toolShellAgent } from './tool-shells.js';

export function throughInterpreter(command: Command, scope: Scope): Recognition | undefined {
  const name = programName(command.words[0] ?? '', command.windows);
  const byName = interpreterOf(name);
  // A caller may have given an interpreter any argv[0]: cursor-agent's own node is called `cursor-agent`.
  const really = command.exeName ?? programName(command.comm ?? '', command.windows);
  const interpreter = byName ?? interpreterOf(really);
  if (interpreter === undefined) return undefined;
  const ran = ranBy(interpreter, command.words.slice(1));
  if (ran === undefined) return undefined;
  const program = byName === undefined ? really : name;
  switch (ran.kind) {
    case 'text': {
      // A split at blanks cut the text too; what a shell's text is followed by is rare.
      const text = command.split ? [ran.text, ...ran.rest].join(' ') : ran.text;
      return interpreter === 'cmd' ? batchFile(text, command, scope) : shellText(text, command, scope);
    }
    case 'module':
      return byModule(ran.name, ran.rest, program, command, scope);
    case 'script':
      return byScript(ran, interpreter, program, command, scope);
  }
}

function byScript(
  ran: Ran & { kind: 'script' },
  interpreter: Interpreter,
  program: string,
  command: Command,
  scope: Scope,
): Recognition | undefined {
  const path = command.windows ? ran.path.replaceAll('\\', '/') : ran.path;
  const because = `${program} runs ${shownWord(path)}`;
  if (interpreter === 'javascript') {
    const script = scriptAt(scope.index, path);
    if (script !== undefined) {
      return asScript(script.entry, script.place.is, ran.rest, path, command, because, script.place.mode);
    }
    const spec = /^(npm|jsr):/.test(path) ? packageName(path) : undefined;
    if (spec !== undefined) return byPackage([spec, ...ran.rest], program, command, scope);
    const runner = runnerScript(path);
    if (runner !== undefined) {
      return byPackage(packageWords(runner, ran.rest), runner, command, scope);
    }
  }
  const file = programName(path, command.windows);
  const known = scope.index.programs.get(file);
  if (known !== undefined && BIN_FOLDER.test(path) && isAdapter(known, file)) {
    return { agent: known.entry.name, role: 'adapter', because };
  }
  if (known !== undefined && known.companion === undefined) {
    const { entry } = known;
    const isOwn =
      interpreter === 'shell' ||
      interpreter === 'powershell' ||
      ['any', interpreter].includes(entry.interpreter ?? 'javascript');
    const isThere = BIN_FOLDER.test(path) || (command.comm !== undefined && isCommOf(command.comm, file));
    const is = interpreter === 'powershell' ? 'wrapper' : interpreter === 'shell' ? 'front' : entry.binScript;
    if (isOwn && isThere && is !== 'none') {
      const found = asScript(entry, is, ran.rest, path, command, because);
      // A package manager made `node_modules/.bin`; elsewhere a file of that name may be anybody's.
      return found === undefined || path.includes('/node_modules/.bin/') ? found : { ...found, sharedName: true };
    }
  }
  const isServer =
    interpreter !== 'shell' || BIN_FOLDER.test(path) || isMcpName(file)
      ? isMcpScript(path) ||
        isServerCommand(path, ran.rest) ||
        isKnownMcp(file, ran.rest, scope.index) ||
        endsAsMcp(path, scope)
      : endsAsMcp(path, scope);
  return isServer ? { role: 'mcp-server', because } : undefined;
}

/** A script of the name of a native adapter only starts that, and waits: `node …/.bin/codex-acp`. */
function isAdapter({ companion }: KnownProgram, name: string): boolean {
  if (companion === undefined || !('role' in companion)) return false;
  return companion.role === 'adapter' || (companion.role === 'server' && name.endsWith('-acp'));
}

/** Where installers put programs: an agent's name there is the agent, elsewhere it may be anyone's file. */
const BIN_FOLDER = /(^|\/)(s?bin|\.bin|shims|pnpm|npm|\.claude\/local)\/[^/]+$/;

function endsAsMcp(path: string, scope: Scope): boolean {
  return scope.index.mcpScriptEnds.some((end) => `/${path}`.endsWith(end));
}

function asScript(
  entry: AgentEntry,
  is: ScriptPlace['is'] | 'front',
  words: readonly string[],
  path: string,
  command: Command,
  because: string,
  mode?: Mode,
): Recognition | undefined {
  if (is === 'wrapper') return { agent: entry.name, role: 'launcher', because };
  const read = readMode(entry, words, [path], command.split, mode === undefined ? {} : { mode, commands: {} });
  if (read === undefined) return undefined;
  const base = {
    agent: entry.name,
    sessionId: read.sessionId,
    because,
    words,
  };
  if (is === 'shim') return { ...base, role: 'launcher', mayLaunch: 'shim', withoutChild: read.mode };
  return {
    ...base,
    role: read.mode.role,
    daemon: read.mode.daemon,
    mayLaunch: is === 'front' ? 'front' : entry.relaunches === true ? 'relaunch' : undefined,
  };
}

function byModule(
  name: string,
  rest: readonly string[],
  program: string,
  command: Command,
  scope: Scope,
): Recognition | undefined {
  const because = `${program} runs the module ${shownWord(name)}`;
  const entry = scope.index.modules.get(name);
  if (entry !== undefined) return asScript(entry, undefined, rest, '', command, because);
  if (name === HERMES_WORKER) {
    const at = rest.indexOf('--session-key');
    const key = at === -1 ? undefined : rest[at + 1];
    return { role: 'host-worker', sessionId: key, because };
  }
  const top = name.split('.', 1)[0] ?? '';
  const isServer = isMcpName(top) || isMcpName(name) || isKnownMcp(top, rest, scope.index);
  return isServer ? { role: 'mcp-server', because } : undefined;
}

/** Hermes starts one per session. */
export const HERMES_WORKER = 'tui_gateway.slash_worker';

/** The text of a shell: a tool call by its shape, or the one command that npm's `exec` hands to `sh -c`. */
function shellText(text: string, command: Command, scope: Scope): Recognition | undefined {
  const tool = toolShellAgent(text);
  if (tool !== undefined && scope.index.byName.has(tool)) {
    return { agent: tool, role: 'tool', because: `its text is that of a tool call of ${tool}` };
  }
  const words = plainWords(text);
  if (words === undefined) return undefined;
  const start = words.findIndex((word) => word !== 'exec' && !/^[A-Za-z_]\w*=/.test(word));
  if (start === -1) return undefined;
  const inner = asWrapper(scope.within(words.slice(start), command), `a shell runs ${shownWord(words[start] ?? '')}`);
  // A person's `sh -c "claude -p …"` is not the agent; npm quotes the name of what it runs, a person does not.
  return inner?.role === 'mcp-server' || text.startsWith("'") ? inner : undefined;
}

/** `cmd /c NAME.cmd …`: a batch file has no process but the one of its interpreter. */
function batchFile(text: string, command: Command, scope: Scope): Recognition | undefined {
  // `cmd /s` takes off the outermost quotes and leaves what is between.
  const line = /^"(.*)"$/s.exec(text.trim())?.[1] ?? text.trim();
  const found = /^"([^"]+)"|^(\S+)/.exec(line);
  const program = found?.[1] ?? found?.[2] ?? '';
  const known = scope.index.programs.get(programName(program, true));
  if (known !== undefined && known.companion === undefined) {
    if (!/\.(cmd|bat)$/i.test(program)) return undefined;
    return { agent: known.entry.name, role: 'launcher', because: `cmd runs ${shownWord(program)}` };
  }
  const words = [program, ...line.slice(found?.[0].length ?? 0).split(/\s+/)].filter((word) => word !== '');
  const inner = asWrapper(scope.within(words, { ...command, windows: true }), `cmd runs ${shownWord(program)}`);
  return inner?.role === 'mcp-server' ? inner : undefined;
}
