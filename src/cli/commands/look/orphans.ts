import { zombieName } from '../../../agents/resolve/zombies.js';
import { generationLines } from '../../../output/text/agents/generations.js';
import { orphansText } from '../../../output/text/agents/orphans.js';
import { isDeadWeight } from '../../../output/words.js';
import type { ProcessEntry, SnapshotDocument } from '../../../snapshot/document/document.js';
import { treesOf } from '../../../snapshot/document/trees.js';
import { counted } from '../../../units.js';
import { EXIT_DONE, EXIT_FOUND } from '../../exit-codes.js';
import { type Command, printJson, printLines, remark } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { lookAndPlan, reapWordsOf } from '../../look/plan-now.js';
import { noAgents, openWorld, type World, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';

interface Options {
  readonly exitCode?: boolean;
  readonly idle?: string;
}

/** Dead weight, with what it rests on. */
export const orphans: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options, { idle: options.idle });
  const { document, plan } = await lookAndPlan(invocation, options, world);
  const dead = document.processes.filter(isDeadWeight);
  const zombies = document.processes.filter((entry) => entry.verdict === 'zombie' && isAskedFor(entry, world));
  if (options.json === true) printJson(invocation, { ...document, processes: [...dead, ...zombies] });
  else {
    const shown = [...topmost(document, dead), ...zombies];
    if (shown.length === 0) remark(invocation, options, nothingFound(document, world));
    const layout = {
      width: widthOf(invocation, options),
      style: await styleOf(invocation, world),
      takenAt: document.takenAt,
    };
    printLines(invocation, generationLines(document, layout.width));
    printLines(invocation, orphansText(shown, reapWordsOf(plan), layout));
    for (const note of document.notes ?? []) remark(invocation, options, note);
  }
  const seen = completeness(invocation, document);
  if (seen !== EXIT_DONE) return seen;
  return options.exitCode === true && dead.length > 0 ? EXIT_FOUND : EXIT_DONE;
};

/** Without helpers that go with the dead agent or the dead helper that they belong to. */
function topmost(document: SnapshotDocument, dead: readonly ProcessEntry[]): ProcessEntry[] {
  const headOf = new Map(
    treesOf(document.processes).flatMap(({ head, members }) => members.map(({ pid }) => [pid, head] as const)),
  );
  return dead.filter((entry) => {
    const head = headOf.get(entry.pid);
    return head === undefined || head.pid === entry.pid || !isDeadWeight(head);
  });
}

function nothingFound(document: SnapshotDocument, world: World): string {
  const { totals, processes } = document;
  if (totals.agents === 0) return noAgents(world, document);
  const unknown = processes.filter(({ verdict }) => verdict === 'unknown').length;
  const rest = unknown === 0 ? '' : `; ${unknown} could not be judged (sesswatch ps --all --verdict unknown)`;
  return `no dead weight among ${counted(totals.agents, 'agent')}${rest}`;
}

/** A zombie is no member of any agent any more: the name that the kernel kept says which one it was. */
function isAskedFor({ pid, comm }: ProcessEntry, { agentNames, catalogue }: World): boolean {
  if (agentNames === undefined) return true;
  const agent = zombieName({ pid, comm, state: 'Z' }, catalogue);
  return agent !== undefined && agentNames.includes(agent);
}
