import type { ProcessEntry } from '../../snapshot/document/document.js';
import { formatBytes, formatDuration } from '../../units.js';
import { harmless } from '../harmless.js';
import type { Style } from '../style.js';
import { commandOf, evidenceLines } from './orphans.js';
import { shortId } from './process-list.js';

/** Everything known of one process: `sesswatch/why/1`. */
export interface WhyDocument {
  readonly schema: 'sesswatch/why/1';
  readonly takenAt: string;
  readonly process: ProcessEntry;
  /** Its parent first, up to the top, as far as known. */
  readonly ancestors: readonly ProcessEntry[];
  readonly descendants: readonly ProcessEntry[];
  /** One sentence on where the chain of owners holds or breaks. */
  readonly chain: string;
  readonly reason?: string | undefined;
  /** Whether a plain `sesswatch reap` would end it now, and why or why not. */
  readonly reap: { readonly would: boolean; readonly reason: string };
  readonly notes: readonly string[];
}

/** The document for people: verdict first, then what it rests on, then what follows. */
export function whyText(why: WhyDocument, style: Style, width: number | undefined): string[] {
  const { process, ancestors, descendants } = why;
  const evidence = process.evidence ?? [];
  const vetoes = evidence.filter((one) => one.argues === 'veto');
  return [
    style.bold(headOf(why)),
    ...(why.reason === undefined ? [] : [row('because', harmless(why.reason))]),
    row('command', commandOf(process)),
    ...(process.exe === undefined ? [] : [row('program', harmless(process.exe))]),
    ...(process.cwd === undefined ? [] : [row('folder', harmless(process.cwd))]),
    row('identity', identityText(process)),
    row(
      'memory',
      `${formatBytes(process.rssBytes)}${process.threads === undefined ? '' : `, ${process.threads} threads`}`,
    ),
    row('owner', harmless(why.chain)),
    ...(ancestors.length === 0 ? [] : [row('above', ancestors.map(nameOf).join(' ← '))]),
    ...(descendants.length === 0 ? [] : [row('below', descendants.map(nameOf).join(', '))]),
    row('evidence', evidence.length === 0 ? 'none' : ''),
    ...evidenceLines(evidence, { style, width }, '  '),
    row('vetoes', vetoes.length === 0 ? 'none' : vetoes.map((one) => harmless(one.text)).join('; ')),
    row('reap', `${why.reap.would ? 'would be ended' : 'would not be ended'}: ${harmless(why.reap.reason)}`),
    ...why.notes.map((note) => row('note', harmless(note))),
  ].map((line) => line.trimEnd());
}

function headOf({ process, reap }: WhyDocument): string {
  const what = [process.agent, process.role, process.verdict].filter((part) => part !== undefined).join(', ');
  const idle = process.idleSeconds === undefined ? '' : ` for ${formatDuration(process.idleSeconds)}`;
  const session = process.sessionId === undefined ? '' : `, session ${shortId(process.sessionId)}`;
  const would = reap.would ? 'would be reaped' : 'would not be reaped';
  return `${process.pid} ${harmless(what === '' ? 'no agent: not judged' : what)}${idle}${session}: ${would}`;
}

function identityText({ pid, startedAt, startTime, ageSeconds, user, uid }: ProcessEntry): string {
  const started = startedAt === undefined ? 'start not known' : `started ${startedAt}`;
  const token = startTime === undefined ? '' : ` (${startTime})`;
  const age = ageSeconds === undefined ? '' : `, ${formatDuration(ageSeconds)} ago`;
  const who = user ?? uid;
  return `pid ${pid}, ${started}${token}${age}${who === undefined ? '' : `, user ${harmless(String(who))}`}`;
}

function nameOf(entry: ProcessEntry): string {
  return harmless(`${entry.agent ?? entry.comm ?? '?'}(${entry.pid})`);
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(9)} ${text}`;
}
