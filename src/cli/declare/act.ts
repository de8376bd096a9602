import { Argument, Option } from '@commander-js/extra-typings';
import { INCLUDE_KINDS } from '../../reap/plan/policy/policy.js';
import type { DeclareContext } from './declaration.js';
import { described, listOf, processIds, repeated } from './help.js';

export function declareRun({ program, invocation, common, exit }: DeclareContext): void {
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
    .addOption(new Option('--expect <expectation>', 'what it may leave: AGENT[:ROLE]=N, <=N or +N').argParser(listOf))
    .option('--save', 'keep snapshots as LABEL-before and LABEL-after')
    .option('--reap', "end what it left behind, with the reaper's care")
    .option('--no-subreaper', 'do not put a helper above it that keeps orphans in sight (Linux)')
    .action(async (name, args, options) => {
      const { run } = await import('../commands/reaping.js');
      exit(await run(invocation, { ...common(), ...options }, [name, ...args]));
    });
}

export function declareReap({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('reap'), 'end what nobody owns, whole trees, dry until told', [
    ['sesswatch reap --dry-run', 'what would be ended, what would be kept, and why'],
    ['sesswatch reap', 'on a terminal: show the plan, then ask'],
    ['sesswatch reap --yes --quiet', 'from a timer: silent when there was nothing to do'],
    ['sesswatch reap --dry-run --json > plan.json; sesswatch reap --plan plan.json --yes', 'exactly this plan'],
    ['sesswatch reap --pid 4121 --idle 0 --yes', 'one tree, now, past the proof of idleness'],
    ['sesswatch reap --last', 'what the newest run did'],
  ])
    .option('--dry-run', 'only say what would be done: never signals, never asks')
    .option('-y, --yes', 'do it without asking')
    .option('--idle <time>', 'idle, or ownerless, for this long (30m); 0 waives the proof')
    .option('--min-age <time>', 'leave younger processes alone (5m); 0 waives it')
    .option('--grace <time>', 'time between SIGTERM and SIGKILL (10s)')
    .option('--max <n>', 'at most so many trees a run, the oldest first (20)')
    .addOption(new Option('--include <kinds>', `also end: ${INCLUDE_KINDS.join(', ')}`).argParser(listOf))
    .addOption(new Option('--session <ids>', 'only these sessions').argParser(listOf))
    .addOption(new Option('--pid <pids>', 'only the trees of these processes').argParser(processIds))
    .addOption(
      new Option('--force-pid <pids>', 'the same, past vetoes other than our own, pid 1 and the kernel').argParser(
        processIds,
      ),
    )
    .addOption(
      new Option('--protect <rules>', 'never end what matches: agent=, exe=, cwd=, session=, argv=').argParser(
        repeated,
      ),
    )
    .option('--budget-tree-memory <size>', 'also propose trees with more memory: 500MB, 2G')
    .option('--budget-descriptors <n>', 'also propose trees with more open descriptors')
    .option('--budget-sessions <n>', 'also propose the longest idle sessions beyond this many')
    .option('--budget-cpu <budget>', 'also propose ownerless trees that burn: 50%/5m')
    .option('--notify <command>', 'run a command of yours when something crossed a line, once per crossing')
    .option('--notify-above <size>', 'the line for dead weight (200MB); runaways are always told')
    .option('--textfile <path>', 'then write metrics into this file, or sesswatch.prom of this folder')
    .option('--plan <file>', 'end exactly what a reviewed plan names, checked anew')
    .option('--last', 'show the newest run that ended something')
    .option('--history', 'list earlier runs and reports of timers')
    .option('--all', 'with --history: runs that found nothing to end too')
    .action(async (options) => {
      const { reapCommand } = await import('../commands/reaping.js');
      exit(await reapCommand(invocation, { ...common(), ...options }));
    });
}

export function declareSchedule({ program, invocation, common, exit }: DeclareContext): void {
  const schedule = described(program.command('schedule'), 'look, or reap, from a timer', [
    ['sesswatch schedule install --every 15m --print', 'show what would be written'],
    ['sesswatch schedule install --every 15m', 'report every quarter of an hour'],
    ['sesswatch schedule install --every 1h --action reap -- --idle 2h', 'reap, with flags of your own'],
    ['sesswatch schedule remove', 'take back exactly what was written'],
  ]).action(async () => {
    const { timerStatus } = await import('../commands/act/schedule.js');
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
    .option('--textfile <path>', 'write metrics for node_exporter at each run: a folder, or a file *.prom')
    .option('--fresh', 'without the flags of the timer that this one replaces')
    .option('--print', 'show what would be written, write nothing')
    .option('--force', 'also write over what was edited since')
    .argument('[flags...]', 'flags for the scheduled reap, behind --')
    .action(async (flags, options) => {
      const { installTimer } = await import('../commands/act/schedule.js');
      exit(await installTimer(invocation, { ...common(), ...options }, flags));
    });
  described(schedule.command('status'), 'last and next run, and the last outcome', [
    ['sesswatch schedule status', 'as text'],
  ]).action(async () => {
    const { timerStatus } = await import('../commands/act/schedule.js');
    exit(await timerStatus(invocation, common()));
  });
  described(schedule.command('remove'), 'take back exactly what was written', [
    ['sesswatch schedule remove', 'what was edited since stays'],
  ])
    .option('--force', 'also what was edited since')
    .action(async (options) => {
      const { removeTimer } = await import('../commands/act/schedule.js');
      exit(await removeTimer(invocation, { ...common(), ...options }));
    });
  described(schedule.command('hook'), "print a hook for Claude Code's settings that reports at the end of a session", [
    ['sesswatch schedule hook', 'to paste into ~/.claude/settings.json'],
  ]).action(async () => {
    const { printHook } = await import('../commands/act/schedule.js');
    exit(await printHook(invocation, common()));
  });
}

export function declareConfig({ program, invocation, common, exit }: DeclareContext): void {
  const command = described(program.command('config'), 'every setting with its value and where it came from', [
    ['sesswatch config', 'as a table'],
    ['SESSWATCH_IDLE=1h sesswatch config --json', 'as a document'],
  ]).action(async () => {
    const { config } = await import('../commands/about/config.js');
    exit(await config(invocation, common()));
  });
  described(command.command('init'), 'write a file of yours with every setting as a comment', [
    ['sesswatch config init', 'never in the place of one that is there'],
  ])
    .option('--print', 'print it, write nothing')
    .action(async (options) => {
      const { initConfig } = await import('../commands/about/config.js');
      exit(await initConfig(invocation, { ...common(), ...options }));
    });
}

export function declareDoctor({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('doctor'), 'what this machine lets sesswatch see, and what that means', [
    ['sesswatch doctor', 'each finding with what to do'],
    ['sesswatch doctor --json', 'as a document'],
  ]).action(async () => {
    const { doctor } = await import('../commands/about/doctor.js');
    exit(await doctor(invocation, common()));
  });
}

export function declareCompletion({ program, exit, invocation, declared }: DeclareContext): void {
  described(program.command('completion'), 'completion of commands, flags, labels, agents and pids for a shell', [
    ['source <(sesswatch completion bash)', 'in ~/.bashrc'],
    ['sesswatch completion zsh > ~/.zfunc/_sesswatch', 'in a folder of fpath'],
    ['sesswatch completion fish > ~/.config/fish/completions/sesswatch.fish', 'for fish'],
  ])
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish', 'words'] as const))
    .argument('[words...]', 'what the script of a shell asks, behind --')
    .action(async (shell, words) => {
      const { completion } = await import('../commands/about/completion.js');
      exit(await completion(invocation, declared(), { shell, words }));
    });
}
