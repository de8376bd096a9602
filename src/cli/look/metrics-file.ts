import { statSync } from 'node:fs';
import path from 'node:path';
import { fieldsOf, parseJson } from '../../decode.js';
import { SesswatchError } from '../../errors.js';
import { familiesOf } from '../../output/metrics/families.js';
import { type CountedReaps, countReaps, lastRunsOf, NOTHING_COUNTED } from '../../output/metrics/reap-counts.js';
import { type SeenSeries, withZeros } from '../../output/metrics/seen-series.js';
import { type MetricFormat, metricsText } from '../../output/metrics/text.js';
import { readHistory } from '../../reap/journal/read.js';
import type { SnapshotDocument } from '../../snapshot/document/document.js';
import { writeFileAtomic } from '../../state/atomic-write.js';
import { readOwnFile } from '../../state/own-file.js';
import { type CommonOptions, type Invocation, remark } from '../invocation.js';
import { VERSION } from '../version.js';
import { look } from './look.js';
import { stateFolder, type World } from './world.js';

/** Metrics of this moment as text, and the scan that they are of. */
export interface Measured {
  readonly text: string;
  readonly document: SnapshotDocument;
}

/**
 * Looks once more and puts it into metrics. Series that were there the last time are written as 0, and reaps are
 * counted beyond what the journal keeps: both are remembered in `metrics.json` of the state folder.
 */
export async function measure(
  invocation: Invocation,
  options: CommonOptions,
  world: World,
  format: MetricFormat,
): Promise<Measured> {
  const began = performance.now();
  const document = await look(invocation, options, world, { memory: true });
  const scanSeconds = (performance.now() - began) / 1000;
  const folder = stateFolder(invocation);
  const runs = readHistory(folder);
  const memory = readMemory(path.join(folder, MEMORY));
  const reaps = countReaps(memory.reaps, runs);
  const lastRuns = lastRunsOf(runs, invocation.now());
  const all = familiesOf({ document, reaps, lastRuns, scanSeconds, version: VERSION });
  const { families, seen } = withZeros(all, memory.seen, invocation.now());
  try {
    writeFileAtomic(path.join(folder, MEMORY), JSON.stringify({ seen, reaps } satisfies Memory), { durable: false });
  } catch (error) {
    if (!(error instanceof SesswatchError)) throw error;
    remark(invocation, options, `${error.message}: a fall to nothing will not be seen as 0`);
  }
  return { text: metricsText(families, format), document };
}

/**
 * Replaces the file that node_exporter's textfile collector reads, in one step and readable for everybody.
 *
 * @param place the file, which ends in `.prom`, or a folder to write `sesswatch.prom` into
 */
export function writeTextfile(invocation: Invocation, place: string, text: string): void {
  const file = textfilePath(path.resolve(invocation.cwd, place));
  writeFileAtomic(file, text, { mode: 0o644, privateFolder: false, durable: false });
}

/** @throws SesswatchError `usage` for a name that the collector would not read */
export function textfilePath(place: string): string {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() === true) return path.join(place, 'sesswatch.prom');
  if (place.endsWith('.prom')) return place;
  throw new SesswatchError('usage', `${place} is neither a folder nor a file that ends in .prom`, HINT);
}

const HINT = "node_exporter's textfile collector reads *.prom of one folder";
const MEMORY = 'metrics.json';

interface Memory {
  readonly seen: SeenSeries;
  readonly reaps: CountedReaps;
}

/** What was remembered; nothing where the file is missing, damaged, or of another version. */
function readMemory(file: string): Memory {
  const { seen, reaps } = fieldsOf(parseJson(readOwnFile(file) ?? ''));
  const isWhole = Array.isArray(fieldsOf(reaps).reaped) && typeof fieldsOf(reaps).survivors === 'number';
  return {
    seen: Object.values(fieldsOf(seen)).every(Array.isArray) ? (fieldsOf(seen) as SeenSeries) : {},
    // Nobody but us writes the file; a counter that starts again is what Prometheus expects of a loss.
    reaps: isWhole ? (reaps as CountedReaps) : NOTHING_COUNTED,
  };
}
