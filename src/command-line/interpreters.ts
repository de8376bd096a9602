import { slashed } from './program-name.js';

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
  // Applications built on Electron run scripts with their own binary.
  return program.endsWith('Helper (Plugin)') || /^(T3 Code|t3code)/.test(program) ? 'javascript' : undefined;
}

const INTERPRETERS: ReadonlyMap<string, Interpreter> = new Map<string, Interpreter>([
  ...['node', 'nodejs', 'bun', 'deno', 'electron', 'tsx', 'ts-node'].map((name) => [name, 'javascript'] as const),
  ...['python', 'pythonw', 'pypy'].map((name) => [name, 'python'] as const),
  ...['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh', 'mksh', 'fish', 'busybox'].map((name) => [name, 'shell'] as const),
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
  let folder: string | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word.startsWith('-')) {
      if (/^(-e|-p|-pe|-c|--eval|--print|--check|-i|--run|--test)$/.test(word)) return undefined;
      if (word === '--cwd') folder = args[at + 1];
      else if (word.startsWith('--cwd=')) folder = word.slice('--cwd='.length);
      if (JAVASCRIPT_VALUED.has(word)) at += 1;
      continue;
    }
    // `bun run FILE`, `deno run FILE`, and loaders that are scripts themselves: `node …/.bin/tsx FILE`.
    if (word === 'run' || word === 'serve' || word === 'watch') continue;
    const path = slashed(word);
    if (/(^|\/)(tsx|ts-node|ts-node-esm|tsx\/dist\/cli\.mjs)$/.test(path)) continue;
    const isWhole = folder === undefined || /^([/~]|[A-Za-z]:|npm:|jsr:)/.test(path);
    return {
      kind: 'script',
      path: isWhole ? path : `${slashed(folder ?? '')}/${path}`,
      rest: args.slice(at + 1),
    };
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
