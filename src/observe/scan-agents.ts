import type { Catalogue } from '../agents/catalogue/catalogue.js';
import { NEVER_AGENTS } from '../agents/catalogue/other-programs.js';
import { type AgentTable, isAgentProcess } from '../agents/membership.js';
import type { RegistryEntry } from '../agents/resolve/registry.js';
import { resolveAgents } from '../agents/resolve/resolve.js';
import { isAdopted } from '../process/adopters.js';
import type { ProcessRecord } from '../process/record.js';
import type { DetailField, ProcessSource } from '../process/scan.js';
import { createProcessTable, type ProcessTable, withDetail } from '../process/table.js';
import { counted } from '../units.js';

export interface SeeRequest {
  readonly source: ProcessSource;
  readonly catalogue: Catalogue;
  /** Reads the agents' own session files of these processes; left out where only rows matter. */
  readonly readRegistry?: (
    records: readonly ProcessRecord[],
    agentOf: (pid: number) => string | undefined,
  ) => ReadonlyMap<number, RegistryEntry>;
  /**
   * What to learn of agents, their helpers and suspects beyond their rows. Without it the answer is for counting only:
   * rows of programs that are never agents are left out, and so is helpers among them.
   */
  readonly look?: readonly DetailField[];
}

/**
 * The agents in the process table, with helpers: one pass over all processes, then a closer look at agents, helpers,
 * suspects and everything above an agent.
 */
export async function seeAgents(request: SeeRequest): Promise<AgentTable> {
  return withUnreadAgents(await readAgents(request));
}

/** Agents that are known by name alone make a scan incomplete: what they do decides what is concluded. */
function withUnreadAgents(agents: AgentTable): AgentTable {
  const { table, members } = agents;
  const names = [...members.values()].flatMap((member) =>
    member.nameOnly === true ? [table.get(member.pid)?.comm ?? member.agent ?? ''] : [],
  );
  if (names.length === 0) return agents;
  const kinds = [...new Set(names)].join(', ');
  const what = `${counted(names.length, 'process is', 'processes are')} named ${kinds}; what ${names.length === 1 ? 'it does' : 'they do'} cannot be read here`;
  const problems = [{ what, hint: 'see sesswatch doctor' }, ...table.scan.problems];
  return { table: { ...table, scan: { ...table.scan, complete: false, problems } }, members };
}

async function readAgents(request: SeeRequest): Promise<AgentTable> {
  const { source, catalogue, look = [] } = request;
  const table = createProcessTable(
    await source.scan({ skipProgram: (comm) => NEVER_AGENTS.has(comm), dropSkipped: look.length === 0 }),
  );
  const rough = resolveAgents(table, catalogue);
  if (look.length === 0) return rough;

  const wanted = new Map<number, ProcessRecord>();
  for (const pid of rough.members.keys()) {
    for (const record of [table.get(pid), ...table.ancestors(pid)]) {
      if (record !== undefined) wanted.set(record.pid, record);
    }
  }
  // First the markers alone: few of many suspects have any, and only those are worth a closer look.
  const marked = look.includes('markers') ? await source.detail(suspects(table, wanted), ['markers']) : new Map();
  for (const pid of marked.keys()) {
    const record = table.get(pid);
    if (record !== undefined) wanted.set(pid, record);
  }
  if (wanted.size === 0) return rough;
  const closer = withDetail(table, await source.detail([...wanted.values()], look));
  const registry = request.readRegistry?.(
    agentRecords({ table: closer, members: rough.members }),
    (pid) => rough.members.get(pid)?.agent,
  );
  return resolveAgents(closer, catalogue, registry);
}

/**
 * Processes that an agent may have left behind: their parent is gone or adopts orphans, the leader of their session
 * is gone, or they lead a session without a terminal, as agents' tool shells do. Only their markers, descriptors
 * and earlier observations can tell whose they were. A program that is never an agent was left behind only if
 * its session or group says so too: of those, one machine has a thousand under pid 1.
 */
function suspects(table: ProcessTable, known: ReadonlyMap<number, ProcessRecord>): ProcessRecord[] {
  return table.all.filter((record) => {
    if (record.kernelThread === true || record.pid === 1 || known.has(record.pid)) return false;
    const isOwnSession = record.sid === record.pid && record.tty === null;
    const isLeaderGone = isGone(table, record.sid) || isGone(table, record.pgid);
    const hasAdopter = isAdopted(table, record.pid);
    if (NEVER_AGENTS.has(record.comm ?? '')) return hasAdopter && (isOwnSession || isLeaderGone);
    return hasAdopter || isOwnSession || isGone(table, record.sid);
  });
}

function isGone(table: ProcessTable, pid: number | undefined): boolean {
  // 0 is a leader outside of our pid namespace.
  return pid !== undefined && pid !== 0 && table.get(pid) === undefined;
}

function agentRecords(agents: AgentTable): ProcessRecord[] {
  const found: ProcessRecord[] = [];
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (record !== undefined && isAgentProcess(member)) found.push(record);
  }
  return found;
}
