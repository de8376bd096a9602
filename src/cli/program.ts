import { Command, CommanderError, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { SesswatchError } from '../errors.js';
import { EXIT_DONE } from './exit-codes.js';
import type { CommonOptions, Invocation } from './invocation.js';
import { didYouMean } from './suggest.js';
import { VERSION } from './version.js';

/**
 * Declares all commands, imports the one that was asked for, and answers with its exit code. Start-up pays
 * only for the command that runs.
 * @throws SesswatchError `usage` for a command line that is not one.
 */
export async function runProgram(invocation: Invocation, args: readonly string[]): Promise<number> {
  let exitCode = EXIT_DONE;
  const program = new Command('sesswatch')
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
      new Option(
        '--from <file>',
        'read a snapshot, a capture, or the text of ps, in place of the running processes',
      ),
    )
    .addOption(new Option('--source <name>', 'how to read the process table').choices(SOURCES))
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
      // What is wrong with a command line is thrown below and printed in one place.
      writeErr: () => {},
      outputError: () => {},
    })
    .addHelpText(
      'after',
      examples([
        ['sesswatch', 'what runs, what is dead weight, what to do next'],
        ['sesswatch snapshot --label before', 'scan, print and save'],
        ['sesswatch count --agent claude --max 5', 'exit 1 when there are more than five'],
        ['sesswatch ps --from capture.txt', 'look at what somebody else recorded'],
      ]),
    )
    .action(async (command, options) => {
      if (command !== undefined) throw unknownCommand(program, command);
      const { overview } = await import('./commands/overview.js');
      exitCode = await overview(invocation, options);
    });
  const common = (): CommonOptions => program.opts();

  described(program.command('snapshot'), 'scan, print and save', [
    ['sesswatch snapshot --label before-archive', 'save under a label'],
    ['sesswatch snapshot --all --json', 'the whole process table as a document'],
    ['sesswatch snapshot --no-save', 'only look'],
  ])
    .option('-l, --label <label>', 'a name to find it by (lower case, a-z 0-9 . _ -)')
    .option('--all', 'keep the whole process table, not only agents with their kin and ancestors')
    .option('--no-save', 'print, save nothing')
    .action(async (options) => {
      const { snapshot } = await import('./commands/snapshot.js');
      exitCode = await snapshot(invocation, { ...common(), ...options });
    });

  const snapshots = described(program.command('snapshots'), 'list, show and remove saved snapshots', [
    ['sesswatch snapshots', 'all that are saved, newest first'],
    ['sesswatch snapshots show before-archive', 'the newest with that label'],
    ['sesswatch snapshots rm before-archive~1', 'the one before it'],
    [
      'sesswatch snapshots prune --keep 200 --older-than 30d',
      'of all but the newest 200, those older than 30 days',
    ],
  ]).action(async () => {
    const { listSnapshots } = await import('./commands/snapshots.js');
    exitCode = await listSnapshots(invocation, common());
  });
  described(snapshots.command('show'), 'print one snapshot', [
    ['sesswatch snapshots show @latest', 'the newest of all'],
  ])
    .argument('<ref>', 'a label, LABEL~2, an id or its beginning, @latest, @now, or a path')
    .action(async (ref) => {
      const { showSnapshot } = await import('./commands/snapshots.js');
      exitCode = await showSnapshot(invocation, common(), ref);
    });
  described(snapshots.command('rm'), 'remove snapshots', [
    ['sesswatch snapshots rm before after', 'two at once'],
  ])
    .argument('<refs...>')
    .action(async (refs) => {
      const { removeSnapshots } = await import('./commands/snapshots.js');
      exitCode = await removeSnapshots(invocation, common(), refs);
    });
  described(snapshots.command('prune'), 'remove old snapshots', [
    [
      'sesswatch snapshots prune --keep 200 --older-than 30d',
      'of all but the newest 200, those older than 30 days',
    ],
    ['sesswatch snapshots prune --keep 50 --dry-run', 'say what would go'],
  ])
    .option('--keep <n>', 'always keep this many of the newest', wholeNumber)
    .option('--older-than <age>', 'remove only what is older: 90s, 15m, 1h30m, 30d')
    .option('--dry-run', 'say what would be removed, remove nothing')
    .action(async (options) => {
      const { pruneSnapshots } = await import('./commands/snapshots.js');
      exitCode = await pruneSnapshots(invocation, { ...common(), ...options });
    });

  described(program.command('count'), 'the number of agent processes', [
    ['sesswatch count', 'a bare number'],
    ['sesswatch count --by agent', 'a number for each agent'],
    ['sesswatch count --max 20', 'exit 1 when there are more'],
  ])
    .addOption(
      new Option('--by <what>', 'one number for each').choices(['agent', 'role', 'verdict', 'host'] as const),
    )
    .option('--max <n>', 'exit 1 when there are more than this', wholeNumber)
    .action(async (options) => {
      const { count } = await import('./commands/count.js');
      exitCode = await count(invocation, { ...common(), ...options });
    });

  described(program.command('ps'), 'agent processes, a row each', [
    ['sesswatch ps --sort memory', 'the largest first'],
    ['sesswatch ps --all', 'launchers, MCP servers and tools too'],
    ['sesswatch ps --columns pid,agent,age,command', 'choose the columns'],
  ])
    .option('--all', 'launchers, MCP servers, tools and other kin too')
    .option('--sort <column>', 'order by this column; -COLUMN turns it round')
    .option('--columns <names>', 'these columns, in this order (comma separated)', listOf)
    .action(async (options) => {
      const { ps } = await import('./commands/ps.js');
      exitCode = await ps(invocation, { ...common(), ...options });
    });

  described(program.command('tree'), 'sessions with their MCP servers, shells and children', [
    ['sesswatch tree', 'every session'],
    ['sesswatch tree 4121', 'the one that process 4121 belongs to'],
  ])
    .argument('[pid]', 'a process of the tree', processId)
    .action(async (pid) => {
      const { tree } = await import('./commands/tree.js');
      exitCode = await tree(invocation, common(), pid);
    });

  described(
    program.command('diff'),
    'what appeared, went, stayed, changed parent, grew between two snapshots',
    [
      ['sesswatch diff before', 'a snapshot against this moment'],
      ['sesswatch diff before after --leaks --exit-code', 'exit 1 when the pair proves a leak'],
      ['sesswatch diff before after --expect claude=0 --exit-code', 'exit 1 when any claude is left'],
      ['sesswatch diff before.txt after.txt --markdown', 'two captures, as a table for a pull request'],
    ],
  )
    .argument('<from>', 'a label, LABEL~2, an id or its beginning, @latest, @now, or a path')
    .argument('[to]', 'the same; this moment when left out')
    .option('--leaks', 'only what the pair proves to be leaked')
    .addOption(
      new Option('--expect <expectation>', 'AGENT[:ROLE]=N, <=N or +N; may be repeated').argParser(listOf),
    )
    .option('--exit-code', 'exit 1 on any difference; with --leaks or --expect on a leak only')
    .option('--markdown', 'print a table to paste into a pull request')
    .option('--all', 'kin that stayed as they were too')
    .action(async (from, to, options) => {
      const { diff } = await import('./commands/diff.js');
      exitCode = await diff(invocation, { ...common(), ...options }, from, to);
    });

  described(program.command('trend'), 'counts and memory over saved snapshots', [
    ['sesswatch trend', 'all that are saved, by agent'],
    ["sesswatch trend 'nightly-*' --since 7d --by host", 'some labels, the last week, by host'],
  ])
    .argument('[labels]', 'only labels like this; * and ? stand for anything')
    .option('--since <age>', 'only what is younger: 90s, 15m, 1h30m, 7d')
    .addOption(
      new Option('--by <what>', 'a series for each').choices(['agent', 'role', 'verdict', 'host'] as const),
    )
    .option('--steps <n>', 'a line for each of the last N steps', wholeNumber)
    .action(async (labels, options) => {
      const { trend } = await import('./commands/trend.js');
      exitCode = await trend(invocation, { ...common(), ...options }, labels);
    });

  described(program.command('config'), 'every setting with its value and where it came from', [
    ['sesswatch config', 'as a table'],
    ['SESSWATCH_IDLE=1h sesswatch config --json', 'as a document'],
  ]).action(async () => {
    const { config } = await import('./commands/config.js');
    exitCode = await config(invocation, common());
  });

  described(program.command('doctor'), 'what this machine lets sesswatch see, and what that means', [
    ['sesswatch doctor', 'each finding with what to do'],
    ['sesswatch doctor --json', 'as a document'],
  ]).action(async () => {
    const { doctor } = await import('./commands/doctor.js');
    exitCode = await doctor(invocation, common());
  });

  // Commands inherit this when they are declared: only the bare program takes a second word, to say that its first is unknown.
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

