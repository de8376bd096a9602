import type { ProcessEntry, SnapshotDocument } from '../document/document.js';
import { isMember } from '../document/trees.js';
import { changesBetween } from './changes.js';
import {
  type Comparison,
  DIFF_SCHEMA,
  type DiffSide,
  type DiffTotals,
  type SnapshotDiff,
  type StayedProcess,
} from './document.js';
import { checkExpectations, type Expectation } from './expectation.js';
import { generationChanges, hostChanges } from './hosts.js';
import { findLeaks, pastExpectations } from './leaks.js';
import { comparisonOf, type Matched, matchProcesses } from './match.js';
import { movedSessions } from './sessions.js';
import { bytesOf, diffTotals, subtractTotals } from './totals.js';

/**
 * Compares two snapshots, the earlier one first, by identity. Documents without verdicts, without exact start
 * times (text captures) or of another machine or boot are compared as far as they reach, and the notes say how
 * far that is.
 */
export function diffSnapshots(
  a: SnapshotDocument,
  b: SnapshotDocument,
  expectations: readonly Expectation[] = [],
): SnapshotDiff {
  const comparison = comparisonOf(a, b);
  const matched = comparison === 'totals' ? NOTHING : matchProcesses(a, b);
  const beforeByRow = new Map(matched.stayed.map(([before, after]) => [after, before]));
  const beforeOf = (after: ProcessEntry): ProcessEntry | undefined => beforeByRow.get(after);
  const isCompared = areWholeTables(a, b) ? () => true : isMember;
  const changes = changesBetween(a, b);

  const appeared = matched.onlyAfter.filter(isCompared);
  const gone = matched.onlyBefore.filter(isCompared);
  const stayed = matched.stayed
    .filter((pair) => pair.some(isCompared))
    .map(([before, after]) => changes(before, after));
  const totals = { before: diffTotals(a), after: diffTotals(b) };
  const results = checkExpectations(expectations, a.processes, b.processes);
  const rows = { before: a.processes, after: b.processes, beforeOf, expectations: results };
  return {
    schema: DIFF_SCHEMA,
    from: sideOf(a),
    to: sideOf(b),
    comparison,
    notes: notesOn(a, b, comparison, matched),
    appeared,
    gone,
    stayed,
    reused: matched.reused.filter((pid) => isCompared(pid.before) || isCompared(pid.after)),
    moved:
      comparison === 'totals'
        ? []
        : movedSessions(a.processes, b.processes, (before, after) => beforeOf(after) === before),
    hosts: comparison === 'identity' ? hostChanges(a, b) : [],
    generations: comparison === 'totals' ? [] : generationChanges(a, b, matched.stayed),
    totals: {
      ...totals,
      delta: subtractTotals(totals.after, totals.before),
      appearedBytes: bytesOf(appeared),
      goneBytes: bytesOf(gone),
      grownBytes: stayed.reduce((sum, one) => sum + (one.rssDelta ?? 0), 0),
    },
    expectations: results,
    // Of another machine or boot nothing is known to have been absent; only a number can be past.
    leaks: comparison === 'totals' ? pastExpectations(rows) : findLeaks(rows),
  };
}

/** Whether anything at all is different: what `--exit-code` alone asks. Growth is no difference. */
export function hasDifference(diff: SnapshotDiff): boolean {
  if (diff.comparison === 'totals') {
    return Object.values(diff.totals.delta.byAgent).some((numbers) => numbers.count !== 0);
  }
  return diff.appeared.length > 0 || diff.gone.length > 0 || diff.stayed.some(isChanged);
}

/** Whether a leak is proved or an expectation not met: what `--exit-code` with `--leaks` or `--expect` asks. */
export function hasLeak(diff: SnapshotDiff): boolean {
  return diff.leaks.length > 0 || diff.expectations.some((result) => !result.met);
}

/** Whether more than numbers changed about a process that stayed. */
export function isChanged(one: StayedProcess): boolean {
  return (
    one.parentChanged !== undefined ||
    one.roleChanged !== undefined ||
    one.sessionChanged !== undefined ||
    one.verdictChanged !== undefined ||
    one.programChanged !== undefined
  );
}

const NOTHING: Matched = { stayed: [], onlyBefore: [], onlyAfter: [], reused: [], approximate: 0 };

/**
 * Whether both documents hold every process of their scans. What is no agent and no helpers (a terminal above an
 * agent) is otherwise in one only because something below it is, and its absence says nothing. A capture is
 * whole in its own way: it holds what its maker searched for.
 */
function areWholeTables(a: SnapshotDocument, b: SnapshotDocument): boolean {
  const isRecorded = (document: SnapshotDocument): boolean => document.machine.source === 'recorded';
  return (
    [a, b].every((document) => document.processes.length >= document.totals.processes) &&
    isRecorded(a) === isRecorded(b)
  );
}

function sideOf(document: SnapshotDocument): DiffSide {
  const { id, label, takenAt, complete, machine } = document;
  const notes: string[] = [];
  if (!complete) notes.push('its scan was incomplete: what it lacks may have been there');
  if (document.processes.some((process) => process.startTime === undefined)) {
    notes.push('it has no exact start times: processes are told apart by pid, start to the second, command');
  }
  if (machine.bootId === undefined) notes.push('it does not say which boot it is of');
  if (document.processes.every((process) => process.verdict === undefined || !isMember(process))) {
    if (document.processes.some(isMember)) notes.push('it has no verdicts');
  }
  return {
    id,
    label,
    takenAt,
    source: machine.source,
    hostname: machine.hostname,
    bootId: machine.bootId,
    complete,
    notes,
  };
}

function notesOn(a: SnapshotDocument, b: SnapshotDocument, comparison: Comparison, matched: Matched): string[] {
  const notes: string[] = [];
  if (comparison === 'totals') {
    const where =
      a.machine.hostname !== b.machine.hostname
        ? `two machines (${a.machine.hostname ?? 'unnamed'}, ${b.machine.hostname ?? 'unnamed'})`
        : `two boots of ${a.machine.hostname ?? 'one machine'}`;
    notes.push(`these are of ${where}: only totals are compared, no process of one can be one of the other`);
  }
  if (matched.approximate > 0) {
    notes.push(
      `${matched.approximate} of ${matched.stayed.length} that stayed were told by pid, start within 3 s and command, not by exact identity`,
    );
  }
  if (a.takenAt > b.takenAt) {
    notes.push('the first snapshot is the later one: what appeared was there before, what is gone came since');
  }
  return notes;
}

/** Agents that either side has, in order. */
export function agentsOf(totals: { before: DiffTotals; after: DiffTotals }): string[] {
  return [...new Set([...Object.keys(totals.before.byAgent), ...Object.keys(totals.after.byAgent)])].sort();
}
