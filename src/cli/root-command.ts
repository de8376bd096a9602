import { Command, Option } from '@commander-js/extra-typings';
import { examples, listOf, repeated } from './declare/help.js';
import type { Invocation } from './invocation.js';
import { VERSION } from './version.js';

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
    .addOption(new Option('--agent <names>', 'only these agents (comma separated, or repeated)').argParser(listOf))
    .addOption(
      new Option(
        '--from <file>',
        'read a snapshot, a capture, or the text of ps, not the running processes; ps and count take several',
      ).argParser(repeated),
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
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never'] as const))
    .addOption(new Option('--no-color', 'no colour (also: NO_COLOR)'))
    .addOption(new Option('--add-agent <json>', 'an agent of your own').argParser(repeated))
    .addOption(new Option('--add-mcp-server <json>', 'an MCP server of your own').argParser(repeated))
    .addOption(new Option('--add-host <json>', 'a host application of your own').argParser(repeated))
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
