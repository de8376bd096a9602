import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseDuration } from '../../../config/duration.js';
import { SesswatchError } from '../../../errors.js';
import { type Column, formatColumns } from '../../../output/columns.js';
import { harmless } from '../../../output/harmless.js';
import { chooseColumns, processList, sortEntries } from '../../../output/text/agents/process-list.js';
import { loadWidths } from '../../../output/width.js';
import type { SnapshotDocument } from '../../../snapshot/document/document.js';
import { narrowToAgents } from '../../../snapshot/document/narrow.js';
import type { SnapshotEntry } from '../../../snapshot/document/summary.js';
import { isMember } from '../../../snapshot/document/trees.js';
import type { Listing } from '../../../snapshot/store/listing.js';
import { selectForPruning } from '../../../snapshot/store/prune.js';
import { resolveRef } from '../../../snapshot/store/refs.js';
import { openStore, type SnapshotStore } from '../../../snapshot/store/store.js';
import { counted, formatBytes, formatDuration, formatTime } from '../../../units.js';
import { EXIT_DONE, EXIT_USAGE } from '../../exit-codes.js';
import { type Command, type CommonOptions, type Invocation, printJson, printLines, remark } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { look } from '../../look/look.js';
import { openWorld, recordedSource, refuseFrom, stateFolder, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';

/** The saved snapshots of this user. */
export function savedSnapshots(invocation: Invocation): SnapshotStore {
  return openStore(path.join(stateFolder(invocation), 'snapshots'), invocation.now);
}

export const listSnapshots: Command<unknown> = async (invocation, options) => {
  refuseFrom(options, 'the list is of saved snapshots');
  const world = await openWorld(invocation, options);
  const listing = savedSnapshots(invocation).list();
  if (options.json === true) {
    const { entries, problems } = listing;
    printJson(invocation, { schema: 'sesswatch/snapshots/1', snapshots: entries, problems });
    return EXIT_DONE;
  }
  tellProblems(invocation, listing);
  if (listing.entries.length === 0) {
    remark(invocation, options, 'no snapshot is saved yet (save one: sesswatch snapshot --label NAME)');
    return EXIT_DONE;
  }
  const style = await styleOf(invocation, world);
  const rows = listing.entries.map((entry) => rowOf(entry, invocation.now()));
  const width = widthOf(invocation, options);
  const wide = formatColumns(COLUMNS, rows, { width: undefined });
  // An id cut short would be of no use; it begins with the time, so that column can go.
  const isTooWide = width !== undefined && wide.some((line) => line.length > width);
  const kept = COLUMNS.flatMap(({ title }, at) => (isTooWide && title === TAKEN ? [] : [at]));
  printLines(
    invocation,
    formatColumns(
      COLUMNS.filter((_, at) => kept.includes(at)),
      rows.map((row) => row.filter((_, at) => kept.includes(at))),
      { width: undefined, styleTitle: style.dim },
    ),
  );
  const bytes = listing.entries.reduce((sum, entry) => sum + entry.bytes, 0);
  printLines(invocation, [style.dim(`${counted(listing.entries.length, 'snapshot')}, ${formatBytes(bytes)}`)]);
  return EXIT_DONE;
};

export const showSnapshot: Command<unknown, readonly [ref: string]> = async (invocation, options, ref) => {
  const world = await openWorld(invocation, options);
  const document = await readRef(invocation, options, ref);
  if (options.json === true) {
    printJson(invocation, document);
    return completeness(invocation, document);
  }
  const style = await styleOf(invocation, world);
  const { totals, machine } = document;
  printLines(invocation, [
    `${style.bold(harmless(document.id))}  taken ${formatTime(new Date(document.takenAt))} ${takenBy(machine)}`,
    `${counted(totals.agents, 'agent')} · ${counted(totals.sessions, 'session')} · ${formatBytes(totals.rssBytes)} · ${counted(totals.processes, 'process', 'processes')} looked at`,
  ]);
  const rows = sortEntries(document.processes.filter(isMember));
  const width = widthOf(invocation, options);
  const columns = chooseColumns(undefined, rows, width);
  printLines(invocation, processList(rows, columns, { width, style }));
  return completeness(invocation, document);
};

function takenBy({ hostname, source }: SnapshotDocument['machine']): string {
  const where = hostname === undefined ? 'on a machine that it does not name' : `on ${harmless(hostname)}`;
  return source === 'recorded' ? `${where}, read from a file` : `${where} by ${source}`;
}

export const removeSnapshots: Command<unknown, readonly [refs: readonly string[]]> = async (
  invocation,
  options,
  refs,
) => {
  const store = savedSnapshots(invocation);
  const listing = store.list();
  // All refs are looked up before anything goes, so that a typo in the third removes nothing.
  const ids = refs.map((ref) => {
    const damaged = listing.problems.find((problem) => problem.id === ref);
    if (damaged?.id !== undefined) return damaged.id;
    const found = resolveRef(ref, listing.entries, () => false);
    if (found.kind === 'saved') return found.entry.id;
    throw new SesswatchError('usage', `${ref} is no saved snapshot`, 'sesswatch snapshots lists them');
  });
  return remove(invocation, options, store, [...new Set(ids)]);
};

interface PruneOptions {
  readonly keep?: number;
  readonly olderThan?: string;
  readonly dryRun?: boolean;
}

/** Without options: by the settings `keep` and `olderThan`. */
export const pruneSnapshots: Command<PruneOptions> = async (invocation, options) => {
  const { settings } = await openWorld(invocation, options);
  const store = savedSnapshots(invocation);
  const { entries } = store.list();
  const isPlain = options.keep === undefined && options.olderThan === undefined;
  const selected = selectForPruning(entries, {
    keep: isPlain ? settings.keep : options.keep,
    olderThanSeconds:
      options.olderThan === undefined ? (isPlain ? settings.olderThan : undefined) : parseDuration(options.olderThan),
    now: invocation.now(),
  });
  const ids = selected.map((entry) => entry.id);
  if (options.dryRun !== true) return remove(invocation, options, store, ids);
  if (options.json === true)
    printJson(invocation, { schema: 'sesswatch/removal/1', dryRun: true, removed: ids, problems: [] });
  else {
    printLines(invocation, ids);
    remark(invocation, options, `would remove ${counted(ids.length, 'snapshot')} of ${entries.length}`);
  }
  return EXIT_DONE;
};

/**
 * The document that a ref names: saved, of a file, or of this moment.
 * @throws SesswatchError `usage` for a ref that names nothing, `format` for a file that is not one
 */
export async function readRef(invocation: Invocation, options: CommonOptions, ref: string): Promise<SnapshotDocument> {
  const store = savedSnapshots(invocation);
  const found = resolveRef(ref, store.list().entries, (name) => existsSync(path.resolve(invocation.cwd, name)));
  switch (found.kind) {
    case 'saved': {
      const document = narrowToAgents(store.load(found.entry.id), options.agent);
      await loadWidths(document.processes.flatMap(({ argv, comm, cwd }) => [...(argv ?? [comm]), cwd]));
      return document;
    }
    case 'now':
      return look(invocation, options, await openWorld(invocation, options));
    case 'path': {
      const world = await openWorld(invocation, options);
      const source = await recordedSource(invocation, found.path);
      return look(
        invocation,
        options,
        { ...world, source, isRecorded: true },
        { label: found.path === '-' ? 'standard-input' : path.parse(found.path).name },
      );
    }
  }
}

function remove(invocation: Invocation, options: CommonOptions, store: SnapshotStore, ids: readonly string[]): number {
  const { removed, problems } = store.remove(ids);
  if (options.json === true) printJson(invocation, { schema: 'sesswatch/removal/1', removed, problems });
  else {
    tellProblems(invocation, { problems });
    remark(invocation, options, `removed ${counted(removed.length, 'snapshot')}`);
  }
  return problems.length === 0 ? EXIT_DONE : EXIT_USAGE;
}

function tellProblems(invocation: Invocation, { problems }: Pick<Listing<SnapshotEntry>, 'problems'>): void {
  for (const { message, hint } of problems) invocation.err(`sesswatch: ${message} (${hint})\n`);
}

const TAKEN = 'TAKEN';
const COLUMNS: readonly Column[] = [
  { title: 'LABEL' },
  { title: TAKEN },
  { title: 'AGO', align: 'right' },
  { title: 'AGENTS', align: 'right' },
  { title: 'MEMORY', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'ID' },
];

function rowOf(entry: ReturnType<SnapshotStore['list']>['entries'][number], now: number): string[] {
  const at = new Date(entry.takenAt);
  return [
    harmless(entry.label),
    formatTime(at),
    formatDuration((now - at.getTime()) / 1000),
    String(entry.agents),
    formatBytes(entry.rssBytes),
    formatBytes(entry.bytes),
    entry.id + (entry.complete ? '' : ' (incomplete)'),
  ];
}
