import { SesswatchError } from '../../../errors.js';
import { type EndOptions, endTrees } from '../../end/end-trees.js';
import { policyOf } from '../../end/reap-world.js';
import { EXIT_DONE, EXIT_SURVIVORS } from '../../exit-codes.js';
import type { Command } from '../../invocation.js';
import { openWorld } from '../../look/world.js';

interface Options extends EndOptions {
  readonly idle?: string;
  readonly minAge?: string;
  readonly grace?: string;
}

/** The reap of just these trees: whoever names them need not wait for the proof of idleness. */
export const kill: Command<Options, readonly [refs: readonly string[]]> = async (invocation, options, refs) => {
  const { idle = '0', minAge = '0', grace } = options;
  const world = await openWorld(invocation, options, { idle, minAge, grace });
  const { result, code } = await endTrees(invocation, options, world, {
    policy: { ...policyOf(world.settings), ...namedBy(refs) },
    action: 'kill',
  });
  // Whatever was named and is there is left.
  const isLeft = result.kind === 'planned' && options.dryRun !== true && result.plan.kept.length > 0;
  return code === EXIT_DONE && isLeft ? EXIT_SURVIVORS : code;
};

/** Pids and session ids, as lists show them. @throws SesswatchError `usage` */
export function namedBy(refs: readonly string[]): { readonly pids: number[]; readonly sessions: string[] } {
  const pids: number[] = [];
  const sessions: string[] = [];
  for (const ref of refs) {
    if (/^\d{1,10}$/.test(ref) && Number(ref) > 0) pids.push(Number(ref));
    else if (/^[\w.:-]{8,}$/.test(ref)) sessions.push(ref);
    else {
      const hint = 'sesswatch ps shows both; give at least eight characters of a session id';
      throw new SesswatchError('usage', `${ref} is neither a pid nor a session id`, hint);
    }
  }
  return { pids, sessions };
}
