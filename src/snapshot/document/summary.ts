import { isCounted } from '../../agents/membership.js';
import type { HostEntry } from '../../hosts/compare/report.js';
import type { Group, SnapshotDocument, Totals } from './document.js';
import { agentOf, groupsOf, leaderOf, olderCopies } from './totals.js';
import { isMember } from './trees.js';

/** By what counts and memory are told over time. */
export type Dimension = 'agent' | 'role' | 'verdict' | 'host';

/** The process of a host application that agents worked for. */
export interface HostProcess {
  readonly name: string;
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly rssBytes?: number | undefined;
  readonly threads?: number | undefined;
  readonly descriptors?: number | undefined;
}

/** What a list of snapshots shows of one. */
export interface SnapshotEntry {
  readonly id: string;
  readonly label: string;
  /** ISO 8601 UTC with milliseconds. */
  readonly takenAt: string;
  readonly complete: boolean;
  /** Of all processes of the scan; the others as {@link Totals} has them. */
  readonly processes: number;
  readonly agents: number;
  readonly sessions: number;
  readonly rssBytes: number;
}

/** What a trend needs of a snapshot, so that its file need not be opened. */
export interface SnapshotSummary {
  readonly id: string;
  readonly label: string;
  readonly takenAt: string;
  readonly complete: boolean;
  readonly machine: { readonly hostname?: string | undefined; readonly bootId?: string | undefined };
  readonly totals: Totals;
  readonly groups: Readonly<Record<Dimension, Readonly<Record<string, Group>>>>;
  readonly hosts: readonly HostProcess[];
}

export function toSnapshotEntry({
  id,
  label,
  takenAt,
  complete,
  totals,
}: Pick<SnapshotSummary, 'id' | 'label' | 'takenAt' | 'complete' | 'totals'>): SnapshotEntry {
  const { processes, agents, sessions, rssBytes } = totals;
  return { id, label, takenAt, complete, processes, agents, sessions, rssBytes };
}

/** Only agents and their helpers are counted, also when the document holds the whole table. */
export function toSummary(document: SnapshotDocument): SnapshotSummary {
  const byPid = new Map(document.processes.map((entry) => [entry.pid, entry]));
  const members = document.processes.filter(isMember);
  const hosts = new Map<number, HostProcess>();
  for (const { owner } of members) {
    if (owner?.kind !== 'host' || owner.pid === undefined) continue;
    hosts.set(owner.pid, hostProcess(owner.name, { pid: owner.pid, ...byPid.get(owner.pid) }));
  }
  // Servers that are above no agent (they speak to them through tmux or a socket) are in the hosts' own facts.
  for (const server of reportedServers(document.hosts)) hosts.set(server.pid, server);
  const { id, label, takenAt, complete, machine, totals, generations = [] } = document;
  const isJudged = members.some(({ verdict }) => verdict !== undefined);
  return {
    id,
    label,
    takenAt,
    complete,
    machine: { hostname: machine.hostname, bootId: machine.bootId },
    // Documents of before this total was kept: their list is absent where it was empty.
    totals: { ...totals, generations: totals.generations ?? (isJudged ? olderCopies(generations) : undefined) },
    groups: {
      agent: groupsOf(members, (entry) => agentOf(entry, byPid), isCounted),
      role: groupsOf(members, ({ role }) => role),
      verdict: groupsOf(members, ({ verdict }) => verdict),
      host: groupsOf(members, (entry) => entry.host ?? leaderOf(entry, byPid)?.host, isCounted),
    },
    hosts: [...hosts.values()],
  };
}

/** The servers of {@link ../hosts/report.ts}'s entries; takes what it can, since another version may have written them. */
export function reportedServers(reported: SnapshotDocument['hosts']): HostProcess[] {
  return (reported ?? []).flatMap((host) => {
    const { name, server, otherServers } = (host ?? {}) as Partial<HostEntry>;
    if (typeof name !== 'string') return [];
    const servers = [server, ...(Array.isArray(otherServers) ? otherServers : [])];
    return servers.flatMap((one) => (typeof one?.pid === 'number' ? [hostProcess(name, one)] : []));
  });
}

function hostProcess(
  name: string,
  { pid, startTime, rssBytes, threads, descriptors }: Omit<HostProcess, 'name'>,
): HostProcess {
  return { name, pid, startTime, rssBytes, threads, descriptors };
}
