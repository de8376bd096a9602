import { NO_READINGS } from '../activity/agent-reading.js';
import { ledgerFile, readLedger, saveLedger } from '../activity/ledger/file.js';
import { EMPTY_LEDGER, type Ledger } from '../activity/ledger/ledger.js';
import type { Moment } from '../activity/moment.js';
import { systemFiles } from '../activity/readers/system-files.js';
import { treeCpuUse } from '../activity/tree-cpu.js';
import type { AgentTable } from '../agents/membership.js';
import { type ClaudeRegistryEntry, claudeFolders, readClaudeRegistry } from '../agents/resolve/registry.js';
import { zombieAgents } from '../agents/resolve/zombies.js';
import { selectAgents } from '../agents/select.js';
import { shownArgv } from '../agents/shown.js';
import { parseDuration } from '../config/duration.js';
import { SesswatchError } from '../errors.js';
import { beliefsOf } from '../hosts/compare/beliefs.js';
import type { Comparison } from '../hosts/compare/compare.js';
import { hostReport } from '../hosts/compare/report.js';
import { seeAgents } from '../observe/scan-agents.js';
import { survey } from '../observe/surroundings.js';
import { loadWidths } from '../output/width.js';
import type { DetailField } from '../process/scan.js';
import { runTool } from '../process/sources/run-tool.js';
import { type Redact, toSnapshot } from '../snapshot/document/capture.js';
import type { SnapshotDocument } from '../snapshot/document/document.js';
import { sanitiseLabel, snapshotId } from '../snapshot/document/label.js';
import { stateHome } from '../state/home.js';
import { readOthersFile } from '../state/others-file.js';
import { formatDuration } from '../units.js';
import { NOTHING_AROUND } from '../verdict/context.js';
import type { JudgePolicy } from '../verdict/input.js';
import { drawVerdicts } from '../verdict/judge-table.js';
import type { JudgedTable } from '../verdict/judgement.js';
import type { Self } from '../verdict/vetoes/vetoes.js';
import { lookAtHostsNow } from './host-world.js';
import { type CommonOptions, type Invocation, remark } from './invocation.js';
import { judgePolicy, type World } from './world.js';

/** What agents, helpers and suspects are asked beyond their rows for a list or a snapshot. */
const LOOK: readonly DetailField[] = ['argv', 'user', 'cwd', 'fds', 'markers', 'cgroup'];

export interface LookRequest {
  /** The whole process table in the document. */
  readonly all?: boolean | undefined;
  readonly label?: string | undefined;
  /** Two observations, this many seconds apart, in place of one. */
  readonly sampleSeconds?: number | undefined;
  /** In place of the setting `idle`. */
  readonly policy?: JudgePolicy | undefined;
  /** Memory by share and swap too: dear, and what ending a tree gives back. */
  readonly memory?: boolean | undefined;
  /** Raw command lines of processes of this user: only for what is printed on a terminal and never saved. */
  readonly revealOf?: number | undefined;
}

/** Judged agents, and the ledger as it was before them. */
export interface Judged {
  readonly judged: JudgedTable;
  /** What the hosts that run believe, against what runs. */
  readonly hosts: readonly Comparison[];
  readonly ledger: Ledger;
  /** Who we are in the table; `undefined` for recorded ones. */
  readonly self: Self | undefined;
  readonly registry: ReadonlyMap<number, ClaudeRegistryEntry>;
  readonly now: Moment;
}

/** The agents of this moment, or of the file that `--from` names, judged, as a document. */
export async function look(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  request: LookRequest = {},
): Promise<SnapshotDocument> {
  const asked = { sampleSeconds: sampleOf(options), ...request };
  return documentOf(await judgeNow(invocation, options, world, asked), world, asked);
}

/**
 * Whose command lines `--reveal` shows.
 * @throws SesswatchError `usage` where they would be kept: in a pipe, a file, a document
 */
export function revealOf(invocation: Invocation, options: CommonOptions): number | undefined {
  if (options.reveal !== true) return undefined;
  if (invocation.isTerminal && options.json !== true) return invocation.uid;
  throw new SesswatchError('usage', '--reveal shows secrets, so it is for a terminal only', 'leave it out');
}

/** Seconds between the two observations of `--sample`. */
export function sampleOf({ sample }: CommonOptions): number | undefined {
  return sample === undefined ? undefined : parseDuration(sample);
}

/** A judged table as a document, of the agents that were asked for. */
export function documentOf(
  { judged, hosts, ledger, now }: Judged,
  world: World,
  request: LookRequest,
): SnapshotDocument {
  const agents = selectAgents(judged, world.agentNames);
  const label = sanitiseLabel(request.label ?? '');
  return toSnapshot({
    agents,
    judgements: agents.judgements,
    label,
    id: snapshotId(agents.table.scan.takenAt, label),
    all: request.all === true,
    redact: (record, member) =>
      request.revealOf !== undefined && record.uid === request.revealOf
        ? record.argv
        : redact(record, member),
    generations: judged.generations,
    cpuPercentOf: (pid) => treeCpuUse(agents.table, ledger, pid, now)?.percent,
    notes: judged.notes,
    hosts: hosts.length === 0 ? undefined : hostReport(hosts, agents.table.scan.takenAt).hosts,
  });
}

