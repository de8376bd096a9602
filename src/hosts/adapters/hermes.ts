import path from 'node:path';
import { optionValue } from '../../command-line/words.js';
import { amountOf, fieldsOf, listOf } from '../../decode.js';
import { isAdopted } from '../../process/adopters.js';
import type { SqliteRow } from '../../state/sqlite.js';
import { speakers } from '../compare/asked-registries.js';
import { agentMismatch } from '../compare/mismatch.js';
import type { BelievedSession, HostAdapter, HostReaders, HostRegistry, HostView, Mismatch, Seen } from '../host.js';
import { claimOf, factOf, notReadable, readJson, registryOf, textOf, timeOf } from '../registries/fields.js';

/**
 * Hermes: an agent in its gateway's own process, with one slash worker for each session that a client opened.
 * Workers whose client is gone stay, with a thread and three descriptors of the gateway each.
 */
export const hermes: HostAdapter = {
  name: 'Hermes',
  // tui_gateway: grace 20 s after a disconnect (HERMES_TUI_WS_ORPHAN_REAP_GRACE_S), TTL 6 h, scan 5 min, 16 at most.
  limits: {
    startSeconds: 30,
    stopSeconds: 20,
    detachedSeconds: 20,
    idleSeconds: 21_600,
    sweepSeconds: 300,
    maxAgents: 16,
  },
  agentsEndWithServer: true,
  recognise: ({ host }) => host?.name === 'Hermes',
  async registry(place, readers, servers) {
    return [await readFolder(place.env.HERMES_HOME || path.join(place.home, '.hermes'), readers, servers.length > 0)];
  },
  attribute(seen, { server }) {
    const key = slashWorkerKey(seen);
    if (key !== undefined) return { hostSessionId: key || undefined, needsNoRow: true };
    const isCodex = seen.member?.agent === 'codex' && seen.member.role === 'server';
    return isCodex && server() !== undefined ? { agentSessionId: seen.member?.sessionId, needsNoRow: true } : undefined;
  },
  leakSignals(view) {
    return [...withoutClient(view), ...backendsWithoutDesktop(view)];
  },
};

/** `python -m tui_gateway.slash_worker --session-key KEY`; an empty key when it does not say. */
function slashWorkerKey({ command }: Seen): string | undefined {
  const { module, scripts } = command;
  const script = scripts.find(({ what }) => /(^|\/)tui_gateway\/slash_worker\.py$/.test(what));
  const ran = module?.what === 'tui_gateway.slash_worker' ? module : script;
  return ran === undefined ? undefined : (optionValue(ran.rest, '--session-key') ?? '');
}

/**
 * Slash workers against the connections that clients hold. One connection may carry several sessions, so that
 * only none at all names every worker, and only far more workers than connections is said of the server.
 */
function withoutClient(view: HostView): Mismatch[] {
  return view.servers.flatMap((server): Mismatch[] => {
    if (server.connections === undefined || server.ports === undefined || server.ports.length === 0) return [];
    const grace = view.limits.detachedSeconds ?? 0;
    const workers = view.running.filter(
      (agent) => agent.server === server.pid && agent.member?.role !== 'server' && (agent.ageSeconds ?? 0) >= grace,
    );
    const atWork = factOf(view.registries, 'activeAgents') ?? 0;
    if (workers.length === 0 || atWork > 0) return [];
    if (server.connections === 0)
      return workers.map((agent) =>
        agentMismatch('unregistered', agent, 'no client is connected to its server', speakers(view, agent).length > 0),
      );
    const tooMany = workers.length > Math.max(WORKERS_PER_CONNECTION * server.connections, 1);
    if (!tooMany && workers.length <= (view.limits.maxAgents ?? Number.POSITIVE_INFINITY)) return [];
    const detail = `${workers.length} slash workers, connections of clients: ${server.connections}`;
    return [{ kind: 'growth', pid: server.pid, rssBytes: server.rssBytes, detail }];
  });
}

