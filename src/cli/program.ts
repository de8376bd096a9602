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
export async function runProgram(invocation: Invocation, args: readonly string[]): Promise<number> {
  let exitCode = EXIT_DONE;
  const program = rootCommand(invocation).action(async (name, options) => {
    if (name !== undefined) throw unknownCommand(name);
    const { overview } = await import('./commands/overview.js');
    exitCode = await overview(invocation, options);
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
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version are printed already.
    if (error.exitCode === 0) return EXIT_DONE;
    throw usageError(error);
  }
  return exitCode;
}

/** The program without its commands: what every command takes. */
export function rootCommand(invocation: Pick<Invocation, 'out'>) {
  return new Command('sesswatch')
    .description(
      'Finds the processes of coding agents, tells the living from the dead weight, proves leaks between\n' +
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
    .addOption(new Option('--wide', 'do not cut long lines'))
    .addOption(new Option('-q, --quiet', 'print the answer only, no remarks'))
    .addOption(new Option('-v, --verbose', 'say more'))
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
      ]),
    );
}

/** The declaration of the command that stands first; all of them when it is not clear which that is. */
function asked(args: readonly string[]): readonly Declare[] {
  const first = DECLARATIONS.get(args[0] ?? '');
  return first === undefined ? [...DECLARATIONS.values()] : [first];
}

function unknownCommand(name: string): SesswatchError {
  const hint = didYouMean(name, DECLARATIONS.keys(), 'see sesswatch --help');
  return new SesswatchError('usage', `unknown command '${name}'`, hint);
}

/** Commander's message, `error: unknown option '--jsn'\n(Did you mean --json?)`, as message and hint. */
function usageError(error: CommanderError): SesswatchError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const hint = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const message = lowerFirst(first.replace(/\.$/, ''));
  return new SesswatchError('usage', message, hint === '' ? 'see sesswatch --help' : lowerFirst(hint));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
