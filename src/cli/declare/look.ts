import { Option } from '@commander-js/extra-typings';
import { METRIC_FORMATS } from '../../output/metrics/text.js';
import { verdictList } from './choices.js';
import { type DeclareContext, DIMENSIONS } from './declaration.js';
import { described, listOf, processId, wholeNumber } from './help.js';

const REF = 'a label, LABEL~2, an id or its beginning, @latest, @now, or a path';
const AGE = '90s, 15m, 1h30m, 2d';

export function declareSnapshot({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('snapshot'), 'scan, print and save', [
    ['sesswatch snapshot --label before-archive', 'save under a label'],
    ['sesswatch snapshot --all --json', 'the whole process table as a document'],
    ['sesswatch snapshot --no-save', 'only look'],
  ])
    .option('-l, --label <label>', 'a name to find it by (lower case, a-z 0-9 . _ -)')
    .option('--all', 'keep the whole process table, not only agents with their helpers and ancestors')
    .option('--no-save', 'print, save nothing')
    .action(async (options) => {
      const { snapshot } = await import('../commands/looking.js');
      exit(await snapshot(invocation, { ...common(), ...options }));
    });
}

export function declareSnapshots({ program, invocation, common, exit }: DeclareContext): void {
  const snapshots = described(program.command('snapshots'), 'list, show and remove saved snapshots', [
    ['sesswatch snapshots', 'all that are saved, newest first'],
    ['sesswatch snapshots show before-archive', 'the newest with that label'],
    ['sesswatch snapshots rm before-archive~1', 'the one before it'],
    ['sesswatch snapshots prune --keep 200 --older-than 30d', 'beyond the newest 200, what is older'],
  ]).action(async () => {
    const { listSnapshots } = await import('../commands/looking.js');
    exit(await listSnapshots(invocation, common()));
  });
  described(snapshots.command('show'), 'print one snapshot', [
    ['sesswatch snapshots show @latest', 'the newest of all'],
  ])
    .argument('<ref>', REF)
    .action(async (ref) => {
      const { showSnapshot } = await import('../commands/looking.js');
      exit(await showSnapshot(invocation, common(), ref));
    });
  described(snapshots.command('rm'), 'remove snapshots', [['sesswatch snapshots rm before after', 'two at once']])
    .argument('<refs...>', REF)
    .action(async (refs) => {
      const { removeSnapshots } = await import('../commands/looking.js');
      exit(await removeSnapshots(invocation, common(), refs));
    });
  described(snapshots.command('prune'), 'remove old snapshots', [
    ['sesswatch snapshots prune', 'by the settings keep and olderThan'],
    ['sesswatch snapshots prune --keep 200 --older-than 30d', 'beyond the newest 200, what is older'],
    ['sesswatch snapshots prune --keep 50 --dry-run', 'say what would go'],
  ])
    .option('--keep <n>', 'always keep this many of the newest', wholeNumber)
    .option('--older-than <age>', `remove only what is older: ${AGE}`)
    .option('--dry-run', 'say what would be removed, remove nothing')
    .action(async (options) => {
      const { pruneSnapshots } = await import('../commands/looking.js');
      exit(await pruneSnapshots(invocation, { ...common(), ...options }));
    });
}

export function declarePs({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('ps'), 'agent processes, a row each', [
    ['sesswatch ps --sort memory,age', 'the largest first'],
    ['sesswatch ps --verdict orphan,leftover', 'only what nobody owns'],
    ['sesswatch ps --by host', 'a line for each host application'],
    ['sesswatch ps --all', 'launchers, MCP servers and tools too'],
    ['sesswatch ps --columns pid,agent,age,command', 'choose the columns'],
  ])
    .option('--all', 'launchers, adapters, MCP servers and tools too')
    .addOption(new Option('--verdict <verdicts>', 'only these: orphan, idle, live, …').argParser(verdictList))
    .addOption(new Option('--host <names>', 'only agents of these hosts; none for the others').argParser(listOf))
    .addOption(new Option('--by <what>', 'a line for each instead, with sums').choices(DIMENSIONS))
    .addOption(new Option('--sort <columns>', 'order by these columns; -COLUMN turns one round').argParser(listOf))
    .addOption(new Option('--columns <names>', 'these columns, in this order (comma separated)').argParser(listOf))
    .action(async (options) => {
      const { ps } = await import('../commands/looking.js');
      exit(await ps(invocation, { ...common(), ...options }));
    });
}

export function declareTree({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('tree'), 'sessions with their MCP servers, shells and children', [
    ['sesswatch tree', 'every session'],
    ['sesswatch tree 4121', 'the one that process 4121 belongs to'],
  ])
    .argument('[pid]', 'a process of the tree', processId)
    .action(async (pid) => {
      const { tree } = await import('../commands/looking.js');
      exit(await tree(invocation, common(), pid));
    });
}

export function declareOrphans({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('orphans'), 'dead weight only, with what speaks for and against it', [
    ['sesswatch orphans', 'what is dead weight, and why'],
    ['sesswatch orphans --sample 2s', 'two observations in one run'],
    ['sesswatch orphans --exit-code --json', 'for scripts: exit 1 when there are any'],
  ])
    .option('--exit-code', 'exit 1 when anything is orphaned, superseded, disowned or left over')
    .option('--idle <time>', `count as idle after this long: ${AGE}`)
    .action(async (options) => {
      const { orphans } = await import('../commands/looking.js');
      exit(await orphans(invocation, { ...common(), ...options }));
    });
}

