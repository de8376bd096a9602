import { createInterface } from 'node:readline/promises';
import { SesswatchError } from '../../errors.js';
import { harmless } from '../../output/harmless.js';
import { hibernateText } from '../../output/text/reap/hibernate.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import type { EndAction } from '../../watch/state.js';
import { endTrees } from '../end/end-trees.js';
import { policyOf } from '../end/reap-world.js';
import type { CommonOptions, Invocation } from '../invocation.js';
import type { World } from '../look/world.js';

interface ViewEnd {
  readonly world: World;
  readonly action: EndAction;
  /** What was chosen, as it was when the key was pressed. */
  readonly entries: readonly ProcessEntry[];
  /** Aborted when we are told to end. */
  readonly over: AbortSignal;
}

/** Plan, question and ladder of `kill` or `hibernate` for what was chosen, then waits for Enter. */
export async function endFromView(
  invocation: Invocation,
  options: CommonOptions,
  { world, action, entries, over }: ViewEnd,
): Promise<void> {
  const pids = entries.map(({ pid }) => pid);
  const named = { ...policyOf(world.settings), idleSeconds: 0, minAgeSeconds: 0, pids };
  try {
    await endTrees(invocation, options, world, {
      policy: action === 'kill' ? named : { ...named, include: ['idle'], onlyResumable: true },
      action,
      only: entries,
      text: action === 'kill' ? undefined : hibernateText,
    });
  } catch (error) {
    // Such as that it has ended meanwhile.
    if (!(error instanceof SesswatchError)) throw error;
    invocation.err(`sesswatch: ${harmless(error.message)} (${harmless(error.hint)})\n`);
  }
  if (over.aborted) return;
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  over.addEventListener('abort', () => prompt.close(), { once: true });
  const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
  await Promise.race([prompt.question('Enter goes back to the view '), closed]);
  prompt.close();
}
