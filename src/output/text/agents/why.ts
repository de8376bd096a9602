import { resumeLine } from '../../../agents/resume.js';
import { programOf } from '../../../snapshot/diff/match.js';
import type { ProcessEntry } from '../../../snapshot/document/document.js';
import { counted, formatBytes, formatDuration, formatTime } from '../../../units.js';
import { cutTo } from '../../columns.js';
import { harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { idleWords, nextLine, paintVerdict, runawayWords, treeWords, whatWords } from '../../words.js';
import { wrap } from '../../wrap.js';
import { evidenceLines } from './evidence.js';
import { shortId } from './process-list.js';

/** Everything known of one process: `sesswatch/why/1`. */
export interface WhyDocument {
  readonly schema: 'sesswatch/why/1';
  readonly takenAt: string;
  readonly process: ProcessEntry;
  /** Its parent first, up to the top, as far as known. */
  readonly ancestors: readonly ProcessEntry[];
  readonly descendants: readonly ProcessEntry[];
  /** The agent that it belongs to, where it is none itself. */
  readonly leader?: ProcessEntry | undefined;
  /** One sentence on where the chain of owners holds or breaks. */
  readonly chain: string;
  readonly reason?: string | undefined;
  /** Whether a plain `sesswatch reap` would end it now, why or why not, and what would change that. */
  readonly reap: { readonly would: boolean; readonly reason: string; readonly liftedBy?: string | undefined };
  readonly notes: readonly string[];
}

/** The document for people: what burns, the verdict, what would be done, then what that rests on. */
export function whyText(why: WhyDocument, style: Style, width: number | undefined): string[] {
  const { process, ancestors, descendants, leader } = why;
  const row = (title: string, text: string): string[] =>
    wrap(text, width === undefined ? undefined : width - INDENT).map(
      (line, at) => `  ${(at === 0 ? title : '').padEnd(INDENT - 2)}${line}`,
    );
  const cut = (lines: string[]): string[] => lines.map((line) => (width === undefined ? line : cutTo(line, width)));
  const lifted = why.reap.liftedBy === undefined ? '' : ` (${why.reap.liftedBy})`;
  const evidence = process.evidence ?? [];
  return [
    ...(process.runaway === undefined ? [] : [style.red(`burns ${runawayWords(process)}`)]),
    headOf(process, style),
    ...(why.reason === undefined ? [] : row('because', harmless(why.reason))),
    ...row('reap', `${why.reap.would ? 'would end it now' : 'would leave it'}: ${harmless(why.reap.reason)}${lifted}`),
    ...row('runs', whatWords(process)),
    ...(process.exe === undefined ? [] : cut(row('program', harmless(process.exe)))),
    ...row('started', startedText(process)),
    ...row('memory', memoryText(process)),
    ...(leader === undefined ? [] : row('part of', nameOf(leader))),
    ...row('owner', harmless(why.chain)),
    ...(ancestors.length === 0 ? [] : row('above', ancestors.map(nameOf).join(' ← '))),
    ...(descendants.length === 0 ? [] : row('below', belowText(descendants))),
    ...(process.resume === undefined
      ? []
      : [`  ${'resume'.padEnd(INDENT - 2)}${harmless(resumeLine(process.resume))}`]),
    ...evidenceLines(evidence, { style, width }, '  '),
    ...why.notes.flatMap((note) => row('note', harmless(note))),
    ...(why.reap.would ? [nextLine(`sesswatch reap --pid ${process.pid}`, style)] : []),
  ];
}

/** Where the words of a row begin; the evidence's too. */
const INDENT = 11;

function headOf(process: ProcessEntry, style: Style): string {
  const { pid, verdict, sessionId } = process;
  const what = [process.agent ?? process.helperOf, process.role].filter((part) => part !== undefined).join(' ');
  const facts = [
    verdict === undefined ? '' : paintVerdict(verdict, verdict, style),
    idleWords(process),
    treeWords(process),
    sessionId === undefined ? '' : `session ${shortId(sessionId)}`,
  ].filter((fact) => fact !== '');
  const name = what === '' ? 'belongs to no agent, so it is not judged' : what;
  return `${style.bold(`${pid} ${harmless(name)}`)} · ${facts.join(' · ')}`;
}

function startedText({ startedAt, startTime, ageSeconds, user, uid }: ProcessEntry): string {
  const started = startedAt === undefined ? 'when is not known' : formatTime(new Date(startedAt));
  const age = ageSeconds === undefined ? '' : `, ${formatDuration(ageSeconds)} ago`;
  const token = startTime === undefined ? '' : `, start time ${startTime}`;
  const who = user ?? uid;
  return `${started}${age}${token}${who === undefined ? '' : `, user ${harmless(String(who))}`}`;
}

function memoryText({ rssBytes, pssBytes, tree, threads }: ProcessEntry): string {
  const whole = tree?.pssBytes ?? tree?.rssBytes;
  return [
    `${formatBytes(pssBytes ?? rssBytes)} itself`,
    ...(tree === undefined || tree.processes === 1
      ? []
      : [`${formatBytes(whole)} with ${counted(tree.processes - 1, 'helper')}`]),
    ...(tree?.cpuPercent === undefined ? [] : [`${Math.round(tree.cpuPercent)} % of a core`]),
    ...(threads === undefined ? [] : [counted(threads, 'thread')]),
  ].join(', ');
}

/** So many are named; a session may have hundreds below it. */
const NAMED_BELOW = 12;

function belowText(descendants: readonly ProcessEntry[]): string {
  const names = descendants.slice(0, NAMED_BELOW).map(nameOf).join(', ');
  const more = descendants.length - NAMED_BELOW;
  return more > 0 ? `${names} and ${more} more` : names;
}

function nameOf(entry: ProcessEntry): string {
  return harmless(`${entry.agent ?? programOf(entry) ?? '?'}(${entry.pid})`);
}
