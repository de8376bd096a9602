import { isWindowsPath, slashed } from './program-name.js';

export type Interpreter = 'javascript' | 'python' | 'shell' | 'cmd' | 'powershell' | 'other';

/** What an interpreter was told to run, and the arguments after it. */
export type Ran =
  | { readonly kind: 'script'; readonly path: string; readonly rest: readonly string[] }
  | { readonly kind: 'module'; readonly name: string; readonly rest: readonly string[] }
  | { readonly kind: 'text'; readonly text: string; readonly rest: readonly string[] };

/** Which language a program of this name interprets. Versions in names (`python3.11`, `node22`) are looked past. */
export function interpreterOf(program: string): Interpreter | undefined {
  const known = INTERPRETERS.get(program);
  if (known !== undefined) return known;
  const last = program.charCodeAt(program.length - 1);
  if (last >= 0x30 && last <= 0x39 && /^(python|pythonw|pypy|node|php|ruby)[\d.]+$/.test(program)) {
    return INTERPRETERS.get(program.replace(/[\d.]+$/, ''));
  }
  // Extensions of editors built on Electron run scripts with the editor's own binary.
  return program.endsWith('Helper (Plugin)') ? 'javascript' : undefined;
}

const INTERPRETERS: ReadonlyMap<string, Interpreter> = new Map<string, Interpreter>([
  ...['node', 'nodejs', 'bun', 'deno', 'electron'].map((name) => [name, 'javascript'] as const),
  ...['python', 'pythonw', 'pypy'].map((name) => [name, 'python'] as const),
  ...['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'mksh', 'fish', 'busybox'].map(
    (name) => [name, 'shell'] as const,
  ),
  ['cmd', 'cmd'],
  ...['powershell', 'pwsh'].map((name) => [name, 'powershell'] as const),
  ...['php', 'ruby', 'java', 'dotnet'].map((name) => [name, 'other'] as const),
]);

/** What the words after an interpreter's own name make it run; `undefined` for a prompt or a one-liner. */
export function ranBy(interpreter: Interpreter, args: readonly string[]): Ran | undefined {
  switch (interpreter) {
    case 'javascript':
      return javascript(args);
    case 'python':
      return python(args);
    case 'shell':
      return shell(args);
    case 'cmd':
      return cmd(args);
    case 'powershell':
      return powershell(args);
    case 'other':
      return other(args);
  }
}

function javascript(args: readonly string[]): Ran | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word.startsWith('-')) {
      if (/^(-e|-p|-pe|-c|--eval|--print|--check|-i|--run|--test)$/.test(word)) return undefined;
      if (JAVASCRIPT_VALUED.has(word)) at += 1;
      continue;
    }
    // `bun run FILE`, `deno run FILE`, and loaders that are scripts themselves: `node …/.bin/tsx FILE`.
    if (word === 'run' || word === 'serve' || word === 'watch') continue;
    const path = slashed(word);
    if (/(^|\/)(tsx|ts-node|ts-node-esm|tsx\/dist\/cli\.mjs)$/.test(path)) continue;
    return { kind: 'script', path, rest: args.slice(at + 1) };
  }
  return undefined;
}

/** Options that take the next word: node(1), `bun --help`, `deno run --help`, `tsx --help`. */
const JAVASCRIPT_VALUED = new Set([
  ...['-r', '--require', '--import', '--loader', '--experimental-loader', '-C', '--conditions', '--env-file'],
  ...['--title', '--preload', '--config', '--import-map', '--tsconfig', '--watch-path', '--cwd'],
]);

function python(args: readonly string[]): Ran | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) return { kind: 'script', path: slashed(word), rest: args.slice(at + 1) };
    if (/^-[A-Za-z]*m$/.test(word)) {
      const name = args[at + 1];
      return name === undefined ? undefined : { kind: 'module', name, rest: args.slice(at + 2) };
    }
    if (/^-[A-Za-z]*c$/.test(word) || word === '-') return undefined;
    if (word === '-W' || word === '-X' || word === '--check-hash-based-pycs') at += 1;
  }
  return undefined;
}

function shell(args: readonly string[]): Ran | undefined {
  let asksForText = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (/^[-+][A-Za-z]+$|^--[a-z-]+$/.test(word)) {
      // `bash -c -l TEXT` and `bash -lc TEXT` are the same.
      if (/^-[A-Za-z]*c/.test(word)) asksForText = true;
      if (/^[-+][oO]$|^--(rcfile|init-file)$/.test(word)) at += 1;
      continue;
    }
    const rest = args.slice(at + 1);
    return asksForText ? { kind: 'text', text: word, rest } : { kind: 'script', path: slashed(word), rest };
  }
  return undefined;
}

function cmd(args: readonly string[]): Ran | undefined {
  const at = args.findIndex((word) => /^\/[ck]$/i.test(word));
  if (at === -1) return undefined;
  return { kind: 'text', text: args.slice(at + 1).join(' '), rest: [] };
}

function powershell(args: readonly string[]): Ran | undefined {
  const at = args.findIndex((word) => /^-f(ile)?$/i.test(word));
  const path = args[at + 1];
  if (at === -1 || path === undefined) return undefined;
  return { kind: 'script', path: slashed(path), rest: args.slice(at + 2) };
}

/** PHP, Ruby, Java and .NET, of which only MCP servers are looked for. */
function other(args: readonly string[]): Ran | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '-jar') continue;
    if (/^(-e|-r|-S|-a)$/.test(word)) return undefined;
    if (/^(-d|-I|-cp|-classpath|--class-path|-c)$/.test(word)) at += 1;
    else if (!word.startsWith('-')) return { kind: 'script', path: slashed(word), rest: args.slice(at + 1) };
  }
  return undefined;
}

/**
 * The words of a command given as one text, where it is a single plain one: no operators, no substitutions.
 * `undefined` for everything that takes a shell to understand.
 */
export function plainWords(text: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:'([^']*)'|"([^"$`]*)"|([^\s'"|&;<>()$`\n]+))(?=\s|$)/y;
  const line = text.trim();
  while (pattern.lastIndex < line.length) {
    const found = pattern.exec(line);
    if (found === null) return undefined;
    words.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return words;
}

/**
 * Puts together again what a split at blanks tore: argv[0] where the executable or the kernel's name is known
 * to have blanks, and everywhere the folders of macOS and Windows that do.
 */
export function healed(words: readonly string[], whole: readonly (string | undefined)[]): readonly string[] {
  for (const path of whole) {
    if (path?.includes(' ') !== true) continue;
    const joined = words.join(' ');
    if (!joined.startsWith(path)) continue;
    const rest = joined.slice(path.length);
    if (rest === '') return [path];
    if (rest.startsWith(' ')) return [path, ...mended(rest.slice(1).split(' '))];
  }
  return mended(words);
}

function mended(words: readonly string[]): readonly string[] {
  if (!words.some((word) => /[/\\](Application|Program)$/.test(word))) return words;
  const whole: string[] = [];
  for (const word of words) {
    const last = whole.at(-1);
    const belongs =
      last !== undefined &&
      ((/\/Application$/.test(last) && word.startsWith('Support/')) ||
        (isWindowsPath(last) && /[/\\]Program$/.test(last) && /^Files([/\\]|$)/.test(word)) ||
        (isWindowsPath(last) && /[/\\]Program Files$/.test(last) && /^\(x86\)[/\\]/.test(word)));
    if (belongs) whole[whole.length - 1] = `${last} ${word}`;
    else whole.push(word);
  }
  return whole;
}
