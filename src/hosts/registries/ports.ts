import { readFile } from 'node:fs/promises';

/** TCP of one network namespace, as far as hosts need it. */
export interface PortTable {
  /** Listening ports with the socket inodes of their holders. */
  readonly listening: ReadonlyMap<number, readonly string[]>;
  /** Established connections by the port on this side: what clients hold to a server. */
  readonly established: ReadonlyMap<number, number>;
}

/** Reads the TCP tables of Linux. `undefined` where there are none: then nothing is known about ports. */
export async function readPorts(procRoot: string): Promise<PortTable | undefined> {
  try {
    const text = await readFile(`${procRoot}/net/tcp`, 'latin1');
    return parsePorts(`${text}\n${await readFile(`${procRoot}/net/tcp6`, 'latin1').catch(noIpv6)}`);
  } catch {
    // Not Linux, or not allowed: absence of the table is not absence of connections.
    return undefined;
  }
}

/** A kernel without IPv6 has no such file, and then no such connections. */
function noIpv6(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error;
  return '';
}

/** Parses /proc/net/tcp and tcp6 (proc_pid_net(5)): address:port in hexadecimal, state, inode in column ten. */
export function parsePorts(text: string): PortTable {
  const listening = new Map<number, string[]>();
  const established = new Map<number, number>();
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    const [slot, local, , state] = words;
    const inode = words[9];
    const port = Number.parseInt(local?.split(':')[1] ?? '', 16);
    if (slot === undefined || !/^\d+:$/.test(slot) || Number.isNaN(port) || inode === undefined) continue;
    if (state === LISTEN) listening.set(port, [...(listening.get(port) ?? []), inode]);
    if (state === ESTABLISHED) established.set(port, (established.get(port) ?? 0) + 1);
  }
  return { listening, established };
}

/** include/net/tcp_states.h */
const ESTABLISHED = '01';
const LISTEN = '0A';

/** The ports on which a process listens, from its open descriptors; `undefined` when those are not known. */
export function portsOf(ports: PortTable, fds: ReadonlyMap<number, string> | undefined): readonly number[] | undefined {
  if (fds === undefined) return undefined;
  const sockets = new Set(fds.values());
  return [...ports.listening].flatMap(([port, inodes]) =>
    inodes.some((inode) => sockets.has(`socket:[${inode}]`)) ? [port] : [],
  );
}
