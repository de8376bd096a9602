import type { ProcessRecord } from '../../process/record.js';

/** What reading connections needs of the disk; a failure is an answer too. */
export interface ConnectionFiles {
  /** Text of a file, `undefined` when it could not be read. */
  readText(path: string): string | undefined;
  readLink(path: string): string | undefined;
}

/**
 * The established TCP connections of processes to other than loopback, by pid, each as an opaque id that no later
 * connection has. A process is missing from the answer when they could not be told: its descriptors or the list
 * of its network namespace was not readable.
 *
 * @param root where procfs is
 */
export function readConnections(
  records: readonly ProcessRecord[],
  root: string,
  files: ConnectionFiles,
): ReadonlyMap<number, readonly string[]> {
  const lists = new Map<string, ReadonlyMap<string, string> | undefined>();
  const found = new Map<number, readonly string[]>();
  for (const record of records) {
    const fds = record.detail?.fds;
    if (fds === undefined) continue;
    const inodes = [...fds.values()].flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
    if (inodes.length === 0) {
      // Without a socket there is no connection, and nothing more to read.
      found.set(record.pid, []);
      continue;
    }
    const namespace = files.readLink(`${root}/${record.pid}/ns/net`);
    if (namespace === undefined) continue;
    // The list is the same for all processes of one network namespace, and long on a busy server.
    if (!lists.has(namespace)) lists.set(namespace, readNamespace(`${root}/${record.pid}/net`, files));
    const established = lists.get(namespace);
    if (established !== undefined) found.set(record.pid, inodes.filter((inode) => established.has(inode)).sort());
  }
  return found;
}

function readNamespace(folder: string, files: ConnectionFiles): ReadonlyMap<string, string> | undefined {
  const four = files.readText(`${folder}/tcp`);
  if (four === undefined) return undefined;
  // A kernel without IPv6 has no tcp6.
  const six = files.readText(`${folder}/tcp6`) ?? '';
  return new Map([...parseEstablished(four), ...parseEstablished(six)]);
}

/** Remote addresses of established, not loopback connections, by inode. proc_pid_net(5). */
export function parseEstablished(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    const [, , remote, state] = fields;
    const inode = fields[9];
    if (state !== ESTABLISHED || remote === undefined || inode === undefined || inode === '0') continue;
    if (!isLoopback(remote)) found.set(inode, remote);
  }
  return found;
}

/** TCP_ESTABLISHED of include/net/tcp_states.h. */
const ESTABLISHED = '01';

/**
 * The kernel prints addresses as 32-bit words in the byte order of the machine: little endian on all ports of
 * Node but one. 127.0.0.0/8, ::1, and the former mapped into IPv6.
 */
function isLoopback(remote: string): boolean {
  const address = remote.slice(0, remote.indexOf(':'));
  if (address.length === 8) return address.endsWith('7F');
  return address === '00000000000000000000000001000000' || /^0000000000000000FFFF0000\w{6}7F$/.test(address);
}
