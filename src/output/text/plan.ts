import type { KeptEntry, PlanDocument, TargetEntry } from '../../reap/plan/document.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import { counted, formatBytes, formatDuration } from '../../units.js';
import { cutTo } from '../columns.js';
import { commandLine, harmless } from '../harmless.js';
import type { Style } from '../style.js';
import { evidenceLines } from './evidence.js';
import { shortId } from './process-list.js';

export interface PlanLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** Each process of each tree, and every process that is kept. */
  readonly verbose: boolean;
}

/** So many of the kept are shown unless all are asked for. */
const SHOWN_KEPT = 10;

/** What a reap would end, tree by tree with the reason, and what it keeps. */
export function planText(plan: PlanDocument, layout: PlanLayout): string[] {
  const { style } = layout;
  const { trees, processes, memoryBytes } = plan.totals;
  const verb = plan.dryRun ? 'would go' : 'to go';
  const head =
    trees === 0
      ? `nothing ${verb}`
      : `${counted(trees, 'tree')} ${verb}, ${counted(processes, 'process', 'processes')}, ${formatBytes(memoryBytes)}`;
  return [
    style.bold(head),
    ...plan.waived.map((waived) => style.yellow(`waived: ${harmless(waived)}`)),
    ...plan.targets.flatMap((target, index) => targetLines(target, index + 1, layout)),
    ...keptLines(plan.kept, layout),
  ];
}

/** One tree in one line, for a question. */
export function targetLine(target: TargetEntry, number: number): string {
  const { root, processes, memoryBytes, reason } = target;
  const what = harmless(root.agent ?? root.role ?? root.comm ?? '?');
  const helpers = processes.length === 1 ? '' : `, ${counted(processes.length - 1, 'helper')}`;
  return `${String(number).padStart(3)}  ${root.pid}  ${what}  ${formatBytes(memoryBytes)}${helpers}  ${harmless(reason)}`;
}

function targetLines(target: TargetEntry, number: number, layout: PlanLayout): string[] {
  const { root, processes, descriptors, sockets, memoryFrom, idleSeconds } = target;
  const facts = [
    ...(root.sessionId === undefined ? [] : [`session ${shortId(root.sessionId)}`]),
    ...(idleSeconds === undefined ? [] : [`idle ${formatDuration(idleSeconds)}`]),
    ...(root.ageSeconds === undefined ? [] : [`up ${formatDuration(root.ageSeconds)}`]),
    `memory as ${memoryFrom}`,
    ...(descriptors === undefined ? [] : [counted(descriptors, 'descriptor')]),
    ...(sockets === undefined ? [] : [counted(sockets, 'socket')]),
  ];
  const shown = layout.verbose ? processes : processes.slice(0, 1);
  return [
    targetLine(target, number),
    `       ${facts.join(' · ')}`,
    ...shown.map((entry) => fitted(`       ${entry.pid} ${roleOf(entry)}${commandOf(entry)}`, layout)),
    ...evidenceLines(target.evidence, layout, '       '),
  ];
}

function keptLines(kept: readonly KeptEntry[], layout: PlanLayout): string[] {
  if (kept.length === 0) return [];
  const shown = layout.verbose ? kept : kept.slice(0, SHOWN_KEPT);
  const more = kept.length - shown.length;
  return [
    layout.style.dim(`kept ${kept.length}:`),
    ...shown.map(({ process, reason }) =>
      layout.style.dim(
        fitted(
          `  ${process.pid}  ${harmless(process.agent ?? '')} ${roleOf(process)} ${harmless(reason)}`,
          layout,
        ),
      ),
    ),
    ...(more === 0 ? [] : [layout.style.dim(`  and ${more} more (--verbose lists them)`)]),
  ];
}

function roleOf(entry: ProcessEntry): string {
  return entry.role === undefined ? '' : `${entry.role} `;
}

function commandOf(entry: ProcessEntry): string {
  return commandLine(entry.argv ?? [`[${entry.comm ?? '?'}]`]);
}

function fitted(line: string, { width }: PlanLayout): string {
  return width === undefined ? line : cutTo(line, width);
}
