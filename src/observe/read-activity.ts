import type { ActivityReadings } from '../activity/agent-reading.js';
import { readConnections } from '../activity/readers/connections.js';
import type { ActivityFiles } from '../activity/readers/system-files.js';
import { readTranscriptTimes } from '../activity/readers/transcripts.js';
import { type AgentTable, isCounted } from '../agents/membership.js';
import type { ClaudeRegistryEntry } from '../agents/resolve/registry.js';
import type { ProcessRecord } from '../process/record.js';

export interface ActivityEdges {
  readonly files: ActivityFiles;
  /** Home folder in which the agents of this user keep their transcripts. */
  readonly home: string | undefined;
  readonly uid: number | undefined;
  /** What Claude Code wrote down about its live sessions, by pid. */
  readonly registry: ReadonlyMap<number, ClaudeRegistryEntry>;
  /** Default /proc. */
  readonly procRoot?: string | undefined;
}

/** What agents themselves leave to tell whether they work. */
export function readActivity(
  agents: AgentTable,
  { files, home, uid, registry, procRoot = '/proc' }: ActivityEdges,
): ActivityReadings {
  return {
    registry,
    transcripts: home === undefined ? new Map() : readTranscriptTimes(agents, { home, uid }, files.of),
    connections: readConnections(countedOf(agents), procRoot, files),
  };
}

function countedOf(agents: AgentTable): ProcessRecord[] {
  const found: ProcessRecord[] = [];
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (record !== undefined && isCounted(member)) found.push(record);
  }
  return found;
}
