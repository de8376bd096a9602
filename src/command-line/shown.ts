import { type Interpreter, interpreterOf, ranBy } from './interpreters.js';
import { isWindowsPath, programName } from './program-name.js';
import { containerImage, packageWords, runnerScript } from './runners.js';
import { commandsOf, options, serverCommands } from './shown-options.js';
import { COMMANDS, RUNS_COMMAND } from './shown-programs.js';
import { HIDDEN, hiddenText, optionName, shownName, shownPath, shownProgram } from './shown-values.js';
import { joinedFolders, plainWords } from './words.js';

/** How a word names what runs. */
export type NamedAs = 'program' | 'script' | 'package' | 'module';

/** What is known of programs beyond these files: the agents, and the servers that their catalogue knows. */
export interface KnownPrograms {
  /** The words after an agent's name, as far as they may be shown; `undefined` for what is no agent's. */
  readonly agentWords: (name: string, as: NamedAs, rest: readonly string[]) => readonly string[] | undefined;
  /** Whether a program, script or package of this name may be named inside another's arguments. */
  readonly isKnown: (name: string) => boolean;
  /** A shell's text with nothing but the part by which its maker is known. */
  readonly textMark: (text: string) => string | undefined;
  /** The argv is a split of joined text at its blanks. */
  readonly split: boolean;
}

/** Most words that are looked at; the rest is hidden unread. */
const MOST_WORDS = 256;

/**
 * What may be shown of a command line: what is known to be harmless by its place, a program, a script, a package, a
 * command, the name of an option, a value of a known kind. Everything else is `…`. Time is linear in the length.
 */
export function shownWords(argv: readonly string[], known: KnownPrograms): readonly string[] {
  const cut = argv.slice(0, MOST_WORDS);
  const words = known.split ? joinedFolders(cut) : cut;
  const shown = line(words, known, 0);
  return merged(argv.length > MOST_WORDS ? [...shown, HIDDEN] : shown);
}

function line(words: readonly string[], known: KnownPrograms, depth: number): readonly string[] {
  const [first = '', ...rest] = words;
  if (words.length === 0) return [];
  if (depth > DEEPEST) return [HIDDEN];
  const title = titleWords(first, known);
  if (title !== undefined) return [line(title, known, depth + 1).join(' '), ...options(rest)];
  const name = nameOf(first);
  const head = shownProgram(first);
  const agent = known.agentWords(first, 'program', rest);
  if (agent !== undefined) return [head, ...agent];
  if (name === 'sleep')
    return [head, ...rest.map((word) => (/^\d{1,7}(\.\d{1,3})?[smhd]?$/.test(word) ? word : HIDDEN))];
  const interpreter = interpreterOf(name);
  const inner = { known, depth: depth + 1 };
  return [
    head,
    ...(container(name, rest, known) ??
      packaged(name, rest, inner) ??
      (interpreter === undefined ? undefined : interpreted(interpreter, rest, inner)) ??
      wrapped(name, rest, inner) ??
      options(rest, commandsOf(name, rest))),
  ];
}

interface Inner {
  readonly known: KnownPrograms;
  readonly depth: number;
}

/** How many command lines may stand inside one another. */
const DEEPEST = 6;

function nameOf(word: string): string {
  return word.length > 4096 ? '' : programName(word, isWindowsPath(word) || /\.(exe|cmd)$/i.test(word));
}

/** `claude bg-spare`, `npm exec mcp-server-git`: a whole command in one word. */
function titleWords(first: string, known: KnownPrograms): readonly string[] | undefined {
  const blank = first.indexOf(' ');
  if (blank <= 0 || first.length > 4096 || first.startsWith('/') || isWindowsPath(first)) return undefined;
  const words = first.split(' ').filter((word) => word !== '');
  const head = nameOf(words[0] ?? '');
  const isKnown = known.isKnown(words[0] ?? '') || COMMANDS.has(head) || interpreterOf(head) !== undefined;
  return isKnown || packageWords(head, words.slice(1)) !== undefined ? words.slice(0, MOST_WORDS) : undefined;
}

/** The package that a runner runs, and the package's own words. */
function packaged(name: string, rest: readonly string[], { known, depth }: Inner): readonly string[] | undefined {
  const found = packageWords(name, rest);
  if (found === undefined) return undefined;
  const after = found.slice(1);
  const before = rest.slice(0, rest.length - found.length);
  const spec = rest[before.length] ?? '';
  const own = options(before, commandsOf(name, before, true));
  const agent = known.agentWords(found[0] ?? '', 'package', after);
  if (agent !== undefined) return [...own, shownName(spec) ?? shownPath(spec) ?? HIDDEN, ...agent];
  const isProgram = interpreterOf(nameOf(spec)) !== undefined || RUNS_COMMAND.has(nameOf(spec));
  if (isProgram) return [...own, ...line([spec, ...after], known, depth)];
  const shown = isSpec(spec) ? spec : (shownName(spec) ?? shownPath(spec) ?? HIDDEN);
  return [...own, shown, ...options(after, serverCommands(after))];
}

/** `npm:@scope/name@1`, `git+https://…` is none. */
function isSpec(spec: string): boolean {
  return /^(npm|jsr):/.test(spec) && shownName(spec.slice(4)) !== undefined;
}

