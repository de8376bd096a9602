import { interpreterOf } from '../command-line/interpreters.js';
import { programName, slashed } from '../command-line/program-name.js';
import { packageName, packageWords } from '../command-line/runners.js';
import { plainWords } from '../command-line/words.js';
import { CATALOGUE, type Catalogue } from './catalogue/catalogue.js';
import type { AgentEntry } from './catalogue/entry.js';
import { indexOf, type NameIndex } from './catalogue/name-index.js';
import type { Classification } from './membership.js';
import { isSessionId, partsOf } from './recognise/arguments.js';
import { isSecretName, REDACTED, withoutSecrets } from './secrets.js';

const PROMPT = '<prompt>';

/**
 * A command line that may be saved and shown: without secrets, and without what people wrote to their agents.
 * Flags, commands, session ids, paths and names of models stay, so that the result is still taken for what the
 * original was.
 *
 * @param member what the process is for an agent, where that is known
 */
export function redactArgv(
  argv: readonly string[],
  member?: Pick<Classification, 'agent' | 'role'>,
  catalogue: Catalogue = CATALOGUE,
): readonly string[] {
  const index = indexOf(catalogue);
  const plain = withoutJson(argv);
  const entry = member?.agent === undefined ? undefined : index.byName.get(member.agent);
  if (entry !== undefined && member?.role !== 'tool' && member?.role !== 'mcp-server') {
    return ofAgent(plain, entry, index);
  }
  return ofOther(plain, index);
}

/** An agent's own command line, or that of its launcher. */
function ofAgent(argv: readonly string[], entry: AgentEntry, index: NameIndex): readonly string[] {
  const [first = '', second] = argv;
  const text = textAt(argv);
  if (text !== undefined) {
    return argv.map((word, at) => (at === text ? launcherText(word, entry, index) : withoutSecrets(word)));
  }
  const blank = first.indexOf(' ');
  if (second === undefined || blank > 0) {
    // A title: `claude bg-spare`, `npm exec @openai/codex fix it`.
    const words = first.split(' ');
    if (blank > 0 && !first.startsWith('/') && wordIndex(words, entry, index) !== -1) {
      const title = agentLine(words, entry, index).join(' ');
      return [title, ...agentWords(argv.slice(1), entry, index)];
    }
  }
  return agentLine(argv, entry, index);
}

/** The program and what it runs stay; the words after are the agent's. */
function agentLine(words: readonly string[], entry: AgentEntry, index: NameIndex): readonly string[] {
  const at = Math.max(wordIndex(words, entry, index), 0);
  // A link to an interpreter under an agent's name has its script first.
  const script = /\.[cm]?[jt]s$/.test(words[at + 1] ?? '') ? 1 : 0;
  const start = at + 1 + script;
  return [
    ...words.slice(0, start).map(withoutSecrets),
    ...agentWords(words.slice(start), entry, index, words[at]),
  ];
}

/** The word that names the agent: its script where there is one, else its program, package or module. */
function wordIndex(words: readonly string[], entry: AgentEntry, index: NameIndex): number {
  const packaged = packageWords(programName(words[0] ?? '', true), words.slice(1));
  if (packaged !== undefined) return words.length - packaged.length;
  const near = words.slice(0, FARTHEST);
  const script = near.findIndex(
    (word) => entry.scripts?.some(({ path }) => path.test(slashed(word))) === true,
  );
  if (script !== -1) return script;
  return near.findIndex((word) => {
    const name = unquoted(word);
    return (
      index.programs.get(programName(name, false))?.entry === entry ||
      index.programs.get(programName(name, true))?.entry === entry ||
      index.packages.get(packageName(name)) === entry ||
      index.modules.get(name) === entry
    );
  });
}

/** How many options of a launcher or interpreter may come before the agent's name. */
const FARTHEST = 24;

