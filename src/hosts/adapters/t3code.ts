import path from 'node:path';
import { optionValue } from '../../command-line/words.js';
import { fieldsOf } from '../../decode.js';
import type { SqliteColumns, SqliteRow } from '../../state/sqlite.js';
import type { Around, BelievedSession, HostAdapter, HostReaders, HostRegistry, Seen } from '../host.js';
import {
  claimOf,
  fieldsOfText,
  isJson,
  notReadable,
  readJson,
  registryOf,
  textOf,
  timeOf,
} from '../registries/fields.js';

/**
 * T3 Code: runs agents for threads over pipes and keeps their sessions in `state.sqlite`. Its own reaper works
 * from that table alone, so that an agent without a row is never seen by it.
 */
export const t3Code: HostAdapter = {
  name: 'T3 Code',
  // ProviderSessionReaper.ts: sweep 5 min, idle 30 min; stop: stdin end, 2 s, SIGTERM, 5 s, SIGKILL.
  limits: { startSeconds: 30, stopSeconds: 10, idleSeconds: 1800, sweepSeconds: 300 },
  agentsEndWithServer: true,
  recognise: ({ host }) => host?.name === 'T3 Code' && host.kind === 'server',
  async registry(place, readers, servers) {
    const bases = new Set([
      place.env.T3CODE_HOME ?? path.join(place.home, '.t3'),
      ...servers.flatMap(({ command }) => {
        const base = optionValue(command.argv, '--base-dir');
        return base !== undefined && path.isAbsolute(base) ? [base] : [];
      }),
    ]);
    // `dev/` is used when the server runs against a development URL.
    const folders = [...bases].flatMap((base) => [path.join(base, 'userdata'), path.join(base, 'dev')]);
    return Promise.all(folders.map((folder) => readFolder(folder, readers)));
  },
  attribute(seen, around) {
    const kind = kindOfAgent(seen);
    if (kind === undefined) return undefined;
    const isOurs = around.server() !== undefined || carriesMarker(seen) || isLostServer(seen, around);
    return isOurs ? { agentSessionId: seen.agent?.sessionId, needsNoRow: kind === 'helper' } : undefined;
  },
};

/**
 * What a thread's agent looks like: claude through the SDK, `codex app-server`, `opencode serve`. Others below
 * the server write titles and commit messages and end by themselves; a shared `opencode serve` has no row.
 */
function kindOfAgent({ command, agent }: Seen): 'thread' | 'helper' | undefined {
  if (agent === undefined) return undefined;
  const isThread =
    agent.agent === 'claude'
      ? optionValue(command.argv, '--input-format') === 'stream-json'
      : agent.agent === 'codex' && agent.role === 'server';
  return isThread ? 'thread' : 'helper';
}

/** The MCP server that T3 Code gives its agents, in their arguments: survives the server itself. */
function carriesMarker({ command }: Seen): boolean {
  const config = fieldsOfText(optionValue(command.argv, '--mcp-config'));
  if ('t3-code' in fieldsOf(config.mcpServers)) return true;
  return command.argv.some((word) => word.startsWith('mcp_servers.t3-code.'));
}

/**
 * `opencode serve` that lost its parent: nothing in it names the host, which starts it in just this form, over
 * pipes. Somebody's own `nohup opencode serve` has files or a terminal there.
 */
function isLostServer({ record, command, member }: Seen, around: Around): boolean {
  if (member?.agent !== 'opencode' || member.role !== 'server') return false;
  const isOfForm = command.argv.includes('--hostname=127.0.0.1') && optionValue(command.argv, '--port') !== undefined;
  const isPiped = [1, 2].some((fd) => /^(socket|pipe):/.test(record.detail?.fds?.get(fd) ?? ''));
  return isOfForm && isPiped && around.isAdopted() && around.registries.some(({ state }) => state !== 'absent');
}

