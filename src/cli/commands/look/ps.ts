import { isAgentProcess } from '../../../agents/membership.js';
import { generationLines } from '../../../output/text/agents/generations.js';
import { groupList } from '../../../output/text/agents/group-list.js';
import { chooseColumns, processList, sortEntries } from '../../../output/text/agents/process-list.js';
import type { ProcessEntry, SnapshotDocument } from '../../../snapshot/document/document.js';
import type { Dimension } from '../../../snapshot/document/summary.js';
import { isMember, memoryOf, treesOf } from '../../../snapshot/document/trees.js';
import { counted, formatBytes } from '../../../units.js';
import { isHostNamed } from '../../declare/choices.js';
import { type Command, printJson, printLines, remark } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { look, revealOf } from '../../look/look.js';
import { noAgents, openWorld, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';

interface Options {
  readonly all?: boolean;
  readonly sort?: readonly string[];
  readonly columns?: readonly string[];
  readonly verdict?: readonly string[];
  readonly host?: readonly string[];
  readonly by?: Dimension;
}

export const ps: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const document = await look(invocation, options, world, {
    memory: true,
    revealOf: revealOf(invocation, options),
  });
  const asked = document.processes.filter(
    (entry) => (options.all === true ? isMember(entry) : isAgentProcess(entry)) && isAskedFor(entry, options),
  );
  const shown = sortEntries(asked, options.sort);
  const width = widthOf(invocation, options);
  const columns = chooseColumns(options.columns, shown, width);
  if (options.json === true) {
    printJson(invocation, { ...document, processes: shown } satisfies SnapshotDocument);
    return completeness(invocation, document);
  }
  const isNarrowed = (options.verdict ?? options.host) !== undefined;
  if (shown.length === 0) {
    remark(
      invocation,
      options,
      isNarrowed && document.totals.agents > 0 ? 'no agent is like that' : noAgents(world, document),
    );
  }
  const style = await styleOf(invocation, world);
  if (options.by !== undefined) printLines(invocation, groupList(shown, options.by, { width, style }));
  else printLines(invocation, processList(shown, columns, { width, style }));
  if (shown.length > 0 && options.quiet !== true) {
    const memory = treesOf(document.processes).reduce((sum, { head }) => sum + (memoryOf(head) ?? 0), 0);
    const { agents } = document.totals;
    printLines(invocation, [
      style.dim(`${counted(agents, 'agent')}, ${formatBytes(memory)} with their helpers`),
      ...(isNarrowed ? [] : generationLines(document, width)),
    ]);
  }
  return completeness(invocation, document);
};

function isAskedFor(entry: ProcessEntry, { verdict, host }: Options): boolean {
  if (verdict !== undefined && !verdict.includes(entry.verdict ?? 'none')) return false;
  return host === undefined || isHostNamed(entry.host, host);
}
