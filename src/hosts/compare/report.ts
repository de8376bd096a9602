import type { BelievedSession, HostLimits, HostView, Mismatch, RunningAgent, ServerFacts, TooEarly } from '../host.js';
import { notesOf } from './beliefs.js';
import type { Comparison } from './compare.js';

const HOSTS_SCHEMA = 'sesswatch/hosts/1';

/** `sesswatch hosts --json`. Ids, pids, states and numbers: no titles, folders, arguments or prompts. */
export interface HostsDocument {
  readonly schema: typeof HOSTS_SCHEMA;
  readonly takenAt: string;
  readonly hosts: readonly HostEntry[];
  /** What could not be read, and what that means. */
  readonly notes: readonly string[];
}

export interface HostEntry {
  readonly name: string;
  /** The oldest of its servers; `undefined` when none runs. */
  readonly server?: ServerFacts | undefined;
  /** The rest, when there are several (a gateway and a dashboard, two instances). */
  readonly otherServers?: readonly ServerFacts[] | undefined;
  readonly registries: readonly { readonly from: string; readonly state: 'read' | 'unreadable' }[];
  readonly believed: readonly BelievedEntry[];
  readonly running: readonly RunningEntry[];
  readonly mismatches: readonly MismatchEntry[];
  /** Agents and rows that are too fresh to be called a mismatch. */
  readonly tooEarly?: TooEarly | undefined;
  /** The host's own thresholds, seconds. */
  readonly limits: HostLimits;
}

interface BelievedEntry extends Pick<BelievedSession, 'hostSessionId' | 'agentSessionId' | 'agent' | 'state'> {
  readonly busy?: true | undefined;
  readonly lastSeen?: string | undefined;
  readonly idleSeconds?: number | undefined;
  readonly pid?: number | undefined;
}

export interface RunningEntry extends Pick<RunningAgent, 'hostSessionId' | 'agentSessionId' | 'ageSeconds'> {
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly agent?: string | undefined;
  readonly role?: string | undefined;
  /** Since when nothing moved, where idleness is proven. */
  readonly idleSeconds?: number | undefined;
  /** Of itself and everything below it. */
  readonly rssBytes?: number | undefined;
}

export type MismatchEntry = Omit<Mismatch, 'byLiveHost'>;

/** Proven idle seconds of a process, by pid, as the judge found them. */
type IdleOf = (pid: number) => number | undefined;

/** The document of the hosts that are there: by a server, by what they wrote down, or by what runs for them. */
export function hostReport(
  comparisons: readonly Comparison[],
  takenAt: number,
  idleOf: IdleOf = () => undefined,
): HostsDocument {
  return {
    schema: HOSTS_SCHEMA,
    takenAt: new Date(takenAt).toISOString(),
    hosts: comparisons.filter(isThere).map((one) => entryOf(one, idleOf)),
    notes: notesOf(comparisons),
  };
}

/** How many mismatches a document holds: what `hosts --exit-code` asks. */
export function countMismatches(document: HostsDocument): number {
  return document.hosts.reduce((sum, { mismatches }) => sum + mismatches.length, 0);
}

/**
 * The servers of an earlier document or snapshot, by host, for {@link HostView.earlier}. Takes what it can: an
 * older version wrote it.
 */
export function earlierServers(hosts: readonly unknown[] | undefined): ReadonlyMap<string, HostView['earlier']> {
  const found = new Map<string, HostView['earlier']>();
  for (const host of hosts ?? []) {
    const { name, server, otherServers, running } = (host ?? {}) as Partial<HostEntry>;
    if (typeof name !== 'string') continue;
    const agents = Array.isArray(running) ? running.length : 0;
    const servers = [server, ...(Array.isArray(otherServers) ? otherServers : [])];
    found.set(
      name,
      servers.flatMap((one) => (typeof one?.pid === 'number' ? [{ ...one, agents }] : [])),
    );
  }
  return found;
}

function isThere({ view, mismatches }: Comparison): boolean {
  return (
    view.servers.length > 0 ||
    view.running.length > 0 ||
    mismatches.length > 0 ||
    view.registries.some(({ state, sessions }) => state === 'unreadable' || sessions.some(isLive))
  );
}

function entryOf({ view, mismatches, tooEarly }: Comparison, idleOf: IdleOf): HostEntry {
  const [server, ...otherServers] = [...view.servers].sort((a, b) => (b.uptimeSeconds ?? 0) - (a.uptimeSeconds ?? 0));
  const joined = new Set(view.running.map(({ session }) => session));
  return {
    name: view.name,
    server,
    otherServers: otherServers.length === 0 ? undefined : otherServers,
    registries: view.registries.flatMap(({ from, state }) => (state === 'absent' ? [] : [{ from, state }])),
    believed: view.registries.flatMap(({ sessions }) =>
      sessions
        // History that nothing works for is no belief in a process.
        .filter(
          (session) =>
            joined.has(session) || (isLive(session) && (session.needsNoAgent !== true || session.claim !== undefined)),
        )
        .map((session) => believedEntry(session, view.now)),
    ),
    running: view.running.map((agent) => ({ ...runningEntry(agent), idleSeconds: idleOf(agent.record.pid) })),
    mismatches: mismatches.map(({ byLiveHost: _, ...mismatch }) => mismatch),
    tooEarly,
    limits: view.limits,
  };
}

function isLive({ state }: BelievedSession): boolean {
  return state === 'live';
}

function believedEntry(session: BelievedSession, now: number): BelievedEntry {
  const { hostSessionId, agentSessionId, agent, state, busy, lastSeen, idleSince, claim } = session;
  return {
    hostSessionId,
    agentSessionId,
    agent,
    state,
    busy: busy === true ? true : undefined,
    lastSeen: lastSeen === undefined ? undefined : new Date(lastSeen).toISOString(),
    idleSeconds: idleSince === undefined ? undefined : Math.max(0, (now - idleSince) / 1000),
    pid: claim?.pid,
  };
}

function runningEntry(agent: RunningAgent): RunningEntry {
  const { record, member, hostSessionId, agentSessionId, ageSeconds, treeRssBytes } = agent;
  return {
    pid: record.pid,
    startTime: record.startTime,
    agent: member?.agent,
    role: member?.role,
    hostSessionId,
    agentSessionId,
    ageSeconds,
    rssBytes: treeRssBytes,
  };
}
