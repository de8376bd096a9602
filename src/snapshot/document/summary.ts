import { isCounted } from '../../agents/membership.js';
import type { HostEntry } from '../../hosts/compare/report.js';
import type { ProcessEntry, SnapshotDocument, Totals } from './document.js';

/** By what counts and memory are told over time. */
export type Dimension = 'agent' | 'role' | 'verdict' | 'host';

export interface Group {
  /** By agent and by host: what `count` counts. By role and by verdict: agents and their helpers. */
  readonly count: number;
  /** Of the processes in the group; by agent and by host with the helpers that belongs to its agents. */
  readonly rssBytes: number;
}

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
  const agent = new Map<string, Group>();
  const role = new Map<string, Group>();
  const verdict = new Map<string, Group>();
  const host = new Map<string, Group>();
  const hosts = new Map<number, HostProcess>();
  for (const entry of document.processes) {
    if (entry.role === undefined) continue;
    const leader = entry.leader === undefined ? undefined : byPid.get(entry.leader);
    const counted = isCounted(entry) ? 1 : 0;
    add(agent, entry.agent ?? entry.helperOf ?? leader?.agent, counted, entry);
    add(role, entry.role, 1, entry);
    add(verdict, entry.verdict, 1, entry);
    add(host, entry.host ?? leader?.host, counted, entry);
    if (entry.owner?.kind === 'host' && entry.owner.pid !== undefined) {
      hosts.set(entry.owner.pid, hostProcess(entry.owner.name, entry.owner.pid, byPid.get(entry.owner.pid)));
    }
  }
  // Servers that are above no agent (they speak to them through tmux or a socket) are in the hosts' own facts.
  for (const server of reportedServers(document.hosts)) hosts.set(server.pid, server);
  const { id, label, takenAt, complete, machine, totals } = document;
  return {
    id,
    label,
    takenAt,
    complete,
    machine: { hostname: machine.hostname, bootId: machine.bootId },
    totals,
    groups: {
      agent: Object.fromEntries(agent),
      role: Object.fromEntries(role),
      verdict: Object.fromEntries(verdict),
      host: Object.fromEntries(host),
    },
    hosts: [...hosts.values()],
  };
}

function add(groups: Map<string, Group>, name: string | undefined, count: number, entry: ProcessEntry): void {
  if (name === undefined) return;
  const group = groups.get(name);
  groups.set(name, {
    count: (group?.count ?? 0) + count,
    rssBytes: (group?.rssBytes ?? 0) + (entry.rssBytes ?? 0),
  });
}

/** The servers of {@link ../hosts/report.ts}'s entries; takes what it can, since another version may have written them. */
export function reportedServers(reported: SnapshotDocument['hosts']): HostProcess[] {
  return (reported ?? []).flatMap((host) => {
    const { name, server, otherServers } = (host ?? {}) as Partial<HostEntry>;
    if (typeof name !== 'string') return [];
    const servers = [server, ...(Array.isArray(otherServers) ? otherServers : [])];
    return servers.flatMap((one) => {
      if (typeof one?.pid !== 'number') return [];
      const { pid, startTime, rssBytes, threads, descriptors } = one;
      return [{ name, pid, startTime, rssBytes, threads, descriptors }];
    });
  });
}

function hostProcess(name: string, pid: number, entry: ProcessEntry | undefined): HostProcess {
  return {
    name,
    pid,
    startTime: entry?.startTime,
    rssBytes: entry?.rssBytes,
    threads: entry?.threads,
    descriptors: entry?.descriptors,
  };
}
