import { globTest } from '../../glob.js';
import type { Group } from '../document/document.js';
import type { Dimension, SnapshotSummary } from '../document/summary.js';
import { TREND_SCHEMA, type TrendReport, type TrendSeries } from './document.js';
import { hostSamples, processGrowth } from './growth.js';
import { trendLine } from './line.js';

export interface TrendQuestion {
  readonly by: Dimension;
  /** Labels to look at, with `*` and `?`; all when left out. */
  readonly labels?: string | undefined;
  /** Only what was taken at this moment or later, milliseconds since the epoch. */
  readonly since?: number | undefined;
}

/**
 * How counts and memory went over saved snapshots, from the index alone: ten thousand take less than 100 ms. Snapshots
 * that did not see everything are left out, as a count of theirs may be too low; so are those of other machines
 * than the newest one's.
 */
export function trendOf(summaries: readonly SnapshotSummary[], question: TrendQuestion): TrendReport {
  const asked = chosen(summaries, question);
  const newest = asked.at(-1);
  const ofMachine = asked.filter((one) => one.machine.hostname === newest?.machine.hostname);
  const complete = ofMachine.filter((one) => one.complete);
  // Verdicts are absent, not none, where nobody judged.
  const steps =
    question.by === 'verdict'
      ? complete.filter((one) => one.totals.agents === 0 || Object.keys(one.totals.byVerdict).length > 0)
      : complete;
  const times = steps.map((one) => Date.parse(one.takenAt));
  const names = namesIn(steps, question.by);
  const [start, end] = [times[0], times.at(-1)];
  return {
    schema: TREND_SCHEMA,
    by: question.by,
    hostname: newest?.machine.hostname,
    steps: steps.map(({ id, label, takenAt }) => ({ id, label, takenAt })),
    hours: start === undefined || end === undefined ? 0 : (end - start) / 3_600_000,
    total: series(
      'all agents',
      times,
      steps.map((one) => ({ count: one.totals.agents, rssBytes: one.totals.rssBytes })),
    ),
    generations: generationSeries(steps),
    series: [...names]
      .flatMap(
        (name) =>
          series(
            titleOf(name, question.by, steps),
            times,
            steps.map((one) => one.groups[question.by][name]),
          ) ?? [],
      )
      .sort((a, b) => b.count.last - a.count.last || b.count.max - a.count.max || (a.name < b.name ? -1 : 1)),
    processes: processGrowth(hostSamples(steps)),
    notes: [
      ...left(asked.length - ofMachine.length, 'of other machines'),
      ...left(ofMachine.length - complete.length, 'whose scan was incomplete'),
      ...left(complete.length - steps.length, 'without verdicts'),
    ],
  };
}

/** Older copies of MCP servers, where any was ever seen. */
function generationSeries(steps: readonly SnapshotSummary[]): TrendSeries | undefined {
  const judged = steps.filter(({ totals }) => totals.generations !== undefined);
  if (!judged.some(({ totals }) => (totals.generations?.count ?? 0) > 0)) return undefined;
  return series(
    'older generations',
    judged.map(({ takenAt }) => Date.parse(takenAt)),
    judged.map(({ totals }) => totals.generations),
  );
}

function chosen(summaries: readonly SnapshotSummary[], question: TrendQuestion): SnapshotSummary[] {
  const pattern = question.labels === undefined ? undefined : globTest(question.labels.toLowerCase());
  const { since } = question;
  return summaries
    .filter((one) => pattern === undefined || pattern.test(one.label.toLowerCase()))
    .filter((one) => since === undefined || Date.parse(one.takenAt) >= since)
    .sort((a, b) => (a.takenAt < b.takenAt ? -1 : a.takenAt > b.takenAt ? 1 : 0));
}

function namesIn(steps: readonly SnapshotSummary[], by: Dimension): Set<string> {
  const names = new Set<string>();
  for (const step of steps) for (const name in step.groups[by]) names.add(name);
  return names;
}

function series(
  name: string,
  times: readonly number[],
  groups: readonly (Group | undefined)[],
): TrendSeries | undefined {
  const counts = groups.map((group) => group?.count ?? 0);
  const bytes = groups.map((group) => group?.rssBytes ?? 0);
  const lineOf = (values: readonly number[]) => trendLine(values.map((value, at) => ({ at: times[at] ?? 0, value })));
  const [count, memory] = [lineOf(counts), lineOf(bytes)];
  return count === undefined || memory === undefined ? undefined : { name, counts, bytes, count, memory };
}

/**
 * `claude under T3 Code` where that is certain: whenever there were agents at all, all of them were under the one
 * host. The index counts agents and hosts apart, so with others beside them it cannot be told.
 */
function titleOf(name: string, by: Dimension, steps: readonly SnapshotSummary[]): string {
  if (by !== 'agent') return name;
  const hosts = namesIn(steps, 'host');
  const [host] = hosts;
  if (host === undefined || hosts.size > 1) return name;
  const always = steps.every((step) => (step.groups.host[host]?.count ?? 0) === step.totals.agents);
  return always ? `${name} under ${host}` : name;
}

function left(count: number, why: string): string[] {
  return count === 0 ? [] : [`${count} left out ${why}`];
}
