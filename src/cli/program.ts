import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { SesswatchError } from '../errors.js';
import { DECLARATIONS, type Declare } from './declarations.js';
import { EXIT_DONE } from './exit-codes.js';
import { examples, listOf } from './help.js';
import type { Invocation } from './invocation.js';
import { didYouMean } from './suggest.js';
import { VERSION } from './version.js';

/**
 * Declares the commands, imports the one that was asked for, and answers with its exit code. Start-up pays only
 * for the command that runs.
 * @throws SesswatchError `usage` for a command line that is not one.
 */
export async function runProgram(invocation: Invocation, given: readonly string[]): Promise<number> {
  const isLegend = given[0] === 'help' && given[1] === 'verdicts';
  const args =
    given[0] === 'help' ? [...given.slice(isLegend ? 2 : 1), ...(isLegend ? [] : ['--help'])] : given;
  let exitCode = EXIT_DONE;
  const program = rootCommand(invocation).action(async (name, options) => {
    if (name !== undefined) throw unknownCommand(name);
    const { overview, verdicts } = await import('./commands/looking.js');
    exitCode = await (isLegend ? verdicts : overview)(invocation, options);
  });
  const context = {
    program,
    invocation,
    common: () => program.opts(),
    exit: (code: number) => {
      exitCode = code;
    },
  };
  for (const declare of asked(args)) declare(context);
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

/** The program without its commands: what every command takes. */
export function rootCommand(invocation: Pick<Invocation, 'out'>) {
  return new Command('sesswatch')
    .description(
      'Finds the processes of coding agents, tells the living from the dead weight, proves leaks between ' +
        'labelled snapshots, and ends whole process trees carefully.',
    )
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ showGlobalOptions: true })
    .addOption(new Option('--json', 'print one JSON document, with its schema and version'))
    .addOption(
      new Option('--agent <names>', 'only these agents (comma separated, or repeated)').argParser(listOf),
    )
    .addOption(
      new Option('--from <file>', 'read a snapshot, a capture, or the text of ps, not the running processes'),
    )
    .addOption(
      new Option('--source <name>', 'how to read the process table').choices([
        'procfs',
        'ps',
        'cim',
        'portable',
      ] as const),
    )
    .addOption(new Option('--sample <time>', 'take two observations this far apart: 2s, 1m'))
    .addOption(new Option('--config <file>', 'read this configuration file'))
    .addOption(new Option('--no-color', 'no colour (also: NO_COLOR)'))
    .addOption(new Option('--reveal', 'whole command lines of your own processes, on a terminal only'))
    .addOption(new Option('--wide', 'do not fit lines into the terminal'))
    .addOption(new Option('-q, --quiet', 'print the answer only, no remarks'))
    .addOption(new Option('-v, --verbose', 'also say where everything comes from'))
    .argument('[command]')
    .usage('[options] [command]')
    .exitOverride()
    .configureOutput({
      writeOut: invocation.out,
      // What is wrong with a command line is thrown, and printed in one place.
      writeErr: () => {},
      outputError: () => {},
    })
    .addHelpText('after', () =>
      examples([
        ['sesswatch', 'what runs, what is dead weight, what to do next'],
        ['sesswatch snapshot --label before', 'scan, print and save'],
        ['sesswatch diff before --leaks', 'what the time since then has left behind'],
        ['sesswatch reap --dry-run', 'what could go, and why'],
        ['sesswatch help verdicts', 'what orphan, superseded, … mean'],
      ]),
    );
}

/** The declaration of the command that stands first; all of them when it is not clear which that is. */
function asked(args: readonly string[]): readonly Declare[] {
  const first = DECLARATIONS.get(args[0] ?? '');
  return first === undefined ? [...DECLARATIONS.values()] : [first];
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
    if (found === undefined) throw unknownCommand(word, called, commands);
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
  ['top', 'ps --sort cpu'],
  ['history', 'reap --history'],
  ['log', 'reap --history'],
]);

function unknownCommand(
  name: string,
  above: readonly string[] = [],
  among: readonly Named[] = [],
): SesswatchError {
  const known = above.length === 0 ? DECLARATIONS.keys() : among.map((one) => one.name());
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
