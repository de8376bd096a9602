import { interpreterOf } from '../command-line/interpreters.js';
import { isWindowsPath, programName, slashed } from '../command-line/program-name.js';
import { packageName } from '../command-line/runners.js';
import { type KnownPrograms, type NamedAs, shownWords } from '../command-line/shown.js';
import { HIDDEN, optionName, shownPath, shownValue } from '../command-line/shown-values.js';
import type { ProcessRecord } from '../process/record.js';
import { list } from './catalogue/agents/modes.js';
import { CATALOGUE, type Catalogue } from './catalogue/catalogue.js';
import type { AgentEntry } from './catalogue/entry.js';
import { isMcpName } from './catalogue/mcp-servers.js';
import { indexOf, type NameIndex, scriptAt } from './catalogue/name-index.js';
import type { Classification } from './membership.js';
import { isSessionId, type ModeStart, partsOf } from './recognise/arguments.js';
import { HERMES_WORKER } from './recognise/by-interpreter.js';
import { shownToolText } from './recognise/tool-shells.js';

/**
 * The command line of a process as far as it may be printed and saved: names of programs, scripts, packages, commands
 * and options, values of known kinds, plain paths, addresses without what may be secret in them. Everything else,
 * prompts above all, is `…`. What is left is still taken for what the process was.
 *
 * @param member what the process is for an agent, where that is known
 * @returns `undefined` where no command line is known
 */
export function shownArgv(
  record: Pick<ProcessRecord, 'argv' | 'argvIsSplitText'>,
  member?: Pick<Classification, 'agent' | 'role'>,
  catalogue: Catalogue = CATALOGUE,
): readonly string[] | undefined {
  const { argv, argvIsSplitText: split = false } = record;
  if (argv === undefined) return undefined;
  const index = indexOf(catalogue);
  const itself = member?.role === 'tool' || member?.role === 'mcp-server' ? undefined : member?.agent;
  return shownWords(argv, knownPrograms(index, split, itself === undefined ? undefined : { argv, name: itself }));
}

function knownPrograms(
  index: NameIndex,
  split: boolean,
  itself: { readonly argv: readonly string[]; readonly name: string } | undefined,
): KnownPrograms {
  return {
    split,
    isKnown: (name) => name.length <= MOST_LETTERS && isKnownName(index, name),
    textMark: shownToolText,
    agentWords: (name, as, rest) => {
      if (name.length > MOST_LETTERS) return undefined;
      if (as === 'module' && name === HERMES_WORKER) return rest.map(hermesWord);
      const found = entryOf(index, name, as);
      if (found !== undefined) return agentWords({ ...found, name, index, split }, rest);
      // Known by its executable alone, whatever it calls itself.
      if (itself === undefined || as !== 'program' || itself.argv[0] !== name || isKnownName(index, name)) {
        return undefined;
      }
      const entry = index.byName.get(itself.name);
      return entry === undefined || !isPlainProgram(name)
        ? undefined
        : agentWords({ entry, start: {}, name, index, split }, rest);
    },
  };
}

/** The key of a chat is the name of its session: `20260522_151218_2f8066`. */
function hermesWord(word: string): string {
  return word === '--session-key' || /^[\d_]{4,20}[\da-f_]{0,12}$/.test(word) ? word : HIDDEN;
}

/** No interpreter, no shell, no runner: those are read by what they run. */
function isPlainProgram(word: string): boolean {
  const name = programName(word, true).split(' ')[0] ?? '';
  return interpreterOf(name) === undefined && !/^(npm|npx|pnpm|uvx?|bunx?|yarn|ld-.*|timeout|nohup|setsid)$/.test(name);
}

const MOST_LETTERS = 1024;

function isKnownName(index: NameIndex, word: string): boolean {
  const name = programName(word, isWindowsPath(word));
  const spec = packageName(word);
  return (
    index.programs.has(name) ||
    index.programs.has(programName(word, true)) ||
    index.packages.has(spec) ||
    index.mcpNames.has(spec) ||
    index.mcpCommands.has(name) ||
    isMcpName(name) ||
    isMcpName(spec) ||
    index.byPath.some(({ executablePaths }) => executablePaths?.test(slashed(word)))
  );
}

interface AgentStart {
  readonly entry: AgentEntry;
  readonly start: ModeStart;
}

function entryOf(index: NameIndex, name: string, as: NamedAs): AgentStart | undefined {
  switch (as) {
    case 'package':
      return started(index.packages.get(name));
    case 'module':
      return started(index.modules.get(name));
    case 'script': {
      const script = scriptAt(index, name);
      return started(script?.entry ?? index.programs.get(programName(name, isWindowsPath(name)))?.entry);
    }
    case 'program': {
      const known =
        index.programs.get(programName(name, isWindowsPath(name))) ?? index.programs.get(programName(name, true));
      if (known === undefined) {
        return started(index.byPath.find(({ executablePaths }) => executablePaths?.test(slashed(name))));
      }
      const { entry, companion } = known;
      return { entry, start: companion === undefined ? {} : { commands: companion.below ?? {} } };
    }
  }
}