function agentWords(
  words: readonly string[],
  entry: AgentEntry,
  index: NameIndex,
  name = '',
): readonly string[] {
  const result: string[] = [];
  const push = (word: string): void => {
    if (word !== PROMPT || result.at(-1) !== PROMPT) result.push(word);
  };
  const companion = index.programs.get(programName(name, false))?.companion;
  const start = companion === undefined ? {} : { commands: companion.below ?? {} };
  for (const part of partsOf(entry, words, [slashed(name)], start)) {
    switch (part.kind) {
      case 'command':
      case 'id':
        push(part.word);
        break;
      case 'positional':
        push(isKept(part.word) ? withoutSecrets(part.word) : PROMPT);
        break;
      case 'option':
        push(
          part.value === undefined ? part.word : `${part.name}=${optionValue(part.value, part.name, entry)}`,
        );
        break;
      case 'value':
        push(optionValue(part.word, part.of, entry));
        break;
      case 'rest':
        for (const word of restWords(part.words, entry, index)) push(word);
        break;
    }
  }
  return result;
}

/** Behind `--` stands a prompt, or the whole command line that a pty host runs. */
function restWords(words: readonly string[], entry: AgentEntry, index: NameIndex): readonly string[] {
  const [dashes = '--', program, ...after] = words;
  if (program === undefined) return [dashes];
  const path = slashed(program);
  const isOwn =
    index.programs.get(programName(program, false))?.entry === entry ||
    entry.executablePaths?.test(path) === true;
  return isOwn ? [dashes, program, ...agentWords(after, entry, index, program)] : [dashes, PROMPT];
}

/** Paths, `-` for standard input, and what is redacted already. */
function isKept(word: string): boolean {
  return (
    word === '' ||
    word === '-' ||
    word === REDACTED ||
    /^(\/|~\/|\.{1,2}(\/|$)|[A-Za-z]:[\\/])\S*$/.test(word)
  );
}

function optionValue(value: string, option: string, entry: AgentEntry): string {
  if (entry.promptFlags?.includes(option) === true) return value === '' ? value : PROMPT;
  if (isSecretName(option.replace(/^-+/, ''))) return value === '' ? value : REDACTED;
  // `--resume "what was that about"` looks a conversation up by what was said in it.
  if (entry.sessionFlags?.includes(option) === true && /\s/.test(value) && !isSessionId(value)) return PROMPT;
  return withoutSecrets(value);
}

/** MCP servers, tools, and everyone else: no prompts of their own, but secrets all the same. */
function ofOther(argv: readonly string[], index: NameIndex): readonly string[] {
  const result: string[] = [];
  const mayWrap = asksAgent(argv);
  let isSecret = false;
  for (const [at, word] of argv.entries()) {
    if (isSecret && !word.startsWith('-')) {
      // `--header Authorization: Bearer V` of joined text.
      isSecret = /^(bearer|basic|token)$/i.test(word);
      result.push(isSecret ? word : REDACTED);
      continue;
    }
    const isText = /\s/.test(word);
    if (mayWrap && at > 0 && !isText) {
      const known = index.programs.get(programName(word, false));
      const after = argv.slice(at + 1);
      if (known !== undefined && asksAgent(after)) {
        return [...result, word, ...agentWords(after, known.entry, index, word)];
      }
    }
    isSecret = isSecretOption(word) || SECRET_FOLLOWS.test(word);
    result.push(isText ? withoutSecrets(withoutPrompts(word)) : withoutSecrets(singleWord(word)));
  }
  return result;
}

