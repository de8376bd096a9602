import { overviewText } from '../../output/text/overview.js';
import { completeness } from '../completeness.js';
import { type Command, printJson, printLines } from '../invocation.js';
import { look } from '../look.js';
import { styleOf } from '../style.js';
import { openWorld, widthOf } from '../world.js';

export const overview: Command<unknown> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const document = await look(invocation, options, world);
  if (options.json === true) printJson(invocation, document);
  else {
    const layout = { width: widthOf(invocation, options), style: await styleOf(invocation, world) };
    printLines(invocation, overviewText(document, layout));
  }
  return completeness(invocation, document);
};
