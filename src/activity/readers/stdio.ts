import type { ProcessRecord } from '../../process/record.js';
import { type PipeEnd, type PipeHolder, type PipeHolders, pipeState } from './pipes.js';
import type { LocalSockets } from './sockets.js';

/** Where one of a process's standard streams leads. */
export interface StdioEnd {
  /** `closed`: nobody is at the other end. `elsewhere`: a file, a terminal or a device. */
  readonly state: 'open' | 'closed' | 'elsewhere' | 'not-known';
  /** The link of the descriptor: `pipe:[123]`, `/dev/pts/3 (deleted)`. */
  readonly target: string;
  /** Pids at the other end, as far as could be seen. */
  readonly holders: readonly number[];
}

/** Descriptors 0, 1 and 2. One that is not open is missing. */
export type Stdio = ReadonlyMap<number, StdioEnd>;

/** What is known of all local sockets and pipes; a part that could not be read is `undefined`. */
export interface OtherEnds {
  readonly sockets?: LocalSockets | undefined;
  readonly pipes?: { readonly holders: PipeHolders; readonly endOf: (holder: PipeHolder) => PipeEnd } | undefined;
}

/** Where the standard streams of a process lead; `undefined` when its descriptors could not be read. */
export function stdioOf(record: ProcessRecord, others: OtherEnds): Stdio | undefined {
  const fds = record.detail?.fds;
  if (fds === undefined) return undefined;
  const found = new Map<number, StdioEnd>();
  for (const fd of [0, 1, 2]) {
    const target = fds.get(fd);
    if (target !== undefined) found.set(fd, { target, ...endOf(record, fd, target, others) });
  }
  return found;
}

/** Whether the other end of a stream is another process's, so that it could be closed. */
export function isChannel(target: string): boolean {
  return target.startsWith('pipe:[') || target.startsWith('socket:[');
}

function endOf(
  record: ProcessRecord,
  fd: number,
  target: string,
  { sockets, pipes }: OtherEnds,
): Pick<StdioEnd, 'state' | 'holders'> {
  if (!isChannel(target)) return { state: 'elsewhere', holders: [] };
  if (target.startsWith('pipe:[')) {
    return pipes === undefined ? NOT_KNOWN : pipeState(record, fd, pipes.holders, pipes.endOf);
  }
  const end = sockets?.get(Number(/\d+/.exec(target)?.[0]));
  // Not listed: a network socket, or one made after the list.
  if (end === undefined) return NOT_KNOWN;
  if (end.peer === 0) return { state: 'closed', holders: [] };
  return { state: 'open', holders: sockets?.get(end.peer)?.holders ?? [] };
}

const NOT_KNOWN = { state: 'not-known', holders: [] } as const;
