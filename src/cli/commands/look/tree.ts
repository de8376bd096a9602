import { SesswatchError } from '../../../errors.js';
import { generationLines } from '../../../output/text/agents/generations.js';
import { treeText } from '../../../output/text/agents/tree.js';
import type { GenerationEntry } from '../../../snapshot/document/document.js';
import { treesOf } from '../../../snapshot/document/trees.js';
import { type Command, printJson, printLines, remark } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { look, revealOf } from '../../look/look.js';
import { noAgents, openWorld, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';

/** Agents with their helpers; with a pid the one tree that it belongs to. */
export const tree: Command<unknown, readonly [pid: number | undefined]> = async (invocation, options, pid) => {
  const world = await openWorld(invocation, options);
  const document = await look(invocation, options, world, {
    memory: true,
    revealOf: revealOf(invocation, options),
  });
  const trees = treesOf(document.processes).filter(
    ({ members }) => pid === undefined || members.some((member) => member.pid === pid),
  );
  if (pid !== undefined && trees.length === 0) {
    throw new SesswatchError('usage', `process ${pid} belongs to no agent`, `sesswatch ps --all lists those that do`);
  }
  if (options.json === true) {
    const pids = new Set(trees.flatMap(({ members }) => members.map((member) => member.pid)));
    printJson(invocation, {
      ...document,
      processes: document.processes.filter((entry) => pids.has(entry.pid)),
    });
    return completeness(invocation, document);
  }
  if (trees.length === 0) remark(invocation, options, noAgents(world, document));
  const width = widthOf(invocation, options);
  const isShown = ({ leader }: GenerationEntry): boolean =>
    pid === undefined || trees.some(({ members }) => members.some((member) => member.pid === leader));
  const generations = document.generations?.filter(isShown);
  printLines(invocation, [
    ...treeText(trees, { width, style: await styleOf(invocation, world) }),
    ...generationLines({ ...document, generations }, width),
  ]);
  return completeness(invocation, document);
};