async function readFolder(folder: string, readers: HostReaders): Promise<HostRegistry> {
  const file = path.join(folder, 'state.sqlite');
  const { pid, startedAt } = (await readJson(readers, path.join(folder, 'server-runtime.json'))).fields;
  const server = claimOf(pid, undefined, startedAt);
  const answer = await readers.sqlite(file, chooseQuery);
  const about = { from: file, servers: server === undefined ? [] : [server] };
  if (answer.kind !== 'rows') {
    const notes = answer.kind === 'unreadable' ? notReadable(file, answer.why) : [];
    return registryOf({ ...about, state: answer.kind, notes });
  }
  const sessions = answer.rows.flatMap((row) => sessionOf(row));
  // A row whose id cannot be read may be any agent's.
  const damaged = answer.rows.filter(({ cursor }) => cursor !== null && !isJson(cursor)).length;
  const notes = damaged === 0 ? [] : notReadable(file, `${damaged} damaged rows`);
  return registryOf({ ...about, state: 'read', listsAll: damaged === 0, sessions, notes });
}

/** Columns that came with later migrations are read as NULL where they are not there yet. */
function chooseQuery(columns: SqliteColumns): string | undefined {
  const sessions = columns.get('provider_session_runtime');
  for (const needed of ['thread_id', 'status', 'resume_cursor_json']) {
    if (sessions?.has(needed) !== true) return undefined;
  }
  const threads = columns.get('projection_threads');
  const turns = columns.get('projection_thread_sessions');
  const ofSession = (name: string): string => (sessions?.has(name) === true ? `r.${name}` : 'NULL');
  const joinsThreads = threads?.has('thread_id') === true;
  const joinsTurns = turns?.has('thread_id') === true && turns.has('active_turn_id');
  const ofThread = (name: string): string => (joinsThreads && threads.has(name) ? `t.${name}` : 'NULL');
  return `SELECT r.thread_id AS thread, r.status AS status, r.resume_cursor_json AS cursor,
      ${ofSession('provider_name')} AS provider, ${ofSession('last_seen_at')} AS seen,
      ${ofSession('runtime_payload_json')} AS payload,
      ${joinsTurns ? 's.active_turn_id' : 'NULL'} AS turn,
      ${ofThread('archived_at')} AS archived, ${ofThread('deleted_at')} AS deleted,
      ${joinsThreads ? 't.thread_id IS NULL' : '0'} AS threadless
    FROM provider_session_runtime r
    ${joinsThreads ? 'LEFT JOIN projection_threads t ON t.thread_id = r.thread_id' : ''}
    ${joinsTurns ? 'LEFT JOIN projection_thread_sessions s ON s.thread_id = r.thread_id' : ''}`;
}

function sessionOf(row: SqliteRow): BelievedSession[] {
  const thread = textOf(row.thread);
  if (thread === undefined) return [];
  const cursor = fieldsOfText(row.cursor);
  const provider = textOf(row.provider);
  const agent = provider === undefined ? undefined : AGENTS.get(provider);
  const state = stateOf(row);
  return [
    {
      hostSessionId: thread,
      agentSessionId: agent === 'codex' ? textOf(cursor.threadId) : (textOf(cursor.resume) ?? textOf(cursor.sessionId)),
      agent,
      state,
      busy: state === 'live' && (fieldsOfText(row.payload).activeTurnId ?? row.turn ?? null) !== null,
      lastSeen: latest(timeOf(row.seen), timeOf(row.archived), timeOf(row.deleted)),
      // A provider that this version does not know may need no process at all.
      needsNoAgent: agent === undefined || agent === 'opencode',
    },
  ];
}

function stateOf(row: SqliteRow): BelievedSession['state'] {
  if (row.deleted !== null) return 'deleted';
  if (row.archived !== null) return 'archived';
  switch (row.status) {
    case 'starting':
    case 'running':
      return 'live';
    case 'stopped':
    case 'error':
      return 'stopped';
    default:
      return 'unknown';
  }
}

/** Driver kinds of T3 Code; forks add more. */
const AGENTS: ReadonlyMap<string, string> = new Map([
  ['claudeAgent', 'claude'],
  ['codex', 'codex'],
  ['opencode', 'opencode'],
]);

function latest(...times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