/** The first piece of a header that a split at blanks tore. */
const SECRET_FOLLOWS = /^["']?((proxy-)?authorization|x-[\w-]{0,40}(key|token|auth|secret)):?$|(^|:)bearer$/i;

/** Wrappers (`timeout 300 claude -p …`) carry an agent's command line in their own. */
function asksAgent(words: readonly string[]): boolean {
  return words.some((word) => ASKING.has(word));
}

const ASKING = new Set(['-p', '--print', '--prompt', '-x', '--execute', '--message', '-i', 'exec', 'run']);

/** The same inside a shell's text: what follows, up to the end of that command. */
function withoutPrompts(text: string): string {
  return AGENT_IN_TEXT.test(text) ? text.replace(PROMPT_IN_TEXT, `$1'${PROMPT}'`) : text;
}

const AGENT_IN_TEXT =
  /claude|codex|gemini|qwen|opencode|copilot|cursor-agent|amp|crush|goose|droid|aider|grok|kimi/;
const PROMPT_IN_TEXT =
  /((?:^|[\s/'"])(?:claude|codex|gemini|qwen|opencode|copilot|cursor-agent|amp|crush|goose|droid|aider|grok|kimi)(?:\.exe|\.cmd)?['"]?(?:\s+-[\w-]+(?:[= ][\w./][\w./-]*)?)*?\s+(?:-p|--print|--prompt|-x|--execute|--message|exec|run)\s+)(?!-)(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s|;&'"])+(?:\s+(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s|;&'"-][^\s|;&'"]*))*/g;

function isSecretOption(word: string): boolean {
  return /^--?[A-Za-z][\w-]*$/.test(word) && isSecretName(word.replace(/^-+/, ''));
}

/** `--token=V` and `NAME=V`, whatever V looks like. */
function singleWord(word: string): string {
  const equals = word.indexOf('=');
  if (equals < 1 || equals === word.length - 1) return word;
  const name = word.slice(0, equals);
  if (!/^-{0,2}[A-Za-z_][\w.-]*$/.test(name)) return word;
  return isSecretName(name.replace(/^-+/, '')) ? `${name}=${REDACTED}` : word;
}

/** Which element is a shell's or cmd's text. */
function textAt(argv: readonly string[]): number | undefined {
  const interpreter = interpreterOf(programName(argv[0] ?? '', true));
  if (interpreter !== 'shell' && interpreter !== 'cmd') return undefined;
  const at = argv.findIndex(
    (word, index) => index > 0 && (interpreter === 'cmd' ? /^\/[ck]$/i : /^-[A-Za-z]*c[A-Za-z]*$/).test(word),
  );
  return at === -1 || at + 1 >= argv.length ? undefined : at + 1;
}

/** A launcher's text keeps the quotes around its first word, by which npm's are known. */
function launcherText(text: string, entry: AgentEntry, index: NameIndex): string {
  const words = plainWords(text) ?? text.split(/\s+/);
  const line = agentLine(words, entry, index);
  const isQuoted = text.startsWith("'");
  return line
    .map((word, at) => ((at === 0 && isQuoted) || !/^[\w@%+=:,./\\-]+$/.test(word) ? `'${word}'` : word))
    .join(' ');
}

function unquoted(word: string): string {
  return /^'.*'$|^".*"$/.test(word) ? word.slice(1, -1) : word;
}

/** Options whose value is a JSON text in which hosts put headers with tokens. */
const JSON_OPTION =
  /^(--mcp-config|--settings|--additional-mcp-config|--agents|--managed-settings)(?:=(.*))?$/s;

/** Replaces JSON values, also those that a split at blanks left in pieces. A path to a file stays. */
function withoutJson(argv: readonly string[]): readonly string[] {
  if (!argv.some((word) => JSON_OPTION.test(word))) return argv;
  const result: string[] = [];
  let isValue = false;
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    const option = JSON_OPTION.exec(word);
    const value = option === null ? (isValue ? word : undefined) : option[2];
    if (value !== undefined && /^\s*['"]?[{[]/.test(value)) {
      let whole = value;
      while (isOpen(whole) && at + 1 < argv.length) {
        at += 1;
        whole += ` ${argv[at]}`;
      }
      result.push(option === null ? REDACTED : `${option[1]}=${REDACTED}`);
    } else {
      result.push(word);
    }
    // The option takes several values.
    isValue = option !== null ? option[2] === undefined : isValue && !word.startsWith('-');
  }
  return result;
}

/** Whether braces, brackets or a quoted string are still open. */
function isOpen(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (inString) {
      if (letter === '\\') at += 1;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
  }
  return inString || depth > 0;
}
