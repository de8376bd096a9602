import path from 'node:path';
import { amountOf, type Fields, fieldsOf, pidOf } from '../../decode.js';
import type { SqliteRow } from '../../state/sqlite.js';
import { serverMismatches } from '../compare/mismatch.js';
import type { BelievedSession, HostAdapter, HostReaders, HostRegistry, HostView, Mismatch } from '../host.js';
import { claimOf, factOf, notReadable, readJson, registryOf, textOf, timeOf } from '../registries/fields.js';

/**
 * claude-mem: a worker, parentless by design, that runs a `claude` for each observed session. Its children leak
 * under the live worker, so that their parent says nothing; `supervisor.json` has a row for each it knows.
 */
export const claudeMem: HostAdapter = {
  name: 'claude-mem',
  // Idle 3 min without messages, prune every 30 s, SIGTERM, 5 s, SIGKILL; two at once unless configured.
  limits: { startSeconds: 30, stopSeconds: 190, idleSeconds: 180, sweepSeconds: 30, maxAgents: 2 },
  agentsEndWithServer: true,
  recognise: ({ host }) => host?.name === 'claude-mem',
  async registry(place, readers) {
    return [await readFolder(place.env.CLAUDE_MEM_DATA_DIR || path.join(place.home, '.claude-mem'), readers)];
  },
  attribute({ record, agent }, { server }) {
    if (agent?.agent !== 'claude') return undefined;
    const cwd = record.detail?.cwd;
    const observer = cwd === undefined ? null : /[/\\]observer-sessions(?:[/\\](\d+))?$/.exec(cwd);
    const isInternal = record.detail?.markers?.CLAUDE_MEM_INTERNAL === '1';
    if (observer === null && !isInternal && server() === undefined) return undefined;
    return { hostSessionId: observer?.[1], agentSessionId: agent.sessionId };
  },
  leakSignals(view) {
    return [...moreThanAllowed(view), ...moreThanItsRows(view)];
  },
  probe: {
    url(_server, _seen, registries) {
      const port = factOf(registries, 'port');
      return port === undefined ? undefined : `http://127.0.0.1:${port}/health`;
    },
    facts: (body) => ({ activeSessions: amountOf(fieldsOf(body).activeSessions) }),
  },
};

function moreThanAllowed(view: HostView): Mismatch[] {
  const allowed = factOf(view.registries, 'maxAgents') ?? view.limits.maxAgents ?? Number.POSITIVE_INFINITY;
  return serverMismatches(view, 'growth', (_server, children) =>
    children <= allowed ? undefined : `${children} SDK children, ${allowed} allowed`,
  );
}

/** Sessions that the worker counts and no process works for: its map grows, the table does not show it. */
function moreThanItsRows(view: HostView): Mismatch[] {
  return serverMismatches(view, 'growth', ({ pid }, children) => {
    const active = view.probes.get(pid)?.facts.activeSessions;
    if (active === undefined || active <= children) return undefined;
    return `it counts ${active} active sessions, ${children} SDK children run`;
  });
}

async function readFolder(folder: string, readers: HostReaders): Promise<HostRegistry> {
  const file = path.join(folder, 'supervisor.json');
  const worker = (await readJson(readers, path.join(folder, 'worker.pid'))).fields;
  // The file holds API keys too: one number is taken out of it.
  const settings = (await readJson(readers, path.join(folder, 'settings.json'))).fields;
  const { state, fields, notes } = await readJson(readers, file);
  const server = claimOf(worker.pid, worker.startToken, worker.startedAt);
  const about = {
    from: file,
    state,
    servers: server === undefined ? [] : [server],
    facts: { maxAgents: wholeNumber(settings.CLAUDE_MEM_MAX_CONCURRENT_AGENTS), port: amountOf(worker.port) },
  };
  // Versions before the supervisor write no more than the worker's pid file.
  if (state !== 'read') return registryOf({ ...about, notes });
  const database = path.join(folder, 'claude-mem.db');
  const answer = await readers.sqlite(database, (columns) => {
    const known = columns.get('sdk_sessions');
    if (known?.has('id') !== true || !known.has('status')) return undefined;
    const optional = (name: string): string => (known.has(name) ? name : `NULL AS ${name}`);
    return `SELECT id, status, ${optional('memory_session_id')}, ${optional('completed_at')} FROM sdk_sessions`;
  });
  const sessions = new Map(answer.kind === 'rows' ? answer.rows.map((row) => [String(row.id), row] as const) : []);
  const rows = Object.entries(fieldsOf(fields.processes));
  return registryOf({
    ...about,
    listsAll: true,
    sessions: rows.flatMap(([key, row]) => sessionOf(key, fieldsOf(row), sessions)),
    notes: answer.kind === 'unreadable' ? notReadable(database, answer.why) : [],
  });
}

/** `sdk:<id of the row in sdk_sessions>:<pid>`; other keys are the worker itself and the vector store. */
function sessionOf(key: string, row: Fields, sessions: ReadonlyMap<string, SqliteRow>): BelievedSession[] {
  const match = /^sdk:(.+):(\d+)$/.exec(key);
  const hostSessionId = textOf(row.sessionId) ?? match?.[1];
  const pid = pidOf(row.pid) ?? (match === null ? undefined : Number(match[2]));
  if (match === null || hostSessionId === undefined || pid === undefined) return [];
  const known = sessions.get(hostSessionId);
  const isOver = known?.status === 'completed' || known?.status === 'failed';
  const startedAt = timeOf(row.startedAt);
  return [
    {
      hostSessionId,
      agentSessionId: textOf(known?.memory_session_id),
      agent: 'claude',
      state: isOver ? 'stopped' : 'live',
      lastSeen: isOver ? timeOf(known?.completed_at) : startedAt,
      // No start token in these rows; the time of registration guards against a reused pid.
      claim: { pid, startedAt },
      ofOneProcess: true,
    },
  ];
}

/** Settings hold numbers as text. */
function wholeNumber(value: unknown): number | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
