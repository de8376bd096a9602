import type { AgentTable, Membership } from '../../agents/membership.js';
import { resumeOf } from '../../agents/resume.js';
import { HIDDEN, shownPath, shownProgram } from '../../command-line/shown-values.js';
import type { ProcessRecord } from '../../process/record.js';
import { ageSeconds, type ProcessTable } from '../../process/table.js';
import type { Generation, Judgement } from '../../verdict/judgement.js';
import { type GenerationEntry, type ProcessEntry, SNAPSHOT_SCHEMA, type SnapshotDocument } from './document.js';
import { olderCopies, totalsOf } from './totals.js';
import { treesOf, treeTotals } from './trees.js';

/** What becomes of a command line before it is saved or printed. */
export type Redact = (record: ProcessRecord, member: Membership | undefined) => readonly string[] | undefined;

export interface Capture {
  readonly agents: AgentTable;
  readonly judgements?: ReadonlyMap<number, Judgement> | undefined;
  /** As {@link sanitiseLabel} made it. */
  readonly label: string;
  readonly id: string;
  /** The whole table; otherwise agents, their helpers, and all ancestors of these. */
  readonly all: boolean;
  readonly redact: Redact;
  /** What each host application believed at that moment. */
  readonly hosts?: readonly unknown[] | undefined;
  /** Copies of one MCP server under one live agent or host. */
  readonly generations?: readonly Generation[] | undefined;
  /** What the tree of a process used of one core since the last look at it. */
  readonly cpuPercentOf?: ((pid: number) => number | undefined) | undefined;
  /** What could not be looked at, and what that means. */
  readonly notes?: readonly string[] | undefined;
}

/**
 * The document of a scan. What is not known is absent from it; only `tty` may be null, for known to have none.
 * Totals are of the whole scan, whatever the document leaves out.
 */
export function toSnapshot(capture: Capture): SnapshotDocument {
  const { agents, judgements, label, id } = capture;
  const { scan } = agents.table;
  const generations = capture.generations?.map(toGeneration);
  const records = capture.all ? agents.table.all : membersAndAncestors(agents, judgements);
  return {
    schema: SNAPSHOT_SCHEMA,
    id,
    label,
    takenAt: isoTime(scan.takenAt),
    machine: { ...scan.machine, source: scan.source },
    complete: scan.complete,
    problems: scan.problems.length === 0 ? undefined : scan.problems.map(({ what }) => what),
    totals: { ...totalsOf(agents, judgements), generations: olderCopies(generations) },
    processes: withTrees(
      records.map((record) => toEntry(record, capture)),
      capture.cpuPercentOf,
    ),
    generations: generations?.length === 0 ? undefined : generations,
    hosts: capture.hosts,
    notes: capture.notes?.length === 0 ? undefined : capture.notes,
  };
}

/** The heads of trees with what these hold; the other rows as they are. */
function withTrees(entries: readonly ProcessEntry[], cpuPercentOf: Capture['cpuPercentOf']): ProcessEntry[] {
  const trees = new Map(
    treesOf(entries).map(({ head, members }) => [head.pid, treeTotals(members, rounded(cpuPercentOf?.(head.pid)))]),
  );
  return entries.map((entry) => {
    const tree = trees.get(entry.pid);
    return tree === undefined ? entry : { ...entry, tree };
  });
}

function rounded(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : Math.round(percent * 10) / 10;
}

function toGeneration({ newestStartedAt, unused: _, ...generation }: Generation): GenerationEntry {
  return { ...generation, newestStartedAt: isoTime(newestStartedAt) };
}

/** In ascending order of pid, as the table has them. */
function membersAndAncestors(agents: AgentTable, judgements: Capture['judgements']): readonly ProcessRecord[] {
  const wanted = new Set<number>();
  // Judged without being members: agents that are defunct.
  const defunct = [...(judgements?.keys() ?? [])].filter((pid) => agents.table.get(pid)?.state === 'Z');
  for (const pid of [...agents.members.keys(), ...defunct]) {
    wanted.add(pid);
    addAncestors(agents.table, pid, wanted);
  }
  return agents.table.all.filter(({ pid }) => wanted.has(pid));
}

function addAncestors(table: ProcessTable, pid: number, wanted: Set<number>): void {
  for (let at = table.parent(pid); at !== undefined; at = table.parent(at.pid)) {
    // Whatever brought it in brought its ancestors too. This also ends a cycle of parents.
    if (wanted.has(at.pid)) return;
    wanted.add(at.pid);
  }
}

/** One row of a document: what is known of a process, its command line as far as it may be shown. */
export function toEntry(
  record: ProcessRecord,
  { agents, judgements, redact }: Pick<Capture, 'agents' | 'judgements' | 'redact'>,
): ProcessEntry {
  const member = agents.members.get(record.pid);
  const judgement = judgements?.get(record.pid);
  const age = ageSeconds(agents.table, record);
  const cwd = record.detail?.cwd;
  return {
    pid: record.pid,
    startTime: record.startTime,
    startedAt: isoTime(record.startedAt),
    ppid: record.ppid,
    uid: record.uid,
    user: record.user,
    pgid: record.pgid,
    sid: record.sid,
    tty: record.tty,
    state: record.state,
    comm: record.comm,
    exe: record.exe === undefined ? undefined : shownProgram(record.exe),
    argv: redact(record, member),
    argvIsSplitText: record.argvIsSplitText,
    cwd: cwd === undefined ? undefined : (shownPath(cwd, true) ?? HIDDEN),
    cpuSeconds: record.cpuSeconds,
    rssBytes: record.rssBytes,
    pssBytes: record.detail?.pssBytes,
    threads: record.threads,
    descriptors: record.detail?.fds?.size,
    ageSeconds: age === undefined ? undefined : Math.round(age * 1000) / 1000,
    agent: member?.inherited === true ? undefined : member?.agent,
    helperOf: member?.inherited === true ? member.agent : undefined,
    role: member?.role,
    nameOnly: member?.nameOnly,
    sharedName: member?.sharedName,
    sessionId: member?.sessionId,
    leader: member?.leader,
    host: judgement?.host,
    owner: judgement?.owner,
    verdict: judgement?.verdict,
    reason: judgement?.reason,
    idleSeconds: judgement?.idleSeconds,
    turn: judgement?.turn,
    runaway: judgement?.runaway && { ...judgement.runaway, since: isoTime(judgement.runaway.since) },
    ripeAt: isoTime(judgement?.ripeAt),
    resume: resumeOf(member, record.detail?.cwd),
    evidence: judgement?.evidence,
  };
}

function isoTime(milliseconds: number): string;
function isoTime(milliseconds: number | undefined): string | undefined;
function isoTime(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString();
}
