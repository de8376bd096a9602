import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SnapshotDocument } from '../../src/snapshot/document/document.js';
import { parseSnapshot } from '../../src/snapshot/document/format.js';
import { snapshotId } from '../../src/snapshot/document/label.js';

const FIXTURE = path.resolve(import.meta.dirname, '../../fixtures/snapshot/complete.json');
export const COMPLETE = parseSnapshot(readFileSync(FIXTURE, 'utf8'), FIXTURE);
const TAKEN = Date.UTC(2026, 0, 15, 14, 12, 42, 123);

/** A snapshot of so many minutes after the first. */
export function snapshot(label: string, minutes = 0): SnapshotDocument {
  const at = TAKEN + minutes * 60_000;
  return { ...COMPLETE, id: snapshotId(at, label), label, takenAt: new Date(at).toISOString() };
}

export function idsOf(listing: { readonly entries: readonly { readonly id: string }[] }): string[] {
  return listing.entries.map(({ id }) => id);
}
