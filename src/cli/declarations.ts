import { Option } from '@commander-js/extra-typings';
import { verdictList } from './choices.js';
import { type Declare, type DeclareContext, DIMENSIONS } from './declaration.js';
import { declareCount } from './declare-count.js';
import { described, listOf, processId, processIds, repeated, wholeNumber } from './help.js';

const REF = 'a label, LABEL~2, an id or its beginning, @latest, @now, or a path';
const AGE = '90s, 15m, 1h30m, 2d';

/** Every command, in the order in which help lists them. Each imports what it runs inside its action. */
export const DECLARATIONS: ReadonlyMap<string, Declare> = new Map<string, Declare>([
  ['snapshot', declareSnapshot],
  ['snapshots', declareSnapshots],
  ['count', declareCount],
  ['ps', declarePs],
  ['tree', declareTree],
  ['orphans', declareOrphans],
  ['why', declareWhy],
  ['diff', declareDiff],
  ['run', declareRun],
  ['trend', declareTrend],
  ['hosts', declareHosts],
  ['reap', declareReap],
  ['schedule', declareSchedule],
  ['config', declareConfig],
  ['doctor', declareDoctor],
]);

function declareSnapshot({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('snapshot'), 'scan, print and save', [
    ['sesswatch snapshot --label before-archive', 'save under a label'],
    ['sesswatch snapshot --all --json', 'the whole process table as a document'],
    ['sesswatch snapshot --no-save', 'only look'],
  ])
    .option('-l, --label <label>', 'a name to find it by (lower case, a-z 0-9 . _ -)')
    .option('--all', 'keep the whole process table, not only agents with their helpers and ancestors')
    .option('--no-save', 'print, save nothing')
    .action(async (options) => {
      const { snapshot } = await import('./commands/looking.js');
      exit(await snapshot(invocation, { ...common(), ...options }));
    });
}

function declareSnapshots({ program, invocation, common, exit }: DeclareContext): void {
  const snapshots = described(program.command('snapshots'), 'list, show and remove saved snapshots', [
    ['sesswatch snapshots', 'all that are saved, newest first'],
    ['sesswatch snapshots show before-archive', 'the newest with that label'],
    ['sesswatch snapshots rm before-archive~1', 'the one before it'],
    ['sesswatch snapshots prune --keep 200 --older-than 30d', 'beyond the newest 200, what is older'],
  ]).action(async () => {
    const { listSnapshots } = await import('./commands/looking.js');
    exit(await listSnapshots(invocation, common()));
  });
  described(snapshots.command('show'), 'print one snapshot', [
    ['sesswatch snapshots show @latest', 'the newest of all'],
  ])
    .argument('<ref>', REF)
    .action(async (ref) => {
      const { showSnapshot } = await import('./commands/looking.js');
      exit(await showSnapshot(invocation, common(), ref));
    });
  described(snapshots.command('rm'), 'remove snapshots', [
    ['sesswatch snapshots rm before after', 'two at once'],
  ])
    .argument('<refs...>', REF)
    .action(async (refs) => {
      const { removeSnapshots } = await import('./commands/looking.js');
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
      const { pruneSnapshots } = await import('./commands/looking.js');
      exit(await pruneSnapshots(invocation, { ...common(), ...options }));
    });
}

function declarePs({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('ps'), 'agent processes, a row each', [
    ['sesswatch ps --sort memory,age', 'the largest first'],
    ['sesswatch ps --verdict orphan,leftover', 'only what nobody owns'],
    ['sesswatch ps --by host', 'a line for each host application'],
    ['sesswatch ps --all', 'launchers, MCP servers and tools too'],
    ['sesswatch ps --columns pid,agent,age,command', 'choose the columns'],
  ])
    .option('--all', 'launchers, adapters, MCP servers and tools too')
    .addOption(new Option('--verdict <verdicts>', 'only these: orphan, idle, live, …').argParser(verdictList))
    .addOption(
      new Option('--host <names>', 'only agents of these hosts; none for the others').argParser(listOf),
    )
    .addOption(new Option('--by <what>', 'a line for each instead, with sums').choices(DIMENSIONS))
    .addOption(
      new Option('--sort <columns>', 'order by these columns; -COLUMN turns one round').argParser(listOf),
    )
    .addOption(
      new Option('--columns <names>', 'these columns, in this order (comma separated)').argParser(listOf),
    )
    .action(async (options) => {
      const { ps } = await import('./commands/looking.js');
      exit(await ps(invocation, { ...common(), ...options }));
    });
}

function declareTree({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('tree'), 'sessions with their MCP servers, shells and children', [
    ['sesswatch tree', 'every session'],
    ['sesswatch tree 4121', 'the one that process 4121 belongs to'],
  ])
    .argument('[pid]', 'a process of the tree', processId)
    .action(async (pid) => {
      const { tree } = await import('./commands/looking.js');
      exit(await tree(invocation, common(), pid));
    });
}

