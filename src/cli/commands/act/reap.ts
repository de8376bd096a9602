import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSize } from '../../../config/size.js';
import { SesswatchError } from '../../../errors.js';
import { harmless } from '../../../output/harmless.js';
import { doneBy, historyText, journalText } from '../../../output/text/reap/reap.js';
import { endedSomething, readHistory } from '../../../reap/journal/read.js';
import { parsePlanDocument, type ReviewedPlan } from '../../../reap/plan/file.js';
import type { Policy } from '../../../reap/plan/policy/policy.js';
import type { ReapResult } from '../../../reap/reap.js';
import { assertCommand, notify } from '../../../schedule/notice.js';
import { formatTime } from '../../../units.js';
import { type EndOptions, endTrees } from '../../end/end-trees.js';
import { policyOf } from '../../end/reap-world.js';
import { EXIT_DONE, EXIT_USAGE } from '../../exit-codes.js';
import { type Command, type CommonOptions, type Invocation, printJson, printLines } from '../../invocation.js';
import { measure, textfilePath, writeTextfile } from '../../look/metrics-file.js';
import { openWorld, stateFolder, type World } from '../../look/world.js';
import { styleOf } from '../../style.js';

interface Options extends EndOptions {
  readonly idle?: string;
  readonly minAge?: string;
  readonly grace?: string;
  readonly max?: string;
  readonly include?: readonly string[];
  readonly session?: readonly string[];
  readonly pid?: readonly number[];
  readonly forcePid?: readonly number[];
  readonly protect?: readonly string[];
  readonly budgetTreeMemory?: string;
  readonly budgetDescriptors?: string;
  readonly budgetSessions?: string;
  readonly budgetCpu?: string;
  readonly notify?: string;
  readonly notifyAbove?: string;
  readonly textfile?: string;
  readonly plan?: string;
  readonly last?: boolean;
  readonly history?: boolean;
  readonly all?: boolean;
}

/** Plans, asks, ends, verifies. Dry until told: without a terminal it needs `--yes`. */
export const reapCommand: Command<Options> = async (invocation, options) => {
  if (options.last === true || options.history === true) return showJournal(invocation, options);
  const { idle, minAge, grace, max, include, protect } = options;
  const { budgetTreeMemory, budgetDescriptors, budgetSessions, budgetCpu } = options;
  const budgets = { budgetTreeMemory, budgetDescriptors, budgetSessions, budgetCpu };
  const world = await openWorld(invocation, options, {
    idle,
    minAge,
    grace,
    max,
    include,
    protect,
    ...budgets,
  });
  if (options.notify !== undefined) assertCommand(options.notify);
  if (options.textfile !== undefined) textfilePath(options.textfile);
  const reviewed = options.plan === undefined ? undefined : readPlan(invocation, options.plan);
  const { result, code } = await endTrees(invocation, options, world, {
    policy: policyFor(world, options, reviewed),
    action: 'reap',
    // Silent and without a terminal it is a timer's, of which the journal is all that somebody sees.
    record: options.dryRun === true && options.quiet === true && !invocation.isTerminal,
    choice: reviewed === undefined ? undefined : { kind: 'reviewed', plan: reviewed },
  });
  if (options.notify !== undefined) tell(invocation, options.notify, options.notifyAbove, result);
  if (options.textfile !== undefined) {
    const failure = await writeMetrics(invocation, options, world, options.textfile);
    if (failure !== undefined) invocation.err(`sesswatch: ${harmless(failure)}\n`);
    // What became of the trees is the answer; only a run without one fails for its metrics.
    return failure !== undefined && code === EXIT_DONE ? EXIT_USAGE : code;
  }
  return code;
};

/** What is left, for node_exporter; answers with why that could not be written. */
async function writeMetrics(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  place: string,
): Promise<string | undefined> {
  try {
    const { text } = await measure(invocation, options, world, 'prometheus');
    writeTextfile(invocation, place, text);
    return undefined;
  } catch (error) {
    if (!(error instanceof SesswatchError)) throw error;
    return error.message;
  }
}

/** Also when nothing is printed: a command of the user's is how a timer speaks. */
function tell(invocation: Invocation, command: string, above = NOTIFY_ABOVE, { plan }: ReapResult): void {
  const failure = notify({
    command,
    limitBytes: parseSize(above),
    judged: plan.judged,
    stateHome: stateFolder(invocation),
    env: invocation.env,
  });
  if (failure !== undefined) invocation.err(`sesswatch: ${harmless(failure)}\n`);
}

const NOTIFY_ABOVE = '200MB';

function policyFor(world: World, options: Options & CommonOptions, reviewed: ReviewedPlan | undefined): Policy {
  if (reviewed !== undefined) return reviewed.policy;
  return {
    ...policyOf(world.settings),
    sessions: options.session ?? [],
    pids: options.pid ?? [],
    forcePids: options.forcePid ?? [],
    agents: world.agentNames ?? [],
  };
}

function readPlan(invocation: Invocation, file: string): ReviewedPlan {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : path.resolve(invocation.cwd, file), 'utf8');
  } catch (error) {
    throw new SesswatchError(
      'usage',
      `cannot read ${file}: ${(error as Error).message}`,
      'sesswatch reap --dry-run --json prints a plan',
      error,
    );
  }
  return parsePlanDocument(text, file);
}

async function showJournal(invocation: Invocation, options: Options & CommonOptions): Promise<number> {
  const world = await openWorld(invocation, options);
  const folder = stateFolder(invocation);
  const all = readHistory(folder);
  const [newest] = all;
  const last = all.find(endedSomething) ?? newest;
  const isHistory = options.history === true;
  if (options.json === true) {
    printJson(invocation, {
      schema: 'sesswatch/journal/1',
      runs: isHistory ? all : last === undefined ? [] : [last],
      ...(isHistory || newest === last ? {} : { newest }),
    });
  } else if (newest === undefined || last === undefined) printLines(invocation, ['no reap has run yet']);
  else if (isHistory) printLines(invocation, historyText(all, options.all === true));
  else {
    const style = await styleOf(invocation, world);
    printLines(invocation, journalText(last, style));
    if (newest !== last) {
      const what = newest.report === undefined ? (newest.start?.action ?? 'reap') : 'report';
      printLines(invocation, [
        style.dim(`since then: ${what} at ${formatTime(new Date(newest.startedAt))}: ${doneBy(newest)}`),
      ]);
    }
  }
  return EXIT_DONE;
}