export function declareWhy({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('why'), 'all about one process, and why it would or would not be reaped', [
    ['sesswatch why 4121', 'the whole case'],
    ['sesswatch why 4121 --json', 'as a document'],
  ])
    .argument('<pid>', 'a process', processId)
    .option('--idle <time>', `count as idle after this long: ${AGE}`)
    .action(async (pid, options) => {
      const { why } = await import('../commands/reaping.js');
      exit(await why(invocation, { ...common(), ...options }, pid));
    });
}

export function declareDiff({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('diff'), 'what appeared, went, stayed, changed parent, grew', [
    ['sesswatch diff before', 'a snapshot against this moment'],
    ['sesswatch diff before after --leaks --exit-code', 'exit 1 when the pair proves a leak'],
    ['sesswatch diff before after --expect claude=0 --exit-code', 'exit 1 when any claude is left'],
    ['sesswatch diff before --host "T3 Code"', 'only what that host ran'],
    ['sesswatch diff before.txt after.txt --markdown', 'two captures, as a table for a pull request'],
  ])
    .argument('<from>', REF)
    .argument('[to]', 'the same; this moment when left out')
    .option('--leaks', 'only what the pair proves to be leaked')
    .addOption(new Option('--expect <expectation>', 'AGENT[:ROLE]=N, <=N or +N; may be repeated').argParser(listOf))
    .option('--exit-code', 'exit 1 on any difference; with --leaks or --expect on a leak only')
    .option('--markdown', 'print a table to paste into a pull request')
    .addOption(new Option('--host <names>', 'only what these hosts ran, on either side').argParser(listOf))
    .option('--all', 'what stayed as it was too')
    .action(async (from, to, options) => {
      const { diff } = await import('../commands/looking.js');
      exit(await diff(invocation, { ...common(), ...options }, from, to));
    });
}

export function declareTrend({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('trend'), 'counts and memory over saved snapshots', [
    ['sesswatch trend', 'all that are saved, by agent'],
    ["sesswatch trend 'nightly-*' --since 7d --by host", 'some labels, the last week, by host'],
  ])
    .argument('[labels]', 'only labels like this; * and ? stand for anything')
    .option('--since <age>', `only what is younger: ${AGE}`)
    .addOption(new Option('--by <what>', 'a series for each').choices(DIMENSIONS))
    .option('--steps <n>', 'a line for each of the last N steps', wholeNumber)
    .action(async (labels, options) => {
      const { trend } = await import('../commands/looking.js');
      exit(await trend(invocation, { ...common(), ...options }, labels));
    });
}

export function declareHosts({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('hosts'), 'what each host application believes, against what runs', [
    ['sesswatch hosts', 'T3 Code, Codeman, claude-mem, Hermes, cc-haha, and your own'],
    ['sesswatch hosts --host codeman --exit-code', 'exit 1 when they differ'],
    ['sesswatch hosts --probe', 'also ask their health endpoints on this machine'],
  ])
    .addOption(new Option('--host <names>', 'only these hosts').argParser(listOf))
    .addOption(new Option('--home <folders>', 'read registries below these home folders').argParser(listOf))
    .option('--exit-code', 'exit 1 when belief and table differ')
    .option('--probe', 'ask health endpoints on this machine (otherwise nothing is called)')
    .action(async (options) => {
      const { hosts } = await import('../commands/look/hosts.js');
      exit(await hosts(invocation, { ...common(), ...options }));
    });
}

export function declareMetrics({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('metrics'), 'what runs, as Prometheus reads it', [
    ['sesswatch metrics', 'on stdout'],
    ['sesswatch metrics --textfile /var/lib/node_exporter/textfile', "for node_exporter's textfile collector"],
    ['sesswatch metrics --format openmetrics', 'in the newer form'],
  ])
    .option('--textfile <path>', 'replace this file, or sesswatch.prom in this folder, and print nothing')
    .addOption(new Option('--format <name>', 'form of the text (prometheus)').choices(METRIC_FORMATS))
    .action(async (options) => {
      const { metrics } = await import('../commands/look/metrics.js');
      exit(await metrics(invocation, { ...common(), ...options }));
    });
}

export function declareReport({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('report'), 'a page to hand on: what runs, what is dead weight, how it came', [
    ['sesswatch report --out report.html', 'one file without script, to open offline'],
    ['sesswatch report --since 7d --markdown', 'to paste into an issue'],
    ['sesswatch report --anonymous --open', 'without folders, users and session ids; show it'],
  ])
    .option('--since <age>', `snapshots that are no older: ${AGE}`, '7d')
    .option('--out <file>', 'write it there; else to stdout, on a terminal to sesswatch-report.html')
    .option('--markdown', 'as Markdown, without charts')
    .option('--anonymous', 'replace folders, machines, users and session ids')
    .option('--open', 'show the page in the browser')
    .action(async (options) => {
      const { report } = await import('../commands/look/report.js');
      exit(await report(invocation, { ...common(), ...options }));
    });
}

export function declareWatch({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('watch'), 'a live view: sessions with their trees, what a reap would do, ? for the keys', [
    ['sesswatch watch', 'until q'],
    ['sesswatch watch --every 5s', 'look less often'],
    ['sesswatch watch --once', 'one frame, also into a pipe'],
    ['sesswatch watch --json --every 1m', 'a document a line, for other programs'],
  ])
    .option('--every <time>', 'how often to look: 2s, 1m', '2s')
    .option('--once', 'print one frame and end; with --json one document')
    .action(async (options) => {
      const { watch } = await import('../commands/look/watch.js');
      exit(await watch(invocation, { ...common(), ...options }));
    });
}
