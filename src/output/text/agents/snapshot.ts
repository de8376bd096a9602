import { isAgentProcess } from '../../../agents/membership.js';
import type { SnapshotDocument } from '../../../snapshot/document/document.js';
import { isMember, treesOf } from '../../../snapshot/document/trees.js';
import { counted, formatBytes } from '../../../units.js';
import type { Style } from '../../style.js';
import { nextLine } from '../../words.js';
import { wrap } from '../../wrap.js';
import { chooseColumns, processList, sortEntries } from './process-list.js';

export interface SnapshotLayout {
  readonly width: number | undefined;
  /** Lines of the terminal; all rows are listed where there is none. */
  readonly height: number | undefined;
  readonly style: Style;
  /** Which rows: an agent each, their helpers too, or the whole table. */
  readonly rows: 'agents' | 'members' | 'all';
  /** The size in bytes of the file that it was saved to. */
  readonly savedBytes: number | undefined;
}

/** Lines below the list: summary, where it was saved, what next, and the prompt. */
const LINES_BELOW = 6;

/** A snapshot that was just taken: as many rows as the screen has room for, the summary, where it is, what next. */
export function snapshotText(document: SnapshotDocument, layout: SnapshotLayout): string[] {
  const { width, height, style, savedBytes } = layout;
  const rows = sortEntries(rowsOf(document, layout.rows));
  const lines = processList(rows, chooseColumns(undefined, rows, width), { width, style });
  const room = height === undefined || layout.rows !== 'agents' ? lines.length : height - LINES_BELOW;
  const more = Math.max(lines.length - Math.max(room, 2), 0);
  return [
    ...lines.slice(0, lines.length - more),
    ...(more > 0 ? [style.dim(`and ${more} more (-v lists all, with their helpers)`)] : []),
    ...wrap(summary(document), width).map((line) => style.bold(line)),
    ...(savedBytes === undefined
      ? []
      : [`Saved ${document.id} (${formatBytes(savedBytes)})`, nextLine(`sesswatch diff ${document.label}`, style)]),
  ];
}

function rowsOf({ processes }: SnapshotDocument, rows: SnapshotLayout['rows']): SnapshotDocument['processes'] {
  if (rows === 'all') return processes;
  if (rows === 'members') return processes.filter(isMember);
  // An agent each, with its helpers summed up in it, and helpers whose agent is gone.
  const heads = treesOf(processes).map(({ head }) => head);
  return heads.filter((head) => isAgentProcess(head) || head.verdict === 'leftover');
}

function summary({ totals }: SnapshotDocument): string {
  const each = Object.entries(totals.byAgent).map(([name, number]) => `${name} ${number}`);
  return [
    counted(totals.agents, 'agent') + (each.length === 0 ? '' : ` (${each.join(', ')})`),
    counted(totals.sessions, 'session'),
    formatBytes(totals.rssBytes),
    `${counted(totals.processes, 'process', 'processes')} looked at`,
  ].join(' · ');
}
