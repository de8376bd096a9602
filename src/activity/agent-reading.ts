import type { AgentTable, Membership } from '../agents/membership.js';
import type { ClaudeRegistryEntry } from '../agents/resolve/registry.js';
import type { ProcessRecord } from '../process/record.js';
import { nameOf } from '../process/record.js';
import type { ActivityReading, AgentStatus } from './conclude.js';
import type { Moment } from './moment.js';

/** What was read of agents beyond the table, by pid; what could not be read is missing. */
export interface ActivityReadings {
  readonly registry: ReadonlyMap<number, ClaudeRegistryEntry>;
  readonly transcripts: ReadonlyMap<number, number>;
  readonly connections: ReadonlyMap<number, readonly string[]>;
}

export const NO_READINGS: ActivityReadings = {
  registry: new Map(),
  transcripts: new Map(),
  connections: new Map(),
};

/** What is known of the activity of one agent, out of the table and what was read beside it. Pure. */
export function readingOf(
  agents: AgentTable,
  record: ProcessRecord,
  member: Membership,
  readings: ActivityReadings,
  now: Moment,
): ActivityReading {
  const below = agents.table.descendants(record.pid).filter(({ state }) => state !== 'Z');
  return {
    now,
    startedAt: record.startedAt,
    status: statusOf(record, readings.registry.get(record.pid)),
    tools: toolsOf(agents, record, member),
    transcriptAt: readings.transcripts.get(record.pid),
    connections: readings.connections.get(record.pid),
    treeCpuSeconds: sum([record, ...below].map(({ cpuSeconds }) => cpuSeconds)),
    children: below.map(({ pid, startTime }) => `${pid}/${startTime ?? '?'}`),
    youngestChildAt: newest(below.map(({ startedAt }) => startedAt)),
  };
}

/** Its own word, if the file can be its own: the start time in it guards against a pid that was used again. */
function statusOf(record: ProcessRecord, entry: ClaudeRegistryEntry | undefined): AgentStatus | undefined {
  if (entry?.status === undefined) return undefined;
  const isOurs = entry.procStart !== undefined && entry.procStart === record.startTime;
  return { state: entry.status, since: entry.statusUpdatedAt, isOurs };
}

/** Live tools of an agent. Those of a codex TUI run below codex's daemon, which does not say whose they are. */
function toolsOf(agents: AgentTable, record: ProcessRecord, member: Membership): readonly string[] {
  const found: string[] = [];
  for (const tool of agents.members.values()) {
    if (tool.role !== 'tool' || tool.leader === undefined || tool.pid === record.pid) continue;
    const process = agents.table.get(tool.pid);
    if (process === undefined || process.state === 'Z') continue;
    const isOwn = tool.leader === record.pid && !isBelowMcpServer(agents, process, record.pid);
    if (isOwn || mayBeOfTui(agents, tool, member)) found.push(`${nameOf(process)}(${tool.pid})`);
  }
  return found;
}

function mayBeOfTui(agents: AgentTable, tool: Membership, tui: Membership): boolean {
  if (tui.agent !== 'codex' || tui.role !== 'session' || tool.leader === undefined) return false;
  const leader = agents.members.get(tool.leader);
  if (leader?.agent !== 'codex' || leader.daemon !== true) return false;
  return tui.sessionId === undefined || tool.sessionId === undefined || tui.sessionId === tool.sessionId;
}

/** A helper of an MCP server is there whether the agent works or not. */
function isBelowMcpServer(agents: AgentTable, record: ProcessRecord, agent: number): boolean {
  for (const above of agents.table.ancestors(record.pid)) {
    if (above.pid === agent) return false;
    if (agents.members.get(above.pid)?.role === 'mcp-server') return true;
  }
  return false;
}

/** `undefined` when a part is not known: a sum of the rest would look as if time had gone backwards. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  let total = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    total += value;
  }
  return total;
}

function newest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
