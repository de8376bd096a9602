import type { ProcessRecord } from '../../process/record.js';

/** What a tree holds on to. */
export interface TreeResources {
  /** Proportional memory and swap where they could be read, else resident memory. */
  readonly memoryBytes: number;
  /** How that was found: `rss` counts shared pages once per process, so ending the tree returns less. */
  readonly memoryFrom: MemoryFrom;
  readonly rssBytes: number;
  /** `undefined` when no descriptors could be read. */
  readonly descriptors: number | undefined;
  readonly sockets: number | undefined;
}

export type MemoryFrom = 'pss+swap' | 'rss' | 'mixed';

export function resourcesOf(processes: readonly ProcessRecord[]): TreeResources {
  const memory = memoryOf(processes);
  let descriptors: number | undefined;
  let sockets: number | undefined;
  for (const { detail } of processes) {
    if (detail?.fds === undefined) continue;
    descriptors = (descriptors ?? 0) + detail.fds.size;
    sockets ??= 0;
    for (const link of detail.fds.values()) if (link.startsWith('socket:')) sockets += 1;
  }
  return {
    ...memory,
    rssBytes: processes.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0),
    descriptors,
    sockets,
  };
}

/**
 * Memory that goes when these processes go. Shared pages count by their share (PSS), since others may keep them;
 * what was swapped out returns as well and is in no resident figure.
 */
export function memoryOf(processes: readonly ProcessRecord[]): {
  memoryBytes: number;
  memoryFrom: MemoryFrom;
} {
  let memoryBytes = 0;
  let proportional = 0;
  for (const { detail, rssBytes } of processes) {
    if (detail?.pssBytes !== undefined) {
      proportional += 1;
      memoryBytes += detail.pssBytes + (detail.swapBytes ?? 0);
    } else memoryBytes += rssBytes ?? 0;
  }
  if (proportional === 0) return { memoryBytes, memoryFrom: 'rss' };
  return { memoryBytes, memoryFrom: proportional === processes.length ? 'pss+swap' : 'mixed' };
}
