import { NO_READINGS } from '../activity/agent-reading.js';
import { readLedger, saveLedger } from '../activity/ledger/file.js';
import { EMPTY_LEDGER, type Ledger } from '../activity/ledger/ledger.js';
import type { Moment } from '../activity/moment.js';
import type { AgentTable } from '../agents/membership.js';
import { type RegistryEntry, readRegistry } from '../agents/resolve/registry.js';
import { zombieAgents } from '../agents/resolve/zombies.js';
import { beliefsOf } from '../hosts/compare/beliefs.js';
import type { Comparison } from '../hosts/compare/compare.js';
import type { DetailField } from '../process/scan.js';
import { readOthersFile } from '../state/others-file.js';
import { NOTHING_AROUND } from '../verdict/context.js';
import type { JudgeInput, JudgePolicy } from '../verdict/input.js';
import type { JudgedTable } from '../verdict/judgement.js';
import type { Self } from '../verdict/vetoes/vetoes.js';
import { type Conclusion, conclude } from './conclude.js';
import type { ObserveEdges } from './edges.js';
import { readActivity } from './read-activity.js';
import { readHosts } from './read-hosts.js';
import { seeAgents } from './scan-agents.js';
import { lookCloser, type SurroundingEdges } from './surroundings.js';

export interface ObserveRequest {
  readonly policy: JudgePolicy;
  /** Memory by share and swap too: dear, and what ending a tree gives back. */
  readonly memory?: boolean | undefined;
  /** Two observations, this many seconds apart, in place of one. */
  readonly sampleSeconds?: number | undefined;
  /** Told before the wait between the two, and after it. */
  readonly onWait?: ((seconds: number | undefined) => void) | undefined;
}

/** What one observation saw, and what was known before it. */
export interface Observation {
  readonly judged: JudgedTable;
  /** What the hosts that run believe, against what runs. */
  readonly hosts: readonly Comparison[];
  /** As it was before this observation. */
  readonly ledger: Ledger;
  /** Who we are in the table; `undefined` for recorded ones. */
  readonly self: Self | undefined;
  readonly registry: ReadonlyMap<number, RegistryEntry>;
  readonly now: Moment;
  /** What could not be kept for the next observation. */
  readonly remarks: readonly string[];
}

/**
 * The processes of this machine, with a verdict for each agent and its helpers: scan, agents, hosts, activity, verdicts,
 * ledger. What it saw is remembered for the next observation, unless the scan was not whole.
 *
 * @throws SesswatchError `incomplete-scan` when nothing at all could be read
 */
export async function observe(edges: ObserveEdges, request: ObserveRequest): Promise<Observation> {
  const { ledger: kept, notes } = readLedger(edges.ledgerFile, edges.now().at);
  let before = kept;
  const { sampleSeconds = 0 } = request;
  if (sampleSeconds > 0) {
    before = (await observeOnce(edges, request, kept)).next;
    request.onWait?.(sampleSeconds);
    await edges.wait(sampleSeconds * 1000);
    request.onWait?.(undefined);
  }
  const { next, ...seen } = await observeOnce(edges, request, before);
  const unsaved = await save(edges, seen.judged, kept, next);
  // That the folder cannot be written may have been said already.
  const remarks = unsaved === undefined || notes.length > 0 ? notes : [unsaved];
  return { ...seen, ledger: before, remarks };
}

/** The same for a table that was recorded: nothing is read but the table, and nothing is remembered. */
export async function observeRecorded(
  { source, catalogue }: Pick<ObserveEdges, 'source' | 'catalogue'>,
  policy: JudgePolicy,
): Promise<Observation> {
  const agents = await seeAgents({ source, catalogue });
  const now = { at: agents.table.scan.takenAt };
  const { judged } = conclude({
    agents,
    zombies: zombieAgents(agents.table, catalogue),
    ledger: EMPTY_LEDGER,
    readings: NO_READINGS,
    around: NOTHING_AROUND,
    policy,
    now,
  });
  return {
    judged,
    hosts: [],
    ledger: EMPTY_LEDGER,
    self: undefined,
    registry: new Map(),
    now,
    remarks: [],
  };
}

