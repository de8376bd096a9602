/**
 * One row of the OS's process table. A field that the source could not know is `undefined`, never 0 or ''.
 * Only `pid` is always there.
 */
export interface ProcessRecord {
  readonly pid: number;
  /** See {@link ../process/identity.ts}: opaque, compared only for equality. */
  readonly startTime?: string | undefined;
  /** The same for people and for ages: milliseconds since the epoch. */
  readonly startedAt?: number | undefined;
  readonly ppid?: number | undefined;
  /** Effective user id. */
  readonly uid?: number | undefined;
  readonly user?: string | undefined;
  readonly pgid?: number | undefined;
  readonly sid?: number | undefined;
  /** Controlling terminal without `/dev/`, as in `pts/3`; `null` is known to have none. */
  readonly tty?: string | null | undefined;
  /** One letter as `ps` prints it: R S D T t Z X I. */
  readonly state?: string | undefined;
  /** Name by the kernel; Linux cuts it at 15 bytes, and a program may change it. */
  readonly comm?: string | undefined;
  /** Path of the executable; may end in ` (deleted)`. */
  readonly exe?: string | undefined;
  readonly argv?: readonly string[] | undefined;
  /** True where the OS gave only the joined text, so that `argv` is a split at blanks and may be wrong. */
  readonly argvIsSplitText?: boolean | undefined;
  /** User and system time of this process alone. */
  readonly cpuSeconds?: number | undefined;
  /** Resident memory in bytes. Counts shared pages in full: sums over a tree exceed what ending it returns. */
  readonly rssBytes?: number | undefined;
  readonly threads?: number | undefined;
  readonly kernelThread?: boolean | undefined;
  /** What the snapshot that it was read from says; absent of whatever runs. */
  readonly recorded?: RecordedPart | undefined;
  /** Read only for agents, their helpers and suspects. */
  readonly detail?: ProcessDetail | undefined;
}

/** What a process was for an agent in the eyes of whoever saved a snapshot. */
export interface RecordedPart {
  /** The agent that it was, or that it belonged to. */
  readonly agent?: string | undefined;
  readonly role: string;
  readonly sessionId?: string | undefined;
  /** Pid of the agent process that it belonged to. */
  readonly leader?: number | undefined;
}

/** What only a closer look tells. Each part may be missing: other users' processes show little. */
export interface ProcessDetail {
  readonly cwd?: string | undefined;
  /** The link of each open descriptor: `/dev/pts/3`, `pipe:[123]`, `socket:[456]`, a path, each perhaps ` (deleted)`. */
  readonly fds?: ReadonlyMap<number, string> | undefined;
  /** Environment variables on the allow-list of marker names; no other variable is ever kept. */
  readonly markers?: Readonly<Record<string, string>> | undefined;
  /** Home folder by its own environment. */
  readonly home?: string | undefined;
  /** Path within the unified hierarchy, or of `name=systemd` on cgroup v1. */
  readonly cgroup?: string | undefined;
  /** Proportional memory (shared pages split among their users), bytes. */
  readonly pssBytes?: number | undefined;
  readonly swapBytes?: number | undefined;
  /** Characters read and written through system calls, bytes since start. */
  readonly readBytes?: number | undefined;
  readonly writtenBytes?: number | undefined;
  /** Of the debugger or tracer that is attached; absent where there is none. */
  readonly tracerPid?: number | undefined;
  /** Its pids in nested pid namespaces, outermost first, where it lives in one: the last is what it calls itself. */
  readonly innerPids?: readonly number[] | undefined;
}

/** First element of argv with text in it: some programs blank the rest (process titles). */
export function argv0(record: ProcessRecord): string | undefined {
  const first = record.argv?.[0];
  return first === undefined || first === '' ? undefined : first;
}

/** Last part of a path of either platform, without ` (deleted)`. */
export function basename(path: string): string {
  const clean = withoutDeleted(path);
  return clean.slice(Math.max(clean.lastIndexOf('/'), clean.lastIndexOf('\\')) + 1);
}

/** What the kernel appends to a link whose file is gone (proc_pid_exe(5), proc_pid_fd(5)). */
export const DELETED = ' (deleted)';

/** Whether the file behind a link of /proc is gone. */
export function isDeleted(path: string): boolean {
  return path.endsWith(DELETED);
}

/** The path of a link of /proc, whether its file is still there or not. */
export function withoutDeleted(path: string): string {
  return isDeleted(path) ? path.slice(0, -DELETED.length) : path;
}

/** How a process is called in sentences: never more of argv than the program's name. */
export function nameOf(record: ProcessRecord): string {
  const first = argv0(record);
  const name = record.comm ?? (first === undefined ? record.exe : first.split(' ')[0]);
  return name === undefined ? 'process' : basename(name);
}
