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
import { look, revealOf } from '../../look/look.js';
import { completenessOf, machineName, refuseSameMachine } from '../../look/machines.js';
import { noAgents, openWorlds, type World, widthOf } from '../../look/world.js';
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
  const worlds = await openWorlds(invocation, options);
  const [{ settings }] = worlds;
  const machines: { readonly world: World; readonly seen: SnapshotDocument }[] = [];
  for (const world of worlds) {
    const request = { memory: true, revealOf: revealOf(invocation, options) };
    machines.push({ world, seen: await look(invocation, options, world, request) });
  }
  refuseSameMachine(machines);
  const narrowed = machines.map(({ seen }): SnapshotDocument => {
    return { ...seen, processes: sortEntries(seen.processes.filter(isAskedFor(options)), options.sort) };
  });
  if (options.json === true) {
    const [only, ...others] = narrowed;
    printJson(invocation, others.length === 0 ? only : { schema: 'sesswatch/machines/1', machines: narrowed });
    return completenessOf(invocation, machines);
  }
  const rows = machines.flatMap((one, at) => {
    const { processes = [] } = narrowed[at] ?? {};
    return machines.length === 1 ? processes : processes.map((entry) => ({ ...entry, machine: machineName(one) }));
  });
  const shown = sortEntries(rows, options.sort);
  const layout = { width: widthOf(invocation, options), style: await styleOf(invocation, { settings }) };
  const columns = chooseColumns(options.columns, shown, layout.width);
  const isNarrowed = (options.verdict ?? options.host) !== undefined;
  const agents = machines.reduce((sum, { seen }) => sum + seen.totals.agents, 0);
  if (shown.length === 0 && isNarrowed && agents > 0) remark(invocation, options, 'no agent is like that');
  else if (shown.length === 0) {
    for (const { world, seen } of machines) remark(invocation, options, noAgents(world, seen));
  }
  if (options.by !== undefined) printLines(invocation, groupList(shown, options.by, layout));
  else printLines(invocation, processList(shown, columns, layout));
  if (shown.length > 0 && options.quiet !== true) {
    const trees = machines.flatMap(({ seen }) => treesOf(seen.processes));
    const memory = trees.reduce((sum, { head }) => sum + (memoryOf(head) ?? 0), 0);
    const where = machines.length === 1 ? '' : ` on ${counted(machines.length, 'machine')}`;
    printLines(invocation, [
      layout.style.dim(`${counted(agents, 'agent')}${where}, ${formatBytes(memory)} with their helpers`),
      ...(isNarrowed ? [] : machines.flatMap(({ seen }) => generationLines(seen, layout.width))),
    ]);
  }
  return completenessOf(invocation, machines);
};

function isAskedFor({ all, verdict, host }: Options): (entry: ProcessEntry) => boolean {
  return (entry) => {
    if (!(all === true ? isMember(entry) : isAgentProcess(entry))) return false;
    if (verdict !== undefined && !verdict.includes(entry.verdict ?? 'none')) return false;
    return host === undefined || isHostNamed(entry.host, host);
  };
}
