import path from 'node:path';
import { isCounted } from '../../agents/membership.js';
import { optionValue } from '../../command-line/words.js';
import { amountOf, fieldsOf, listOf, pidOf } from '../../decode.js';
import { counted } from '../../units.js';
import type { BelievedSession, HostAdapter, HostReaders, HostRegistry } from '../host.js';
import { readJson, textOf, timeOf } from '../registries/fields.js';
import type { Pane } from '../registries/tmux.js';

/**
 * Codeman: one tmux session per agent, so that agents outlive the server on purpose. What leaks is belief: its
 * session map keeps sessions whose agent has ended.
 */
export const codeman: HostAdapter = {
  name: 'Codeman',
  // tmux-manager.ts: killSession verifies within 2 s; pane-exit-sweep.ts: two reads 2 s apart.
  limits: { startSeconds: 30, stopSeconds: 5, sweepSeconds: 2 },
  agentsEndWithServer: false,
  recognise: ({ host }) => host?.name === 'Codeman',
  // systemd and the readme start it as `node dist/index.js web` in its folder.
  mayRecognise({ record, command }) {
    const { what, rest } = command.scripts[0] ?? { what: '', rest: [] };
    return record.detail?.cwd === undefined && rest[0] === 'web' && /^(dist\/index\.js|src\/index\.ts)$/.test(what);
  },
  async registry(place, readers) {
    const given = place.env.CODEMAN_DATA_DIR;
    const folders =
      given !== undefined && given !== ''
        ? [given]
        : (await readers.names(place.home))
            .filter((name) => /^\.codeman(-.+)?$/.test(name))
            .map((name) => path.join(place.home, name));
    if (folders.length === 0) return [];
    // Up to 0.4 on the default socket, later on one of its own for each instance.
    const panes = await readers.panes((socket) => socket === 'default' || socket.startsWith('codeman'));
    return Promise.all(folders.map((folder) => readFolder(folder, readers, panes)));
  },
  attribute({ record, member }) {
    if (member === undefined || !isCounted(member)) return undefined;
    const markers = record.detail?.markers;
    const hostSessionId = markers?.CODEMAN_SESSION_ID;
    if (markers?.CODEMAN_MUX !== '1' && hostSessionId === undefined) return undefined;
    return { hostSessionId, agentSessionId: member.sessionId };
  },
  leakSignals(view) {
    return view.servers.flatMap(({ pid, rssBytes }) => {
      const held = view.probes.get(pid)?.facts.sessions;
      if (held === undefined || held <= view.running.length) return [];
      const detail = `its session map holds ${held}, ${counted(view.running.length, 'agent runs', 'agents run')}`;
      return [{ kind: 'growth', pid, rssBytes, detail } as const];
    });
  },
  probe: {
    url({ ports }, { command }) {
      const given = optionValue(command.argv, '-p') ?? optionValue(command.argv, '--port') ?? '3000';
      // 0 lets the kernel choose one.
      const port = given === '0' ? ports?.[0] : given;
      if (port === undefined) return undefined;
      const scheme = command.argv.includes('--https') ? 'https' : 'http';
      return `${scheme}://127.0.0.1:${port}/api/debug/memory`;
    },
    facts(body) {
      const { memory, mapSizes } = fieldsOf(body);
      const sessions = amountOf(fieldsOf(fieldsOf(mapSizes).server).sessions);
      const heap = amountOf(fieldsOf(memory).heapUsedMB);
      return {
        ...(sessions === undefined ? {} : { sessions }),
        ...(heap === undefined ? {} : { heapUsedMb: heap }),
      };
    },
  },
};

type Panes = Awaited<ReturnType<HostReaders['panes']>>;

async function readFolder(folder: string, readers: HostReaders, panes: Panes): Promise<HostRegistry> {
  const file = path.join(folder, 'mux-sessions.json');
  const rows = await readJson(readers, file);
  const states = await readJson(readers, path.join(folder, 'state.json'));
  const about = { from: file, servers: [], facts: {} };
  if (rows.kind === 'absent' && states.kind === 'absent')
    return { ...about, state: 'absent', listsAll: false, sessions: [], notes: [] };
  const notes = [rows, states].flatMap((answer, index) =>
    answer.kind === 'unreadable'
      ? [`registry not readable: ${path.join(folder, index === 0 ? 'mux-sessions.json' : 'state.json')}: ${answer.why}`]
      : [],
  );
  if (panes.kind === 'unreadable') notes.push(`panes of Codeman not readable: ${panes.why}`);
  else notes.push(...panes.notes);
  if (rows.kind === 'unreadable' || states.kind === 'unreadable')
    return { ...about, state: 'unreadable', listsAll: false, sessions: [], notes };

  const known = fieldsOf(fieldsOf(states.kind === 'read' ? states.value : undefined).sessions);
  const inTmux = new Map<string, BelievedSession>();
  const muxNames = new Map<string, string>();
  for (const row of listOf(rows.kind === 'read' ? rows.value : undefined)) {
    const session = sessionOf(fieldsOf(row), known, panes);
    if (session === undefined) continue;
    inTmux.set(session.hostSessionId, session);
    muxNames.set(textOf(fieldsOf(row).muxName) ?? '', session.hostSessionId);
  }
  const withoutTmux = Object.entries(known).flatMap(([id, state]) =>
    inTmux.has(id) ? [] : [sessionOfState(id, fieldsOf(state))],
  );
  const started = (panes.kind === 'read' ? panes.panes : []).flatMap(({ session, pid, dead }) =>
    dead || !/^codeman-/.test(session) ? [] : [{ hostSessionId: muxNames.get(session) ?? session, claim: { pid } }],
  );
  return {
    ...about,
    state: 'read',
    listsAll: rows.kind === 'read',
    sessions: [...inTmux.values(), ...withoutTmux],
    started,
    notes,
  };
}

function sessionOf(
  row: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, unknown>>,
  panes: Panes,
): BelievedSession | undefined {
  const hostSessionId = textOf(row.sessionId);
  if (hostSessionId === undefined) return undefined;
  const muxName = textOf(row.muxName) ?? '';
  const state = fieldsOf(known[hostSessionId]);
  const pane = panes.kind === 'read' ? paneOf(panes.panes, muxName) : undefined;
  const pid = pane?.pid ?? pidOf(row.pid);
  return {
    ...sessionOfState(hostSessionId, state),
    // A row is written when its session is created: before any state is.
    state: stateOf(state.status ?? 'idle'),
    lastSeen: timeOf(row.createdAt),
    claim: pid === undefined ? undefined : { pid },
    ended: pane?.dead === true ? 'the program in its tmux pane has ended' : undefined,
    needsNoAgent: row.mode === 'shell' || /^codeman-(ssh|dkr)-/.test(muxName),
  };
}

/** Codeman starts claude with its own session id. */
function sessionOfState(id: string, state: Readonly<Record<string, unknown>>): BelievedSession {
  return {
    hostSessionId: id,
    agentSessionId: state.mode === undefined || state.mode === 'claude' ? id : undefined,
    state: stateOf(state.status),
    busy: state.status === 'busy',
    lastSeen: timeOf(state.createdAt),
    needsNoAgent: state.mode === 'shell',
  };
}

function stateOf(status: unknown): BelievedSession['state'] {
  if (status === 'idle' || status === 'busy') return 'live';
  return status === 'stopped' ? 'stopped' : 'unknown';
}

function paneOf(panes: readonly Pane[], muxName: string): Pane | undefined {
  const own = panes.filter(({ session }) => session === muxName);
  return own.find(({ dead }) => !dead) ?? own[0];
}
