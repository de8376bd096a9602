import { isCounted } from '../../agents/membership.js';
import { identityKey } from '../../process/identity.js';
import { MEGABYTE } from '../../units.js';
import type { SnapshotDocument } from '../document/document.js';
import type { SnapshotSummary } from '../document/summary.js';
import type { ProcessGrowth } from './document.js';
import { type TrendPoint, trendLine } from './line.js';

/** What one snapshot knew of one process. */
export interface ProcessSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly bootId?: string | undefined;
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly name: string;
  readonly rssBytes?: number | undefined;
  readonly threads?: number | undefined;
  readonly descriptors?: number | undefined;
}

/** The host processes of each snapshot, from the index alone. */
export function hostSamples(summaries: readonly SnapshotSummary[]): ProcessSample[] {
  return summaries.flatMap((summary) =>
    summary.hosts.map((host) => ({
      ...host,
      at: Date.parse(summary.takenAt),
      bootId: summary.machine.bootId,
    })),
  );
}

/** Agents of whole documents, for a bounded number of them. */
export function agentSamples(documents: readonly SnapshotDocument[]): ProcessSample[] {
  return documents.flatMap((document) =>
    document.processes.flatMap((process) =>
      isCounted(process)
        ? [
            {
              at: Date.parse(document.takenAt),
              bootId: document.machine.bootId,
              pid: process.pid,
              startTime: process.startTime,
              name: process.agent ?? process.comm ?? '?',
              rssBytes: process.rssBytes,
              threads: process.threads,
              descriptors: process.descriptors,
            },
          ]
        : [],
    ),
  );
}

/** At most so many of a list, evenly spread, the first and the last among them. */
export function evenlySpread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  if (most <= 1) return all.slice(-1);
  return Array.from({ length: most }, (_, at) => all[Math.round((at * (all.length - 1)) / (most - 1))]).filter(
    (one) => one !== undefined,
  );
}

/**
 * Processes that grow from snapshot to snapshot, by identity: how a leak inside a host looks from outside. Steepest
 * relative growth first.
 */
export function processGrowth(samples: readonly ProcessSample[]): ProcessGrowth[] {
  const byIdentity = new Map<string, ProcessSample[]>();
  for (const sample of samples) {
    // Without an exact start two processes with one pid would make one that grows.
    if (sample.startTime === undefined) continue;
    const key = identityKey(sample);
    const others = byIdentity.get(key);
    if (others === undefined) byIdentity.set(key, [sample]);
    else others.push(sample);
  }
  const found = [...byIdentity.values()].flatMap((all) => {
    const ordered = [...all].sort((a, b) => a.at - b.at);
    return MEASURES.flatMap((measure) => growthOf(ordered, measure) ?? []);
  });
  return found.sort((a, b) => b.line.last / b.line.first - a.line.last / a.line.first);
}

interface Measure {
  readonly what: ProcessGrowth['what'];
  readonly of: (sample: ProcessSample) => number | undefined;
  /** Less than this is the ordinary coming and going of buffers, thread pools and connections. */
  readonly least: number;
}

const MEASURES: readonly Measure[] = [
  { what: 'memory', of: (sample) => sample.rssBytes, least: 32 * MEGABYTE },
  { what: 'threads', of: (sample) => sample.threads, least: 4 },
  { what: 'descriptors', of: (sample) => sample.descriptors, least: 8 },
];

/** Fewer prove nothing: two points always lie on a line. */
const LEAST_SAMPLES = 4;
/** Growth that a line explains so well is no noise; below it, only what never falls is told. */
const GOOD_FIT = 0.8;
/** Ends at least a quarter above where it began. */
const LEAST_RATIO = 1.25;

function growthOf(samples: readonly ProcessSample[], measure: Measure): ProcessGrowth | undefined {
  const points = samples.flatMap((sample): TrendPoint[] => {
    const value = measure.of(sample);
    return value === undefined ? [] : [{ at: sample.at, value }];
  });
  const line = trendLine(points);
  const [first] = samples;
  if (line === undefined || first === undefined || points.length < LEAST_SAMPLES) return undefined;
  const steady = line.onlyGrows || ((line.perHour ?? 0) > 0 && (line.fit ?? 0) >= GOOD_FIT);
  if (!steady || line.last - line.first < measure.least || line.last < line.first * LEAST_RATIO) {
    return undefined;
  }
  return {
    name: first.name,
    pid: first.pid,
    startTime: first.startTime,
    what: measure.what,
    samples: points.length,
    hours: ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / 3_600_000,
    line,
  };
}
