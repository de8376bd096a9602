import { type Moment, secondsBetween } from './moment.js';

/** CPU time of one process at an earlier look, and since when it burns. */
export interface BurnMark {
  readonly when: Moment;
  readonly cpuSeconds: number;
  /** Absent: it did not burn then. */
  readonly since?: Moment | undefined;
  readonly ofCore?: number | undefined;
}

/** A process that burns CPU with nobody looking. */
export interface Runaway {
  /** Of one core. */
  readonly cpuPercent: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly seconds: number;
}

/** Half a core: an orphan in a spin uses 3000 to 6000 ticks a minute, the spinner of a TUI at most 1300. */
const BURNS_OF_CORE = 0.5;
/** Shorter windows catch a build's start. */
const WINDOW_SECONDS = 60;

/** Whether a process used half a core or more between two looks without a terminal; and what the next look needs. Pure. */
export function burning(
  process: { readonly cpuSeconds?: number | undefined; readonly tty?: string | null | undefined },
  before: BurnMark | undefined,
  now: Moment,
): { readonly mark?: BurnMark | undefined; readonly runaway?: Runaway | undefined } {
  const { cpuSeconds } = process;
  if (cpuSeconds === undefined) return { mark: before };
  const mark = nextMark(cpuSeconds, before, now);
  if (mark.since === undefined || mark.ofCore === undefined || process.tty !== null) return { mark };
  return {
    mark,
    runaway: {
      cpuPercent: Math.round(mark.ofCore * 100),
      since: mark.since.at,
      seconds: Math.round(secondsBetween(mark.since, now)),
    },
  };
}

function nextMark(cpuSeconds: number, before: BurnMark | undefined, now: Moment): BurnMark {
  if (before === undefined) return { when: now, cpuSeconds };
  const seconds = secondsBetween(before.when, now);
  if (seconds < WINDOW_SECONDS) return before;
  const ofCore = Math.max(0, cpuSeconds - before.cpuSeconds) / seconds;
  const since = ofCore < BURNS_OF_CORE ? undefined : (before.since ?? before.when);
  return { when: now, cpuSeconds, since, ofCore: since === undefined ? undefined : ofCore };
}
