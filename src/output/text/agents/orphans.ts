import { isCounted } from '../../../agents/membership.js';
import type { ProcessEntry } from '../../../snapshot/document/document.js';
import { tally } from '../../../snapshot/document/totals.js';
import { memoryOf } from '../../../snapshot/document/trees.js';
import { formatBytes } from '../../../units.js';
import { cutTo } from '../../columns.js';
import type { Style } from '../../style.js';
import {
  clockWords,
  idleWords,
  isDeadWeight,
  nameOfEntry,
  nextLine,
  paintVerdict,
  reasonOf,
  runawayWords,
  treeWords,
  verdictRank,
  whatWords,
} from '../../words.js';
import { wrap } from '../../wrap.js';
import { evidenceLines } from './evidence.js';

export interface OrphansLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** ISO 8601: times of another day are told with it. */
  readonly takenAt: string;
}

/** What a plain reap would do about a process, in words. */
export type ReapWords = (entry: ProcessEntry) => string | undefined;

/** Dead weight with what speaks for and against it, what a reap would do, and the sum. */
export function orphansText(entries: readonly ProcessEntry[], reapWords: ReapWords, layout: OrphansLayout): string[] {
  if (entries.length === 0) return [];
  const sorted = [...entries].sort(
    (a, b) => verdictRank(a.verdict) - verdictRank(b.verdict) || (memoryOf(b) ?? 0) - (memoryOf(a) ?? 0),
  );
  return [
    ...sorted.flatMap((entry) => orphanLines(entry, reapWords, layout)),
    layout.style.bold(sumLine(sorted)),
    // A zombie alone is nothing that a reap could end.
    ...(sorted.some(isDeadWeight) ? [nextLine('sesswatch reap --dry-run', layout.style)] : []),
  ];
}

function orphanLines(entry: ProcessEntry, reapWords: ReapWords, layout: OrphansLayout): string[] {
  const { style, width, takenAt } = layout;
  const verdict = entry.verdict ?? 'not judged';
  const name = nameOfEntry(entry);
  const facts = [treeWords(entry), idleWords(entry), runawayWords(entry)].filter((fact) => fact !== '');
  const head = `${String(entry.pid).padStart(7)}  ${name}  ${verdict}  ${facts.join(' · ')}`;
  const fitted = width === undefined ? head : cutTo(head, width);
  const ripe = entry.ripeAt === undefined ? undefined : `not yet: earliest ${clockWords(entry.ripeAt, takenAt)}`;
  const reap = reapWords(entry) ?? ripe;
  const line = (title: string, text: string): string => {
    const whole = `${INDENT}${title.padEnd(9)}${text}`;
    return width === undefined ? whole : cutTo(whole, width);
  };
  return [
    fitted.replace(verdict, () => paintVerdict(verdict, entry.verdict, style)),
    line('runs', whatWords(entry)),
    ...(entry.evidence === undefined ? [line('for', reasonOf(entry))] : []),
    ...evidenceLines(entry.evidence ?? [], layout, INDENT),
    ...wrap(reap ?? '', width === undefined ? undefined : width - INDENT.length - 9).flatMap((text, at) =>
      text === '' ? [] : [line(at === 0 ? 'reap' : '', text)],
    ),
  ];
}

const INDENT = ' '.repeat(9);

/** `1 orphan, 2 leftover MCP servers · 1.4 GB`. */
function sumLine(entries: readonly ProcessEntry[]): string {
  const kinds = Object.entries(
    tally(
      entries.map((entry) => {
        if (isCounted(entry) || entry.verdict === 'zombie') return entry.verdict;
        return `${entry.verdict} ${entry.role === 'mcp-server' ? 'MCP server' : (entry.role ?? 'process')}`;
      }),
    ),
  ).map(
    ([kind, count]) =>
      `${count} ${count === 1 || !/(orphan|leftover|zombie|server|tool|process)$/.test(kind) ? kind : plural(kind)}`,
  );
  const memory = entries.reduce((sum, entry) => sum + (memoryOf(entry) ?? 0), 0);
  return `${kinds.join(', ')} · ${formatBytes(memory)}`;
}

function plural(kind: string): string {
  return kind.endsWith('process') ? `${kind}es` : `${kind}s`;
}
