import { type AgentTable, isCounted } from '../agents/membership.js';
import { commandOf } from '../command-line/command.js';
import type { ProcessRecord } from '../process/record.js';
import type { ProcessSource } from '../process/scan.js';
import { withDetail } from '../process/table.js';
import { ccHaha } from './adapters/cc-haha.js';
import { claudeDesktop } from './adapters/claude-desktop.js';
import { claudeMem } from './adapters/claude-mem.js';
import { codeman } from './adapters/codeman.js';
import { EDITORS } from './adapters/editors.js';
import { agentsThemselves } from './adapters/generic.js';
import { hermes } from './adapters/hermes.js';
import { t3Code } from './adapters/t3code.js';
import { recogniseHost } from './catalogue.js';
import { type Comparison, compareHost } from './compare/compare.js';
import { findServers } from './compare/running-agents.js';
import type {
  HostAdapter,
  HostFacts,
  HostPlace,
  HostReaders,
  HostRegistry,
  HostView,
  ProbeAnswer,
  Seen,
} from './host.js';
import { type PortTable, portsOf } from './registries/ports.js';

const ORCHESTRATORS: readonly HostAdapter[] = [t3Code, codeman, claudeMem, hermes, ccHaha];
const APPLICATIONS: readonly HostAdapter[] = [claudeDesktop, ...EDITORS];

/** The hosts that are known without configuration. */
export const HOST_ADAPTERS: readonly HostAdapter[] = [...ORCHESTRATORS, ...APPLICATIONS];

export interface LookAtHostsRequest {
  readonly agents: AgentTable;
  /** Looks closer at servers, which need not be ancestors of an agent. */
  readonly detail: ProcessSource['detail'];
  /** Our own home folder, or those that were asked for. */
  readonly places: readonly HostPlace[];
  /** Reads what lies under a home folder. */
  readonly readersOf: (place: HostPlace) => HostReaders;
  readonly ports: () => Promise<PortTable | undefined>;
  /** Hosts of the user's own beside {@link HOST_ADAPTERS}. */
  readonly custom?: readonly HostAdapter[];
  /** Leaves the hosts out whose names are not wanted. */
  readonly isWanted?: (name: string) => boolean;
  /** Asks a server's health endpoint; left out unless that was asked for. */
  readonly probe?: (url: string, facts: (body: unknown) => HostFacts) => Promise<ProbeAnswer>;
  /** Server facts of an earlier snapshot, by host. */
  readonly earlier?: ReadonlyMap<string, HostView['earlier']>;
  readonly graceSeconds?: number | undefined;
}

/** Reads what hosts believe and compares each with the process table. Writes nothing, takes no lock. */
export async function lookAtHosts(request: LookAtHostsRequest): Promise<readonly Comparison[]> {
  // An orchestrator may run in a terminal of an editor, and its agents are its own.
  const named = [...ORCHESTRATORS, ...(request.custom ?? []), ...APPLICATIONS, agentsThemselves];
  const wanted = named.filter(({ name }) => request.isWanted?.(name) ?? true);
  const sight = await lookCloser(request, named);
  const { table } = sight;
  const ports = await request.ports();

  const found: Comparison[] = [];
  const taken = new Set<number>();
  // Also those that are not wanted: what they have is not left for the agents by themselves.
  for (const adapter of named) {
    const registries = sight.registries.get(adapter) ?? [];
    const { graceSeconds } = request;
    const input = { table, all: sight.all, registries, ports, graceSeconds, taken };
    const earlier = request.earlier?.get(adapter.name) ?? [];
    const probes = wanted.includes(adapter) ? await probeServers(adapter, request, input) : new Map();
    const comparison = compareHost(adapter, { ...input, probes, earlier });
    for (const { record } of comparison.view.running) taken.add(record.pid);
    if (wanted.includes(adapter)) found.push(comparison);
  }
  return found;
}

