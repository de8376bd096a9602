import { setTimeout } from 'node:timers/promises';
import { SesswatchError } from '../errors.js';
import type { ProcessRecord } from '../process/record.js';
import type { ProcessSource } from '../process/scan.js';
import { createProcessTable, type ProcessTable } from '../process/table.js';
import type { Descent } from './descent.js';
import { RUN_ID_VARIABLE } from './document.js';

export interface WatchRequest {
  readonly source: ProcessSource;
  readonly descent: Descent;
  readonly runId: string;
  readonly settleMs: number;
  /** Whether nothing can leave the tree unseen, so that one look that finds nobody is enough. */
  readonly isSealed: boolean;
  readonly now: () => number;
}

/** Looks at the process table again and again, for as long as a command runs and until its children settle. */
export interface Watch {
  /** Looks on until the promise is settled; answers its value. */
  until<T>(ended: Promise<T>): Promise<T>;
  /**
   * Looks on until no descendant has come or gone for the time of settling, or none is left. False when they still
   * came and went after {@link PATIENCE} times that time, or when it was cut short.
   */
  settle(): Promise<boolean>;
  /** Ends {@link settle} at its next look. */
  hurry(): void;
  /** One more look in which every stranger is asked again. @throws SesswatchError `incomplete-scan` */
  lastLook(): Promise<ProcessTable>;
  /** New processes of the last look that nothing ties to the command. */
  strangers(): readonly ProcessRecord[];
  readonly counts: { readonly looks: number; readonly failed: number };
}

export function openWatch(request: WatchRequest): Watch {
  const { source, descent, runId, settleMs, isSealed, now } = request;
  const counts = { looks: 0, failed: 0 };
  let lastCost = 0;
  let hurried = false;
  let strangers: readonly ProcessRecord[] = [];

  const look = async (askAgain: boolean): Promise<{ table: ProcessTable; moved: boolean }> => {
    const from = now();
    const table = createProcessTable(await source.scan());
    const looked = descent.look(table, askAgain);
    const ours = await withCookie(source, looked.strangers, runId);
    const adopted = descent.adopt(ours);
    if (askAgain) strangers = looked.strangers.filter((record) => !ours.has(record.pid));
    counts.looks++;
    lastCost = now() - from;
    return { table, moved: looked.came + looked.went + adopted > 0 };
  };

  /** A look in between may fail; the last one may not. */
  const tryToLook = async (): Promise<boolean> => {
    try {
      return (await look(false)).moved;
    } catch (error) {
      if (!(error instanceof SesswatchError)) throw error;
      counts.failed++;
      return true;
    }
  };

  return {
    counts,
    async until(ended) {
      const from = now();
      let isOver = false;
      const over = ended.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await tryToLook();
        if (!isOver) await pause(pauseBetween(lastCost, now() - from), over);
      }
      return over;
    },
    async settle() {
      const from = now();
      let quietSince = from;
      let empty = 0;
      for (;;) {
        if (await tryToLook()) quietSince = now();
        empty = descent.alive().length === 0 ? empty + 1 : 0;
        if (empty >= (isSealed ? 1 : 2)) return true;
        if (now() - quietSince >= settleMs) return true;
        if (hurried || now() - from > settleMs * PATIENCE) return false;
        await pause(Math.min(100, Math.max(10, settleMs / 10)));
      }
    },
    hurry() {
      hurried = true;
    },
    async lastLook() {
      return (await look(true)).table;
    },
    strangers: () => strangers,
  };
}

/** How many times the time of settling is waited at most: what forks for ever never settles. */
const PATIENCE = 6;

/**
 * Milliseconds until the next look. Most children of interest are started early, so the first two seconds may
 * cost up to a fifth of a core; afterwards a twentieth.
 */
function pauseBetween(cost: number, sinceStart: number): number {
  const share = sinceStart < 2000 ? 4 : 19;
  return Math.min(500, Math.max(10, cost * share));
}

async function withCookie(
  source: ProcessSource,
  records: readonly ProcessRecord[],
  runId: string,
): Promise<Set<number>> {
  if (records.length === 0) return new Set();
  const parts = [...(await source.detail(records, ['markers']))];
  const value = (part: (typeof parts)[number][1]) => part.detail?.markers?.[RUN_ID_VARIABLE];
  return new Set(parts.filter(([, part]) => value(part)?.split(',').includes(runId)).map(([pid]) => pid));
}

/** The variable's value below a run; a run within a run adds its own id, so that the outer one finds all. */
export function runIdValue(outer: string | undefined, runId: string): string {
  return outer === undefined || outer === '' ? runId : `${outer},${runId}`;
}

/** Waits so long, or until the other promise is settled. Leaves no timer behind. */
async function pause(milliseconds: number, until?: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const time = setTimeout(milliseconds, undefined, { signal: over.signal }).catch(() => {});
  await (until === undefined ? time : Promise.race([time, until]));
  over.abort();
}
