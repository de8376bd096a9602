import { SesswatchError } from '../../errors.js';
import { cutTo } from '../../output/columns.js';
import { harmless } from '../../output/harmless.js';
import { type PlanLayout, planText } from '../../output/text/reap/plan.js';
import { reapSummary, reapText } from '../../output/text/reap/reap.js';
import type { ProcessIdentity } from '../../process/identity.js';
import type { Choice } from '../../reap/choice.js';
import type { ReapDocument } from '../../reap/document.js';
import type { Progress } from '../../reap/execute/execute.js';
import type { JournalAction } from '../../reap/journal/journal.js';
import { nameOf } from '../../reap/plan/context.js';
import { toPlanDocument } from '../../reap/plan/document.js';
import { onlyTargets, type Plan } from '../../reap/plan/plan.js';
import type { Policy } from '../../reap/plan/policy/policy.js';
import type { Target } from '../../reap/plan/target.js';
import { type ReapResult, reap } from '../../reap/reap.js';
import { EXIT_DONE, EXIT_INCOMPLETE, EXIT_SURVIVORS, EXIT_USAGE } from '../exit-codes.js';
import { type CommonOptions, type Invocation, printJson, printLines } from '../invocation.js';
import { redact } from '../look/look.js';
import { type World, widthOf } from '../look/world.js';
import { styleOf } from '../style.js';
import { VERSION } from '../version.js';
import { askWhich } from './reap-question.js';
import { reapDeps } from './reap-world.js';

/** What `reap`, `kill` and `hibernate` have in common: how it is asked for, and how it is told. */
export interface EndOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export interface EndRequest {
  readonly policy: Policy;
  readonly action: JournalAction;
  readonly choice?: Choice | undefined;
  /** Only trees with one of these processes, whoever has their pids by now. */
  readonly only?: readonly ProcessIdentity[] | undefined;
  /** Whether a dry run leaves a report in the journal. */
  readonly record?: boolean | undefined;
  /** In place of the usual lines about what was ended. */
  readonly text?: ((document: ReapDocument) => readonly string[]) | undefined;
}

/**
 * Plans, asks, ends, verifies and tells. Dry until told: without a terminal it needs `--yes`.
 *
 * @throws SesswatchError as {@link reap}
 */
export async function endTrees(
  invocation: Invocation,
  options: EndOptions & CommonOptions,
  world: World,
  request: EndRequest,
): Promise<{ readonly result: ReapResult; readonly code: number }> {
  if (world.isRecorded) {
    throw new SesswatchError('usage', 'nothing recorded can be reaped', 'leave --from out');
  }
  const dryRun = options.dryRun === true;
  assertMayAsk(invocation, options, request.action);
  const interruption = listenForSignals();
  const line = progressLine(invocation, options);
  try {
    const deps = { ...reapDeps(invocation, options, world, interruption.signal), onProgress: line?.show };
    let wasAsked = false;
    const ask = (plan: Plan): Promise<readonly Target[]> => {
      wasAsked = true;
      return showAndAsk(invocation, options, world, onlyThese(plan, request.only), interruption.signal);
    };
    const { policy, record, action, choice, only } = request;
    // What was chosen on a screen is chosen by identity, whoever says yes to it.
    const unasked = only === undefined ? undefined : async (plan: Plan) => onlyThese(plan, only).targets;
    const confirm = dryRun ? undefined : options.yes === true ? unasked : ask;
    const result = await reap(deps, policy, { dryRun, record, action, confirm, choice });
    line?.clear();
    await print(invocation, options, world, { result, dryRun, wasAsked, text: request.text });
    return { result, code: exitCodeOf(result, interruption.received()) };
  } finally {
    interruption.stop();
  }
}

function assertMayAsk(invocation: Invocation, options: EndOptions & CommonOptions, action: JournalAction): void {
  if (options.dryRun === true || options.yes === true) return;
  if (invocation.isTerminal && process.stdin.isTTY === true && options.json !== true) return;
  throw new SesswatchError(
    'usage',
    `${action} does not ask without a terminal`,
    'give --yes to end what the plan names, or --dry-run to see it',
  );
}

function onlyThese(plan: Plan, only: EndRequest['only']): Plan {
  if (only === undefined) return plan;
  const isMeant = ({ processes }: Target): boolean =>
    processes.some(({ identity }) =>
      only.some(
        ({ pid, startTime }) => pid === identity.pid && startTime !== undefined && startTime === identity.startTime,
      ),
    );
  return onlyTargets(plan, plan.targets.filter(isMeant));
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
  options: CommonOptions,
  world: World,
  told: Pick<EndRequest, 'text'> & {
    readonly result: ReapResult;
    readonly dryRun: boolean;
    readonly wasAsked: boolean;
  },
): Promise<void> {
  const { result, dryRun, wasAsked, text } = told;
  if (options.json === true) {
    printJson(invocation, result.document);
    return;
  }
  const layout = await layoutOf(invocation, options, world);
  if (result.kind === 'reaped') {
    const { document } = result;
    const lines = text?.(document) ?? reapText(document, layout);
    printLines(invocation, options.quiet === true ? [reapSummary(document)] : lines);
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

/** Who has ended, who is stubborn and how long they have, on one line of a terminal's standard error. */
function progressLine(invocation: Invocation, options: CommonOptions) {
  if (options.quiet === true || process.stderr.isTTY !== true) return undefined;
  let shown = false;
  return {
    show: ({ ended, total, waiting, secondsLeft }: Progress): void => {
      const who = waiting.slice(0, 3).map(({ record, member }) => harmless(nameOf(record, member)));
      const more = waiting.length > who.length ? ` and ${waiting.length - who.length} more` : '';
      const text = `${ended} of ${total} ended, waiting for ${who.join(', ')}${more}, ${Math.ceil(secondsLeft)} s left`;
      invocation.err(`\r\u001b[K${cutTo(text, (invocation.columns ?? 80) - 1)}`);
      shown = true;
    },
    clear: (): void => {
      if (shown) invocation.err('\r\u001b[K');
    },
  };
}
