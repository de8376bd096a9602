import type { ProcessEntry, SnapshotDocument, Totals } from './document.js';

/** By what counts and memory are told over time. */
export type Dimension = 'agent' | 'role' | 'verdict' | 'host';

export interface Group {
  /** By agent and by host: what `count` counts. By role and by verdict: agents and their kin. */
  readonly count: number;
  /** Of the processes in the group; by agent and by host with the kin that belongs to its agents. */
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

/** What the index keeps of a document, enough for a trend without opening the file. */
export interface Summary {
  readonly machine: { readonly hostname?: string | undefined; readonly bootId?: string | undefined };
  readonly totals: Totals;
  readonly groups: Readonly<Record<Dimension, Readonly<Record<string, Group>>>>;
  readonly hosts: readonly HostProcess[];
}

/** Pure. Only agents and their kin are counted, also when the document holds the whole table. */
export function summarise(document: SnapshotDocument): Summary {
  const byPid = new Map(document.processes.map((entry) => [entry.pid, entry]));
  const agent = new Map<string, Group>();
  const role = new Map<string, Group>();
  const verdict = new Map<string, Group>();
  const host = new Map<string, Group>();
  const hosts = new Map<number, HostProcess>();
  for (const entry of document.processes) {
    if (entry.role === undefined) continue;
    const leader = entry.leader === undefined ? undefined : byPid.get(entry.leader);
    const counted = entry.role === 'session' || entry.role === 'server' ? 1 : 0;
    add(agent, entry.agent ?? leader?.agent, counted, entry);
    add(role, entry.role, 1, entry);
    add(verdict, entry.verdict, 1, entry);
    add(host, entry.host ?? leader?.host, counted, entry);
    if (entry.owner?.kind === 'host' && entry.owner.pid !== undefined) {
      hosts.set(entry.owner.pid, hostProcess(entry.owner.name, entry.owner.pid, byPid.get(entry.owner.pid)));
    }
  }
  const { hostname, bootId } = document.machine;
  return {
    machine: { hostname, bootId },
    totals: document.totals,
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
