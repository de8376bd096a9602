import path from 'node:path';
import { SesswatchError } from '../errors.js';
import type { ProcessSource } from '../process/scan.js';
import { acquireLock } from '../state/lock.js';

/**
 * Does something that only one run of sesswatch may do at a time, under a lock that holds our identity: a lock whose
 * holder died, however, is stale and taken over.
 *
 * @throws SesswatchError `locked` when another run is at it, `incomplete-scan` when we cannot identify ourselves
 */
export async function withReapLock<T>(
  deps: {
    readonly stateFolder: string;
    readonly source: ProcessSource;
    readonly self: { readonly pid: number };
    readonly wallClock: () => number;
  },
  work: () => Promise<T>,
): Promise<T> {
  const holder = await deps.source.identify(deps.self.pid);
  if (holder === 'gone' || holder === 'unknown') {
    throw new SesswatchError(
      'incomplete-scan',
      'the process table does not show sesswatch itself; nothing was ended',
      'see sesswatch doctor',
    );
  }
  const file = path.join(deps.stateFolder, 'reap.lock');
  const lock = await acquireLock(file, holder, (pid) => deps.source.identify(pid), deps.wallClock);
  if (lock.kind === 'held') {
    const by = lock.by === undefined ? 'another run' : `another run (${lock.by.pid})`;
    throw new SesswatchError(
      'locked',
      `${by} is reaping${lock.since === undefined ? '' : ` since ${lock.since}`}`,
      'wait for it to end',
    );
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