function declareOrphans({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('orphans'), 'dead weight only, with what speaks for and against it', [
    ['sesswatch orphans', 'what is dead weight, and why'],
    ['sesswatch orphans --sample 2s', 'two observations in one run'],
    ['sesswatch orphans --exit-code --json', 'for scripts: exit 1 when there are any'],
  ])
    .option('--exit-code', 'exit 1 when anything is orphaned, superseded, disowned or left over')
    .option('--idle <time>', `count as idle after this long: ${AGE}`)
    .action(async (options) => {
      const { orphans } = await import('./commands/looking.js');
      exit(await orphans(invocation, { ...common(), ...options }));
    });
}

function declareWhy({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('why'), 'all about one process, and why it would or would not be reaped', [
    ['sesswatch why 4121', 'the whole case'],
    ['sesswatch why 4121 --json', 'as a document'],
  ])
    .argument('<pid>', 'a process', processId)
    .option('--idle <time>', `count as idle after this long: ${AGE}`)
    .action(async (pid, options) => {
      const { why } = await import('./commands/reaping.js');
      exit(await why(invocation, { ...common(), ...options }, pid));
    });
}

function declareDiff({ program, invocation, common, exit }: DeclareContext): void {
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
    .addOption(
      new Option('--expect <expectation>', 'AGENT[:ROLE]=N, <=N or +N; may be repeated').argParser(listOf),
    )
    .option('--exit-code', 'exit 1 on any difference; with --leaks or --expect on a leak only')
    .option('--markdown', 'print a table to paste into a pull request')
    .addOption(new Option('--host <names>', 'only what these hosts ran, on either side').argParser(listOf))
    .option('--all', 'what stayed as it was too')
    .action(async (from, to, options) => {
      const { diff } = await import('./commands/looking.js');
      exit(await diff(invocation, { ...common(), ...options }, from, to));
    });
}

function declareRun({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('run'), 'run a command and report every process that it left behind', [
    ['sesswatch run -- npm test', 'exit 1 when the tests passed and leaked'],
    ['sesswatch run --reap --settle 2s -- ./start-and-stop.sh', 'end what is left, carefully'],
    ['sesswatch run --label ci --save --expect codex=1 -- ./up.sh', 'keep both snapshots, allow one codex'],
    ['sesswatch run --json -- npm test > report.json', 'what the command prints goes to stderr then'],
  ])
    .usage('[options] -- <command> [args...]')
    .argument('<command>', 'what to run, behind --')
    .argument('[args...]')
    .option('-l, --label <label>', 'a name for the report and, with --save, for the snapshots')
    .option('--settle <time>', 'quiet time to wait for after its end', '5s')
    .addOption(
      new Option('--expect <expectation>', 'what it may leave: AGENT[:ROLE]=N, <=N or +N').argParser(listOf),
    )
    .option('--save', 'keep snapshots as LABEL-before and LABEL-after')
    .option('--reap', "end what it left behind, with the reaper's care")
    .option('--no-subreaper', 'do not put a helper above it that keeps orphans in sight (Linux)')
    .action(async (name, args, options) => {
      const { run } = await import('./commands/reaping.js');
      exit(await run(invocation, { ...common(), ...options }, [name, ...args]));
    });
}

function declareTrend({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('trend'), 'counts and memory over saved snapshots', [
    ['sesswatch trend', 'all that are saved, by agent'],
    ["sesswatch trend 'nightly-*' --since 7d --by host", 'some labels, the last week, by host'],
  ])
    .argument('[labels]', 'only labels like this; * and ? stand for anything')
    .option('--since <age>', `only what is younger: ${AGE}`)
    .addOption(new Option('--by <what>', 'a series for each').choices(DIMENSIONS))
    .option('--steps <n>', 'a line for each of the last N steps', wholeNumber)
    .action(async (labels, options) => {
      const { trend } = await import('./commands/looking.js');
      exit(await trend(invocation, { ...common(), ...options }, labels));
    });
}

function declareHosts({ program, invocation, common, exit }: DeclareContext): void {
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
      const { hosts } = await import('./commands/hosts.js');
      exit(await hosts(invocation, { ...common(), ...options }));
    });
}

