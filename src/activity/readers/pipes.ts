import type { ProcessRecord } from '../../process/record.js';

/** Who holds a pipe, and by which end. */
export interface PipeHolder {
  readonly pid: number;
  readonly fd: number;
}

/** Who holds which pipe, by its link (`pipe:[123]`), and whose descriptors could not be read. */
export interface PipeHolders {
  readonly byPipe: ReadonlyMap<string, readonly PipeHolder[]>;
  readonly unread: readonly ProcessRecord[];
}

/** What a descriptor may do with its pipe; `undefined` when that could not be read. */
export type PipeEnd = 'reads' | 'writes' | 'both' | undefined;

/**
 * Collects the holders of some pipes.
 * @param records all processes that still run, of each of which the descriptors were asked for
 */
export function collectPipeHolders(records: readonly ProcessRecord[], pipes: ReadonlySet<string>): PipeHolders {
  const byPipe = new Map<string, PipeHolder[]>();
  const unread: ProcessRecord[] = [];
  for (const record of records) {
    const fds = record.detail?.fds;
    if (fds === undefined) {
      if (canHold(record)) unread.push(record);
      continue;
    }
    for (const [fd, target] of fds) {
      if (!pipes.has(target)) continue;
      const holders = byPipe.get(target);
      if (holders === undefined) byPipe.set(target, [{ pid: record.pid, fd }]);
      else holders.push({ pid: record.pid, fd });
    }
  }
  return { byPipe, unread };
}

/**
 * Whether the other end of a process's pipe is closed: nobody holds an end that writes into its stdin, or reads
 * from its stdout. `not-known` when somebody who could hold it could not be read.
 *
 * @param fd 0 is read from, all others are written to
 */
export function pipeState(
  record: ProcessRecord,
  fd: number,
  holders: PipeHolders,
  endOf: (holder: PipeHolder) => PipeEnd,
): { readonly state: 'closed' | 'open' | 'not-known'; readonly holders: readonly number[] } {
  const pipe = record.detail?.fds?.get(fd);
  const all = pipe === undefined ? undefined : holders.byPipe.get(pipe);
  // The process itself must be among them, else the two readings were of different moments.
  if (all === undefined || !all.some((one) => one.pid === record.pid && one.fd === fd)) {
    return { state: 'not-known', holders: [] };
  }
  const wanted = fd === 0 ? 'writes' : 'reads';
  const others: number[] = [];
  for (const holder of all) {
    const end = endOf(holder);
    if (end === undefined) return { state: 'not-known', holders: [] };
    if (end === wanted || end === 'both') others.push(holder.pid);
  }
  if (others.length > 0) return { state: 'open', holders: [...new Set(others)] };
  const mayHold = holders.unread.some((other) => sharesUser(record, other));
  return { state: mayHold ? 'not-known' : 'closed', holders: [] };
}

/** Kernel threads and zombies have no descriptors. */
function canHold(record: ProcessRecord): boolean {
  return record.kernelThread !== true && record.state !== 'Z' && record.state !== 'X';
}

/**
 * Whether an unreadable process could hold the other end: its own user's, or root's that speaks for a user. An
 * unknown user could be either.
 */
function sharesUser(record: ProcessRecord, other: ProcessRecord): boolean {
  if (other.comm !== undefined && NEVER_HOLDS.has(other.comm)) return false;
  if (other.uid === undefined || record.uid === undefined || other.uid === record.uid) return true;
  return other.uid === 0 && (other.comm === undefined || SPEAKS_FOR_USERS.test(other.comm));
}

/** Programs that hide their descriptors (PR_SET_DUMPABLE) and are never given an agent's. */
const NEVER_HOLDS: ReadonlySet<string> = new Set(['(sd-pam)', 'ssh-agent', 'gpg-agent']);
/** Run as root, and start programs of users over pipes. */
const SPEAKS_FOR_USERS = /^(sshd|sudo|su|doas|runuser|login|cron|crond|CRON|dropbear|containerd-shim|conmon|dockerd)/;