const SOURCES = ['procfs', 'ps', 'cim', 'portable'] as const;

type Example = readonly [line: string, what: string];

/** Declares what a command is for, with examples under its help. */
function described<C extends Describable>(command: C, what: string, shown: readonly Example[]): C {
  command.description(what);
  command.addHelpText('after', () => examples(shown));
  return command;
}

interface Describable {
  description(text: string): unknown;
  addHelpText(position: 'after', text: () => string): unknown;
}

function examples(shown: readonly Example[]): string {
  const width = Math.max(...shown.map(([line]) => line.length));
  return ['', 'Examples:', ...shown.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`)].join('\n');
}

/** Comma separated, repeated, or several behind one option. */
function listOf(text: string, before: readonly string[] | undefined): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return [...(before ?? []), ...parts.filter((part) => part !== '')];
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Give a whole number, 0 or more.');
  return Number(text);
}

function processId(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('Give a process id, 1 or more.');
  return Number(text);
}

function unknownCommand(
  program: { readonly commands: readonly { name(): string }[] },
  name: string,
): SesswatchError {
  const names = program.commands.map((one) => one.name());
  return new SesswatchError(
    'usage',
    `unknown command '${name}'`,
    didYouMean(name, names, 'see sesswatch --help'),
  );
}

/** Commander's message, `error: unknown option '--jsn'\n(Did you mean --json?)`, as message and hint. */
function usageError(error: CommanderError): SesswatchError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const hint = rest
    .join(' ')
    .trim()
    .replace(/^\((.*)\)$/, '$1');
  const message = first.replace(/\.$/, '').replace(/^./, (letter) => letter.toLowerCase());
  return new SesswatchError('usage', message, hint === '' ? 'see sesswatch --help' : lowerFirst(hint));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
