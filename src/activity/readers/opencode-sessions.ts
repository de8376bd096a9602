import { type AgentTable, isCounted } from '../../agents/membership.js';
import { type ProcessRecord, withoutDeleted } from '../../process/record.js';
import type { ReadSqlite, SqliteColumns, SqliteRow } from '../../state/sqlite.js';
import type { TranscriptReading } from './transcripts.js';
import { CLOSED, OPEN, type Turn } from './turns/turn.js';

export interface OpencodeDisk {
  /** Reads databases of this user. */
  readonly sqlite: (owner: number | undefined) => ReadSqlite;
  /** Last change of a file of this user, milliseconds since the epoch. */
  readonly mtime: (file: string, owner: number | undefined) => number | undefined;
}

/**
 * What opencode's database tells of each of its processes, by pid. All instances of a user share one; a session at a
 * terminal is taken for one of its own folder, a server for one of any.
 */
export async function readOpencodeSessions(
  agents: AgentTable,
  { sqlite, mtime }: OpencodeDisk,
): Promise<ReadonlyMap<number, TranscriptReading>> {
  const users = new Map<string, ProcessRecord[]>();
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    const file = record === undefined || member.agent !== 'opencode' ? undefined : databaseOf(record);
    if (record === undefined || file === undefined || !isCounted(member)) continue;
    users.set(file, [...(users.get(file) ?? []), record]);
  }
  const found = new Map<number, TranscriptReading>();
  for (const [file, records] of users) {
    const owner = records[0]?.uid;
    const since = Math.min(...records.map(({ startedAt }) => startedAt ?? 0));
    const answer = await sqlite(owner)(file, (columns) => questionFor(columns, since));
    const changed = [file, `${file}-wal`].flatMap((one) => mtime(one, owner) ?? []);
    for (const record of records) {
      const isServer = agents.members.get(record.pid)?.role === 'server';
      found.set(
        record.pid,
        answer.kind === 'rows' ? readingOf(record, isServer, answer.rows) : changedOnly(record, changed),
      );
    }
  }
  return found;
}

function databaseOf({ detail }: ProcessRecord): string | undefined {
  const file = [...(detail?.fds?.values() ?? [])].find((one) => /\/opencode[\w-]*\.db$/.test(one));
  return file === undefined ? undefined : withoutDeleted(file);
}

/** The newest message of each session that changed since; `undefined` for tables of another version. */
function questionFor(columns: SqliteColumns, since: number): string | undefined {
  const has = (table: string, ...names: string[]): boolean =>
    names.every((name) => columns.get(table)?.has(name) === true);
  if (!has('message', 'id', 'session_id', 'time_created', 'time_updated', 'data')) return undefined;
  if (!has('session', 'id', 'directory', 'time_updated')) return undefined;
  return `SELECT s.directory AS directory, max(m.time_updated, s.time_updated) AS changed,
    json_extract(m.data, '$.role') AS role, json_extract(m.data, '$.time.completed') AS completed,
    json_extract(m.data, '$.finish') AS finish, json_extract(m.data, '$.error') IS NOT NULL AS failed
    FROM session s JOIN message m ON m.id =
      (SELECT id FROM message WHERE session_id = s.id ORDER BY time_created DESC, id DESC LIMIT 1)
    WHERE max(m.time_updated, s.time_updated) >= ${Math.floor(since)}`;
}

function readingOf(record: ProcessRecord, isServer: boolean, rows: readonly SqliteRow[]): TranscriptReading {
  const recent = rows.filter(({ changed }) => Number(changed) >= (record.startedAt ?? 0));
  const here = recent.filter(({ directory }) => directory === record.detail?.cwd);
  const own = isServer || here.length === 0 ? recent : here;
  if (own.length === 0) return { turn: CLOSED.none };
  const turns = own.map(turnOf);
  return {
    changedAt: Math.max(...own.map(({ changed }) => Number(changed))),
    turn: turns.find(({ state }) => state === 'open') ?? turns[0],
  };
}

function turnOf({ role, completed, finish, failed }: SqliteRow): Turn {
  if (role !== 'assistant') return OPEN.user;
  if (Number(failed) === 1) return CLOSED.ended;
  if (completed === null || completed === undefined) return OPEN.unfinished;
  return finish === 'tool-calls' ? OPEN.result : CLOSED.answered;
}

function changedOnly(record: ProcessRecord, changed: readonly number[]): TranscriptReading {
  const newest = Math.max(...changed, 0);
  return newest === 0 || newest < (record.startedAt ?? 0) ? {} : { changedAt: newest };
}
