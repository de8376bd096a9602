import { overviewText } from '../../output/text/overview.js';
import { completeness } from '../completeness.js';
import { type Command, printJson, printLines } from '../invocation.js';
import { lookAndPlan } from '../plan-now.js';
import { styleOf } from '../style.js';
import { openWorld, widthOf } from '../world.js';

export const overview: Command<unknown> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const { document, plan } = await lookAndPlan(invocation, options, world);
  if (options.json === true) printJson(invocation, document);
  else {
    const layout = { width: widthOf(invocation, options), style: await styleOf(invocation, world) };
    const due = plan?.targets.map(({ processes, resources }) => ({
      pids: processes.map(({ identity }) => identity.pid),
      memoryBytes: resources.memoryBytes,
    }));
    printLines(invocation, overviewText(document, due, layout));
  }
  return completeness(invocation, document);
};