/** Ours: a desktop with four sessions open on one connection is nothing special. */
const WORKERS_PER_CONNECTION = 4;

/** `serve` is started by the desktop application and is of no use without it. */
function backendsWithoutDesktop(view: HostView): Mismatch[] {
  return view.servers.flatMap((server): Mismatch[] => {
    const argv = view.table.get(server.pid)?.argv ?? [];
    if (!argv.includes('serve') || optionValue(argv, '--port') !== '0') return [];
    if (server.connections !== 0 || !isAdopted(view.table, server.pid)) return [];
    const { pid, rssBytes } = server;
    return [{ kind: 'unregistered', pid, rssBytes, detail: 'the desktop application that started it is gone' }];
  });
}

async function readFolder(folder: string, readers: HostReaders, isLive: boolean): Promise<HostRegistry> {
  const file = path.join(folder, 'gateway_state.json');
  const state = await readJson(readers, file);
  const pidFile = await readJson(readers, path.join(folder, 'gateway.pid'));
  const leases = await readJson(readers, path.join(folder, 'runtime', 'active_sessions.json'));
  const database = path.join(folder, 'state.db');
  // History of years may be in there: of use only against workers that run.
  const answer = isLive
    ? await readers.sqlite(database, (columns) => {
        const known = columns.get('sessions');
        if (known?.has('id') !== true || !known.has('ended_at')) return undefined;
        return `SELECT id, ${known.has('session_key') ? 'session_key' : 'NULL AS session_key'}, ended_at FROM sessions`;
      })
    : ({ kind: 'absent' } as const);
  const files = [state, pidFile, leases];
  const isAbsent = answer.kind === 'absent' && files.every((one) => one.state === 'absent');
  const isUnreadable = files.some((one) => one.state === 'unreadable');
  const claims = [state, pidFile].map(({ fields }) => claimOf(fields.pid, fields.start_time));
  return registryOf({
    from: folder,
    state: isAbsent ? 'absent' : isUnreadable ? 'unreadable' : 'read',
    // Gateway, dashboard and desktop backend use one folder; only the gateway signs for it.
    isShared: true,
    // A session that said nothing yet is in none of these: they never list all.
    sessions: [...leasesOf(leases.fields.entries), ...(answer.kind === 'rows' ? historyOf(answer.rows) : [])],
    servers: claims.filter((claim) => claim !== undefined),
    facts: { activeAgents: amountOf(state.fields.active_agents) },
    notes: [
      ...files.flatMap(({ notes }) => notes),
      ...(answer.kind === 'unreadable' ? notReadable(database, answer.why) : []),
    ],
  });
}

/** Only written when `max_concurrent_sessions` is configured. */
function leasesOf(entries: unknown): BelievedSession[] {
  return listOf(entries).flatMap((entry): BelievedSession[] => {
    const row = fieldsOf(entry);
    const hostSessionId = textOf(row.session_id);
    const claim = claimOf(row.pid, row.process_start_time);
    if (hostSessionId === undefined || claim === undefined) return [];
    return [{ hostSessionId, state: 'live', lastSeen: timeOf(row.updated_at), claim, needsNoAgent: true }];
  });
}

/** One row for each key, the open one first: a conversation that was continued has several. */
function historyOf(rows: readonly SqliteRow[]): BelievedSession[] {
  const byKey = new Map<string, BelievedSession>();
  for (const row of rows) {
    const hostSessionId = textOf(row.session_key) ?? textOf(row.id);
    if (hostSessionId === undefined) continue;
    const isOpen = row.ended_at === null;
    if (byKey.has(hostSessionId) && !isOpen) continue;
    byKey.set(hostSessionId, {
      hostSessionId,
      state: isOpen ? 'live' : 'stopped',
      lastSeen: timeOf(row.ended_at),
      needsNoAgent: true,
    });
  }
  return [...byKey.values()];
}
