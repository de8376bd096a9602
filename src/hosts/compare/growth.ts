import { formatBytes, MEGABYTE } from '../../units.js';
import type { HostView, Mismatch } from '../host.js';

/**
 * Whether a server grew while its agents did not become more, against an earlier snapshot of the same server
 * (pid and start time). One look cannot tell: memory that is large may always have been.
 */
export function growthOf(view: HostView): Mismatch[] {
  return view.servers.flatMap((server) => {
    const before = view.earlier.find(
      ({ pid, startTime }) => pid === server.pid && startTime !== undefined && startTime === server.startTime,
    );
    if (before === undefined || view.running.length > before.agents) return [];
    const grew = [
      rise('memory', before.rssBytes, server.rssBytes, MEMORY),
      rise('threads', before.threads, server.threads, THREADS),
      rise('descriptors', before.descriptors, server.descriptors, DESCRIPTORS),
    ].filter((text) => text !== undefined);
    if (grew.length === 0) return [];
    const detail = `${grew.join(', ')} while agents went ${before.agents} → ${view.running.length}`;
    return [{ kind: 'growth', pid: server.pid, rssBytes: server.rssBytes, detail }];
  });
}

interface Threshold {
  /** Both must be exceeded: a rise from 2 to 4 threads is none. */
  readonly least: number;
  readonly share: number;
  readonly print: (value: number) => string;
}

/**
 * Ours, from the growth seen with Hermes (one thread, three descriptors and more than 8 MB for each lost
 * session): some six lost sessions show, the ups and downs of a garbage collector do not.
 */
const MEMORY: Threshold = {
  least: 48 * MEGABYTE,
  share: 0.25,
  print: formatBytes,
};
const THREADS: Threshold = { least: 4, share: 0.25, print: String };
const DESCRIPTORS: Threshold = { least: 12, share: 0.25, print: String };

function rise(
  what: string,
  before: number | undefined,
  now: number | undefined,
  { least, share, print }: Threshold,
): string | undefined {
  if (before === undefined || now === undefined) return undefined;
  if (now - before < least || now - before < before * share) return undefined;
  return `${what} ${print(before)} → ${print(now)}`;
}
