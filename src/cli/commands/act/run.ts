import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { resolveAgents } from '../../../agents/resolve/resolve.js';
import { shownArgv } from '../../../agents/shown.js';
import { parseDuration } from '../../../config/duration.js';
import { SesswatchError } from '../../../errors.js';
import { runText } from '../../../output/text/reap/run.js';
import type { ProcessTable } from '../../../process/table.js';
import { reap } from '../../../reap/reap.js';
import type { Leftover, RunReap, RunReport } from '../../../run/document.js';
import { hasLeaked, runExitCode } from '../../../run/document.js';
import { treesLeft, whatWasEnded } from '../../../run/end-leftovers.js';
import { forwardSignals, isForegroundStat } from '../../../run/forward-signals.js';
import { runAndWatch } from '../../../run/run.js';
import { subreaperPrograms } from '../../../run/subreaper.js';
import { parseExpectation } from '../../../snapshot/diff/expectation.js';
import { toSnapshot } from '../../../snapshot/document/capture.js';
import { policyOf, reapDeps } from '../../end/reap-world.js';
import { type Command, type CommonOptions, type Invocation, printJson } from '../../invocation.js';
import { look, redact } from '../../look/look.js';
import { openWorld, stateFolder, type World } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { savedSnapshots } from '../look/snapshots.js';

interface Options {
  readonly label?: string;
  readonly settle: string;
  readonly expect?: readonly string[];
  readonly save?: boolean;
  readonly reap?: boolean;
  readonly subreaper: boolean;
}

/**
 * Runs a command with our streams and reports every process that it left behind. The report is on stderr, or with
 * `--json` on stdout, and then all that the command prints is on stderr. With `--quiet` only leftovers are reported.
 */
export const run: Command<Options, readonly [command: readonly string[]]> = async (invocation, options, words) => {
  const world = await openWorld(invocation, options);
  if (world.isRecorded) throw new SesswatchError('usage', 'run watches running processes', 'leave --from out');
  // What cannot be recorded is not done: better said before the command runs than after it.
  if (options.reap === true || options.save === true) stateFolder(invocation);
  const names = new Set(world.catalogue.agents.map((entry) => entry.name));
  const [command = '', ...args] = words;
  const report = await runAndWatch({
    command,
    args,
    shownCommand: shownArgv({ argv: words }) ?? [],
    label: options.label,
    env: invocation.env,
    cwd: invocation.cwd,
    // `--json` promises one document on stdout: what the command prints must not stand before it.
    stdout: options.json === true ? 'our-stderr' : 'ours',
    runId: randomUUID(),
    platform: invocation.platform,
    source: world.source,
    subreapers: options.subreaper ? subreaperPrograms(invocation.platform, process.arch, existsSync) : [],
    settleMs: parseDuration(options.settle) * 1000,
    expectations: (options.expect ?? []).map((text) => parseExpectation(text, names)),
    describe: async (table) => describe(world, table),
    save: options.save === true ? (when) => save(invocation, options, world, when) : undefined,
    reap: options.reap === true ? (leftovers) => end(invocation, options, world, leftovers) : undefined,
    forwardSignals: (forward) => forwardSignals(process, invocation.platform, isForeground, forward),
    uid: invocation.uid,
    now: invocation.now,
  });
  if (options.json === true) printJson(invocation, report);
  else if (options.quiet !== true || isWorthTelling(report)) {
    // The command's own output is on stdout; what there is to say about it must not mix with it.
    const layout = {
      width: undefined,
      style: await styleOf(invocation, world),
      verbose: options.verbose === true,
    };
    invocation.err(`${runText(report, layout).join('\n')}\n`);
  }
  if (report.end.kind === 'signalled' && invocation.platform !== 'win32') {
    // Whoever waits for us is to see the same end as if the command had been started without us.
    process.kill(process.pid, report.end.signal);
  }
  return runExitCode(report, os.constants.signals);
};

function isWorthTelling(report: RunReport): boolean {
  return report.leftovers.length > 0 || hasLeaked(report) || report.end.kind === 'not-started';
}

function describe(world: World, table: ProcessTable) {
  const agents = resolveAgents(table, world.catalogue);
  return toSnapshot({ agents, label: 'run', id: 'run', all: true, redact });
}

async function save(
  invocation: Invocation,
  options: Options & CommonOptions,
  world: World,
  when: 'before' | 'after',
): Promise<string> {
  const document = await look(invocation, options, world, { label: `${options.label ?? 'run'}-${when}` });
  return savedSnapshots(invocation).save(document).id;
}

async function end(
  invocation: Invocation,
  options: Options & CommonOptions,
  world: World,
  leftovers: readonly Leftover[],
): Promise<RunReap> {
  const trees = treesLeft(leftovers);
  const request = { dryRun: false, action: 'run', choice: { kind: 'given', trees } } as const;
  return whatWasEnded(await reap(reapDeps(invocation, options, world, undefined), policyOf(world.settings), request));
}

function isForeground(): boolean {
  try {
    return isForegroundStat(readFileSync('/proc/self/stat', 'latin1'));
  } catch {
    // No procfs: then the signal is forwarded, at worst a second time.
    return false;
  }
}
