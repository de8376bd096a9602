import type { Role } from '../../agents/membership.js';
import type { SourceName } from '../../process/scan.js';
import type { Verdict } from '../../verdict/judgement.js';
import type { GenerationEntry, Group, ProcessEntry } from '../document/document.js';
import type { HostProcess } from '../document/summary.js';
import type { ExpectationResult } from './expectation.js';

export const DIFF_SCHEMA = 'sesswatch/diff/1';

/**
 * How processes of the two sides were told to be the same one.
 * `identity`: boot, pid and start time, exact. `approximate`: at least one side has no exact start time (a text
 * capture, another source), so pid, start within rounding, and command line. `totals`: two machines or two
 * boots; no process of one can be one of the other, only numbers are compared.
 */
export type Comparison = 'identity' | 'approximate' | 'totals';

/** One side of a diff: which snapshot it is, and what of it limits the comparison. */
export interface DiffSide {
  readonly id: string;
  readonly label: string;
  readonly takenAt: string;
  readonly source: SourceName;
  readonly hostname?: string | undefined;
  readonly bootId?: string | undefined;
  readonly complete: boolean;
  readonly notes: readonly string[];
}

export interface Change<T> {
  readonly from?: T | undefined;
  readonly to?: T | undefined;
}

/** A process and its name, as far as the document that speaks of it knows. */
export interface ProcessName {
  readonly pid: number;
  readonly name?: string | undefined;
}

/** A process that both sides saw. A delta is there only when both sides know the value. */
export interface StayedProcess {
  /** As the later side has it. */
  readonly process: ProcessEntry;
  readonly rssBefore?: number | undefined;
  readonly rssDelta?: number | undefined;
  readonly cpuDelta?: number | undefined;
  readonly threadsDelta?: number | undefined;
  readonly descriptorsDelta?: number | undefined;
  /** Direct children that the documents hold. */
  readonly childrenDelta?: number | undefined;
  readonly parentChanged?: Change<ProcessName> | undefined;
  readonly roleChanged?: Change<Role> | undefined;
  readonly sessionChanged?: Change<string> | undefined;
  readonly verdictChanged?: Change<Verdict> | undefined;
  /** It runs another program than before, under the same identity: execve(2). */
  readonly programChanged?: Change<string> | undefined;
}

/** One pid that is another process by now: never matched, said instead. */
export interface ReusedPid {
  readonly pid: number;
  readonly before: ProcessEntry;
  readonly after: ProcessEntry;
}

/** A session id that other processes hold than before. */
export interface MovedSession {
  readonly agent: string;
  readonly sessionId: string;
  /** Pids that held it before. */
  readonly from: readonly number[];
  /** Pids that hold it now and did not before. */
  readonly to: readonly number[];
  /** Pids of before that hold it still: with `to` not empty, the session is held twice. */
  readonly kept: readonly number[];
}

export interface DiffTotals {
  /** All processes of the scan. */
  readonly processes: number;
  readonly agents: number;
  readonly sessions: number;
  readonly rssBytes: number;
  readonly byAgent: Readonly<Record<string, Group>>;
  readonly byRole: Readonly<Record<string, Group>>;
  readonly byVerdict: Readonly<Record<string, Group>>;
}

/** Why a process of the later side counts as leaked. */
export type LeakReason = 'ownerless' | 'superseded' | 'disowned' | 'expectation';

export interface Leak {
  readonly process: ProcessEntry;
  readonly reason: LeakReason;
  /** Whether the earlier side had it already. */
  readonly stayed: boolean;
  /** One line for people. */
  readonly text: string;
}

/** One host's server at both moments. */
export interface HostChange {
  readonly name: string;
  readonly pid: number;
  readonly before: HostProcess;
  readonly after: HostProcess;
}

/** One MCP server of which one live agent or host runs another number of copies than before. */
export interface GenerationChange extends Pick<GenerationEntry, 'leader' | 'agent' | 'host' | 'server'> {
  /** Copies; absent where there was no older one. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** Of the older copies of the later side. */
  readonly olderRssBytes: number;
}

/** Two snapshots compared: `sesswatch/diff/1`. */
export interface SnapshotDiff {
  readonly schema: typeof DIFF_SCHEMA;
  readonly from: DiffSide;
  readonly to: DiffSide;
  readonly comparison: Comparison;
  readonly notes: readonly string[];
  readonly appeared: readonly ProcessEntry[];
  readonly gone: readonly ProcessEntry[];
  readonly stayed: readonly StayedProcess[];
  readonly reused: readonly ReusedPid[];
  readonly moved: readonly MovedSession[];
  /** Servers of host applications that ran in both. */
  readonly hosts: readonly HostChange[];
  readonly generations: readonly GenerationChange[];
  readonly totals: {
    readonly before: DiffTotals;
    readonly after: DiffTotals;
    readonly delta: DiffTotals;
    /** Memory of what appeared, of what went, and what the rest grew by (negative: shrank). */
    readonly appearedBytes: number;
    readonly goneBytes: number;
    readonly grownBytes: number;
  };
  readonly expectations: readonly ExpectationResult[];
  readonly leaks: readonly Leak[];
}