/** `docker run … IMAGE …`; values of options, and what runs inside, are as those of any program. */
function container(name: string, rest: readonly string[], known: KnownPrograms): readonly string[] | undefined {
  if (name !== 'docker' && name !== 'podman' && name !== 'nerdctl') return undefined;
  const image = containerImage(rest);
  const at =
    image === undefined
      ? -1
      : rest.findIndex((word) => word === image || word.startsWith(`${image}:`) || word.startsWith(`${image}@`));
  const word = rest[at];
  if (word === undefined) return undefined;
  const tagged = /^([^@]+)@sha256:[\da-f]+$/.exec(word)?.[1] ?? word;
  const before = rest.slice(0, at);
  const isServer = known.isKnown(image ?? '') || /^(docker\.io\/)?mcp\//.test(tagged);
  return [
    ...options(before, commandsOf(name, before)),
    isServer ? (shownName(tagged) ?? HIDDEN) : HIDDEN,
    ...options(rest.slice(at + 1)),
  ];
}

function interpreted(
  interpreter: Interpreter,
  rest: readonly string[],
  { known, depth }: Inner,
): readonly string[] | undefined {
  const ran = ranBy(interpreter, rest);
  if (ran === undefined) return undefined;
  if (ran.kind === 'text' && interpreter === 'cmd') {
    const at = rest.findIndex((word) => /^\/[ck]$/i.test(word));
    return [...rest.slice(0, at + 1).map(slashOption), shellText(ran.text, known, depth)];
  }
  const at = rest.length - ran.rest.length - 1;
  const own = ownWords(interpreter, rest.slice(0, at));
  switch (ran.kind) {
    case 'text': {
      const whole = known.split ? rest.slice(at).join(' ') : ran.text;
      return [...own, shellText(whole, known, depth), ...(known.split ? [] : options(ran.rest))];
    }
    case 'module': {
      const agent = known.agentWords(ran.name, 'module', ran.rest);
      return [...own, shownName(ran.name) ?? HIDDEN, ...(agent ?? options(ran.rest, serverCommands(ran.rest)))];
    }
    case 'script': {
      const word = rest[at] ?? '';
      const agent = known.agentWords(ran.path, 'script', ran.rest);
      const runner = runnerScript(ran.path);
      const run = runner === undefined ? undefined : packaged(runner, ran.rest, { known, depth });
      return [...own, shownScript(word), ...(agent ?? run ?? options(ran.rest, serverCommands(ran.rest)))];
    }
  }
}

/** `bun run FILE`, `node …/.bin/tsx FILE`: what stands between an interpreter and its script. */
function ownWords(interpreter: Interpreter, words: readonly string[]): readonly string[] {
  const shown = options(words);
  if (interpreter !== 'javascript') return shown;
  return words.map((word, at) => {
    if (word === 'run' || word === 'serve' || word === 'watch' || LOADER.test(word)) return word;
    return shown[at] ?? HIDDEN;
  });
}

const LOADER = /^(tsx|ts-node|ts-node-esm)$/;

function slashOption(word: string): string {
  return /^\/[a-z](:[a-z]+)?$/i.test(word) ? word : HIDDEN;
}

/** A script is what its interpreter's next word is, whatever it is called. */
function shownScript(word: string): string {
  return shownPath(word) ?? shownPath(word, true) ?? (isSpec(word) ? word : shownName(word)) ?? HIDDEN;
}

/** A shell's text: the words of a plain command, a maker's mark, or no more than its length. */
function shellText(text: string, known: KnownPrograms, depth: number): string {
  const mark = known.textMark(text);
  if (mark !== undefined) return mark;
  if (text.length > LONGEST_PLAIN) return hiddenText(text);
  const words = plainWords(text);
  if (words === undefined) return hiddenText(text);
  const start = words.findIndex((word) => word !== 'exec' && !/^[A-Za-z_]\w*=/.test(word));
  const program = words[start];
  if (program === undefined || !isRunnable(program, known)) return hiddenText(text);
  const before = words.slice(0, start).map((word) => (word === 'exec' ? word : HIDDEN));
  const shown = merged([...before, ...line(words.slice(start), known, depth)]);
  // npm quotes the name of what it runs, and is known by it.
  return shown
    .map((word, at) => ((at === 0 && text.startsWith("'")) || /[\s'"|&;<>()$`]/.test(word) ? `'${word}'` : word))
    .join(' ');
}

/** A program of which it is known how its words are read. */
function isRunnable(word: string, known: KnownPrograms): boolean {
  if (word.startsWith('-') || word.length > 512) return false;
  const name = nameOf(word);
  return (
    known.isKnown(word) ||
    COMMANDS.has(name) ||
    interpreterOf(name) !== undefined ||
    isWrapper(name) ||
    RUNNERS.has(name)
  );
}

const RUNNERS = new Set(['npx', 'bunx', 'pnpx', 'uvx']);

function isWrapper(name: string): boolean {
  return RUNS_COMMAND.has(name) || /^ld(-linux[\w-]*|-musl[\w-]*|64)?\.so/.test(name);
}

const LONGEST_PLAIN = 1000;

/** `timeout 300 claude …`: the command after a wrapper's own words, where it is a program that is known. */
function wrapped(name: string, rest: readonly string[], { known, depth }: Inner): readonly string[] | undefined {
  if (!isWrapper(name)) return undefined;
  const start = rest.findIndex((word) => isRunnable(word, known));
  if (start === -1) return undefined;
  const own = rest.slice(0, start);
  const shown = own.map((word, at) =>
    word.startsWith('-')
      ? (optionName(word) ?? HIDDEN)
      : at === own.length - 1 && RUNS_COMMAND.get(name) === 1 && /^\d{1,6}(\.\d+)?[smhd]?$/.test(word)
        ? word
        : (shownPath(word) ?? HIDDEN),
  );
  return [...shown, ...line(rest.slice(start), known, depth)];
}

/** One `…` for several in a row. */
function merged(words: readonly string[]): readonly string[] {
  return words.filter((word, at) => word !== HIDDEN || words[at - 1] !== HIDDEN);
}
