import { newUserFile, userCandidates } from '../../../config/files/discover.js';
import { configDocument, configRows } from '../../../config/rows.js';
import { configTemplate } from '../../../config/template.js';
import { SesswatchError } from '../../../errors.js';
import { harmless } from '../../../output/harmless.js';
import { configText } from '../../../output/text/machine/config.js';
import { writeFileAtomic } from '../../../state/atomic-write.js';
import { EXIT_DONE } from '../../exit-codes.js';
import { type Command, printJson } from '../../invocation.js';
import { openWorld, refuseFrom } from '../../look/world.js';
import { styleOf } from '../../style.js';

/** Writes a file in which every setting stands as a comment; never in the place of one that is there. */
export const initConfig: Command<{ readonly print?: boolean }> = async (invocation, options) => {
  const text = configTemplate();
  if (options.print === true) {
    invocation.out(text);
    return EXIT_DONE;
  }
  const [existing] = userCandidates(invocation);
  if (existing !== undefined) {
    throw new SesswatchError('usage', `${existing.file} is there already`, 'edit it, or see --print');
  }
  const file = newUserFile(invocation);
  if (file === undefined) throw new SesswatchError('usage', 'nothing says where your home folder is', 'set HOME');
  writeFileAtomic(file, text, { privateFolder: false, mode: 0o600 });
  if (options.json === true) printJson(invocation, { schema: 'sesswatch/config-init/1', file });
  else invocation.out(`written: ${harmless(file)}\n`);
  return EXIT_DONE;
};

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
