import { ageSeconds } from '../../process/table.js';
import type { HostAdapter, HostView, Mismatch, Seen, ServerFacts, TooEarly } from '../host.js';
import { portsOf } from '../registries/ports.js';
import { growthOf } from './growth.js';
import { duplicates, leftBehind, notBelieved, phantoms, tooEarly } from './mismatches.js';
import { type CompareInput, findRunning, findServers } from './running-agents.js';

export interface Comparison {
  readonly view: HostView;
  readonly mismatches: readonly Mismatch[];
  readonly tooEarly?: TooEarly | undefined;
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
    ...duplicates(view),
    ...phantoms(view),
    ...(adapter.leakSignals?.(view) ?? []),
    ...growthOf(view),
  ];
  return { view, mismatches: onePerProcess(mismatches), tooEarly: tooEarly(view) };
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
