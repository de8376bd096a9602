import { CommanderError } from '@commander-js/extra-typings';
import { SesswatchError } from '../errors.js';
import type { CommandSet, Declare, DeclareContext } from './declare/declaration.js';
import { EXIT_DONE } from './exit-codes.js';
import type { Invocation } from './invocation.js';
import { rootCommand } from './root-command.js';
import { didYouMean } from './suggest.js';

/**
 * Declares the commands, imports the one that was asked for, and answers with its exit code. Start-up pays only
 * for the command that runs.
 * @throws SesswatchError `usage` for a command line that is not one.
 */
export async function runProgram(
  invocation: Invocation,
  given: readonly string[],
  commands: CommandSet,
): Promise<number> {
  if (given[0] === 'help' && given[1] === 'manual') {
    const { manual } = await import('./commands/about/manual.js');
    return manual(invocation, wholeProgram(invocation, commands));
  }
  const isLegend = given[0] === 'help' && given[1] === 'verdicts';
  const args = given[0] === 'help' ? [...given.slice(isLegend ? 2 : 1), ...(isLegend ? [] : ['--help'])] : given;
  let exitCode = EXIT_DONE;
  const unknown = (name: string) => unknownCommand(name, [], [...commands.declarations.keys()]);
  const program = rootCommand(invocation).action(async (name, options) => {
    if (name !== undefined || commands.bare === undefined) throw unknown(name ?? '');
    const { overview, verdicts } = await commands.bare();
    exitCode = await (isLegend ? verdicts : overview)(invocation, options);
  });
  const context: DeclareContext = {
    program,
    invocation,
    common: () => program.opts(),
    exit: (code: number) => {
      exitCode = code;
    },
    declared: () => wholeProgram(invocation, commands),
  };
  for (const declare of asked(commands, args)) declare(context);
  // Commands inherit this when they are declared: only the bare program takes a word, to say that it is unknown.
  program.allowExcessArguments(true);
  const called = calledCommand(program, args);
  if (called === 'run') requireDashes(args);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are printed already.
    if (error.exitCode === 0) return EXIT_DONE;
    throw usageError(error, called);
  }
  return exitCode;
}

/** The program with all its commands declared, to be read and not to be run. */
function wholeProgram(invocation: Invocation, { declarations }: CommandSet): DeclareContext['program'] {
  const program = rootCommand(invocation);
  for (const declare of declarations.values()) {
    declare({ program, invocation, common: () => program.opts(), exit: () => {}, declared: () => program });
  }
  return program;
}

/** The declaration of the command that stands first; all of them when it is not clear which that is. */
function asked({ declarations }: CommandSet, args: readonly string[]): readonly Declare[] {
  const first = declarations.get(args[0] ?? '');
  return first === undefined ? [...declarations.values()] : [first];
}

/**
 * The command that the words at the beginning name (`snapshots show`); empty when an option stands first.
 * Commander would take a word that is none for an operand, and with `--help` pretend to know it.
 * @throws SesswatchError `usage`
 */
function calledCommand(program: { readonly commands: readonly Named[] }, args: readonly string[]): string {
  const called: string[] = [];
  let { commands } = program;
  for (const word of args) {
    if (commands.length === 0 || word.startsWith('-')) break;
    const found = commands.find((one) => one.name() === word);
    if (found === undefined) {
      const known = commands.map((one) => one.name());
      throw unknownCommand(word, called, known);
    }
    called.push(word);
    ({ commands } = found);
  }
  return called.join(' ');
}

interface Named {
  name(): string;
  readonly commands: readonly Named[];
}

/** Without them `run ls -l x` would take `-l x` for a label. */
function requireDashes(args: readonly string[]): void {
  if (args.some((arg) => arg === '--' || arg === '--help' || arg === '-h')) return;
  throw new SesswatchError('usage', 'the command to run stands behind --', 'sesswatch run -- npm test');
}

/** What people who come from other tools type. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['ls', 'ps'],
  ['list', 'ps'],
  ['status', 'ps'],
  ['clean', 'reap'],
  ['cleanup', 'reap'],
  ['gc', 'reap'],
  ['prune', 'snapshots prune'],
  ['top', 'watch'],
  ['history', 'reap --history'],
  ['log', 'reap --history'],
]);

function unknownCommand(name: string, above: readonly string[], known: readonly string[]): SesswatchError {
  const path = [...above, name].join(' ');
  const meant = above.length === 0 ? MEANT.get(name) : undefined;
  const hint =
    meant !== undefined
      ? `did you mean sesswatch ${meant}?`
      : didYouMean(name, known, `see ${['sesswatch', ...above, '--help'].join(' ')}`);
  return new SesswatchError('usage', `unknown command '${path}'`, hint);
}

/** Commander's message, `error: unknown option '--jsn'\n(Did you mean --json?)`, as message and hint. */
function usageError(error: CommanderError, called: string): SesswatchError {
  const [first = '', ...rest] = error.message.replace(/^error: (command-argument )?/, '').split('\n');
  const hint = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const message = lowerFirst(first.replace(/\.$/, ''));
  const help = called === '' ? 'see sesswatch --help' : `see sesswatch ${called} --help`;
  return new SesswatchError('usage', message, hint === '' ? help : lowerFirst(hint));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