async function observeOnce(edges: ObserveEdges, request: ObserveRequest, ledger: Ledger) {
  const { agents, registry } = await scanAgents(edges, request.memory === true);
  const hosts = await readHosts(edges, agents);
  const self = selfIn(agents, edges.self);
  const now = edges.now();
  const { judged, ledger: next } = await judgeSeen(
    {
      agents,
      ledger,
      self,
      hosts: beliefsOf(hosts),
      zombies: zombieAgents(agents.table, edges.catalogue),
      policy: request.policy,
      now,
    },
    { ...edges, registry },
  );
  return { judged, hosts, self, registry, now, next };
}

/** What is read around agents that were seen, to judge them. */
export type JudgeEdges = SurroundingEdges & Pick<ObserveEdges, 'home' | 'files'> & Pick<Observation, 'registry'>;

/** Looks closer at agents that were seen, reads whether they work, and judges them. Nothing is saved. */
export async function judgeSeen(
  input: Omit<JudgeInput, 'around' | 'readings'>,
  edges: JudgeEdges,
): Promise<Conclusion> {
  const { agents, around, notes } = await lookCloser(input.agents, input.ledger, edges);
  const readings = await readActivity(agents, { ...edges, uid: input.self?.uid });
  return conclude({ ...input, agents, around, readings, notes: [...(input.notes ?? []), ...notes] });
}

/** What agents, helpers and suspects are asked beyond their rows. */
const FIELDS: readonly DetailField[] = ['argv', 'user', 'cwd', 'fds', 'markers', 'cgroup'];

/** Agents in the process table, with what Claude Code wrote down about its sessions. */
async function scanAgents(edges: ObserveEdges, memory: boolean) {
  let registry: ReadonlyMap<number, RegistryEntry> = new Map();
  const place = {
    env: edges.env,
    home: edges.home,
    readFile: (file: string, owner = edges.self.uid) => textOf(file, owner),
  };
  const agents = await seeAgents({
    source: edges.source,
    catalogue: edges.catalogue,
    // ps-list knows no memory: that is looked at by and by, of those of interest only.
    look: memory || edges.source.name === 'portable' ? [...FIELDS, 'memory'] : FIELDS,
    readRegistry: (records, agentOf) => {
      registry = readRegistry(place, records, agentOf);
      return registry;
    },
  });
  return { agents, registry };
}

function selfIn({ table }: AgentTable, { pid, uid }: ObserveEdges['self']): Self {
  return { pid, uid, ancestors: new Set(table.ancestors(pid).map((record) => record.pid)) };
}

/** Saves the ledger. Answers with what kept it from doing so. */
async function save(
  { source, self, ledgerFile, now }: ObserveEdges,
  judged: JudgedTable,
  base: Ledger,
  ledger: Ledger,
): Promise<string | undefined> {
  const isNews = ledger.entries.size > 0 || base.entries.size > 0;
  // A scan that could not see everything proves nothing for the next run.
  if (!isNews || !judged.table.scan.complete) return undefined;
  const identity = await source.identify(self.pid);
  if (typeof identity !== 'object') return undefined;
  return saveLedger({
    file: ledgerFile,
    ledger,
    base,
    self: identity,
    identify: source.identify,
    now: now().at,
  });
}

/** An enrichment: without it the session id and the status are not known, which is what its absence says. */
function textOf(file: string, owner: number | undefined): string | undefined {
  const answer = readOthersFile(file, { owner, maxBytes: MAX_REGISTRY_ENTRY });
  return answer.kind === 'read' ? answer.text : undefined;
}

/** Bytes; an entry has some 500. */
const MAX_REGISTRY_ENTRY = 1_000_000;
