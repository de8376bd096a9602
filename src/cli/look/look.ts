import { ledgerFile } from '../../activity/ledger/file.js';
import { treeCpuUse } from '../../activity/tree-cpu.js';
import { selectAgents } from '../../agents/select.js';
import { shownArgv } from '../../agents/shown.js';
import { parseDuration } from '../../config/duration.js';
import { SesswatchError } from '../../errors.js';
import { hostReport } from '../../hosts/compare/report.js';
import { type ObserveEdges, THIS_MACHINE } from '../../observe/edges.js';
import { type Observation, observe, observeRecorded } from '../../observe/observe.js';
import { loadWidths } from '../../output/width.js';
import { type Redact, toSnapshot } from '../../snapshot/document/capture.js';
import type { SnapshotDocument } from '../../snapshot/document/document.js';
import { sanitiseLabel, snapshotId } from '../../snapshot/document/label.js';
import { stateHome } from '../../state/home.js';
import { formatDuration } from '../../units.js';
import type { JudgePolicy } from '../../verdict/input.js';
import type { JudgedTable } from '../../verdict/judgement.js';
import { type CommonOptions, type Invocation, remark } from '../invocation.js';
import { judgePolicy, type World } from './world.js';

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

/** The agents of this moment, or of the file that `--from` names, judged, as a document. */
export async function look(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  request: LookRequest = {},
): Promise<SnapshotDocument> {
  const asked = { sampleSeconds: sampleOf(options), ...request };
  const document = documentOf(await judgeNow(invocation, options, world, asked), world, asked);
  // What a file does not tell leaves no gap in what was understood, but it has to be said.
  if (world.isRecorded && document.complete && options.json !== true) {
    for (const problem of document.problems ?? []) remark(invocation, options, problem);
  }
  return document;
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
  { judged, hosts, ledger, now }: Observation,
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
      request.revealOf !== undefined && record.uid === request.revealOf ? record.argv : redact(record, member),
    generations: judged.generations?.filter(
      ({ leader }) => world.agentNames === undefined || agents.members.has(leader),
    ),
    cpuPercentOf: (pid) => treeCpuUse(agents.table, ledger, pid, now)?.percent,
    notes: judged.notes,
    hosts:
      hosts.length === 0
        ? undefined
        : hostReport(hosts, agents.table.scan.takenAt, (pid) => agents.judgements.get(pid)?.idleSeconds).hosts,
  });
}

/** Command lines as far as they may be shown, for everything that is saved or printed. */
export const redact: Redact = (record, member) => shownArgv(record, member);

/** What a command observes with. */
export function edgesOf(invocation: Invocation, world: World): ObserveEdges {
  const { env, home, platform, pid, uid, now } = invocation;
  const state = stateHome(invocation);
  return {
    ...THIS_MACHINE,
    source: world.source,
    catalogue: world.catalogue,
    self: { pid, uid },
    platform,
    home,
    env,
    hosts: world.settings.hosts,
    ledgerFile: state === undefined ? undefined : ledgerFile(state),
    now: () => ({ ...THIS_MACHINE.now(), at: now() }),
  };
}

/** Observes this machine, or the file that `--from` names, and says what could not be kept. */
export async function judgeNow(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  request: LookRequest = {},
): Promise<Observation> {
  const policy = request.policy ?? judgePolicy(world);
  const seen = world.isRecorded
    ? await observeRecorded(world, policy)
    : await observe(edgesOf(invocation, world), {
        policy,
        memory: request.memory,
        sampleSeconds: request.sampleSeconds,
        onWait: (seconds) =>
          invocation.progress?.(seconds === undefined ? '' : `looking again in ${formatDuration(seconds)} …`),
      });
  for (const one of seen.remarks) remark(invocation, options, one);
  await loadWidths(textsOf(seen.judged));
  return seen;
}

/** What may be printed of a judged table and is not our own text. */
function* textsOf({ members, table }: JudgedTable): Generator<string | undefined> {
  for (const pid of members.keys()) {
    const record = table.get(pid);
    yield* record?.argv ?? [record?.comm];
    yield record?.detail?.cwd;
  }
}
