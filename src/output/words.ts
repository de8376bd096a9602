import { programOf } from '../snapshot/diff/match.js';
import type { ProcessEntry } from '../snapshot/document/document.js';
import { memoryOf } from '../snapshot/document/trees.js';
import { formatBytes, formatDuration } from '../units.js';
import type { Verdict } from '../verdict/judgement.js';
import { commandWords, folderWords } from './command-words.js';
import { harmless } from './harmless.js';
import type { Style } from './style.js';

/** Worst first: the order in which people want to read. */
const ORDER: readonly Verdict[] = [
  'orphan',
  'leftover',
  'superseded',
  'disowned',
  'zombie',
  'unknown',
  'idle',
  'live',
  'protected',
];

/** Where a verdict stands among others, worst first; those that nobody judged come last. */
export function verdictRank(verdict: Verdict | undefined): number {
  return verdict === undefined ? ORDER.length : ORDER.indexOf(verdict);
}

/** Whether nobody needs the process any more, as far as the verdict tells. */
export function isDeadWeight({ verdict }: Pick<ProcessEntry, 'verdict'>): boolean {
  return verdict === 'orphan' || verdict === 'leftover' || verdict === 'superseded' || verdict === 'disowned';
}

/** A text in the colour that a verdict has everywhere. */
export function paintVerdict(text: string, verdict: Verdict | undefined, style: Style): string {
  switch (verdict) {
    case 'orphan':
    case 'leftover':
      return style.red(text);
    case 'superseded':
    case 'disowned':
    case 'zombie':
      return style.yellow(text);
    case 'idle':
      return style.blue(text);
    case 'live':
      return style.green(text);
    case 'protected':
    case 'unknown':
      return style.dim(text);
    case undefined:
      return text;
  }
}

/** How a row is called: its agent, else what it is. */
export function nameOfEntry(entry: ProcessEntry): string {
  const { agent, role, comm, argv } = entry;
  if (agent !== undefined) return harmless(agent);
  return role === undefined ? harmless(programOf(entry) ?? '?') : (commandWords({ argv, comm }).split(' ')[0] ?? '?');
}

/** `node(4098)` as the evidence has it; of a terminal or a service the name alone. */
export function ownerWords({ owner, host }: ProcessEntry): string {
  if (owner === undefined) return host === undefined ? '-' : harmless(host);
  return harmless(owner.name);
}

/** What it runs and where. */
export function whatWords(entry: ProcessEntry): string {
  const command = commandWords(entry);
  return entry.cwd === undefined ? command : `${command} · ${folderWords(entry.cwd)}`;
}

/** `612 MB +4`: a tree's memory and how many helpers it counts. */
export function treeWords(entry: ProcessEntry): string {
  const more = (entry.tree?.processes ?? 1) - 1;
  return `${formatBytes(memoryOf(entry))}${more > 0 ? ` +${more}` : ''}`;
}

/** The sentence that a verdict rests on; of older documents, which have none, the evidence that argues most for it. */
export function reasonOf(entry: ProcessEntry): string {
  const strongest = [...(entry.evidence ?? [])]
    .filter((one) => one.argues === 'orphan')
    .sort((a, b) => b.strength - a.strength)[0];
  return harmless(entry.reason ?? strongest?.text ?? '');
}

/** `idle 3h 12m`, or nothing where that is not proven. */
export function idleWords({ idleSeconds }: ProcessEntry): string {
  return idleSeconds === undefined ? '' : `idle ${formatDuration(idleSeconds)}`;
}

/** A duration for a column: `3h12m`. */
export function shortDuration(seconds: number | undefined): string {
  return formatDuration(seconds).replace(' ', '');
}

/** A runaway in words: `98 % of a core for 3h`. */
export function runawayWords({ runaway }: ProcessEntry): string {
  if (runaway === undefined) return '';
  return `${Math.round(runaway.cpuPercent)} % of a core for ${formatDuration(runaway.seconds)}`;
}

/** `14:24` in the reader's own time zone, with the day where that is another. */
export function clockWords(iso: string, now: string): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isToday = at.toDateString() === new Date(now).toDateString();
  return isToday ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** The line that says what to type next, never cut. */
export function nextLine(command: string, style: Style): string {
  return `Next: ${style.bold(command)}`;
}
