import type { KeptEntry, PlanDocument, TargetEntry } from '../../../reap/plan/document.js';
import type { KeptKind } from '../../../reap/plan/kept.js';
import type { ProcessEntry } from '../../../snapshot/document/document.js';
import { counted, formatBytes, formatDuration, formatTime } from '../../../units.js';
import { cutTo } from '../../columns.js';
import { commandLine, harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { evidenceLines } from '../agents/evidence.js';
import { shortId } from '../agents/process-list.js';

export interface PlanLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** Each process of each tree with its evidence, and each process that is kept. */
  readonly verbose: boolean;
}

/** What a reap would end, a line a tree, and in one line what it keeps and which flag would end that. */
export function planText(plan: PlanDocument, layout: PlanLayout): string[] {
  const { style } = layout;
  const isAboutNamed = plan.policy.pids.length + plan.policy.sessions.length + plan.policy.forcePids.length > 0;
  return [
    style.bold(headOf(plan)),
    ...plan.waived.map((waived) => style.yellow(`waived: ${harmless(waived)}`)),
    ...plan.targets.flatMap((target, index) => targetLines(target, index + 1, layout)),
    ...(layout.verbose || isAboutNamed ? keptLines(plan.kept, layout) : keptSummary(plan, layout)),
  ];
}

/** One tree in one line, named by its agent and not by the shell above it. */
export function targetLine(target: TargetEntry, number: number): string {
  const { processes, memoryBytes, reason, idleSeconds } = target;
  const subject = processes.find(({ pid }) => pid === target.subject) ?? target.root;
  const idle =
    idleSeconds === undefined || reason.startsWith('idle for') ? '' : `idle ${formatDuration(idleSeconds)}  `;
  const helpers = processes.length === 1 ? '' : ` +${processes.length - 1}`;
  const which = `${String(number).padStart(2)} ${whatIs(subject)} ${subject.pid}`;
  return `${which}  ${formatBytes(memoryBytes)}${helpers}  ${idle}${harmless(reason)}`;
}

function headOf({ totals, dryRun, kept, earliestAt }: PlanDocument): string {
  const { trees, processes, memoryBytes } = totals;
  if (trees > 0) {
    const what = `${counted(trees, 'tree')}, ${counted(processes, 'process', 'processes')}, ${formatBytes(memoryBytes)}`;
    return `${dryRun ? 'Would end' : 'Ending'} ${what}`;
  }
  const waiting = kept.filter(({ kind }) => kind === 'not-due');
  if (waiting.length === 0) return 'Nothing to end';
  const bytes = waiting.reduce((sum, { process }) => sum + (process.pssBytes ?? process.rssBytes ?? 0), 0);
  const when = earliestAt === undefined ? '' : `, the first is due at ${timeOf(earliestAt)}`;
  return `Nothing to end yet: ${counted(waiting.length, 'process waits', 'processes wait')}, ${formatBytes(bytes)}${when} (--idle 0: now)`;
}

function targetLines(target: TargetEntry, number: number, layout: PlanLayout): string[] {
  const { processes, subject, resume } = target;
  const helpers = processes.filter(({ pid }) => pid !== subject);
  const line = fitted(targetLine(target, number), layout);
  if (layout.verbose) {
    return [
      line,
      `     ${factsOf(target)}`,
      ...processes.map((one) => fitted(`     ${one.pid} ${one.role ?? ''} ${commandOf(one)}`, layout)),
      ...evidenceLines(target.evidence, layout, '     '),
      ...(resume === undefined ? [] : [fitted(`     resume: ${harmless(resume.command)}`, layout)]),
    ];
  }
  if (helpers.length === 0) return [line];
  const named = helpers.slice(0, SHOWN_HELPERS).map((one) => `${whatIs(one)} ${one.pid}`);
  const more = helpers.length - named.length;
  return [
    line,
    layout.style.dim(fitted(`    + ${[...named, ...(more === 0 ? [] : [`${more} more`])].join(', ')}`, layout)),
  ];
}

const SHOWN_HELPERS = 2;

