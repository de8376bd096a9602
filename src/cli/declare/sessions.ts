import type { DeclareContext } from './declaration.js';
import { described } from './help.js';

const REFS = 'pids and session ids, as sesswatch ps shows them';
const DRY = 'only say what would be done: never signals, never asks';

export function declareKill({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('kill'), 'end just these trees: the plan, question and care of reap', [
    ['sesswatch kill 4121', 'the tree that process 4121 belongs to, asked'],
    ['sesswatch kill 9c3f8849 --yes', 'the one that holds this session'],
  ])
    .argument('<refs...>', REFS)
    .option('--dry-run', DRY)
    .option('-y, --yes', 'do it without asking')
    .option('--idle <time>', 'only when idle, or ownerless, for this long (0)')
    .option('--min-age <time>', 'only when older than this (0)')
    .option('--grace <time>', 'time between SIGTERM and SIGKILL (10s)')
    .action(async (refs, options) => {
      const { kill } = await import('../commands/reaping.js');
      exit(await kill(invocation, { ...common(), ...options }, refs));
    });
}

export function declareHibernate({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('hibernate'), 'end idle sessions that can be resumed, and say how', [
    ['sesswatch hibernate --idle 2h', 'all that are idle for so long and whose turn is over'],
    ['sesswatch hibernate 2207', 'this one, as soon as its turn is over'],
    ['sesswatch resume', 'how to go on with them'],
  ])
    .argument('[refs...]', `${REFS}; all that are idle when left out`)
    .option('--dry-run', DRY)
    .option('-y, --yes', 'do it without asking')
    .option('--idle <time>', 'idle for this long (30m; 0 for those that are named)')
    .option('--min-age <time>', 'leave younger sessions alone (5m; 0 for those that are named)')
    .option('--grace <time>', 'time between SIGTERM and SIGKILL (10s)')
    .option('--max <n>', 'at most so many, the oldest first (20)')
    .action(async (refs, options) => {
      const { hibernate } = await import('../commands/reaping.js');
      exit(await hibernate(invocation, { ...common(), ...options }, refs));
    });
}

export function declareResume({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('resume'), 'list sessions that were ended and can be resumed, with the command', [
    ['sesswatch resume', 'all that the journal knows, newest first'],
    ['sesswatch resume --last', 'those of the newest run'],
  ])
    .option('--last', 'only those of the newest run that ended some')
    .action(async (options) => {
      const { resume } = await import('../commands/reaping.js');
      exit(await resume(invocation, { ...common(), ...options }));
    });
}
