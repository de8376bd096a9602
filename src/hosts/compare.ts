import { isCounted } from '../agents/membership.js';
import type { ProcessRecord } from '../process/record.js';
import { ageSeconds, type ProcessTable } from '../process/table.js';
import { isAdopted } from './adopted.js';
import { checkClaim, describeClaim } from './claim.js';
import { growthOf } from './growth.js';
import type {
  BelievedSession,
  HostAdapter,
  HostRegistry,
  HostView,
  Mismatch,
  RunningAgent,
  Seen,
  ServerFacts,
} from './host.js';
import { portsOf } from './ports.js';
import { speakers } from './speakers.js';

/** What was read for one comparison; the parts of {@link HostView} that do not follow from others. */
export type CompareInput = Pick<HostView, 'registries' | 'table' | 'ports' | 'probes' | 'earlier'> & {
  /** Every process with its row taken apart. */
  readonly all: ReadonlyMap<number, Seen>;
  /** Processes that other hosts have already, for the adapter that stands for no host. */
  readonly taken?: ReadonlySet<number>;
  /** Waives or widens the hosts' own patience with fresh rows and agents, for all of them. */
  readonly graceSeconds?: number | undefined;
};

export interface Comparison {
  readonly view: HostView;
  readonly mismatches: readonly Mismatch[];
}

/** Compares what one host believes with what runs. Pure. */
export function compareHost(adapter: HostAdapter, input: CompareInput): Comparison {
  const servers = findServers(adapter, input);
  const running = findRunning(adapter, input, servers);
  const { table, registries, ports, probes, earlier } = input;
  const view: HostView = {
    name: adapter.name,
    limits:
      input.graceSeconds === undefined
        ? adapter.limits
        : { ...adapter.limits, startSeconds: input.graceSeconds, stopSeconds: input.graceSeconds },
    now: table.scan.takenAt,
    table,
    servers: servers.map((server) => serverFacts(server, input)),
    registries,
    running,
    ports,
    probes,
    earlier,
  };
  const mismatches = [
    ...running.flatMap((agent) => notBelieved(view, agent)),
    ...(adapter.agentsEndWithServer ? leftBehind(view) : []),
    ...duplicates(running),
    ...phantoms(view),
    ...adapter.leakSignals(view),
    ...growthOf(view),
  ];
  return { view, mismatches: onePerProcess(mismatches) };
}

/** Servers by their own rows, and those that hide their arguments by what their host's files claim. */
export function findServers(
  adapter: HostAdapter,
  input: Pick<CompareInput, 'all' | 'registries' | 'table'>,
): readonly Seen[] {
  const found = new Map<number, Seen>();
  for (const seen of input.all.values()) {
    if (seen.record.state !== 'Z' && adapter.recognise(seen)) found.set(seen.record.pid, seen);
  }
  for (const { servers } of input.registries) {
    for (const claim of servers) {
      const seen = input.all.get(claim.pid);
      // Without a start time the pid in a file could be anyone's.
      if (seen !== undefined && checkClaim(claim, input.table) === 'same') found.set(claim.pid, seen);
    }
  }
  return [...found.values()];
}

/** Agents of the host, the topmost of each tree: what an agent starts in turn is its own business. */
function findRunning(adapter: HostAdapter, input: CompareInput, servers: readonly Seen[]): RunningAgent[] {
  const { table } = input;
  const byPid = new Map(servers.map((server) => [server.record.pid, server]));
  const started = new Map<number, string>();
  for (const registry of input.registries) {
    for (const { hostSessionId, claim } of registry.started ?? []) {
      const state = checkClaim(claim, table);
      if (state === 'same' || state === 'unknown') started.set(claim.pid, hostSessionId);
    }
  }
  const found = new Map<number, RunningAgent>();
  for (const seen of input.all.values()) {
    const { record, member } = seen;
    if (record.state === 'Z' || byPid.has(record.pid) || input.taken?.has(record.pid) === true) continue;
    const server = (): Seen | undefined => firstAbove(table, record.pid, byPid);
    const pane =
      started.size > 0 && member !== undefined && isCounted(member)
        ? (started.get(record.pid) ?? firstAbove(table, record.pid, started))
        : undefined;
    const attribution =
      adapter.attribute(seen, server) ??
      (pane === undefined ? undefined : { agentSessionId: member?.sessionId });
    if (attribution === undefined) continue;
    found.set(record.pid, {
      ...attribution,
      hostSessionId: attribution.hostSessionId ?? pane,
      record,
      member,
      server: server()?.record.pid,
      ageSeconds: ageSeconds(table, record),
      treeRssBytes: treeMemory(input, record),
    });
  }
  const topmost = [...found.values()].filter(
    ({ record }) => !table.ancestors(record.pid).some(({ pid }) => found.has(pid)),
  );
  return topmost.map((agent) => {
    const session = sessionOf(agent, input);
    return { ...agent, session, hostSessionId: session?.hostSessionId ?? agent.hostSessionId };
  });
}

