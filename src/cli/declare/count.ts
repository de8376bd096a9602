import { Option } from '@commander-js/extra-typings';
import { type DeclareContext, DIMENSIONS } from './declaration.js';
import { described, wholeNumber } from './help.js';

/** Apart from the others: what runs in prompts and loops is a program of its own (build.js). */
export function declareCount({ program, invocation, common, exit }: DeclareContext): void {
  described(program.command('count'), 'the number of agent processes', [
    ['sesswatch count', 'a bare number'],
    ['sesswatch count --by agent', 'a number for each agent'],
    ['sesswatch count --max 20', 'exit 1 when there are more'],
  ])
    .addOption(new Option('--by <what>', 'one number for each').choices([...DIMENSIONS, 'machine'] as const))
    .option('--max <n>', 'exit 1 when there are more than this', wholeNumber)
    .action(async (options) => {
      const { count } = await import('../commands/look/count.js');
      exit(await count(invocation, { ...common(), ...options }));
    });
}
