import type { Runaway } from '../../activity/runaway.js';
import type { Membership } from '../../agents/membership.js';
import type { Resume } from '../../agents/resume.js';
import type { ProcessDetail, ProcessRecord } from '../../process/record.js';
import type { Machine, SourceName } from '../../process/scan.js';
import type { Generation, Judgement } from '../../verdict/judgement.js';

export const SNAPSHOT_SCHEMA = 'sesswatch/snapshot/1';

/** As far as it is known. */
type Known<T> = { readonly [K in keyof T]?: T[K] | undefined };

/**
 * One process in a document: what its record, its membership and its judgement say, each field absent where it is not
 * known. Times ISO 8601 UTC with milliseconds, memory in bytes, durations in seconds; argv as far as it may be shown.
 */
export interface ProcessEntry
  extends Omit<ProcessRecord, 'startedAt' | 'kernelThread' | 'recorded' | 'detail'>,
    Pick<ProcessDetail, 'cwd' | 'pssBytes'>,
    Pick<Known<Membership>, 'agent' | 'role' | 'sessionId' | 'leader'>,
    Pick<Known<Judgement>, 'host' | 'owner' | 'verdict' | 'reason' | 'idleSeconds' | 'turn' | 'evidence'> {
  /** The machine that it runs on, where rows of several stand together. */
  readonly machine?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly descriptors?: number | undefined;
  readonly ageSeconds?: number | undefined;
  /** The agent that it belongs to, where its own row names none: MCP servers and tools of any agent. */
  readonly helperOf?: string | undefined;
  /** What it is rests on a name that other programs have too. */
  readonly nameOnly?: boolean | undefined;
  /** Told by a name that any script or program may have. */
  readonly sharedName?: true | undefined;
  /** Burns CPU with nobody looking, whatever its verdict. */
  readonly runaway?: (Omit<Runaway, 'since'> & { readonly since: string }) | undefined;
  /** Of an agent, and of the topmost of helpers whose agent is gone: what it and its helpers hold. */
  readonly tree?: TreeTotals | undefined;
  /** When it will have been ownerless and idle for long enough, if nothing changes. */
  readonly ripeAt?: string | undefined;
  /** How to go on with its conversation. */
  readonly resume?: Resume | undefined;
}

/** What an agent and its helpers hold together. */
export interface TreeTotals {
  readonly processes: number;
  /** Counts shared pages in full. */
  readonly rssBytes?: number | undefined;
  /** Shared pages split among their users; absent where some of it could not be read. */
  readonly pssBytes?: number | undefined;
  /** Of one core, since the last look at it. */
  readonly cpuPercent?: number | undefined;
}

export interface GenerationEntry extends Omit<Generation, 'newestStartedAt' | 'unused'> {
  readonly newestStartedAt?: string | undefined;
}

/** Counts and memory over a document's processes. */
export interface Totals {
  /** All processes of the scan, also those that the document leaves out. */
  readonly processes: number;
  /** Processes whose role is `session` or `server`. */
  readonly agents: number;
  /** Distinct session ids among them; an agent without one counts for itself. */
  readonly sessions: number;
  /** Of agents and their helpers. */
  readonly rssBytes: number;
  readonly byAgent: Readonly<Record<string, number>>;
  readonly byRole: Readonly<Record<string, number>>;
  readonly byVerdict: Readonly<Record<string, number>>;
  /** Older copies of MCP servers that a live agent or host runs several times; absent where nobody looked. */
  readonly generations?: Group | undefined;
}

/** The rows that share a name. */
export interface Group {
  /** By agent and by host: what `count` counts. By role and by verdict: agents and their helpers. */
  readonly count: number;
  /** By agent and by host with the helpers that belong to its agents. */
  readonly rssBytes: number;
}

/** A saved scan: `sesswatch/snapshot/1`. */
export interface SnapshotDocument {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly id: string;
  readonly label: string;
  readonly takenAt: string;
  readonly machine: Machine & { readonly source: SourceName };
  readonly complete: boolean;
  readonly problems?: readonly string[] | undefined;
  readonly totals: Totals;
  readonly processes: readonly ProcessEntry[];
  readonly generations?: readonly GenerationEntry[] | undefined;
  /** What could not be looked at, and what that means for the verdicts. */
  readonly notes?: readonly string[] | undefined;
  /** What each host application believed and used at that moment. */
  readonly hosts?: readonly unknown[] | undefined;
}
