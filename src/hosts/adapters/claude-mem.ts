import path from 'node:path';
import { isCounted } from '../../agents/membership.js';
import { amountOf, fieldsOf, pidOf } from '../../decode.js';
import type { SqliteRow } from '../../state/sqlite.js';
import type { BelievedSession, HostAdapter, HostReaders, HostRegistry, HostView, Mismatch, PidClaim } from '../host.js';
import { type JsonAnswer, readJson, textOf, timeOf } from '../registries/fields.js';

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
  attribute({ record, member }, { server }) {
    if (member?.agent !== 'claude' || !isCounted(member)) return undefined;
    const cwd = record.detail?.cwd;
    const observer = cwd === undefined ? null : /[/\\]observer-sessions(?:[/\\](\d+))?$/.exec(cwd);
    const isInternal = record.detail?.markers?.CLAUDE_MEM_INTERNAL === '1';
    if (observer === null && !isInternal && server() === undefined) return undefined;
    return { hostSessionId: observer?.[1], agentSessionId: member.sessionId };
  },
  leakSignals(view) {
    return [...moreThanAllowed(view), ...moreThanItsRows(view)];
  },
  probe: {
    url(_server, _seen, registries) {
      const port = registries.map(({ facts }) => facts.port).find((one) => one !== undefined);
      return port === undefined ? undefined : `http://127.0.0.1:${port}/health`;
    },
    facts(body) {
      const activeSessions = amountOf(fieldsOf(body).activeSessions);
      return activeSessions === undefined ? {} : { activeSessions };
    },
  },
};

function moreThanAllowed(view: HostView): Mismatch[] {
  const configured = view.registries.map(({ facts }) => facts.maxAgents).find((one) => one !== undefined);
  const allowed = configured ?? view.limits.maxAgents ?? Number.POSITIVE_INFINITY;
  return view.servers.flatMap(({ pid, rssBytes }) => {
    const children = view.running.filter(({ server }) => server === pid).length;
    if (children <= allowed) return [];
    return [{ kind: 'growth', pid, rssBytes, detail: `${children} SDK children, ${allowed} allowed` } as const];
  });
}

/** Sessions that the worker counts and no process works for: its map grows, the table does not show it. */
function moreThanItsRows(view: HostView): Mismatch[] {
  return view.servers.flatMap(({ pid, rssBytes }) => {
    const active = view.probes.get(pid)?.facts.activeSessions;
    const children = view.running.filter(({ server }) => server === pid).length;
    if (active === undefined || active <= children) return [];
    const detail = `it counts ${active} active sessions, ${children} SDK children run`;
    return [{ kind: 'growth', pid, rssBytes, detail } as const];
  });
}

async function readFolder(folder: string, readers: HostReaders): Promise<HostRegistry> {
  const file = path.join(folder, 'supervisor.json');
  const worker = await readJson(readers, path.join(folder, 'worker.pid'));
  const supervisor = await readJson(readers, file);
  const base = { from: file, servers: claimsOf(worker), facts: await factsOf(folder, worker, readers) };
  if (supervisor.kind === 'absent') {
    // Versions before the supervisor: the worker's pid file is all there is.
    return { ...base, state: 'absent', listsAll: false, sessions: [], notes: [] };
  }
  if (supervisor.kind === 'unreadable') {
    const notes = [`registry not readable: ${file}: ${supervisor.why}`];
    return { ...base, state: 'unreadable', listsAll: false, sessions: [], notes };
  }
  const rows = fieldsOf(fieldsOf(supervisor.value).processes);
  const database = path.join(folder, 'claude-mem.db');
  const answer = await readers.sqlite(database, (columns) => {
    const known = columns.get('sdk_sessions');
    if (known?.has('id') !== true || !known.has('status')) return undefined;
    const optional = (name: string): string => (known.has(name) ? name : `NULL AS ${name}`);
    return `SELECT id, status, ${optional('memory_session_id')}, ${optional('completed_at')} FROM sdk_sessions`;
  });
  const sessions = new Map(answer.kind === 'rows' ? answer.rows.map((row) => [String(row.id), row] as const) : []);
  return {
    ...base,
    state: 'read',
    listsAll: true,
    sessions: Object.entries(rows).flatMap(([key, row]) => sessionOf(key, fieldsOf(row), sessions)),
    notes: answer.kind === 'unreadable' ? [`registry not readable: ${database}: ${answer.why}`] : [],
  };
}

/** `sdk:<id of the row in sdk_sessions>:<pid>`; other keys are the worker itself and the vector store. */
function sessionOf(
  key: string,
  row: Readonly<Record<string, unknown>>,
  sessions: ReadonlyMap<string, SqliteRow>,
): BelievedSession[] {
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

function claimsOf(worker: JsonAnswer): PidClaim[] {
  if (worker.kind !== 'read') return [];
  const { pid, startToken, startedAt } = fieldsOf(worker.value);
  const number = pidOf(pid);
  return number === undefined ? [] : [{ pid: number, startToken: textOf(startToken), startedAt: timeOf(startedAt) }];
}

async function factsOf(folder: string, worker: JsonAnswer, readers: HostReaders): Promise<Record<string, number>> {
  // The file holds API keys too: one number is taken out of it.
  const settings = await readJson(readers, path.join(folder, 'settings.json'));
  const text = textOf(fieldsOf(settings.kind === 'read' ? settings.value : undefined).CLAUDE_MEM_MAX_CONCURRENT_AGENTS);
  const maxAgents = text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  const port = amountOf(fieldsOf(worker.kind === 'read' ? worker.value : undefined).port);
  return { ...(maxAgents === undefined ? {} : { maxAgents }), ...(port === undefined ? {} : { port }) };
}
