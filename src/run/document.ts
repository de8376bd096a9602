import type { ExpectationResult } from '../snapshot/diff/expectation.js';
import type { ProcessEntry } from '../snapshot/document/document.js';

export const RUN_SCHEMA = 'sesswatch/run/1';

/** In the environment of the command, and so of everything below it that does not clear its own. */
export const RUN_ID_VARIABLE = 'SESSWATCH_RUN_ID';

/**
 * How a process was found to descend from the command: its parent was the command or a descendant when a look was taken;
 * it left its parent unseen and was handed to the child subreaper above the command; it is in a process group, or in a
 * session, that a descendant was in; its environment holds this run's {@link RUN_ID_VARIABLE}.
 */
export type FoundBy = 'tree' | 'subreaper' | 'group' | 'session' | 'cookie';

/** How the command ended. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  /** It could not be started; 127: not found, 126: found and not executable, as shells have it. */
  | { readonly kind: 'not-started'; readonly code: 126 | 127; readonly why: string };

/** A process that the command left behind. */
export interface Leftover {
  readonly process: ProcessEntry;
  readonly foundBy: FoundBy;
  /** One line for people: `child of node(4121)`. */
  readonly how: string;
  /** 0 for one whose parent is no leftover; parents stand before their children. */
  readonly depth: number;
  /** An expectation allows as many of its kind: no leak. */
  readonly expected: boolean;
}

/** One way of finding descendants, and whether it could be used in this run. */
export interface Detection {
  readonly way: FoundBy;
  readonly available: boolean;
  readonly note?: string | undefined;
}

/** What came of ending the leftovers. */
export interface RunReap {
  readonly ended: number;
  readonly survivors: readonly number[];
  /** Left alone, with the reason. */
  readonly kept: readonly { readonly pid: number; readonly reason: string }[];
  /** Resident memory of those that were ended, before. */
  readonly heldBytes: number;
}

/** What a command left behind: `sesswatch/run/1`. */
export interface RunReport {
  readonly schema: typeof RUN_SCHEMA;
  readonly runId: string;
  readonly label?: string | undefined;
  /** Redacted. */
  readonly command: readonly string[];
  readonly startedAt: string;
  readonly endedAt: string;
  /** How long the command ran, without settling. */
  readonly seconds: number;
  readonly end: CommandEnd;
  /** False when processes still came and went when the longest time for settling was over. */
  readonly settled: boolean;
  /** Distinct descendants that were seen, the command included. */
  readonly seen: number;
  readonly looks: number;
  readonly leftovers: readonly Leftover[];
  readonly leftoverBytes: number;
  /** Appeared meanwhile under the process that adopts orphans; whose they are could not be told. */
  readonly unattributed: readonly ProcessEntry[];
  readonly expectations: readonly ExpectationResult[];
  readonly detection: readonly Detection[];
  readonly notes: readonly string[];
  /** Ids of the saved snapshots, with `--save`. */
  readonly saved?: { readonly before: string; readonly after: string } | undefined;
  readonly reaped?: RunReap | undefined;
}

/** Whether it left more than was expected, or less. */
export function hasLeaked(report: Pick<RunReport, 'leftovers' | 'expectations'>): boolean {
  return report.leftovers.some((leftover) => !leftover.expected) || report.expectations.some((result) => !result.met);
}

/**
 * The exit code of a run: the command's own; 128 and the signal's number when one ended it (the caller
 * raises the signal again where it can); 1 when it succeeded and leaked.
 */
export function runExitCode(
  report: Pick<RunReport, 'leftovers' | 'expectations' | 'end'>,
  signalNumbers: Readonly<Partial<Record<NodeJS.Signals, number>>>,
): number {
  switch (report.end.kind) {
    case 'exited':
      return report.end.code === 0 && hasLeaked(report) ? 1 : report.end.code;
    case 'signalled':
      return 128 + (signalNumbers[report.end.signal] ?? 0);
    case 'not-started':
      return report.end.code;
  }
}
