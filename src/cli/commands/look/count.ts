import { isCounted, type Role } from '../../../agents/membership.js';
import { selectAgents } from '../../../agents/select.js';
import { seeAgents } from '../../../observe/scan-agents.js';
import type { Dimension } from '../../../snapshot/document/summary.js';
import { tally, totalsOf } from '../../../snapshot/document/totals.js';
import { EXIT_DONE, EXIT_FOUND } from '../../exit-codes.js';
import { type Command, type CommonOptions, type Invocation, printJson, printLines, remark } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { openWorld, type World } from '../../look/world.js';

interface Options {
  readonly by?: Dimension | 'machine';
  readonly max?: number;
}

/** The number of agent processes, each once. */
export const count: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const counts = await countAgents(invocation, world, options);
  if (counts.incomplete !== EXIT_DONE) return counts.incomplete;
  const { total, byAgent, byRole, asked } = counts;
  if (options.json === true) {
    const by = options.by === undefined ? {} : { [`by${capital(options.by)}`]: asked };
    printJson(invocation, { schema: 'sesswatch/count/1', count: total, byAgent, byRole, ...by });
  } else if (options.by === undefined) {
    printLines(invocation, [String(total)]);
  } else {
    printLines(
      invocation,
      Object.entries(asked).map(([name, number]) => `${number} ${name}`),
    );
  }
  return limit(invocation, options, total);
};

interface Counts {
  readonly total: number;
  readonly byAgent: Readonly<Record<string, number>>;
  readonly byRole: Readonly<Record<string, number>>;
  /** By what `--by` names. */
  readonly asked: Readonly<Record<string, number>>;
  readonly incomplete: number;
}

interface CountedAgent {
  readonly agent?: string | undefined;
  readonly role?: Role | undefined;
  readonly verdict?: string | undefined;
  readonly host?: string | undefined;
}

async function countAgents(invocation: Invocation, world: World, options: Options & CommonOptions): Promise<Counts> {
  const { source, catalogue, agentNames } = world;
  if (options.by === 'verdict' || options.by === 'host') {
    const { look } = await import('../../look/look.js');
    const document = await look(invocation, options, world);
    const agents = document.processes.filter(isCounted);
    return {
      ...groupsOf(agents, options.by, document.machine.hostname),
      total: document.totals.agents,
      incomplete: completeness(invocation, document),
    };
  }
  // Rows alone: what an agent is beyond its row changes no count.
  const agents = selectAgents(await seeAgents({ source, catalogue }), agentNames);
  const { scan } = agents.table;
  return {
    ...groupsOf([...agents.members.values()].filter(isCounted), options.by, scan.machine.hostname),
    total: totalsOf(agents).agents,
    incomplete: completeness(invocation, scan),
  };
}

function groupsOf(agents: readonly CountedAgent[], by: Options['by'], hostname: string | undefined) {
  return {
    byAgent: tally(agents.map(({ agent }) => agent)),
    byRole: tally(agents.map(({ role }) => role)),
    asked: tally(agents.map((one) => groupOf(one, by, hostname))),
  };
}

function groupOf(one: CountedAgent, by: Options['by'], hostname: string | undefined): string | undefined {
  switch (by) {
    case undefined:
      return undefined;
    case 'agent':
    case 'role':
    case 'verdict':
      return one[by];
    case 'host':
      return one.host ?? 'none';
    case 'machine':
      return hostname ?? 'not named';
  }
}

function limit(invocation: Invocation, options: Options & CommonOptions, total: number): number {
  if (options.max === undefined || total <= options.max) return EXIT_DONE;
  remark(invocation, options, `${total} agents, more than ${options.max} (sesswatch ps shows them)`);
  return EXIT_FOUND;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