function factsOf({ processes, root, subject, memoryFrom, descriptors, sockets }: TargetEntry): string {
  const { sessionId, ageSeconds } = processes.find(({ pid }) => pid === subject) ?? root;
  return [
    ...(sessionId === undefined ? [] : [`session ${shortId(sessionId)}`]),
    ...(ageSeconds === undefined ? [] : [`up ${formatDuration(ageSeconds)}`]),
    `memory as ${memoryFrom}`,
    ...(descriptors === undefined ? [] : [counted(descriptors, 'descriptor')]),
    ...(sockets === undefined ? [] : [counted(sockets, 'socket')]),
  ].join(' · ');
}

/** `Kept 5: 3 not due yet (earliest 11:04, --idle 0) · 1 superseded (--include superseded)`, over as many lines as it takes. */
function keptSummary({ kept, earliestAt }: PlanDocument, { width, style }: PlanLayout): string[] {
  if (kept.length === 0) return [];
  const groups = new Map<string, KeptEntry[]>();
  for (const one of kept) {
    // Flags with a pid differ for each.
    const flag = one.liftedBy?.startsWith('--pid') === true ? '--pid' : (one.liftedBy ?? '');
    const key = `${one.kind} ${flag}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const parts = [...groups.values()].map((group) => {
    const [first] = group;
    if (first === undefined) return '';
    const when = first.kind === 'not-due' && earliestAt !== undefined ? [`earliest ${timeOf(earliestAt)}`] : [];
    const flags = first.liftedBy === undefined ? [] : [harmless(first.liftedBy)];
    const hint = group.length === 1 || first.kind !== 'not-lost' ? [...when, ...flags] : ['--pid PID'];
    const who = group.length === 1 ? `, ${whatIs(first.process)} ${first.process.pid}` : '';
    return `${group.length} ${nameOfKind(first)}${who}${hint.length === 0 ? '' : ` (${hint.join(', ')})`}`;
  });
  const lines: string[] = [`Kept ${kept.length}:`];
  for (const [at, part] of parts.entries()) {
    const joined = `${lines.at(-1)}${at === 0 ? ' ' : ' · '}${part}`;
    if (width === undefined || joined.length <= width) lines[lines.length - 1] = joined;
    else lines.push(`  ${part}`);
  }
  return lines.map((line) => style.dim(width === undefined ? line : cutTo(line, width)));
}

function keptLines(kept: readonly KeptEntry[], layout: PlanLayout): string[] {
  if (kept.length === 0) return [];
  const lines = kept.map(({ process, reason, liftedBy }) => {
    const flag = liftedBy === undefined ? '' : ` (${harmless(liftedBy)})`;
    const who = [process.agent, process.role].filter((part) => part !== undefined).join(' ');
    return `  ${process.pid}  ${harmless(who)}: ${harmless(reason)}${flag}`;
  });
  return [`Kept ${kept.length}:`, ...lines].map((line) => layout.style.dim(line));
}

function nameOfKind({ kind, process }: KeptEntry): string {
  return kind === 'on-request' ? (process.verdict ?? 'on request') : KIND_NAMES[kind];
}

const KIND_NAMES: Readonly<Record<Exclude<KeptKind, 'on-request'>, string>> = {
  'not-due': 'not due yet',
  'too-young': 'too young',
  'at-work': 'at work',
  'not-proven': 'not proven idle',
  'not-lost': 'perhaps left on purpose',
  live: 'live',
  vetoed: 'protected',
  defunct: 'defunct',
  'with-others': 'beside what stays',
  'not-resumable': 'not resumable',
  limit: 'over the limit',
};

/** An agent by its name, a helper by its program or script. */
function whatIs({ agent, argv, comm, role }: ProcessEntry): string {
  if (agent !== undefined) return harmless(agent);
  const [program = '', ...words] = argv ?? [];
  const script = INTERPRETER.test(program) ? words.find((word) => !word.startsWith('-')) : undefined;
  const name = (script ?? program).split(/[\\/]/).at(-1);
  return harmless(name === undefined || name === '' || name === '…' ? (comm ?? role ?? '?') : name);
}

const INTERPRETER = /(^|[\\/])(node|bun|deno|python[\d.]*|npx|npm exec|uvx?)(\.exe)?$/;

/** Today's time as the reader's clock shows it. */
function timeOf(iso: string): string {
  return formatTime(new Date(iso)).slice(11, 16);
}

function commandOf(entry: ProcessEntry): string {
  return commandLine(entry.argv ?? [`[${entry.comm ?? '?'}]`]);
}

function fitted(line: string, { width }: PlanLayout): string {
  return width === undefined ? line : cutTo(line, width);
}
