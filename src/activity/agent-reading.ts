import type { AgentTable, Membership } from '../agents/membership.js';
import type { RegistryEntry } from '../agents/resolve/registry.js';
import { isToolCall } from '../agents/resolve/tool-calls.js';
import type { ProcessRecord } from '../process/record.js';
import { nameOf } from '../process/record.js';
import type { ChildReading } from './children.js';
import type { ActivityReading, AgentStatus } from './conclude.js';
import type { Moment } from './moment.js';
import type { TranscriptReading } from './readers/transcripts.js';

/** What was read of agents beyond the table, by pid; what could not be read is missing. */
export interface ActivityReadings {
  readonly registry: ReadonlyMap<number, RegistryEntry>;
  readonly transcripts: ReadonlyMap<number, TranscriptReading>;
  readonly connections: ReadonlyMap<number, readonly string[]>;
  /** Bytes that helpers have read and written. */
  readonly io: ReadonlyMap<number, number>;
}

export const NO_READINGS: ActivityReadings = {
  registry: new Map(),
  transcripts: new Map(),
  connections: new Map(),
  io: new Map(),
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
  const transcripts = readings.transcripts.get(record.pid);
  const sharedTools = toolsInDaemon(agents, member, transcripts?.sessions);
  return {
    now,
    startedAt: record.startedAt,
    status: statusOf(record, readings.registry.get(record.pid)),
    turn: transcripts?.turn,
    transcriptAt: transcripts?.changedAt,
    connections: readings.connections.get(record.pid),
    treeCpuSeconds: sum([record, ...below].map(({ cpuSeconds }) => cpuSeconds)),
    children: [...below, ...sharedTools].flatMap((child) => childOf(agents, record, child, readings.io)),
  };
}

/** Its own word, if the file can be its own: the start time in it guards against a pid that was used again. */
function statusOf(record: ProcessRecord, entry: RegistryEntry | undefined): AgentStatus | undefined {
  if (entry?.status === undefined) return undefined;
  const isOurs = entry.procStart !== undefined && entry.procStart === record.startTime;
  return { state: entry.status, since: entry.statusUpdatedAt, isOurs };
}

/** Agents below an agent, and what is below those, work for themselves. */
function childOf(
  agents: AgentTable,
  agent: ProcessRecord,
  child: ProcessRecord,
  io: ActivityReadings['io'],
): ChildReading[] {
  const member = agents.members.get(child.pid);
  const isOther = member?.leader !== undefined && member.leader !== agent.pid && isBelow(agents, child, agent);
  if (member === undefined || isOther) return [];
  const isTool = member.role === 'tool' && !isBelowMcpServer(agents, child, agent.pid);
  return [
    {
      id: childId(child),
      name: `${nameOf(child)}(${child.pid})`,
      isToolCall: isTool && isToolCall(child, member),
      holdsTerminal: isTool && child.tty !== undefined && child.tty !== null && child.tty !== agent.tty,
      cpuSeconds: child.cpuSeconds,
      ioBytes: io.get(child.pid),
    },
  ];
}

/** Tells a child from a later one with its pid. */
export function childId({ pid, startTime }: ProcessRecord): string {
  return `${pid}/${startTime ?? '?'}`;
}

function isBelow(agents: AgentTable, child: ProcessRecord, agent: ProcessRecord): boolean {
  return agents.table.ancestors(child.pid).some(({ pid }) => pid === agent.pid);
}

/** Tools of a codex TUI run below codex's daemon; each names the thread that it is of. */
function toolsInDaemon(agents: AgentTable, tui: Membership, threads: readonly string[] | undefined): ProcessRecord[] {
  if (tui.agent !== 'codex' || tui.role !== 'session') return [];
  const own = new Set([...(threads ?? []), tui.sessionId]);
  const found: ProcessRecord[] = [];
  for (const tool of agents.members.values()) {
    const isOfDaemon = tool.leader !== undefined && agents.members.get(tool.leader)?.daemon === true;
    if (tool.agent !== 'codex' || tool.role !== 'tool' || !isOfDaemon) continue;
    const record = agents.table.get(tool.pid);
    if (record === undefined || record.state === 'Z') continue;
    if (tool.sessionId === undefined || own.has(tool.sessionId)) found.push(record);
  }
  return found;
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
