import { type ChildMark, type ChildReading, childrenAtWork } from './children.js';
import { type Moment, secondsBetween } from './moment.js';
import type { Turn } from './readers/turns/turn.js';

type ActivityKind =
  | 'status-busy'
  | 'status-idle'
  | 'turn-open'
  | 'turn-closed'
  | 'turn-unknown'
  | 'tool-running'
  | 'transcript-moved'
  | 'connected'
  | 'cpu-used'
  | 'child-born'
  | 'child-moved'
  | 'first-sight';

/** One thing that was looked at to tell whether an agent works. */
export interface ActivityFact {
  readonly kind: ActivityKind;
  /** What was read, without secrets: `busy`, `sleep(4711)`, `2 established`. */
  readonly value: string;
  /** When it happened, milliseconds since the epoch. */
  readonly at?: number | undefined;
}

/** What an agent's own session file says, when it can be this process's file at all. */
export interface AgentStatus {
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Whether the file names the start time of this very process; without that only `busy` counts. */
  readonly isOurs: boolean;
}

/** What was read of one agent at one moment. What could not be read is `undefined`, never empty. */
export interface ActivityReading {
  readonly now: Moment;
  readonly startedAt?: number | undefined;
  readonly status?: AgentStatus | undefined;
  /** Whether it makes an answer, by its transcripts. */
  readonly turn?: Turn | undefined;
  /** Last change of its transcript or rollout, milliseconds since the epoch. */
  readonly transcriptAt?: number | undefined;
  /** One opaque id for each established connection to other than loopback. */
  readonly connections?: readonly string[] | undefined;
  /** User and system time of the agent and everything below it. */
  readonly treeCpuSeconds?: number | undefined;
  /** Everything below it that is no agent by itself, and its tools elsewhere. */
  readonly children: readonly ChildReading[];
}

/** What the observation before this one left behind. */
export interface ActivityBaseline {
  readonly lastActiveAt?: number | undefined;
  readonly transcriptAt?: number | undefined;
  readonly connections?: readonly string[] | undefined;
  readonly children?: readonly ChildMark[] | undefined;
  /** CPU time of the tree at a moment at least a window ago, or as long ago as was seen. */
  readonly cpu?: CpuMark | undefined;
  /** The observation since which its turn was closed and nothing has moved. */
  readonly unmovedSince?: Moment | undefined;
}

export interface CpuMark {
  readonly when: Moment;
  readonly treeSeconds: number;
}

export interface Activity {
  /** `busy`: known to work. `idle`: its turn is over and nothing works for it. */
  readonly state: 'busy' | 'idle' | 'unknown';
  /** Absent: not known. */
  readonly turn?: 'open' | 'closed' | undefined;
  /** The last moment at which anything is known to have moved, milliseconds since the epoch. */
  readonly lastActiveAt?: number | undefined;
  /** The observation since which its turn was closed and nothing has moved; this one, when it is the first such. */
  readonly unmovedSince: Moment;
  readonly cpu?: CpuMark | undefined;
  readonly children: readonly ChildMark[];
  readonly facts: readonly ActivityFact[];
}

/** Below this an idle TUI (up to 180 ticks a minute, measured) and one that waits for the model look the same. */
const BUSY_OF_CORE = 0.03;
/** Shorter windows catch a timer's tick or a garbage collection. */
const CPU_WINDOW_SECONDS = 60;
/** A transcript that moved this recently is being written: a turn writes several lines a minute. */
const WRITING_SECONDS = 60;

/**
 * Whether an agent works, from what was read now and at the observation before. Only a turn that is over makes it
 * idle: an open one is work, however quiet, and where that could not be read nothing else proves rest. CPU,
 * connections and children only prove that it is not idle. Pure.
 */
