import path from 'node:path';
import { type SnapshotEntry, type SnapshotSummary, toSnapshotEntry, toSummary } from '../document/summary.js';
import type { FileState, IndexKind } from './index-file.js';

/*
 * Two indexes lie beside the snapshots. A list reads the small one: of ten thousand snapshots 2 MB, where the
 * summaries that a trend needs take 8.
 */

export function entryIndex(folder: string): IndexKind<SnapshotEntry> {
  return {
    file: path.join(folder, ENTRIES),
    schema: 'sesswatch/snapshot-index/1',
    derive: toSnapshotEntry,
    isLine: isEntryLine,
  };
}

export function summaryIndex(folder: string): IndexKind<SnapshotSummary> {
  return {
    file: path.join(folder, SUMMARIES),
    schema: 'sesswatch/snapshot-summaries/1',
    derive: toSummary,
    isLine: isSummaryLine,
  };
}

/** Whether a file in the folder of the snapshots is an index. */
export function isIndexName(name: string): boolean {
  return name === ENTRIES || name === SUMMARIES;
}

const ENTRIES = 'index.jsonl';
const SUMMARIES = 'summaries.jsonl';

function isEntryLine(value: object): value is SnapshotEntry & FileState {
  const line: Partial<Record<keyof (SnapshotEntry & FileState), unknown>> = value;
  return (
    typeof line.id === 'string' &&
    typeof line.label === 'string' &&
    typeof line.takenAt === 'string' &&
    typeof line.complete === 'boolean' &&
    typeof line.processes === 'number' &&
    typeof line.agents === 'number' &&
    typeof line.sessions === 'number' &&
    typeof line.rssBytes === 'number' &&
    typeof line.bytes === 'number' &&
    typeof line.modifiedMs === 'number'
  );
}

/** As deep as damage that leaves valid JSON can be told from a line that we wrote. */
function isSummaryLine(value: object): value is SnapshotSummary & FileState {
  const line: Partial<Record<keyof (SnapshotSummary & FileState), unknown>> = value;
  return (
    typeof line.id === 'string' &&
    typeof line.label === 'string' &&
    typeof line.takenAt === 'string' &&
    typeof line.complete === 'boolean' &&
    isObject(line.machine) &&
    isObject(line.totals) &&
    isObject(line.groups) &&
    Array.isArray(line.hosts) &&
    typeof line.bytes === 'number' &&
    typeof line.modifiedMs === 'number'
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
