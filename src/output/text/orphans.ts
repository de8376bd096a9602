import type { ProcessEntry } from '../../snapshot/document/document.js';
import { formatBytes, formatDuration } from '../../units.js';
import type { Evidence, Verdict } from '../../verdict/judgement.js';
import { cutTo } from '../columns.js';
import { commandLine, harmless } from '../harmless.js';
import type { Style } from '../style.js';
import { shortId } from './process-list.js';

export interface OrphansLayout {
  readonly width: number | undefined;
  readonly style: Style;
}

/** Worst first: the order in which people want to read. */
const ORDER: readonly Verdict[] = [
  'orphan',
  'superseded',
  'disowned',
  'leftover',
  'zombie',
  'idle',
  'unknown',
  'protected',
  'live',
];

/** Processes with their verdict, and under each what it rests on. */
export function orphansText(entries: readonly ProcessEntry[], layout: OrphansLayout): string[] {
  const sorted = [...entries].sort((a, b) => rank(a) - rank(b) || (b.rssBytes ?? 0) - (a.rssBytes ?? 0));
  return sorted.flatMap((entry) => [
    headOf(entry, layout),
    ...evidenceLines(entry.evidence ?? [], layout, '    '),
  ]);
}

/** Evidence, what proves most first, one line each. */
export function evidenceLines(
  evidence: readonly Evidence[],
  layout: OrphansLayout,
  indent: string,
): string[] {
  const { width, style } = layout;
  return [...evidence]
    .sort((a, b) => b.strength - a.strength)
    .map((one) => {
      const line = `${indent}${one.argues.padEnd(6)}  ${harmless(one.text)}`;
      return style.dim(width === undefined ? line : cutTo(line, width));
    });
}

function headOf(entry: ProcessEntry, { width, style }: OrphansLayout): string {
  const what = harmless(`${entry.agent ?? entry.helperOf ?? ''} ${entry.role ?? ''}`.trim());
  const facts = [
    ...(what === '' ? [] : [what]),
    ...(entry.sessionId === undefined ? [] : [`session ${shortId(entry.sessionId)}`]),
    ...(entry.idleSeconds === undefined ? [] : [`idle ${formatDuration(entry.idleSeconds)}`]),
    ...(entry.ageSeconds === undefined ? [] : [`up ${formatDuration(entry.ageSeconds)}`]),
    formatBytes(entry.rssBytes),
  ].join(', ');
  const head = `${String(entry.pid).padStart(7)}  ${(entry.verdict ?? '').padEnd(10)}  ${facts}  `;
  const command = commandOf(entry);
  const line = width === undefined ? head + command : cutTo(head + command, width);
  return entry.verdict === 'orphan' || entry.verdict === 'leftover' ? style.bold(line) : line;
}

/** Its command line; for a zombie, which has none any more, the name that the kernel kept. */
export function commandOf({ argv, comm }: Pick<ProcessEntry, 'argv' | 'comm'>): string {
  return commandLine(argv === undefined || argv.length === 0 ? [`[${comm ?? '?'}]`] : argv);
}

function rank(entry: ProcessEntry): number {
  return ORDER.indexOf(entry.verdict ?? 'unknown');
}
