import type { Dimension } from '../document/summary.js';
import type { TrendLine } from './line.js';

export const TREND_SCHEMA = 'sesswatch/trend/1';

interface TrendStep {
  readonly id: string;
  readonly label: string;
  readonly takenAt: string;
}

/** One agent, role, verdict or host over all steps. */
export interface TrendSeries {
  readonly name: string;
  /** One value per step. */
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
  readonly count: TrendLine;
  readonly memory: TrendLine;
}

/** One process that grows over the steps in which it was seen. */
export interface ProcessGrowth {
  readonly name: string;
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly what: 'memory' | 'threads' | 'descriptors';
  readonly samples: number;
  readonly hours: number;
  readonly line: TrendLine;
}

/** Counts and memory over saved snapshots: `sesswatch/trend/1`. */
export interface TrendReport {
  readonly schema: typeof TREND_SCHEMA;
  readonly by: Dimension;
  readonly hostname?: string | undefined;
  readonly steps: readonly TrendStep[];
  readonly hours: number;
  readonly total: TrendSeries | undefined;
  readonly series: readonly TrendSeries[];
  /** Older copies of MCP servers under live agents, over the steps that looked for them; absent where none had any. */
  readonly generations?: TrendSeries | undefined;
  readonly processes: readonly ProcessGrowth[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}
