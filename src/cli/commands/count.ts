import { isCounted } from '../../agents/membership.js';
import { selectAgents } from '../../agents/select.js';
import { seeAgents } from '../../observe/scan-agents.js';
import { totalsOf } from '../../snapshot/document/totals.js';
import { completeness } from '../completeness.js';
import { EXIT_DONE, EXIT_FOUND } from '../exit-codes.js';
import {
  type Command,
  type CommonOptions,
  type Invocation,
  printJson,
  printLines,
  remark,
} from '../invocation.js';
import { openWorld, type World } from '../world.js';

interface Options {
  readonly by?: 'agent' | 'role' | 'verdict' | 'host';
  readonly max?: number;
}

/** The number of agent processes, each once: role `session` or `server`. */
export const count: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const counts = await countAgents(invocation, world, options);
  if (counts.incomplete !== EXIT_DONE) return counts.incomplete;
  const { total, byAgent, byRole } = counts;
  const groups = groupsOf(options.by, counts);
  if (options.json === true) {
    const by =
      options.by === 'verdict' || options.by === 'host' ? { [`by${capital(options.by)}`]: groups } : {};
    printJson(invocation, { schema: 'sesswatch/count/1', count: total, byAgent, byRole, ...by });
  } else if (groups === undefined) {
    printLines(invocation, [String(total)]);
  } else {
    printLines(
      invocation,
      Object.entries(groups).map(([name, number]) => `${number} ${name}`),
    );
  }
  return limit(invocation, options, total);
};

interface Counts {
  readonly total: number;
  readonly byAgent: Readonly<Record<string, number>>;
  readonly byRole: Readonly<Record<string, number>>;
  readonly byVerdict: Readonly<Record<string, number>>;
  readonly byHost: Readonly<Record<string, number>>;
  readonly incomplete: number;
}

async function countAgents(
  invocation: Invocation,
  world: World,
  options: Options & CommonOptions,
): Promise<Counts> {
  if (options.by === 'verdict' || options.by === 'host') {
    const { look } = await import('../look.js');
    const document = await look(invocation, options, world);
    const agents = document.processes.filter(isCounted);
    return {
      total: agents.length,
      byAgent: tally(agents.map(({ agent }) => agent)),
      byRole: tally(agents.map(({ role }) => role)),
      byVerdict: tally(agents.map(({ verdict }) => verdict)),
      byHost: tally(agents.map(({ host }) => host ?? 'none')),
      incomplete: completeness(invocation, document),
    };
  }
  const { source, catalogue, agentNames } = world;
  // Rows alone: what an agent is beyond its row changes no count.
  const agents = selectAgents(await seeAgents({ source, catalogue }), agentNames);
  return {
    total: totalsOf(agents).agents,
    byAgent: totalsOf(agents).byAgent,
    byRole: tally([...agents.members.values()].filter(isCounted).map(({ role }) => role)),
    byVerdict: {},
    byHost: {},
    incomplete: completeness(invocation, agents.table.scan),
  };
}

function groupsOf(by: Options['by'], counts: Counts): Readonly<Record<string, number>> | undefined {
  switch (by) {
    case undefined:
      return undefined;
    case 'agent':
      return counts.byAgent;
    case 'role':
      return counts.byRole;
    case 'verdict':
      return counts.byVerdict;
    case 'host':
      return counts.byHost;
  }
}

function limit(invocation: Invocation, options: Options & CommonOptions, total: number): number {
  if (options.max === undefined || total <= options.max) return EXIT_DONE;
  remark(invocation, options, `${total} agents, more than ${options.max} (sesswatch ps shows them)`);
  return EXIT_FOUND;
}

function tally(names: readonly (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