function started(entry: AgentEntry | undefined): AgentStart | undefined {
  return entry === undefined ? undefined : { entry, start: {} };
}

interface AgentLine extends AgentStart {
  readonly name: string;
  readonly index: NameIndex;
  readonly split: boolean;
}

function agentWords(line: AgentLine, words: readonly string[]): readonly string[] {
  const { entry, name, split } = line;
  // A link to an interpreter under an agent's name has its script first.
  const script = /\.[cm]?[jt]s$/.test(words[0] ?? '') ? shownPath(words[0] ?? '') : undefined;
  const shown: string[] = script === undefined ? [] : [script];
  for (const part of partsOf(entry, script === undefined ? words : words.slice(1), [slashed(name)], line.start)) {
    switch (part.kind) {
      case 'command':
        shown.push(part.word);
        break;
      case 'id':
        shown.push(isSessionId(part.word) ? part.word : HIDDEN);
        break;
      case 'positional':
        shown.push(shownPositional(entry, part.word));
        // In joined text the words of a prompt may look like options and paths.
        if (split && shown.at(-1) === HIDDEN) return shown;
        break;
      case 'option': {
        const known = isOptionOf(entry, part.name) ? part.name : optionName(part.name);
        const value = part.value === undefined ? '' : `=${shownOptionValue(entry, part.name, part.value)}`;
        shown.push(known === undefined ? HIDDEN : `${known}${value}`);
        break;
      }
      case 'value':
        shown.push(shownOptionValue(entry, part.of, part.word));
        if (split && entry.promptFlags?.includes(part.of) === true) return shown;
        break;
      case 'rest':
        shown.push(...restWords(line, part.words));
        break;
    }
  }
  return shown;
}

/** Behind `--` stands a prompt, or the whole command line that a pty host runs. */
function restWords(line: AgentLine, words: readonly string[]): readonly string[] {
  const [dashes = '--', program, ...after] = words;
  if (program === undefined) return [dashes];
  const own = program.length > MOST_LETTERS ? undefined : entryOf(line.index, program, 'program');
  const path = shownPath(program);
  if (own?.entry !== line.entry || path === undefined) return [dashes, HIDDEN];
  return [dashes, path, ...agentWords({ ...line, ...own, name: program }, after)];
}

function shownPositional(entry: AgentEntry, word: string): string {
  if (word === '' || word === '-') return word;
  const { commands, positional } = entry.foreign ?? {};
  if (commands?.includes(word) === true) return word;
  const path = shownPath(word);
  // `/compact` is what somebody said to the agent.
  if (path !== undefined && !/^\/[^/]*$/.test(path)) return path;
  if (positional?.test(word) !== true) return HIDDEN;
  if (/^\d+$/.test(word)) return '0';
  // Another maker's program of the same name: no more is kept than what tells so.
  const scheme = /^[a-z]{2,10}:\/\//.exec(word)?.[0];
  const extension = /\.[A-Za-z]\w{0,4}$/.exec(word)?.[0] ?? '';
  return scheme === undefined ? `./${HIDDEN}${extension}` : `${scheme}${HIDDEN}`;
}

function isOptionOf(entry: AgentEntry, name: string): boolean {
  return (
    (entry.flags !== undefined && Object.hasOwn(entry.flags, name)) ||
    entry.values?.includes(name) === true ||
    entry.lists?.includes(name) === true ||
    entry.foreign?.options?.includes(name) === true
  );
}

function shownOptionValue(entry: AgentEntry, option: string, value: string): string {
  if (entry.promptFlags?.includes(option) === true) return value === '' ? value : HIDDEN;
  if (entry.sessionFlags?.includes(option) === true) return isSessionId(value) ? value : HIDDEN;
  const isWord =
    VOCABULARY.has(option) && (entry.values?.includes(option) === true || entry.lists?.includes(option) === true);
  return shownValue(option, value, isWord);
}

/** Options of agents whose value is a word of the agent's own: a model, a mode, a format. */
const VOCABULARY: ReadonlySet<string> = new Set([
  ...list('--model -m --fallback-model --small-model --effort --reasoning-effort --thinking --variant'),
  ...list('--permission-mode --approval-mode --ask-for-approval -a --sandbox --mode --auto --auth-type'),
  ...list('--output-format --input-format --format -o --setting-sources --log-level --provider'),
  ...list('--permission-prompt-tool --teammate-mode --edit-format --origin --local-provider --color'),
]);
