import { isCounted, type Role } from '../../../agents/membership.js';
import { selectAgents } from '../../../agents/select.js';
import { seeAgents } from '../../../observe/scan-agents.js';
import type { Dimension } from '../../../snapshot/document/summary.js';
import { tally, totalsOf } from '../../../snapshot/document/totals.js';
import { EXIT_DONE, EXIT_FOUND } from '../../exit-codes.js';
import { type Command, type CommonOptions, type Invocation, printJson, printLines, remark } from '../../invocation.js';
import { completenessOf, type MachineSeen, machineName, refuseSameMachine } from '../../look/machines.js';
import { openWorlds, type World } from '../../look/world.js';

interface Options {
  readonly by?: Dimension | 'machine';
  readonly max?: number;
}

/** The number of agent processes, each once. */
export const count: Command<Options> = async (invocation, options) => {
  const machines: Counted[] = [];
  for (const world of await openWorlds(invocation, options)) {
    machines.push(await countAgents(invocation, world, options));
  }
  refuseSameMachine(machines);
  const incomplete = completenessOf(invocation, machines);
  if (incomplete !== EXIT_DONE) return incomplete;
  const total = machines.reduce((sum, one) => sum + one.total, 0);
  const agents = machines.flatMap((one) => one.agents.map((agent) => ({ ...agent, machine: machineName(one) })));
  const { by } = options;
  const asked = by === undefined ? {} : tally(agents.map((one) => one[by] ?? (by === 'host' ? 'none' : undefined)));
  if (options.json === true) {
    const byAgent = tally(agents.map(({ agent }) => agent));
    const byRole = tally(agents.map(({ role }) => role));
    const more = by === undefined ? {} : { [`by${capital(by)}`]: asked };
    printJson(invocation, { schema: 'sesswatch/count/1', count: total, byAgent, byRole, ...more });
  } else if (by === undefined) {
    printLines(invocation, [String(total)]);
  } else {
    printLines(
      invocation,
      Object.entries(asked).map(([name, number]) => `${number} ${name}`),
    );
  }
  return limit(invocation, options, total);
};

/** The agents of one machine. */
interface Counted extends MachineSeen {
  readonly total: number;
  readonly agents: readonly CountedAgent[];
}

interface CountedAgent {
  readonly agent?: string | undefined;
  readonly role?: Role | undefined;
  readonly verdict?: string | undefined;
  readonly host?: string | undefined;
}

async function countAgents(invocation: Invocation, world: World, options: Options & CommonOptions): Promise<Counted> {
  const { source, catalogue, agentNames } = world;
  if (options.by === 'verdict' || options.by === 'host') {
    const { look } = await import('../../look/look.js');
    const document = await look(invocation, options, world);
    return { world, seen: document, total: document.totals.agents, agents: document.processes.filter(isCounted) };
  }
  // Rows alone: what an agent is beyond its row changes no count.
  const agents = selectAgents(await seeAgents({ source, catalogue }), agentNames);
  const { scan } = agents.table;
  return { world, seen: scan, total: totalsOf(agents).agents, agents: [...agents.members.values()].filter(isCounted) };
}

function limit(invocation: Invocation, options: Options & CommonOptions, total: number): number {
  if (options.max === undefined || total <= options.max) return EXIT_DONE;
  remark(invocation, options, `${total} agents, more than ${options.max} (sesswatch ps shows them)`);
  return EXIT_FOUND;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