interface Sight extends Pick<HostView, 'table'> {
  readonly all: ReadonlyMap<number, Seen>;
  readonly registries: ReadonlyMap<HostAdapter, readonly HostRegistry[]>;
}

/** Takes rows apart, reads registries, and learns descriptors of the servers that either of them names. */
async function lookCloser(request: LookAtHostsRequest, adapters: readonly HostAdapter[]): Promise<Sight> {
  let { table } = request.agents;
  const unowned = table.all.filter((record) => record.uid === undefined && recogniseHost(record) !== undefined);
  if (unowned.length > 0) table = withDetail(table, await request.detail(unowned, ['user']));
  let all = takeApart(request, table.all);
  const open = [...all.values()].filter((seen) => adapters.some((adapter) => adapter.mayRecognise?.(seen)));
  if (open.length > 0) {
    table = withDetail(table, await request.detail(records(open), ['cwd', 'user']));
    all = takeApart(request, table.all, all);
  }
  const registries = new Map<HostAdapter, readonly HostRegistry[]>();
  const servers: Seen[] = [];
  for (const adapter of adapters) {
    const recognised = findServers(adapter, { all, registries: [], table });
    const own = await readRegistries(adapter, request, recognised);
    registries.set(adapter, own);
    servers.push(...findServers(adapter, { all, registries: own, table }));
  }
  const unseen = servers.filter(({ record }) => record.detail?.fds === undefined);
  if (unseen.length > 0) {
    table = withDetail(table, await request.detail(records(unseen), ['fds']));
    all = takeApart(request, table.all, all);
  }
  return { table, all, registries };
}

function takeApart(
  { agents, places }: LookAtHostsRequest,
  rows: readonly ProcessRecord[],
  before: ReadonlyMap<number, Seen> = new Map(),
): ReadonlyMap<number, Seen> {
  const all = new Map<number, Seen>();
  // A host is one for its own user's processes alone, and its files speak of those alone.
  const owners = new Set(places.map(({ owner }) => owner));
  for (const record of rows) {
    if (record.kernelThread === true) continue;
    if (record.uid !== undefined && !owners.has(record.uid) && !owners.has(undefined)) continue;
    const known = before.get(record.pid);
    if (known?.record === record) {
      all.set(record.pid, known);
      continue;
    }
    const command = commandOf(record);
    const member = agents.members.get(record.pid);
    const agent = member !== undefined && isCounted(member) ? member : undefined;
    all.set(record.pid, { record, command, host: recogniseHost(record, command), member, agent });
  }
  return all;
}

async function readRegistries(
  adapter: HostAdapter,
  { places, readersOf }: LookAtHostsRequest,
  servers: readonly Seen[],
): Promise<readonly HostRegistry[]> {
  const found = await Promise.all(places.map((place) => adapter.registry(place, readersOf(place), servers)));
  // Two homes, or a flag and a home, may name one folder.
  return [...new Map(found.flat().map((registry) => [registry.from, registry])).values()];
}

async function probeServers(
  adapter: HostAdapter,
  request: LookAtHostsRequest,
  input: Pick<Parameters<typeof compareHost>[1], 'all' | 'registries' | 'table' | 'ports'>,
): Promise<ReadonlyMap<number, ProbeAnswer>> {
  const answers = new Map<number, ProbeAnswer>();
  if (request.probe === undefined || adapter.probe === undefined) return answers;
  for (const seen of findServers(adapter, input)) {
    const { record } = seen;
    const ports = input.ports === undefined ? undefined : portsOf(input.ports, record.detail?.fds);
    const url = adapter.probe.url({ pid: record.pid, ports }, seen, input.registries);
    if (url !== undefined) answers.set(record.pid, await request.probe(url, adapter.probe.facts));
  }
  return answers;
}

function records(seen: readonly Seen[]): ProcessRecord[] {
  return seen.map(({ record }) => record);
}
