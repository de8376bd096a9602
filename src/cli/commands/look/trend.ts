import { parseDuration } from '../../../config/duration.js';
import { trendText } from '../../../output/text/compare/trend.js';
import type { Dimension } from '../../../snapshot/document/summary.js';
import { agentSamples, evenlySpread, processGrowth } from '../../../snapshot/trend/growth.js';
import { trendOf } from '../../../snapshot/trend/trend.js';
import { EXIT_DONE } from '../../exit-codes.js';
import { type Command, printJson, printLines } from '../../invocation.js';
import { openWorld, refuseFrom, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { savedSnapshots } from './snapshots.js';

interface Options {
  readonly since?: string;
  readonly by?: Dimension;
  readonly steps?: number;
}

/** So many whole documents are opened to see single agents grow; counts and memory come from the index. */
const OPENED_DOCUMENTS = 20;

/** How counts and memory went over saved snapshots. */
export const trend: Command<Options, readonly [labels: string | undefined]> = async (invocation, options, labels) => {
  refuseFrom(options, 'a trend is of saved snapshots');
  const world = await openWorld(invocation, options);
  const since = options.since === undefined ? undefined : invocation.now() - parseDuration(options.since) * 1000;
  const store = savedSnapshots(invocation);
  const { entries, problems } = store.summaries();
  for (const { message, hint } of problems) invocation.err(`sesswatch: ${message} (${hint})\n`);
  const report = trendOf([...entries].reverse(), { by: options.by ?? 'agent', labels, since });
  const opened = evenlySpread(report.steps, OPENED_DOCUMENTS).map(({ id }) => store.load(id));
  const whole = { ...report, processes: [...report.processes, ...processGrowth(agentSamples(opened))] };
  if (options.json === true) printJson(invocation, whole);
  else {
    const layout = {
      width: widthOf(invocation, options),
      style: await styleOf(invocation, world),
      steps: options.steps ?? 0,
      labels,
    };
    printLines(invocation, trendText(whole, layout));
  }
  return EXIT_DONE;
};
