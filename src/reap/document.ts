import type { Redact } from '../snapshot/document/capture.js';
import type { ProcessEntry } from '../snapshot/document/document.js';
import type { Execution, Stop } from './execute/execute.js';
import { isSurvivor, type Outcome } from './execute/outcome.js';
import { type Dropped, entriesOf, type PlanDocument, toPlanDocument } from './plan/document.js';
import type { Plan } from './plan/plan.js';
import { type MemoryFrom, memoryOf } from './plan/resources.js';

const REAP_SCHEMA = 'sesswatch/reap/1';

export interface OutcomeEntry extends Omit<Outcome, 'process'> {
  readonly process: ProcessEntry;
}

/** `sesswatch/reap/1`: what a run did. */
export interface ReapDocument {
  readonly schema: typeof REAP_SCHEMA;
  readonly version: string;
  readonly run: string;
  readonly startedAt: string;
  /** As it was executed: without what the second look dropped. */
  readonly plan: PlanDocument;
  readonly dropped: readonly Dropped[];
  readonly outcomes: readonly OutcomeEntry[];
  /** What the processes that are gone held right before the first signal. */
  readonly reclaimedBytes: number;
  readonly reclaimedFrom: MemoryFrom;
  readonly survivors: number;
  readonly stopped?: Pick<Stop, 'why' | 'detail'> | undefined;
  /** An earlier run that was killed before its end. */
  readonly unfinishedRun?: string | undefined;
}

export interface About {
  readonly run: string;
  readonly startedAt: number;
  readonly unfinished: string | undefined;
  readonly version: string;
  readonly redact: Redact;
}

export function toReapDocument(
  plan: Plan,
  { outcomes, stopped }: Execution,
  dropped: readonly Dropped[],
  about: About,
): ReapDocument {
  const entry = entriesOf(plan, about.redact);
  const { memoryBytes, memoryFrom } = reclaimed(outcomes);
  return {
    schema: REAP_SCHEMA,
    version: about.version,
    run: about.run,
    startedAt: new Date(about.startedAt).toISOString(),
    plan: toPlanDocument(plan, { dryRun: false, version: about.version, redact: about.redact }),
    dropped,
    outcomes: outcomes.map(({ process, ...what }) => ({ process: entry(process), ...what })),
    reclaimedBytes: memoryBytes,
    reclaimedFrom: memoryFrom,
    survivors: outcomes.filter(isSurvivor).length,
    stopped: stopped && { why: stopped.why, detail: stopped.detail },
    unfinishedRun: about.unfinished,
  };
}

/** Of those that are verified gone, whether by our signal or by themselves. */
function reclaimed(outcomes: readonly Outcome[]): ReturnType<typeof memoryOf> {
  return memoryOf(outcomes.filter((one) => !isSurvivor(one)).map(({ process }) => process.record));
}
