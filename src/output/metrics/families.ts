import { isCounted } from '../../agents/membership.js';
import { fieldsOf, listOf, textOf } from '../../decode.js';
import type { ProcessEntry, SnapshotDocument } from '../../snapshot/document/document.js';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** One metric with all its series, in base units. */
export interface Family {
  /** Without `_total`: the text forms add it to counters. */
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly unit?: 'bytes' | 'seconds' | undefined;
  readonly samples: readonly Sample[];
}

/** What the journal adds up to since it was first read: counters that outlive its rotation. */
export interface ReapCounts {
  readonly reaped: readonly { readonly agent: string; readonly outcome: string; readonly count: number }[];
  readonly survivors: number;
}

/** When something was last done, seconds since the epoch. */
export interface LastRun {
  readonly action: 'metrics' | 'report' | 'reap';
  readonly at: number;
}

export interface MetricsInput {
  readonly document: SnapshotDocument;
  readonly reaps: ReapCounts;
  readonly lastRuns: readonly LastRun[];
  /** How long scan and judgement took. */
  readonly scanSeconds: number;
  readonly version: string;
}

/**
 * The metrics of one scan. Labels come from bounded sets (catalogue, roles, verdicts, hosts): no pid, session, folder or
 * user. A scan that is not whole says only that it is not: its counts would read as agents that are gone.
 */
export function familiesOf({ document, reaps, lastRuns, scanSeconds, version }: MetricsInput): Family[] {
  const own = [
    gauge('sesswatch_scan_complete', 'Whether the last scan could read everything that it needed.', [
      { labels: {}, value: document.complete ? 1 : 0 },
    ]),
    gauge('sesswatch_scan_duration_seconds', 'How long the last scan and its judgement took.', [
      { labels: {}, value: scanSeconds },
    ]),
    gauge(
      'sesswatch_last_run_timestamp_seconds',
      'When an action was last carried out.',
      lastRuns.map(({ action, at }) => ({ labels: { action }, value: at })),
    ),
    gauge('sesswatch_build_info', 'The version that made this, as a label.', [{ labels: { version }, value: 1 }]),
    counter(
      'sesswatch_reaped',
      'Processes that reaps signalled, by what became of them.',
      reaps.reaped.map(({ agent, outcome, count }) => ({ labels: { agent, outcome }, value: count })),
    ),
    counter('sesswatch_survivors', 'Processes that survived a reap.', [{ labels: {}, value: reaps.survivors }]),
  ];
  return document.complete ? [...processFamilies(document), ...own] : own;
}

function processFamilies(document: SnapshotDocument): Family[] {
  const members = document.processes.filter(({ role }) => role !== undefined);
  const agents = members.filter(isCounted);
  const generations = document.generations ?? [];
  return [
    gauge('sesswatch_processes', 'Agents and their helpers.', counted(members, fullLabels)),
    gauge(
      'sesswatch_sessions',
      'Agents, each once, without daemons and helpers.',
      counted(agents, ({ agent, verdict }) => ({
        agent: agent ?? UNKNOWN,
        verdict: verdict ?? UNKNOWN,
      })),
    ),
    gauge('sesswatch_memory_bytes', 'Memory of agents and their helpers.', memory(members), 'bytes'),
    gauge(
      'sesswatch_generations',
      'Older copies of an MCP server that a live agent or host runs.',
      summed(generations, ({ agent, older }) => [{ agent: agent ?? UNKNOWN }, older.length]),
    ),
    gauge(
      'sesswatch_generations_memory_bytes',
      'Memory of these copies.',
      summed(generations, ({ agent, olderRssBytes }) => [{ agent: agent ?? UNKNOWN }, olderRssBytes]),
      'bytes',
    ),
    gauge('sesswatch_runaways', 'Processes that burn CPU with nobody looking.', [
      { labels: {}, value: members.filter(({ runaway }) => runaway !== undefined).length },
    ]),
    gauge(
      'sesswatch_oldest_idle_seconds',
      'How long the longest idle session has been idle.',
      largest(agents, ({ idleSeconds }) => idleSeconds),
      'seconds',
    ),
    gauge(
      'sesswatch_oldest_start_time_seconds',
      'When the oldest session started, since the epoch.',
      largest(agents, startOf, Math.min),
      'seconds',
    ),
    gauge(
      'sesswatch_open_descriptors',
      'Open descriptors of agents and their helpers.',
      total(members, ({ descriptors }) => descriptors),
    ),
    gauge(
      'sesswatch_threads',
      'Threads of agents and their helpers.',
      total(members, ({ threads }) => threads),
    ),
    gauge('sesswatch_host_mismatches', 'What hosts believe and what runs, where they differ.', mismatches(document)),
  ];
}

