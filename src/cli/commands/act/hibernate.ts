import { hibernateText } from '../../../output/text/reap/hibernate.js';
import { type EndOptions, endTrees } from '../../end/end-trees.js';
import { policyOf } from '../../end/reap-world.js';
import { EXIT_DONE, EXIT_SURVIVORS } from '../../exit-codes.js';
import type { Command } from '../../invocation.js';
import { openWorld } from '../../look/world.js';
import { namedBy } from './kill.js';

interface Options extends EndOptions {
  readonly idle?: string;
  readonly minAge?: string;
  readonly grace?: string;
  readonly max?: string;
}

/** Ends idle sessions whose turn is over and that can be resumed, and says how: those that are named, or all. */
export const hibernate: Command<Options, readonly [refs: readonly string[]]> = async (invocation, options, refs) => {
  const { grace, max } = options;
  const isNamed = refs.length > 0;
  // For a session that is named no time has to pass; that its turn is over must be proven all the same.
  const idle = options.idle ?? (isNamed ? '0' : undefined);
  const minAge = options.minAge ?? (isNamed ? '0' : undefined);
  const world = await openWorld(invocation, options, { idle, minAge, grace, max });
  const { result, code } = await endTrees(invocation, options, world, {
    policy: {
      ...policyOf(world.settings),
      include: ['idle'],
      onlyResumable: true,
      agents: world.agentNames ?? [],
      ...namedBy(refs),
    },
    action: 'hibernate',
    text: hibernateText,
  });
  const isLeft = result.kind === 'planned' && isNamed && options.dryRun !== true;
  return code === EXIT_DONE && isLeft && result.plan.kept.length > 0 ? EXIT_SURVIVORS : code;
};
