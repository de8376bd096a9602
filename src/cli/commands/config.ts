import { configDocument, configRows } from '../../config/rows.js';
import { configText } from '../../output/text/config.js';
import { EXIT_DONE } from '../exit-codes.js';
import { type Command, printJson } from '../invocation.js';
import { styleOf } from '../style.js';
import { openWorld, refuseFrom } from '../world.js';

export const config: Command<unknown> = async (invocation, options) => {
  refuseFrom(options, 'settings are of this machine');
  const world = await openWorld(invocation, options);
  if (options.json === true) {
    printJson(invocation, configDocument(world.config));
    return EXIT_DONE;
  }
  const style = await styleOf(invocation, world);
  const files = world.config.files.map(({ file }) => file);
  invocation.out(
    await configText(
      { rows: configRows(world.config), files },
      { title: (text) => style.bold(text), dim: (text) => style.dim(text) },
    ),
  );
  return EXIT_DONE;
};
