import { overviewText } from '../../../output/text/agents/overview.js';
import { type Command, printJson, printLines } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { lookAndPlan } from '../../look/plan-now.js';
import { openWorld, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';

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