function firstAbove<T>(table: ProcessTable, pid: number, wanted: ReadonlyMap<number, T>): T | undefined {
  if (wanted.size === 0) return undefined;
  for (const above of table.ancestors(pid)) {
    const found = wanted.get(above.pid);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The row of an agent: by its process, else by the ids; a live row before one that is not. */
function sessionOf(agent: RunningAgent, input: CompareInput): BelievedSession | undefined {
  const above = new Set([agent.record.pid, ...input.table.ancestors(agent.record.pid).map(({ pid }) => pid)]);
  const sessions = input.registries.flatMap((registry) => registry.sessions);
  const byProcess = sessions.find(({ claim, needsNoAgent }) => {
    if (claim === undefined || needsNoAgent === true || !above.has(claim.pid)) return false;
    const state = checkClaim(claim, input.table);
    return state === 'same' || state === 'unknown';
  });
  if (byProcess !== undefined) return byProcess;
  const byId = sessions.filter(
    (session) =>
      session.ofOneProcess !== true &&
      ((agent.agentSessionId !== undefined && session.agentSessionId === agent.agentSessionId) ||
        (agent.hostSessionId !== undefined && session.hostSessionId === agent.hostSessionId)),
  );
  return byId.find(({ state }) => state === 'live') ?? byId[0];
}

/** `retired`, when the row says that the session is over; `unregistered`, when there is no row. */
function notBelieved(view: HostView, agent: RunningAgent): Mismatch[] {
  const about = {
    hostSessionId: agent.hostSessionId,
    agentSessionId: agent.agentSessionId,
    pid: agent.record.pid,
    rssBytes: agent.treeRssBytes,
  };
  const { session } = agent;
  if (session !== undefined) {
    if (session.state === 'live' || session.state === 'unknown') return [];
    const seconds = session.lastSeen === undefined ? undefined : (view.now - session.lastSeen) / 1000;
    if (seconds !== undefined && seconds < view.limits.stopSeconds) return [];
    const byLiveHost = speakers(view, agent).some((registry) => registry.sessions.includes(session));
    return [{ ...about, kind: 'retired', detail: `its session is ${session.state}`, byLiveHost }];
  }
  if (agent.needsNoRow === true) return [];
  // Without an id it could be the agent of any row.
  if (agent.agentSessionId === undefined && agent.hostSessionId === undefined) return [];
  if (agent.ageSeconds === undefined || agent.ageSeconds < view.limits.startSeconds) return [];
  const registries = speakers(view, agent);
  if (registries.length === 0 || !registries.every(({ state, listsAll }) => state === 'read' && listsAll))
    return [];
  // Nor when a live row waits for an agent: a conversation that is resumed may get another id than it was given.
  const joined = joinedRows(view);
  if (registries.some(({ sessions }) => sessions.some((row) => !joined.has(row) && couldBe(agent, row))))
    return [];
  return [{ ...about, kind: 'unregistered', detail: 'its host has no row for it', byLiveHost: true }];
}

/** Agents that outlived their server: below none, and adopted by whoever adopts orphans. */
function leftBehind(view: HostView): Mismatch[] {
  return view.running.flatMap((agent): Mismatch[] => {
    if (agent.server !== undefined || !isAdopted(view.table, agent.record.pid)) return [];
    const { hostSessionId, agentSessionId, treeRssBytes: rssBytes } = agent;
    const pid = agent.record.pid;
    return [
      { kind: 'unregistered', hostSessionId, agentSessionId, pid, rssBytes, detail: 'its server is gone' },
    ];
  });
}

/** Agents that share a session with a younger one. The youngest is the one that the host talks to. */
function duplicates(running: readonly RunningAgent[]): Mismatch[] {
  const groups = new Map<string, RunningAgent[]>();
  for (const agent of running) {
    const id = agent.agentSessionId ?? agent.hostSessionId;
    if (id === undefined) continue;
    groups.set(id, [...(groups.get(id) ?? []), agent]);
  }
  return [...groups.values()].flatMap((group) => {
    const [youngest, ...older] = [...group].sort(
      (a, b) => (b.record.startedAt ?? 0) - (a.record.startedAt ?? 0) || b.record.pid - a.record.pid,
    );
    return older.map(
      (agent): Mismatch => ({
        kind: 'duplicate',
        hostSessionId: agent.hostSessionId,
        agentSessionId: agent.agentSessionId,
        pid: agent.record.pid,
        rssBytes: agent.treeRssBytes,
        detail: `process ${youngest?.record.pid} is younger and has the same session`,
      }),
    );
  });
}

/** Rows that say live where nothing runs. */
function phantoms(view: HostView): Mismatch[] {
  const joined = joinedRows(view);
  const unjoined = view.running.filter((agent) => agent.session === undefined && agent.needsNoRow !== true);
  return view.registries.flatMap((registry) =>
    registry.sessions.flatMap((session): Mismatch[] => {
      if (session.state !== 'live' || joined.has(session)) return [];
      if (session.lastSeen !== undefined && view.now - session.lastSeen < view.limits.startSeconds * 1000)
        return [];
      const { claim } = session;
      const state = claim === undefined ? undefined : checkClaim(claim, view.table);
      const isThere = state === 'same' || state === 'unknown';
      if (session.needsNoAgent === true && (isThere || state === undefined)) return [];
      // The row is of that process, whoever it works for.
      if (session.ofOneProcess === true && isThere) return [];
      // An agent without a row may be the one.
      if (session.ended === undefined && unjoined.some((agent) => couldBe(agent, session))) return [];
      const why =
        session.ended ??
        (claim !== undefined && (state === 'gone' || state === 'reused')
          ? describeClaim(claim, state)
          : 'no agent runs for it');
      const { hostSessionId, agentSessionId } = session;
      const detail = isStale(view, registry) ? `${why}; its server is gone too` : why;
      return [{ kind: 'phantom', hostSessionId, agentSessionId, pid: claim?.pid, detail }];
    }),
  );
}

/** A registry whose servers have all ended without clearing it: a crash, or a boot since. */
function isStale(view: HostView, { servers }: HostRegistry): boolean {
  return servers.length > 0 && servers.every((claim) => /gone|reused/.test(checkClaim(claim, view.table)));
}

/** Whether a row without an agent and an agent without a row may belong together, whatever their ids say. */
function couldBe(agent: RunningAgent, row: BelievedSession): boolean {
  if (row.state !== 'live' || row.claim !== undefined || row.needsNoAgent === true) return false;
  return row.agent === undefined || agent.member?.agent === undefined || agent.member.agent === row.agent;
}

function joinedRows({ running }: HostView): ReadonlySet<BelievedSession | undefined> {
  return new Set(running.map(({ session }) => session));
}

/** One process is named once: that its host does not know it says more than that it is there twice. */
function onePerProcess(mismatches: readonly Mismatch[]): Mismatch[] {
  const found: Mismatch[] = [];
  const byPid = new Map<number, number>();
  for (const mismatch of mismatches) {
    const { kind, pid } = mismatch;
    const isOfAgent = kind === 'unregistered' || kind === 'retired' || kind === 'duplicate';
    const at = pid === undefined || !isOfAgent ? undefined : byPid.get(pid);
    const first = at === undefined ? undefined : found[at];
    if (at === undefined || first === undefined) {
      if (isOfAgent && pid !== undefined) byPid.set(pid, found.length);
      found.push(mismatch);
    } else if (first.detail !== mismatch.detail) {
      found[at] = { ...first, detail: `${first.detail}; ${mismatch.detail}` };
    }
  }
  return found;
}

function serverFacts({ record }: Seen, { table, ports }: CompareInput): ServerFacts {
  const own = ports === undefined ? undefined : portsOf(ports, record.detail?.fds);
  return {
    pid: record.pid,
    startTime: record.startTime,
    uptimeSeconds: ageSeconds(table, record),
    rssBytes: record.rssBytes,
    threads: record.threads,
    descriptors: record.detail?.fds?.size,
    ports: own,
    connections: own?.reduce((sum, port) => sum + (ports?.established.get(port) ?? 0), 0),
  };
}

function treeMemory({ table }: CompareInput, record: ProcessRecord): number | undefined {
  if (record.rssBytes === undefined) return undefined;
  return table.descendants(record.pid).reduce((sum, one) => sum + (one.rssBytes ?? 0), record.rssBytes);
}