function declareReap({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('reap'), 'end what nobody owns, whole trees, dry until told', [
    ['sesswatch reap --dry-run', 'what would be ended, what would be kept, and why'],
    ['sesswatch reap', 'on a terminal: show the plan, then ask'],
    ['sesswatch reap --yes --quiet', 'from a timer: silent when there was nothing to do'],
    [
      'sesswatch reap --dry-run --json > plan.json; sesswatch reap --plan plan.json --yes',
      'exactly this plan',
    ],
    ['sesswatch reap --pid 4121 --idle 0 --yes', 'one tree, now, past the proof of idleness'],
    ['sesswatch reap --last', 'what the newest run did'],
  ])
    .option('--dry-run', 'only say what would be done: never signals, never asks')
    .option('-y, --yes', 'do it without asking')
    .option('--idle <time>', 'idle, or ownerless, for this long (30m); 0 waives the proof')
    .option('--min-age <time>', 'leave younger processes alone (5m); 0 waives it')
    .option('--grace <time>', 'time between SIGTERM and SIGKILL (10s)')
    .option('--max <n>', 'at most so many trees a run, the oldest first (20)')
    .addOption(
      new Option(
        '--include <kinds>',
        'also end: idle, busy-orphan, superseded, disowned, leftover',
      ).argParser(listOf),
    )
    .addOption(new Option('--session <ids>', 'only these sessions').argParser(listOf))
    .addOption(new Option('--pid <pids>', 'only the trees of these processes').argParser(processIds))
    .addOption(
      new Option(
        '--force-pid <pids>',
        'the same, past vetoes other than our own, pid 1 and the kernel',
      ).argParser(processIds),
    )
    .addOption(
      new Option(
        '--protect <rules>',
        'never end what matches: agent=, exe=, cwd=, session=, argv=',
      ).argParser(repeated),
    )
    .option('--budget-tree-memory <size>', 'also propose trees with more memory: 500MB, 2G')
    .option('--budget-descriptors <n>', 'also propose trees with more open descriptors')
    .option('--budget-sessions <n>', 'also propose the longest idle sessions beyond this many')
    .option('--budget-cpu <budget>', 'also propose ownerless trees that burn: 50%/5m')
    .option('--notify <command>', 'run a command of yours when something crossed a line, once per crossing')
    .option('--notify-above <size>', 'the line for dead weight (200MB); runaways are always told')
    .option('--plan <file>', 'end exactly what a reviewed plan names, checked anew')
    .option('--last', 'show the newest run that ended something')
    .option('--history', 'list earlier runs and reports of timers')
    .option('--all', 'with --history: runs that found nothing to end too')
    .action(async (options) => {
      const { reapCommand } = await import('./commands/reaping.js');
      exit(await reapCommand(invocation, { ...common(), ...options }));
    });
}

function declareSchedule({ program, invocation, common, exit }: DeclareContext): void {
  const schedule = described(program.command('schedule'), 'look, or reap, from a timer', [
    ['sesswatch schedule install --every 15m --print', 'show what would be written'],
    ['sesswatch schedule install --every 15m', 'report every quarter of an hour'],
    ['sesswatch schedule install --every 1h --action reap -- --idle 2h', 'reap, with flags of your own'],
    ['sesswatch schedule remove', 'take back exactly what was written'],
  ]).action(async () => {
    const { timerStatus } = await import('./commands/schedule.js');
    exit(await timerStatus(invocation, common()));
  });
  described(schedule.command('install'), 'write a timer of this system and start it', [
    ['sesswatch schedule install --every 15m --print', 'show what would be written'],
    ['sesswatch schedule install --every 30m --with cron', 'by cron, whatever else there is'],
  ])
    .requiredOption('--every <time>', 'how often: 5m, 15m, 1h')
    .addOption(new Option('--action <what>', 'what to do (report)').choices(['report', 'reap'] as const))
    .addOption(
      new Option('--with <mechanism>', 'which timer').choices([
        'systemd',
        'cron',
        'launchd',
        'task-scheduler',
      ] as const),
    )
    .option('--notify <command>', 'run a command of yours when something crossed a line, once per crossing')
    .option('--notify-above <size>', 'the line for dead weight (200MB)')
    .option('--fresh', 'without the flags of the timer that this one replaces')
    .option('--print', 'show what would be written, write nothing')
    .option('--force', 'also write over what was edited since')
    .argument('[flags...]', 'flags for the scheduled reap, behind --')
    .action(async (flags, options) => {
      const { installTimer } = await import('./commands/schedule.js');
      exit(await installTimer(invocation, { ...common(), ...options }, flags));
    });
  described(schedule.command('status'), 'last and next run, and the last outcome', [
    ['sesswatch schedule status', 'as text'],
  ]).action(async () => {
    const { timerStatus } = await import('./commands/schedule.js');
    exit(await timerStatus(invocation, common()));
  });
  described(schedule.command('remove'), 'take back exactly what was written', [
    ['sesswatch schedule remove', 'what was edited since stays'],
  ])
    .option('--force', 'also what was edited since')
    .action(async (options) => {
      const { removeTimer } = await import('./commands/schedule.js');
      exit(await removeTimer(invocation, { ...common(), ...options }));
    });
  described(
    schedule.command('hook'),
    "print a hook for Claude Code's settings that reports at the end of a session",
    [['sesswatch schedule hook', 'to paste into ~/.claude/settings.json']],
  ).action(async () => {
    const { printHook } = await import('./commands/schedule.js');
    exit(await printHook(invocation, common()));
  });
}

function declareConfig({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('config'), 'every setting with its value and where it came from', [
    ['sesswatch config', 'as a table'],
    ['SESSWATCH_IDLE=1h sesswatch config --json', 'as a document'],
  ]).action(async () => {
    const { config } = await import('./commands/config.js');
    exit(await config(invocation, common()));
  });
}

function declareDoctor({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('doctor'), 'what this machine lets sesswatch see, and what that means', [
    ['sesswatch doctor', 'each finding with what to do'],
    ['sesswatch doctor --json', 'as a document'],
  ]).action(async () => {
    const { doctor } = await import('./commands/doctor.js');
    exit(await doctor(invocation, common()));
  });
}
