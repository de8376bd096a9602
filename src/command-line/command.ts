import { argv0, basename, type ProcessRecord } from '../process/record.js';
import { interpreterOf, ranBy } from './interpreters.js';

/** A script or module that an interpreter runs, and the arguments after it. */
interface Running {
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
  readonly scripts: readonly Running[];
  /** `python -m NAME`. */
  readonly module?: Running | undefined;
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
  return { programs, paths, argv, ...ranReadings(programs, argv, record.argvIsSplitText === true) };
}

/** Whether a program's basename is one of these; Windows' `.exe` is already off. */
export function runsProgram(command: Command, names: ReadonlySet<string>): boolean {
  return command.programs.some((program) => names.has(program));
}

/**
 * What the first of these names that is an interpreter was told to run. A split at blanks is read with each whole
 * prefix as the path.
 */
function ranReadings(
  programs: readonly string[],
  argv: readonly string[],
  split: boolean,
): Pick<Command, 'scripts' | 'module'> {
  const interpreter = programs
    .map((program) => interpreterOf(program) ?? interpreterOf(program.toLowerCase()))
    .find((found) => found === 'javascript' || found === 'python');
  const ran = interpreter === undefined ? undefined : ranBy(interpreter, argv.slice(1));
  switch (ran?.kind) {
    case undefined:
    case 'text':
      return { scripts: [] };
    case 'module':
      return { scripts: [], module: { what: ran.name, rest: ran.rest } };
    case 'script': {
      const scripts: Running[] = [{ what: ran.path.replaceAll('\\', '/'), rest: ran.rest }];
      const { rest } = ran;
      for (let end = 1; split && end <= Math.min(rest.length, MOST_BLANKS); end += 1) {
        if (rest[end - 1]?.startsWith('-')) break;
        const what = [ran.path, ...rest.slice(0, end)].join(' ').replaceAll('\\', '/');
        scripts.push({ what, rest: rest.slice(end) });
      }
      return { scripts };
    }
  }
}

/** How many blanks the path of a script may have. */
const MOST_BLANKS = 8;

/** The path of a macOS application, whose blanks a split took for the ends of words. */
function bundlePath(argv: readonly string[]): string | undefined {
  if (!/^(\/Users\/[^/]+)?\/Applications\//.test(argv[0] ?? '')) return undefined;
  const end = argv.findIndex((word, index) => index > 0 && /^[-/]/.test(word));
  return argv.slice(0, end === -1 ? undefined : end).join(' ');
}

function withoutExe(name: string): string {
  return name.replace(/\.exe$/i, '');
}
