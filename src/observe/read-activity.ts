import os from 'node:os';
import type { ActivityReadings } from '../activity/agent-reading.js';
import { readConnections } from '../activity/readers/connections.js';
import type { ActivityFiles } from '../activity/readers/system-files.js';
import { readTranscripts, type TranscriptReading } from '../activity/readers/transcripts.js';
import { type AgentTable, isCounted } from '../agents/membership.js';
import type { RegistryEntry } from '../agents/resolve/registry.js';
import type { ProcessRecord } from '../process/record.js';
import type { ProcessSource } from '../process/scan.js';
import { MEGABYTE } from '../units.js';

export interface ActivityEdges {
  readonly source: ProcessSource;
  readonly files: ActivityFiles;
  /** Home folder in which the agents of this user keep their transcripts. */
  readonly home: string | undefined;
  readonly uid: number | undefined;
  /** What Claude Code wrote down about its live sessions, by pid. */
  readonly registry: ReadonlyMap<number, RegistryEntry>;
  /** Default /proc. */
  readonly procRoot?: string | undefined;
}

/** What agents themselves leave to tell whether they work. */
export async function readActivity(agents: AgentTable, edges: ActivityEdges): Promise<ActivityReadings> {
  const { files, home, uid, registry, source, procRoot = '/proc' } = edges;
  const transcripts = home === undefined ? [] : readTranscripts(agents, { home, uid, registry }, files.of);
  return {
    registry,
    transcripts: new Map([...transcripts, ...(await opencodeOf(agents, files))]),
    connections: readConnections(countedOf(agents), procRoot, files),
    io: await ioOf(agents, source),
  };
}

async function opencodeOf(agents: AgentTable, files: ActivityFiles): Promise<Iterable<[number, TranscriptReading]>> {
  if (![...agents.members.values()].some(({ agent }) => agent === 'opencode')) return [];
  const [{ createSqliteReader }, { readOpencodeSessions }] = await Promise.all([
    import('../state/sqlite.js'),
    import('../activity/readers/opencode-sessions.js'),
  ]);
  return readOpencodeSessions(agents, {
    sqlite: (owner) => createSqliteReader({ owner, temporary: os.tmpdir(), maxBytes: MAX_DATABASE }),
    mtime: (file, owner) => files.of(owner).mtime(file),
  });
}

/** Ours: larger ones are not copied for each look, so that their agents are not proven idle. */
const MAX_DATABASE = 200 * MEGABYTE;

/** Of what runs below agents: that of agents themselves says nothing. */
async function ioOf(agents: AgentTable, source: ProcessSource): Promise<ReadonlyMap<number, number>> {
  const helpers = [...agents.members.values()].filter(
    ({ role, leader }) => leader !== undefined && (role === 'tool' || role === 'mcp-server'),
  );
  const records = helpers.flatMap(({ pid }) => agents.table.get(pid) ?? []);
  const found = new Map<number, number>();
  if (records.length === 0) return found;
  for (const [pid, { detail }] of await source.detail(records, ['io'])) {
    if (detail?.readBytes === undefined && detail?.writtenBytes === undefined) continue;
    found.set(pid, (detail.readBytes ?? 0) + (detail.writtenBytes ?? 0));
  }
  return found;
}

function countedOf(agents: AgentTable): ProcessRecord[] {
  const found: ProcessRecord[] = [];
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (record !== undefined && isCounted(member)) found.push(record);
  }
  return found;
}
