import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSize } from '../../config/size.js';
import { SesswatchError } from '../../errors.js';
import { harmless } from '../../output/harmless.js';
import { type PlanLayout, planText } from '../../output/text/plan.js';
import { doneBy, historyText, journalText, reapSummary, reapText } from '../../output/text/reap.js';
import { endedSomething, readHistory } from '../../reap/journal/read.js';
import { toPlanDocument } from '../../reap/plan/document.js';
import { parsePlanDocument, type ReviewedPlan } from '../../reap/plan/file.js';
import type { Plan } from '../../reap/plan/plan.js';
import type { Policy } from '../../reap/plan/policy.js';
import type { Target } from '../../reap/plan/target.js';
import { type ReapResult, reap } from '../../reap/reap.js';
import { assertCommand, notify } from '../../schedule/notice.js';
import { formatTime } from '../../units.js';
import { EXIT_DONE, EXIT_INCOMPLETE, EXIT_SURVIVORS, EXIT_USAGE } from '../exit-codes.js';
import { type Command, type CommonOptions, type Invocation, printJson, printLines } from '../invocation.js';
import { redact } from '../look.js';
import { askWhich } from '../reap-question.js';
import { policyOf, reapDeps } from '../reap-world.js';
import { styleOf } from '../style.js';
import { VERSION } from '../version.js';
import { openWorld, stateFolder, type World, widthOf } from '../world.js';

interface Options {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
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
  if (world.isRecorded) {
    throw new SesswatchError('usage', 'nothing recorded can be reaped', 'leave --from out');
  }
  const dryRun = options.dryRun === true;
  if (options.notify !== undefined) assertCommand(options.notify);
  assertMayAsk(invocation, options, dryRun);

  const reviewed = options.plan === undefined ? undefined : readPlan(invocation, options.plan);
  const interruption = listenForSignals();
  try {
    const deps = reapDeps(invocation, options, world, interruption.signal);
    let wasAsked = false;
    const ask = (plan: Plan): Promise<readonly Target[]> => {
      wasAsked = true;
      return showAndAsk(invocation, options, world, plan, interruption.signal);
    };
    const confirm = dryRun || options.yes === true ? undefined : ask;
    const result = await reap(deps, policyFor(world, options, reviewed), {
      dryRun,
      // Silent and without a terminal it is a timer's, of which the journal is all that somebody sees.
      record: dryRun && options.quiet === true && !invocation.isTerminal,
      confirm,
      choice: reviewed === undefined ? undefined : { kind: 'reviewed', plan: reviewed },
    });
    await print(invocation, options, world, result, { dryRun, wasAsked });
    if (options.notify !== undefined) tell(invocation, options.notify, options.notifyAbove, result);
    return exitCodeOf(result, interruption.received());
  } finally {
    interruption.stop();
  }
};

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

function policyFor(
  world: World,
  options: Options & CommonOptions,
  reviewed: ReviewedPlan | undefined,
): Policy {
  if (reviewed !== undefined) return reviewed.policy;
  return {
    ...policyOf(world.settings),
    sessions: options.session ?? [],
    pids: options.pid ?? [],
    forcePids: options.forcePid ?? [],
    agents: world.agentNames ?? [],
  };
}

function assertMayAsk(invocation: Invocation, options: Options & CommonOptions, dryRun: boolean): void {
  if (dryRun || options.yes === true) return;
  if (invocation.isTerminal && process.stdin.isTTY === true && options.json !== true) return;
  throw new SesswatchError(
    'usage',
    'reap does not ask without a terminal',
    'give --yes to end what the plan names, or --dry-run to see it',
  );
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

/** Shows the plan and asks: all of it, some of it, nothing. */
async function showAndAsk(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  plan: Plan,
  abort: AbortSignal,
): Promise<readonly Target[]> {
  const document = toPlanDocument(plan, { dryRun: false, version: VERSION, redact });
  const layout = await layoutOf(invocation, options, world);
  printLines(invocation, planText(document, layout));
  const chosen = await askWhich(invocation, document, layout, abort);
  return plan.targets.filter((_, index) => chosen.includes(index));
}

async function layoutOf(invocation: Invocation, options: CommonOptions, world: World): Promise<PlanLayout> {
  return {
    width: widthOf(invocation, options),
    style: await styleOf(invocation, world),
    verbose: options.verbose === true,
  };
}

async function print(
  invocation: Invocation,
  options: Options & CommonOptions,
  world: World,
  result: ReapResult,
  { dryRun, wasAsked }: { readonly dryRun: boolean; readonly wasAsked: boolean },
): Promise<void> {
  if (options.json === true) {
    printJson(invocation, result.document);
    return;
  }
  const layout = await layoutOf(invocation, options, world);
  if (result.kind === 'reaped') {
    printLines(
      invocation,
      options.quiet === true ? [reapSummary(result.document)] : reapText(result.document, layout),
    );
    return;
  }
  // Whoever was asked has seen the plan, and may have chosen nothing of it.
  const isNothing = !wasAsked && result.plan.targets.length === 0 && result.dropped.length === 0;
  if (options.quiet === true && isNothing) return;
  if (options.quiet === true) {
    printLines(invocation, planText(result.document, layout).slice(0, 1));
    return;
  }
  if (dryRun || isNothing) printLines(invocation, planText(result.document, layout));
  else printLines(invocation, ['nothing was ended']);
  printLines(
    invocation,
    result.dropped.map(({ root, reason }) => `left alone: ${root}: ${reason}`),
  );
}

function exitCodeOf(result: ReapResult, received: NodeJS.Signals | undefined): number {
  if (received === 'SIGINT') return 130;
  if (received === 'SIGTERM') return 143;
  if (received === 'SIGHUP') return 129;
  if (result.kind === 'planned') return EXIT_DONE;
  switch (result.document.stopped?.why) {
    case 'scan-failed':
      return EXIT_INCOMPLETE;
    case 'journal-failed':
      return EXIT_USAGE;
    case 'interrupted':
    case undefined:
      return result.document.survivors > 0 ? EXIT_SURVIVORS : EXIT_DONE;
  }
}

/** A first SIGINT, SIGTERM or SIGHUP (the terminal closed) stops the escalation; what was begun is verified and written down. */
function listenForSignals() {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const listeners = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const listener = (): void => {
      received ??= signal;
      controller.abort(signal);
    };
    process.on(signal, listener);
    return [signal, listener] as const;
  });
  return {
    signal: controller.signal,
    received: () => received,
    stop: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
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
