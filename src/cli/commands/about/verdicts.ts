import { verdictsText } from '../../../output/text/agents/verdicts.js';
import { EXIT_DONE } from '../../exit-codes.js';
import { type Command, printLines } from '../../invocation.js';
import { openWorld, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';

/** The legend of verdicts. */
export const verdicts: Command<unknown> = async (invocation, options) => {
  const style = await styleOf(invocation, await openWorld(invocation, options));
  printLines(invocation, verdictsText(style, widthOf(invocation, options)));
  return EXIT_DONE;
};
