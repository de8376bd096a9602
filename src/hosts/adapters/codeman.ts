import path from 'node:path';
import { optionValue } from '../../command-line/words.js';
import { amountOf, type Fields, fieldsOf, listOf } from '../../decode.js';
import { counted } from '../../units.js';
import { serverMismatches } from '../compare/mismatch.js';
import type { BelievedSession, HostAdapter, HostReaders, HostRegistry } from '../host.js';
import { claimOf, readJson, registryOf, textOf, timeOf } from '../registries/fields.js';
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
  attribute({ record, agent }) {
    if (agent === undefined) return undefined;
    const markers = record.detail?.markers;
    const hostSessionId = markers?.CODEMAN_SESSION_ID;
    if (markers?.CODEMAN_MUX !== '1' && hostSessionId === undefined) return undefined;
    return { hostSessionId, agentSessionId: agent.sessionId };
  },
  leakSignals(view) {
    const running = view.running.length;
    return serverMismatches(view, 'growth', ({ pid }) => {
      const held = view.probes.get(pid)?.facts.sessions;
      if (held === undefined || held <= running) return undefined;
      return `its session map holds ${held}, ${counted(running, 'agent runs', 'agents run')}`;
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
      return {
        sessions: amountOf(fieldsOf(fieldsOf(mapSizes).server).sessions),
        heapUsedMb: amountOf(fieldsOf(memory).heapUsedMB),
      };
    },
  },
};

type Panes = Awaited<ReturnType<HostReaders['panes']>>;

async function readFolder(folder: string, readers: HostReaders, panes: Panes): Promise<HostRegistry> {
  const file = path.join(folder, 'mux-sessions.json');
  const rows = await readJson(readers, file);
  const states = await readJson(readers, path.join(folder, 'state.json'));
  if (rows.state === 'absent' && states.state === 'absent') return registryOf({ from: file, state: 'absent' });
  const ofPanes = panes.kind === 'unreadable' ? [`panes of Codeman not readable: ${panes.why}`] : panes.notes;
  const notes = [...rows.notes, ...states.notes, ...ofPanes];
  if (rows.state === 'unreadable' || states.state === 'unreadable')
    return registryOf({ from: file, state: 'unreadable', notes });

  const known = fieldsOf(states.fields.sessions);
  const inTmux = new Map<string, BelievedSession>();
  const muxNames = new Map<string, string>();
  for (const row of listOf(rows.value)) {
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
  const sessions = [...inTmux.values(), ...withoutTmux];
  return registryOf({ from: file, state: 'read', listsAll: rows.state === 'read', sessions, started, notes });
}

function sessionOf(row: Fields, known: Fields, panes: Panes): BelievedSession | undefined {
  const hostSessionId = textOf(row.sessionId);
  if (hostSessionId === undefined) return undefined;
  const muxName = textOf(row.muxName) ?? '';
  const state = fieldsOf(known[hostSessionId]);
  const pane = panes.kind === 'read' ? paneOf(panes.panes, muxName) : undefined;
  return {
    ...sessionOfState(hostSessionId, state),
    // A row is written when its session is created: before any state is.
    state: stateOf(state.status ?? 'idle'),
    lastSeen: timeOf(row.createdAt),
    claim: claimOf(pane?.pid ?? row.pid),
    ended: pane?.dead === true ? 'the program in its tmux pane has ended' : undefined,
    needsNoAgent: row.mode === 'shell' || /^codeman-(ssh|dkr)-/.test(muxName),
  };
}

/** Codeman starts claude with its own session id. */
function sessionOfState(id: string, state: Fields): BelievedSession {
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
