import { zombieName } from '../../agents/resolve/zombies.js';
import { orphansText } from '../../output/text/orphans.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import { completeness } from '../completeness.js';
import { EXIT_DONE, EXIT_FOUND } from '../exit-codes.js';
import { type Command, printJson, printLines, remark } from '../invocation.js';
import { look } from '../look.js';
import { styleOf } from '../style.js';
import { openWorld, type World, widthOf } from '../world.js';

interface Options {
  readonly exitCode?: boolean;
  readonly idle?: string;
}

/** Every verdict other than live, with what it rests on. */
export const orphans: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options, { idle: options.idle });
  const document = await look(invocation, options, world);
  const shown = document.processes.filter(
    (entry) => entry.verdict !== undefined && entry.verdict !== 'live' && isAskedFor(entry, world),
  );
  if (options.json === true) printJson(invocation, { ...document, processes: shown });
  else {
    if (shown.length === 0)
      remark(invocation, options, 'every agent has an owner, and works or may be working');
    const layout = { width: widthOf(invocation, options), style: await styleOf(invocation, world) };
    printLines(invocation, orphansText(shown, layout));
  }
  if (options.json !== true) for (const note of document.notes ?? []) remark(invocation, options, note);
  const seen = completeness(invocation, document);
  if (seen !== EXIT_DONE) return seen;
  return options.exitCode === true && shown.some(isDeadWeight) ? EXIT_FOUND : EXIT_DONE;
};

/** A zombie is no member of any agent any more: the name that the kernel kept says which one it was. */
function isAskedFor({ pid, comm, verdict }: ProcessEntry, { agentNames, catalogue }: World): boolean {
  if (verdict !== 'zombie' || agentNames === undefined) return true;
  const agent = zombieName({ pid, comm, state: 'Z' }, catalogue);
  return agent !== undefined && agentNames.includes(agent);
}

/** Idle sessions have an owner, what is protected or unknown is nobody's fault: those are no finding. */
function isDeadWeight({ verdict }: ProcessEntry): boolean {
  switch (verdict) {
    case 'orphan':
    case 'superseded':
    case 'disowned':
    case 'leftover':
      return true;
    default:
      return false;
  }
}
