import type { Verdict } from '../../verdict/judgement.js';
import type { ProcessEntry } from '../document/document.js';
import { isMember } from '../document/trees.js';
import type { Leak, LeakReason } from './document.js';
import { type ExpectationResult, isExpected, isLiving } from './expectation.js';
import { supersededIn } from './sessions.js';

/** What the search for leaks looks at. */
export interface LeakQuestion {
  readonly before: readonly ProcessEntry[];
  readonly after: readonly ProcessEntry[];
  /** The earlier row of a later one, if it was there. */
  readonly beforeOf: (after: ProcessEntry) => ProcessEntry | undefined;
  readonly expectations: readonly ExpectationResult[];
}

/**
 * What a pair of snapshots proves to be leaked: a process of the later side that is ownerless, superseded or
 * disowned there and was not so before, because it was absent or because it has become so since; and those
 * that an expectation finds too many. What was dead weight on both sides is no news of this pair, and a process
 * whose earlier verdict is not known proves nothing by its later one.
 */
export function findLeaks(question: LeakQuestion): Leak[] {
  const before = supersededIn(question.before);
  const after = supersededIn(question.after);
  const leaks: Leak[] = [];
  for (const process of question.after) {
    if (!isMember(process) || !isLiving(process)) continue;
    // A verdict knows more than two rows with one session id; where nobody judged, the rows speak.
    const by = after.get(process);
    const isUnjudged = process.verdict === undefined && by !== undefined;
    const reason = isUnjudged ? 'superseded' : reasonOf(process.verdict);
    if (reason === undefined) continue;
    const earlier = question.beforeOf(process);
    if (earlier !== undefined && wasLeaked(earlier, reason, before.has(earlier))) continue;
    const stayed = earlier !== undefined;
    leaks.push({ process, reason, stayed, text: textOf(reason, process, stayed, by) });
  }
  const named = new Set(leaks.map((leak) => leak.process));
  return [...leaks, ...pastExpectations(question).filter((leak) => !named.has(leak.process))];
}

/** Processes that an expectation finds too many. */
export function pastExpectations(question: LeakQuestion): Leak[] {
  const leaks = new Map<ProcessEntry, Leak>();
  for (const result of question.expectations) {
    if (result.excess <= 0) continue;
    for (const process of candidates(result, question)) {
      if (leaks.has(process)) continue;
      const stayed = question.beforeOf(process) !== undefined;
      const text = `${stayed ? 'stayed' : 'appeared'}, expected ${result.expectation.text}`;
      leaks.set(process, { process, reason: 'expectation', stayed, text });
    }
  }
  return [...leaks.values()];
}

/**
 * Which processes may be the ones too many. What appeared accounts for it first; only when that is fewer than
 * the excess, what stayed should have gone. Where some of a kind were expected, nobody can tell which of them,
 * so all candidates are named.
 */
function candidates(result: ExpectationResult, question: LeakQuestion): ProcessEntry[] {
  const all = question.after.filter((process) => isLiving(process) && isExpected(result.expectation, process));
  const appeared = all.filter((process) => question.beforeOf(process) === undefined);
  return appeared.length >= result.excess ? appeared : all;
}

function wasLeaked(before: ProcessEntry, reason: LeakReason, supersededBefore: boolean): boolean {
  if (before.verdict !== undefined) return reasonOf(before.verdict) !== undefined;
  return reason === 'superseded' ? supersededBefore : true;
}

/** Verdicts that say that nobody needs the process any more. */
function reasonOf(verdict: Verdict | undefined): Exclude<LeakReason, 'expectation'> | undefined {
  switch (verdict) {
    case 'orphan':
    case 'leftover':
      return 'ownerless';
    case 'superseded':
      return 'superseded';
    case 'disowned':
      return 'disowned';
    case 'live':
    case 'idle':
    case 'zombie':
    case 'protected':
    case 'unknown':
    case undefined:
      return undefined;
  }
}

function textOf(
  reason: Exclude<LeakReason, 'expectation'>,
  process: ProcessEntry,
  stayed: boolean,
  by: ProcessEntry | undefined,
): string {
  const since = stayed ? 'became' : 'appeared and is';
  switch (reason) {
    case 'ownerless':
      return `${since} ${process.verdict}: no live owner`;
    case 'superseded':
      return by === undefined
        ? `${since} superseded by a younger process with its session`
        : `${since} superseded: ${by.pid} holds the same session`;
    case 'disowned':
      return `${since} disowned: its host no longer counts it`;
  }
}
