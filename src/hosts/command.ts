import { argv0, basename, type ProcessRecord } from '../process/record.js';

/** A script or module that an interpreter runs, and the arguments after it. */
interface Ran {
  readonly what: string;
  readonly rest: readonly string[];
}

/** What a row says it runs, by structure: which program, and for an interpreter which script or module. */
export interface Command {
  /** Basenames of the executable and of argv[0], without `.exe`. */
  readonly programs: readonly string[];
  /** Full paths of the same, with `/` on every platform. */
  readonly paths: readonly string[];
  readonly argv: readonly string[];
  /**
   * The script of node, bun, Electron or Python. More than one reading when argv is a split at blanks, because
   * then a path with blanks in it is in pieces; each is a whole prefix, never a piece out of the middle.
   */
  readonly scripts: readonly Ran[];
  /** `python -m NAME`. */
  readonly module?: Ran | undefined;
}

/** Takes a row apart. Pure, cheap, and never looks at the command line as one text. */
export function commandOf(record: ProcessRecord): Command {
  const argv = record.argv ?? [];
  const first = argv0(record);
  // macOS's `ps -o comm` prints a path, which is the only whole one it gives.
  const commPath = record.comm?.includes('/') ? record.comm : undefined;
  const bundle = record.argvIsSplitText === true ? bundlePath(argv) : undefined;
  const paths = [record.exe, commPath, first, bundle].flatMap((path) =>
    path === undefined ? [] : [path.replaceAll('\\', '/')],
  );
  const programs = [...new Set(paths.map((path) => withoutExe(basename(path))))];
  return { programs, paths, argv, ...ranBy(programs, argv, record.argvIsSplitText === true) };
}

/** `--name VALUE` and `--name=VALUE`; `undefined` when the option is not there or has no value. */
export function optionValue(argv: readonly string[], name: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word === name) {
      const value = argv[index + 1];
      return value === undefined || value === '' || value.startsWith('-') ? undefined : value;
    }
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1) || undefined;
  }
  return undefined;
}

/** Whether a program's basename is one of these; Windows' `.exe` is already off. */
export function runsProgram(command: Command, names: ReadonlySet<string>): boolean {
  return command.programs.some((program) => names.has(program));
}

function ranBy(
  programs: readonly string[],
  argv: readonly string[],
  split: boolean,
): Pick<Command, 'scripts' | 'module'> {
  const python = programs.some((program) => /^pythonw?[\d.]*$/.test(program));
  if (!python && !programs.some((program) => JAVASCRIPT.test(program))) return { scripts: [] };
  const start = firstArgument(argv, python ? PYTHON_VALUED : NODE_VALUED);
  if (start === undefined) return { scripts: [] };
  const word = argv[start] ?? '';
  if (python && word === '-m') {
    const name = argv[start + 1];
    return name === undefined
      ? { scripts: [] }
      : { scripts: [], module: { what: name, rest: argv.slice(start + 2) } };
  }
  if (word.startsWith('-')) return { scripts: [] };
  const scripts: Ran[] = [];
  for (let end = start + 1; end <= argv.length; end += 1) {
    const what = argv.slice(start, end).join(' ').replaceAll('\\', '/');
    scripts.push({ what, rest: argv.slice(end) });
    if (!split || argv[end]?.startsWith('-')) break;
  }
  return { scripts };
}

/** Node, bun, and Electron applications, which run a script when ELECTRON_RUN_AS_NODE is set. */
const JAVASCRIPT = /^(node|nodejs|bun|electron|T3 Code.*|t3code.*)$/i;
/** Options of node and bun that take the next word: node(1), `bun --help`. */
const NODE_VALUED = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--env-file',
  '--title',
  '--preload',
]);
/** Options of python that take the next word: python(1). `-m` and `-c` end the options. */
const PYTHON_VALUED = new Set(['-W', '-X', '--check-hash-based-pycs']);
const ENDS_OPTIONS = new Set(['-m', '-c', '-e', '-p', '--eval', '--print']);

/** Index of the first word after the interpreter's own options; of `-m`, `-c` or `-e` if one comes first. */
function firstArgument(argv: readonly string[], valued: ReadonlySet<string>): number | undefined {
  for (let at = 1; at < argv.length; at += 1) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-') || ENDS_OPTIONS.has(word)) return at;
    if (valued.has(word)) at += 1;
  }
  return undefined;
}

/** The path of a macOS application, whose blanks a split took for the ends of words. */
function bundlePath(argv: readonly string[]): string | undefined {
  if (!/^(\/Users\/[^/]+)?\/Applications\//.test(argv[0] ?? '')) return undefined;
  const end = argv.findIndex((word, index) => index > 0 && /^[-/]/.test(word));
  return argv.slice(0, end === -1 ? undefined : end).join(' ');
}

function withoutExe(name: string): string {
  return name.replace(/\.exe$/i, '');
}
