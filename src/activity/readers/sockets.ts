import { messageOf } from '../../errors.js';
import type { RunTool } from '../../process/sources/run-tool.js';

/** One end of a local socket. */
interface SocketEnd {
  /** Inode of the other end; 0: it is closed. */
  readonly peer: number;
  /** Who holds this end, as far as could be seen. */
  readonly holders: readonly number[];
}

/** Local stream and packet sockets by inode. */
export type LocalSockets = ReadonlyMap<number, SocketEnd>;

/**
 * The kernel's list of local sockets with their peers. /proc/net/unix has no peers, so this asks `ss` (iproute2),
 * which reads them by sock_diag(7). Everything that goes wrong makes the answer a reason, never an empty list:
 * a socket that is not listed would look closed.
 */
export async function readLocalSockets(
  run: RunTool,
  exists: (path: string) => boolean,
): Promise<LocalSockets | { readonly notKnown: string }> {
  const file = SS_PATHS.find(exists);
  if (file === undefined) {
    return { notKnown: 'ss (iproute2) is not there: whether a stdio socket is closed is not known' };
  }
  try {
    const { stdout, exitCode } = await run({
      file,
      args: ['-x', '-p', '-n', '-H'],
      env: { LC_ALL: 'C' },
      timeoutMs: 10_000,
    });
    if (exitCode !== 0) return { notKnown: `${file} failed with exit code ${exitCode}: ${NOT_KNOWN}` };
    const sockets = parseLocalSockets(stdout);
    return sockets ?? { notKnown: `${file} printed something else than sockets: ${NOT_KNOWN}` };
  } catch (error) {
    return { notKnown: `${messageOf(error)}: ${NOT_KNOWN}` };
  }
}

/** Absolute: what a PATH finds first may be anybody's, and cron's PATH lacks the last two. */
const SS_PATHS = ['/usr/bin/ss', '/bin/ss', '/usr/sbin/ss', '/sbin/ss'];
const NOT_KNOWN = 'whether a stdio socket is closed is not known';

/**
 * The text of `ss -xpnH`. Each line: type, state, two queues, local address and inode, peer address and inode,
 * and `users:((...))`. `undefined` when a line has another form: then no line is to be trusted.
 */
export function parseLocalSockets(text: string): LocalSockets | undefined {
  const sockets = new Map<number, SocketEnd>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const match = LINE.exec(line);
    if (match === null) return undefined;
    const [, inode, peer, users = ''] = match;
    const holders = [...users.matchAll(/,pid=(\d+),fd=\d+\)/g)].map(([, pid]) => Number(pid));
    sockets.set(Number(inode), { peer: Number(peer), holders: [...new Set(holders)] });
  }
  return sockets;
}

/** The address of a bound socket may hold blanks; inodes are the numbers before the peer's `*` and at the end. */
const LINE = /^\s*u_\w+\s+\S+\s+\d+\s+\d+\s+.*?\s(\d+)\s+\*\s+(\d+)\s*(users:\(.*\))?\s*$/;
