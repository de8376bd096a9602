import { statSync } from 'node:fs';
import { snapshotText } from '../../../output/text/agents/snapshot.js';
import { isMember } from '../../../snapshot/document/trees.js';
import { type Command, printJson, printLines, remark } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { look } from '../../look/look.js';
import { noAgents, openWorld, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { savedSnapshots } from './snapshots.js';

interface Options {
  readonly label?: string;
  readonly all?: boolean;
  readonly save: boolean;
}

/** Scans, saves, prints. An incomplete scan is saved too, marked as such: what it saw may be all there is. */
export const snapshot: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const seen = await look(invocation, options, world, { all: options.all, label: options.label });
  const store = options.save ? savedSnapshots(invocation) : undefined;
  const document = store?.save(seen) ?? seen;
  if (options.json === true) printJson(invocation, document);
  else if (options.quiet === true) printLines(invocation, store === undefined ? [] : [document.id]);
  else {
    if (!document.processes.some(isMember)) remark(invocation, options, noAgents(world, document));
    printLines(
      invocation,
      snapshotText(document, {
        width: widthOf(invocation, options),
        height: invocation.rows,
        style: await styleOf(invocation, world),
        rows: options.all === true ? 'all' : options.verbose === true ? 'members' : 'agents',
        savedBytes: store === undefined ? undefined : statSync(store.pathOf(document.id)).size,
      }),
    );
  }
  return completeness(invocation, document);
};
