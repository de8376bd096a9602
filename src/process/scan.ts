import type { ProcessIdentity } from './identity.js';
import type { ProcessDetail, ProcessRecord } from './record.js';

export type SourceName = 'procfs' | 'ps' | 'cim' | 'portable' | 'recorded';

/** Which machine and boot a scan speaks of. */
export interface Machine {
  readonly hostname?: string | undefined;
  readonly bootId?: string | undefined;
  readonly platform?: NodeJS.Platform | undefined;
  readonly release?: string | undefined;
}

/** Something that a scan could not read and that matters to whoever draws conclusions from it. */
export interface ScanProblem {
  readonly what: string;
  readonly hint: string;
}

/** All processes that one source saw at one moment. */
export interface Scan {
  readonly source: SourceName;
  /** Milliseconds since the epoch. */
  readonly takenAt: number;
  readonly machine: Machine;
  readonly processes: readonly ProcessRecord[];
  /** False when something needed could not be read: reported, exits 3, and nothing is signalled. */
  readonly complete: boolean;
  readonly problems: readonly ScanProblem[];
}

/** A scan of this machine: whole unless something was wrong with it. */
export function liveScan(scan: Omit<Scan, 'complete'>): Scan {
  return { ...scan, complete: scan.problems.length === 0 };
}

/** What is wrong with a list of processes that lacks whoever asked for it. */
export function withoutSelf(tool: string, records: readonly ProcessRecord[], selfPid: number): ScanProblem[] {
  if (records.some(({ pid }) => pid === selfPid)) return [];
  return [{ what: `${tool} does not show this process itself`, hint: 'see sesswatch doctor' }];
}

export interface ScanRequest {
  /**
   * Whether the kernel's name of a process says that its argv and executable need not be read. It only saves
   * time: `detail(…, ['argv'])` reads them after all. Sources that read everything in one call ignore it.
   */
  readonly skipProgram?: (comm: string) => boolean;
  /** Leaves the rows of such programs out altogether: for a count, which needs nothing of them. */
  readonly dropSkipped?: boolean;
  /**
   * Asked of every pid that is there; rows of others are left unread: for a look at what has changed since a whole
   * scan, and no table to conclude from. Sources that read everything in one call ignore it.
   */
  readonly isWanted?: (pid: number) => boolean;
}

/** Reads the process table. One implementation per OS interface, in `sources/`. */
export interface ProcessSource {
  readonly name: SourceName;
  /** @throws SesswatchError `incomplete-scan` when nothing at all could be read. */
  scan(request?: ScanRequest): Promise<Scan>;
  /**
   * Looks closer at some processes of a scan. Those that vanished, or whose pid is another process by now, are
   * left out of the answer; a source that knows no more than `scan` told answers with an empty map.
   */
  detail(records: readonly ProcessRecord[], wanted: readonly DetailField[]): Promise<ReadonlyMap<number, ClosePart>>;
  /** Who has this pid now: an identity, `gone`, or `unknown` when that cannot be told. */
  identify(pid: number): Promise<ProcessIdentity | 'gone' | 'unknown'>;
}

/**
 * The groups of fields that `detail` can read, each with its own cost. `argv` is argv and executable, where the scan
 * left them out; `user` is all of /proc/PID/status: user, tracer and pids in nested namespaces.
 */
export type DetailField = 'argv' | 'user' | 'cwd' | 'fds' | 'markers' | 'cgroup' | 'memory' | 'io';

/** What `detail` adds to a record. */
export interface ClosePart {
  readonly argv?: readonly string[] | undefined;
  readonly exe?: string | undefined;
  readonly uid?: number | undefined;
  readonly user?: string | undefined;
  readonly cpuSeconds?: number | undefined;
  readonly rssBytes?: number | undefined;
  readonly detail?: ProcessDetail | undefined;
}
