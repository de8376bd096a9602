import { isAgentProcess } from '../../agents/membership.js';
import { chooseColumns, processList, sortEntries } from '../../output/text/process-list.js';
import type { ProcessEntry, SnapshotDocument } from '../../snapshot/document/document.js';
import { counted, formatBytes } from '../../units.js';
import { completeness } from '../completeness.js';
import { type Command, printJson, printLines, remark } from '../invocation.js';
import { look } from '../look.js';
import { styleOf } from '../style.js';
import { noAgents, openWorld, widthOf } from '../world.js';

interface Options {
  readonly all?: boolean;
  readonly sort?: string;
  readonly columns?: readonly string[];
}

export const ps: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const document = await look(invocation, options, world);
  const shown = sortEntries(document.processes.filter(options.all ? isMember : isAgentProcess), options.sort);
  const width = widthOf(invocation, options);
  const columns = chooseColumns(options.columns, shown, width);
  if (options.json === true) {
    printJson(invocation, { ...document, processes: shown } satisfies SnapshotDocument);
    return completeness(invocation, document);
  }
  if (shown.length === 0) remark(invocation, options, noAgents(world));
  const style = await styleOf(invocation, world);
  printLines(invocation, processList(shown, columns, { width, styleTitle: style.dim }));
  if (shown.length > 0 && options.quiet !== true) {
    const { agents, rssBytes } = document.totals;
    printLines(invocation, [
      style.dim(`${counted(agents, 'agent')}, ${formatBytes(rssBytes)} with their helpers`),
    ]);
  }
  return completeness(invocation, document);
};

function isMember(entry: ProcessEntry): boolean {
  return entry.role !== undefined;
}