/** A series of `agent="unknown"` and not of an empty label, which Prometheus takes for none. */
const UNKNOWN = 'unknown';
const NO_HOST = 'none';

function fullLabels({ agent, helperOf, role, verdict, host }: ProcessEntry): Labels {
  return {
    agent: agent ?? helperOf ?? UNKNOWN,
    role: role ?? UNKNOWN,
    verdict: verdict ?? UNKNOWN,
    host: host ?? NO_HOST,
  };
}

function memory(members: readonly ProcessEntry[]): Sample[] {
  const labels =
    (memtype: string) =>
    (entry: ProcessEntry): Labels => {
      const { host: _, ...rest } = fullLabels(entry);
      return { ...rest, memtype };
    };
  return [
    ...summed(members, (entry) => [labels('resident')(entry), entry.rssBytes]),
    ...summed(members, (entry) => [labels('proportional')(entry), entry.pssBytes]),
  ];
}

function counted(entries: readonly ProcessEntry[], labelsOf: (entry: ProcessEntry) => Labels): Sample[] {
  return summed(entries, (entry) => [labelsOf(entry), 1]);
}

function total(entries: readonly ProcessEntry[], amount: (entry: ProcessEntry) => number | undefined): Sample[] {
  return summed(entries, (entry) => [{ agent: entry.agent ?? entry.helperOf ?? UNKNOWN }, amount(entry)]);
}

/** Sums by labels; what is not known of anybody with these labels has no series. */
function summed<T>(all: readonly T[], read: (one: T) => readonly [Labels, number | undefined]): Sample[] {
  return folded(all, read, (a, b) => a + b);
}

function largest(
  entries: readonly ProcessEntry[],
  amount: (entry: ProcessEntry) => number | undefined,
  choose: (a: number, b: number) => number = Math.max,
): Sample[] {
  return folded(entries, (entry) => [{ agent: entry.agent ?? UNKNOWN }, amount(entry)], choose);
}

function folded<T>(
  all: readonly T[],
  read: (one: T) => readonly [Labels, number | undefined],
  join: (a: number, b: number) => number,
): Sample[] {
  const found = new Map<string, Sample>();
  for (const one of all) {
    const [labels, value] = read(one);
    if (value === undefined) continue;
    const key = seriesKey(labels);
    const before = found.get(key);
    found.set(key, { labels, value: before === undefined ? value : join(before.value, value) });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sample]) => sample);
}

/** What tells one series of a family from another. */
export function seriesKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels));
}

function startOf({ startedAt }: ProcessEntry): number | undefined {
  return startedAt === undefined ? undefined : Date.parse(startedAt) / 1000;
}

function mismatches({ hosts = [] }: SnapshotDocument): Sample[] {
  const all = hosts.flatMap((host) => {
    const { name, mismatches: found } = fieldsOf(host);
    return listOf(found).map(
      (one): Labels => ({ host: textOf(name) ?? UNKNOWN, kind: textOf(fieldsOf(one).kind) ?? UNKNOWN }),
    );
  });
  return summed(all, (labels) => [labels, 1]);
}

function gauge(name: string, help: string, samples: readonly Sample[], unit?: Family['unit']): Family {
  return { name, type: 'gauge', help, samples, unit };
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}
