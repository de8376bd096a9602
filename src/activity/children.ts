import { type Moment, secondsBetween } from './moment.js';

/** One process below an agent, as it is now. */
export interface ChildReading {
  /** Opaque, of this process alone. */
  readonly id: string;
  /** For a sentence: `sleep(4711)`. */
  readonly name: string;
  /** Started by a tool call, by its shape or its marks. */
  readonly isToolCall: boolean;
  /** On a terminal that is not the agent's. */
  readonly holdsTerminal: boolean;
  readonly cpuSeconds?: number | undefined;
  /** Read and written since its start. */
  readonly ioBytes?: number | undefined;
}

/** What one had used at an earlier moment. */
export interface ChildMark {
  readonly id: string;
  readonly when: Moment;
  readonly cpuSeconds?: number | undefined;
  readonly ioBytes?: number | undefined;
  /** The look since which it has not moved; absent where that cannot be told. */
  readonly stillSince?: Moment | undefined;
}

export interface ChildrenAtWork {
  /** Tool calls that run, and those on a terminal of their own. */
  readonly called: readonly string[];
  /** Those that used CPU or moved data. */
  readonly moving: readonly string[];
  readonly born: number;
  readonly gone: number;
  /** For the next look. */
  readonly marks: readonly ChildMark[];
}

/**
 * Which children of an agent are work. One that was there at the look before and has not moved since came with the
 * session, and says nothing. Pure.
 */
export function childrenAtWork(
  children: readonly ChildReading[],
  before: readonly ChildMark[] | undefined,
  now: Moment,
): ChildrenAtWork {
  const known = new Map(before?.map((mark) => [mark.id, mark]));
  const moving = children.filter((child) => hasMoved(child, known.get(child.id), now));
  const kept = children.filter(({ id }) => known.has(id)).length;
  return {
    called: children.filter((child) => child.isToolCall || child.holdsTerminal).map(({ name }) => name),
    moving: moving.map(({ name }) => name),
    born: before === undefined ? 0 : children.length - kept,
    gone: known.size - kept,
    marks: children.map((child) => nextMark(child, known.get(child.id), now, moving.includes(child))),
  };
}

function hasMoved(child: ChildReading, mark: ChildMark | undefined, now: Moment): boolean {
  if (mark === undefined) return false;
  const seconds = secondsBetween(mark.when, now);
  const cpu = (child.cpuSeconds ?? 0) - (mark.cpuSeconds ?? child.cpuSeconds ?? 0);
  const bytes = (child.ioBytes ?? 0) - (mark.ioBytes ?? child.ioBytes ?? 0);
  return (
    cpu >= Math.max(LEAST_CPU_SECONDS, seconds * IDLE_OF_CORE) || bytes >= Math.max(LEAST_BYTES, seconds * IDLE_BYTES)
  );
}

/** Idle MCP servers use at most 2 ticks of 1/100 s a minute and move nothing. */
const LEAST_CPU_SECONDS = 0.1;
const IDLE_OF_CORE = 0.01;
const LEAST_BYTES = 16 * 1024;
/** A second. */
const IDLE_BYTES = 1024;

/** The mark stays until a window has passed, so that looks seconds apart still add up to one. */
function nextMark(child: ChildReading, mark: ChildMark | undefined, now: Moment, isMoving: boolean): ChildMark {
  const isRead = child.cpuSeconds !== undefined && child.ioBytes !== undefined;
  // To be still is a claim that something rests on: here any byte counts, as one call of a server takes few.
  const isUsed = isMoving || (mark !== undefined && mark.ioBytes !== child.ioBytes);
  const stillSince = !isRead ? undefined : isUsed ? now : (mark?.stillSince ?? now);
  if (mark !== undefined && secondsBetween(mark.when, now) < WINDOW_SECONDS) return { ...mark, stillSince };
  return { id: child.id, when: now, cpuSeconds: child.cpuSeconds, ioBytes: child.ioBytes, stillSince };
}

const WINDOW_SECONDS = 60;
