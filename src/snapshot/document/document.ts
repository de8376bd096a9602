import type { Role } from '../../agents/membership.js';
import type { Resume } from '../../agents/resume.js';
import type { SourceName } from '../../process/scan.js';
import type { Evidence, Owner, Verdict } from '../../verdict/judgement.js';

export const SNAPSHOT_SCHEMA = 'sesswatch/snapshot/1';

/** One process in a document. Times ISO 8601 UTC with milliseconds, memory in bytes, durations in seconds. */
export interface ProcessEntry {
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly ppid?: number | undefined;
  readonly uid?: number | undefined;
  readonly user?: string | undefined;
  readonly pgid?: number | undefined;
  readonly sid?: number | undefined;
  /** `null`: known to have none. */
  readonly tty?: string | null | undefined;
  readonly state?: string | undefined;
  readonly comm?: string | undefined;
  readonly exe?: string | undefined;
  /** Redacted. */
  readonly argv?: readonly string[] | undefined;
  /** True where the OS gave only the joined text. */
  readonly argvIsSplitText?: boolean | undefined;
  readonly cwd?: string | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly rssBytes?: number | undefined;
  readonly pssBytes?: number | undefined;
  readonly threads?: number | undefined;
  readonly descriptors?: number | undefined;
  readonly ageSeconds?: number | undefined;
  readonly agent?: string | undefined;
  /** The agent that helpers belongs to, where its own row names none: MCP servers and tools of any agent. */
  readonly helperOf?: string | undefined;
  readonly role?: Role | undefined;
  /** What it is rests on a name that other programs have too. */
  readonly nameOnly?: boolean | undefined;
  /** Told by a name that any script or program may have. */
  readonly sharedName?: true | undefined;
  readonly sessionId?: string | undefined;
  /** Pid of the agent process that it belongs to. */
  readonly leader?: number | undefined;
  readonly host?: string | undefined;
  readonly owner?: Owner | undefined;
  readonly verdict?: Verdict | undefined;
  /** One sentence: what the verdict rests on. */
  readonly reason?: string | undefined;
  readonly idleSeconds?: number | undefined;
  /** Whether an answer is being made: an agent with an open turn is at work. */
  readonly turn?: 'open' | 'closed' | undefined;
  /** Burns CPU with nobody looking, whatever its verdict. */
  readonly runaway?: RunawayEntry | undefined;
  /** Of an agent, and of the topmost of helpers whose agent is gone: what it and its helpers hold. */
  readonly tree?: TreeTotals | undefined;
  /** ISO 8601: when it will have been ownerless and idle for long enough, if nothing changes. */
  readonly ripeAt?: string | undefined;
  /** How to go on with its conversation. */
  readonly resume?: Resume | undefined;
  readonly evidence?: readonly Evidence[] | undefined;
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

export interface RunawayEntry {
  /** Of one core. */
  readonly cpuPercent: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly since: string;
  readonly seconds: number;
}

/** Several copies of one MCP server that one live agent or host runs. */
export interface GenerationEntry {
  /** Pid of the agent or host. */
  readonly leader: number;
  readonly agent?: string | undefined;
  /** As people know it, where it is no agent. */
  readonly host?: string | undefined;
  readonly server: string;
  readonly count: number;
  /** ISO 8601 UTC with milliseconds. */
  readonly newestStartedAt?: string | undefined;
  readonly olderRssBytes: number;
  /** The topmost pid of each copy, the newest not among them. */
  readonly older: readonly number[];
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
}

/** A saved scan: `sesswatch/snapshot/1`. */
export interface SnapshotDocument {
  readonly schema: typeof SNAPSHOT_SCHEMA;
  readonly id: string;
  readonly label: string;
  readonly takenAt: string;
  readonly machine: {
    readonly hostname?: string | undefined;
    readonly bootId?: string | undefined;
    readonly platform?: string | undefined;
    readonly release?: string | undefined;
    readonly source: SourceName;
  };
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