export function concludeActivity(reading: ActivityReading, before: ActivityBaseline | undefined): Activity {
  const { now } = reading;
  const children = childrenAtWork(reading.children, before?.children, now);
  const own = ownWord(reading.status);
  const turn = own ?? reading.turn;
  const written = reading.transcriptAt === undefined ? undefined : Math.min(reading.transcriptAt, now.at);
  const grew = written !== undefined && before?.transcriptAt !== undefined && written > before.transcriptAt;
  const isWriting = written !== undefined && turn?.state !== 'closed' && now.at - written < WRITING_SECONDS * 1000;
  const cpuUse = useOfCore(reading, before?.cpu);
  const burns = cpuUse !== undefined && cpuUse.ofCore >= BUSY_OF_CORE ? cpuUse : undefined;
  // One that says itself that it waits for nobody may have left a command running in the background.
  const called = own?.state === 'closed' ? [] : children.called;
  const isBusy =
    turn?.state === 'open' ||
    called.length > 0 ||
    children.moving.length > 0 ||
    children.born > 0 ||
    isWriting ||
    burns !== undefined;

  const rested = own?.state === 'closed' ? own.since : undefined;
  // A turn that began and ended between two observations.
  const hadTurn = rested !== undefined && before?.unmovedSince !== undefined && rested > before.unmovedSince.at;
  const isOtherSet = !isSameSet(reading.connections, before?.connections);
  const moved = isBusy || grew || hadTurn || isOtherSet || children.gone > 0 || before === undefined;
  // A look that could not see leaves a gap in which anything may have moved.
  const unmovedSince = moved || turn === undefined ? now : (before.unmovedSince ?? now);
  const times = [
    rested,
    written,
    reading.startedAt,
    before?.lastActiveAt,
    isBusy || isOtherSet || children.gone > 0 ? now.at : undefined,
  ].filter((time) => time !== undefined);
  return {
    state: isBusy ? 'busy' : turn === undefined ? 'unknown' : 'idle',
    turn: turn?.state,
    lastActiveAt: times.length === 0 ? undefined : Math.min(Math.max(...times), now.at),
    unmovedSince,
    cpu: nextMark(reading, before?.cpu),
    children: children.marks,
    facts: [
      ...turnFacts(reading, turn, written),
      called.length > 0 && { kind: 'tool-running' as const, value: firstOf(called) },
      children.moving.length > 0 && { kind: 'child-moved' as const, value: firstOf(children.moving) },
      children.born > 0 && { kind: 'child-born' as const, value: `${children.born} since the last look` },
      (grew || isWriting) && {
        kind: 'transcript-moved' as const,
        value: new Date(written).toISOString(),
        at: written,
      },
      (reading.connections?.length ?? 0) > 0 && {
        kind: 'connected' as const,
        value: `${reading.connections?.length} established`,
      },
      burns !== undefined && {
        kind: 'cpu-used' as const,
        value: `${(burns.ofCore * 100).toFixed(1)} % of a core over ${Math.round(burns.seconds)} s`,
      },
      before === undefined && { kind: 'first-sight' as const, value: 'not seen before' },
    ].filter((fact) => fact !== false),
  };
}

interface OwnWord extends Turn {
  readonly since?: number | undefined;
}

/** What its own file says. That of perhaps another process counts as far as it speaks for work. */
function ownWord(status: AgentStatus | undefined): OwnWord | undefined {
  if (status === undefined) return undefined;
  if (status.state === 'busy') return { state: 'open', because: 'busy', since: status.since };
  if (!status.isOurs) return undefined;
  const isIdle = status.state === 'idle' && status.since !== undefined;
  // `waiting`: for somebody's answer in the midst of a turn.
  return { state: isIdle ? 'closed' : 'open', because: status.state, since: status.since };
}

function turnFacts(
  reading: ActivityReading,
  turn: (Turn & { readonly since?: number | undefined }) | undefined,
  written: number | undefined,
): ActivityFact[] {
  if (turn === undefined) return [{ kind: 'turn-unknown', value: 'not known' }];
  const isStatus = turn !== reading.turn;
  const at = isStatus ? turn.since : written;
  const value = turn.because;
  if (turn.state === 'open') return [{ kind: isStatus ? 'status-busy' : 'turn-open', value, at }];
  return [{ kind: isStatus ? 'status-idle' : 'turn-closed', value, at }];
}

function firstOf(names: readonly string[]): string {
  return names.slice(0, 3).join(', ');
}

interface CpuUse {
  readonly ofCore: number;
  readonly seconds: number;
}

function useOfCore(reading: ActivityReading, mark: CpuMark | undefined): CpuUse | undefined {
  if (mark === undefined || reading.treeCpuSeconds === undefined) return undefined;
  const seconds = secondsBetween(mark.when, reading.now);
  if (seconds < CPU_WINDOW_SECONDS) return undefined;
  return { ofCore: Math.max(0, reading.treeCpuSeconds - mark.treeSeconds) / seconds, seconds };
}

/** The mark stays until a whole window has passed, so that looks seconds apart still add up to one. */
function nextMark(reading: ActivityReading, mark: CpuMark | undefined): CpuMark | undefined {
  if (reading.treeCpuSeconds === undefined) return mark;
  const isDue = mark === undefined || secondsBetween(mark.when, reading.now) >= CPU_WINDOW_SECONDS;
  return isDue ? { when: reading.now, treeSeconds: reading.treeCpuSeconds } : mark;
}

/** What was not read at one of the looks is not another set. */
function isSameSet(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  const known = new Set(b);
  return a.length === b.length && a.every((one) => known.has(one));
}
