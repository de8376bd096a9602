import type { Membership } from '../../agents/membership.js';
import { isAdopted } from '../../process/adopters.js';
import type { ProcessRecord } from '../../process/record.js';
import { ageSeconds, type ProcessTable } from '../../process/table.js';
import type { BelievedSession, HostAdapter, HostView, RunningAgent, Seen } from '../host.js';
import { checkClaim } from '../registries/claim.js';

/** What was read for one comparison; the parts of {@link HostView} that do not follow from others. */
export type CompareInput = Pick<HostView, 'registries' | 'table' | 'ports' | 'probes' | 'earlier'> & {
  /** Every process with its row taken apart. */
  readonly all: ReadonlyMap<number, Seen>;
  /** Processes that other hosts have already, for the adapter that stands for no host. */
  readonly taken?: ReadonlySet<number>;
  /** Waives or widens the hosts' own patience with fresh rows and agents, for all of them. */
  readonly graceSeconds?: number | undefined;
};

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
export function findRunning(adapter: HostAdapter, input: CompareInput, servers: readonly Seen[]): RunningAgent[] {
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
    const { record, member, agent } = seen;
    if (record.state === 'Z' || byPid.has(record.pid) || input.taken?.has(record.pid) === true) continue;
    const server = (): Seen | undefined => firstAbove(table, record.pid, byPid);
    const pane =
      started.size > 0 && agent !== undefined
        ? (started.get(record.pid) ?? firstAbove(table, record.pid, started))
        : undefined;
    const attribution =
      adapter.attribute(seen, {
        server,
        isAdopted: () => isAdopted(table, record.pid),
        registries: input.registries,
      }) ?? (pane === undefined ? undefined : { agentSessionId: member?.sessionId });
    if (attribution === undefined) continue;
    found.set(record.pid, {
      ...attribution,
      agentSessionId: isInherited(member) ? undefined : attribution.agentSessionId,
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

/** Markers are handed down to whatever an agent starts, other agents included: such an id is not its own. */
function isInherited(member: Membership | undefined): boolean {
  return member?.sessionIdFrom === 'marker' || member?.sessionIdFrom === 'leader';
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

function treeMemory({ table }: CompareInput, record: ProcessRecord): number | undefined {
  if (record.rssBytes === undefined) return undefined;
  return table.descendants(record.pid).reduce((sum, one) => sum + (one.rssBytes ?? 0), record.rssBytes);
}
