import { type Moment, secondsBetween } from './moment.js';

type ActivityKind =
  | 'status-busy'
  | 'status-idle'
  | 'tool-running'
  | 'transcript-moved'
  | 'transcript-quiet'
  | 'connected'
  | 'cpu-used'
  | 'child-born'
  | 'nothing-moved'
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
  /** Live tool shells and tool children, by name and pid. */
  readonly tools: readonly string[];
  /** Last change of its transcript or rollout, milliseconds since the epoch. */
  readonly transcriptAt?: number | undefined;
  /** One opaque id for each established connection to other than loopback. */
  readonly connections?: readonly string[] | undefined;
  /** User and system time of the agent and everything below it. */
  readonly treeCpuSeconds?: number | undefined;
  /** One opaque id for each process below it. */
  readonly children: readonly string[];
  /** Start of the youngest of them, milliseconds since the epoch. */
  readonly youngestChildAt?: number | undefined;
}

/** What the observation before this one left behind. */
export interface ActivityBaseline {
  readonly lastActiveAt?: number | undefined;
  readonly transcriptAt?: number | undefined;
  readonly connections?: readonly string[] | undefined;
  readonly children: readonly string[];
  /** CPU time of the tree at a moment at least a window ago, or as long ago as was seen. */
  readonly cpu?: CpuMark | undefined;
  /** The observation since which nothing has moved. */
  readonly unmovedSince?: Moment | undefined;
}

export interface CpuMark {
  readonly when: Moment;
  readonly treeSeconds: number;
}

export interface Activity {
  /** `busy`: known to work. `idle`: everything that was read says that it rests. */
  readonly state: 'busy' | 'idle' | 'unknown';
  /** What `idle` rests on. `unmoved` is CPU, children and connections alone: too little under a live owner. */
  readonly basis?: 'status' | 'transcript' | 'unmoved' | undefined;
  /** The last moment at which anything is known to have moved, milliseconds since the epoch. */
  readonly lastActiveAt?: number | undefined;
  /** The observation since which nothing has moved; this one, when something did or it is the first. */
  readonly unmovedSince: Moment;
  readonly cpu?: CpuMark | undefined;
  /** What its tree used of one core, where two observations were far enough apart to tell. */
  readonly cpuUse?: { readonly ofCore: number; readonly seconds: number } | undefined;
  readonly facts: readonly ActivityFact[];
}

/** Below this an idle TUI (up to 180 ticks a minute, measured) and one that waits for the model look the same. */
const BUSY_OF_CORE = 0.03;
/** Shorter windows catch a timer's tick or a garbage collection. */
const CPU_WINDOW_SECONDS = 60;
/** A transcript that moved this recently is being written: a turn writes several lines a minute. */
const WRITING_SECONDS = 60;

/**
 * Whether an agent works, from what was read now and at the observation before. In order of trust: its own
 * status, a tool that runs, its transcript, its connections, CPU time of its tree, children. Only what was read
 * counts; what is missing makes the answer `unknown`, never `idle`. Pure.
 */
export function concludeActivity(reading: ActivityReading, before: ActivityBaseline | undefined): Activity {
  const { now } = reading;
  const facts: ActivityFact[] = [];
  const times: number[] = [];
  const note = (kind: ActivityKind, value: string, at?: number): void => {
    facts.push({ kind, value, ...(at === undefined ? {} : { at }) });
  };
  let busy = false;
  let moved = before === undefined;

  const { status } = reading;
  const restsSince = status?.isOurs === true && status.state === 'idle' ? status.since : undefined;
  if (status?.state === 'busy') {
    busy = true;
    note('status-busy', 'busy', status.since);
  } else if (restsSince !== undefined) {
    times.push(restsSince);
    note('status-idle', 'idle', restsSince);
    // A turn that began and ended between two observations.
    if (before?.unmovedSince !== undefined && restsSince > before.unmovedSince.at) moved = true;
  }

  if (reading.tools.length > 0) {
    busy = true;
    note('tool-running', reading.tools.slice(0, 3).join(', '));
  }

  const written = reading.transcriptAt === undefined ? undefined : Math.min(reading.transcriptAt, now.at);
  if (written !== undefined) {
    times.push(written);
    const grew = before?.transcriptAt !== undefined && written > before.transcriptAt;
    const isWriting = now.at - written < WRITING_SECONDS * 1000;
    if (grew) moved = true;
    if (isWriting) busy = true;
    note(
      grew || isWriting ? 'transcript-moved' : 'transcript-quiet',
      new Date(written).toISOString(),
      written,
    );
  }

  const { connections } = reading;
  if (connections !== undefined && connections.length > 0)
    note('connected', `${connections.length} established`);
  if (connections !== undefined && before?.connections !== undefined) {
    if (!isSameSet(connections, before.connections)) {
      moved = true;
      times.push(now.at);
    }
  }

  const cpuUse = useOfCore(reading, before?.cpu);
  if (cpuUse !== undefined && cpuUse.ofCore >= BUSY_OF_CORE) {
    busy = true;
    note('cpu-used', `${(cpuUse.ofCore * 100).toFixed(1)} % of a core over ${Math.round(cpuUse.seconds)} s`);
  }

  if (before !== undefined && !isSameSet(reading.children, before.children)) {
    moved = true;
    const known = new Set(before.children);
    const born = reading.children.filter((child) => !known.has(child)).length;
    if (born > 0) {
      busy = true;
      note('child-born', `${born} since the last look`, reading.youngestChildAt);
    } else times.push(now.at);
  }
  if (reading.youngestChildAt !== undefined) times.push(reading.youngestChildAt);
  if (reading.startedAt !== undefined) times.push(reading.startedAt);
  if (before?.lastActiveAt !== undefined) times.push(before.lastActiveAt);
  if (busy) {
    moved = true;
    times.push(now.at);
  }

  const basis = busy ? undefined : basisOf(reading, before, restsSince !== undefined, written !== undefined);
  // A look that could not see leaves a gap in which anything may have moved.
  const unmovedSince = moved || basis === undefined ? now : (before?.unmovedSince ?? now);
  if (before === undefined) note('first-sight', 'not seen before');
  else if (!moved && basis === 'unmoved')
    note('nothing-moved', 'CPU, children and connections', unmovedSince.at);
  return {
    state: busy ? 'busy' : basis === undefined ? 'unknown' : 'idle',
    basis,
    lastActiveAt: times.length === 0 ? undefined : Math.min(Math.max(...times), now.at),
    unmovedSince,
    cpu: nextMark(reading, before?.cpu),
    cpuUse,
    facts,
  };
}

/** What says that it rests. CPU, children and connections must all have been read, now and before. */
function basisOf(
  reading: ActivityReading,
  before: ActivityBaseline | undefined,
  hasStatus: boolean,
  hasTranscript: boolean,
): Activity['basis'] {
  if (hasStatus) return 'status';
  // It waits for somebody's answer: not at work, but not done either.
  if (reading.status?.isOurs === true && reading.status.state !== 'idle') return undefined;
  if (hasTranscript) return 'transcript';
  const sawBoth =
    reading.connections !== undefined &&
    before?.connections !== undefined &&
    reading.treeCpuSeconds !== undefined &&
    before.cpu !== undefined;
  return sawBoth ? 'unmoved' : undefined;
}

function useOfCore(reading: ActivityReading, mark: CpuMark | undefined): Activity['cpuUse'] {
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

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  const known = new Set(b);
  return a.every((one) => known.has(one));
}