/** Command lines as far as they may be shown, for everything that is saved or printed. */
export const redact: Redact = (record, member) => shownArgv(record, member);

/** Scans, judges, and remembers what it saw for the next run. */
export async function judgeNow(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  request: LookRequest = {},
): Promise<Judged> {
  if (world.isRecorded) return judgeRecorded(world, request);
  const state = stateHome(invocation);
  const file = state === undefined ? undefined : ledgerFile(state);
  const { ledger: base, notes } = readLedger(file, invocation.now());
  for (const note of notes) remark(invocation, options, note);

  let ledger = base;
  if (request.sampleSeconds !== undefined && request.sampleSeconds > 0) {
    ledger = (await judgeOnce(invocation, world, ledger, request)).ledger;
    invocation.progress?.(`looking again in ${formatDuration(request.sampleSeconds)} …`);
    await new Promise((resolve) => setTimeout(resolve, (request.sampleSeconds ?? 0) * 1000));
    invocation.progress?.('');
  }
  const last = await judgeOnce(invocation, world, ledger, request);
  const isNews = last.ledger.entries.size > 0 || base.entries.size > 0;
  const self = await world.source.identify(invocation.pid);
  // A scan that could not see everything proves nothing for the next run.
  if (isNews && last.judged.table.scan.complete && typeof self === 'object') {
    const { source } = world;
    const saving = {
      file,
      ledger: last.ledger,
      base,
      self,
      identify: source.identify,
      now: invocation.now(),
    };
    const note = await saveLedger(saving);
    // That the folder cannot be written may have been said already.
    if (note !== undefined && notes.length === 0) remark(invocation, options, note);
  }
  await loadWidths(textsOf(last.judged));
  return { ...last, ledger };
}

async function judgeOnce(invocation: Invocation, world: World, ledger: Ledger, request: LookRequest) {
  const { agents, registry } = await see(invocation, world, request.memory === true);
  const self = selfIn(invocation, agents);
  const now = momentNow(invocation);
  const hosts = await lookAtHostsNow(invocation, world, agents);
  const { judged, ledger: next } = await survey(
    {
      agents,
      ledger,
      self,
      hosts: beliefsOf(hosts),
      zombies: zombieAgents(agents.table, world.catalogue),
      policy: request.policy ?? judgePolicy(world),
      now,
    },
    { source: world.source, run: runTool, files: systemFiles, home: invocation.home, registry },
  );
  return { judged, ledger: next, self, registry, hosts, now };
}

async function judgeRecorded(world: World, request: LookRequest): Promise<Judged> {
  const agents = await seeAgents({ source: world.source, catalogue: world.catalogue });
  const now = { at: agents.table.scan.takenAt };
  const { judged } = drawVerdicts({
    agents,
    zombies: zombieAgents(agents.table, world.catalogue),
    ledger: EMPTY_LEDGER,
    readings: NO_READINGS,
    around: NOTHING_AROUND,
    policy: request.policy ?? judgePolicy(world),
    now,
  });
  await loadWidths(textsOf(judged));
  return { judged, hosts: [], ledger: EMPTY_LEDGER, self: undefined, registry: new Map(), now };
}

async function see(invocation: Invocation, world: World, memory: boolean) {
  let registry: ReadonlyMap<number, ClaudeRegistryEntry> = new Map();
  const place = {
    folders: claudeFolders(invocation.env, invocation.home),
    readFile: (file: string, owner = invocation.uid) => textOf(file, owner),
  };
  const agents = await seeAgents({
    source: world.source,
    catalogue: world.catalogue,
    // ps-list knows no memory: that is looked at by and by, of those of interest only.
    look: memory || world.source.name === 'portable' ? [...LOOK, 'memory'] : LOOK,
    readRegistry: (records) => {
      registry = readClaudeRegistry(place, records);
      return registry;
    },
  });
  return { agents, registry };
}

/** What may be printed of a judged table and is not our own text. */
function* textsOf({ members, table }: JudgedTable): Generator<string | undefined> {
  for (const pid of members.keys()) {
    const record = table.get(pid);
    yield* record?.argv ?? [record?.comm];
    yield record?.detail?.cwd;
  }
}

function selfIn(invocation: Invocation, agents: AgentTable): Self {
  const { pid, uid } = invocation;
  return { pid, uid, ancestors: new Set(agents.table.ancestors(pid).map((record) => record.pid)) };
}

/** By the wall clock, and by one that stands still while the machine sleeps. */
export function momentNow(invocation: Invocation): Moment {
  return { at: invocation.now(), awakeSeconds: Number(process.hrtime.bigint()) / 1e9 };
}

/** An enrichment: without it the session id and the status are not known, which is what its absence says. */
function textOf(file: string, owner: number | undefined): string | undefined {
  const answer = readOthersFile(file, { owner, maxBytes: MAX_REGISTRY_ENTRY });
  return answer.kind === 'read' ? answer.text : undefined;
}

/** Bytes; an entry has some 500. */
const MAX_REGISTRY_ENTRY = 1_000_000;
