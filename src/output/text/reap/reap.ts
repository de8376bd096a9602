import type { OutcomeEntry, ReapDocument } from '../../../reap/document.js';
import { isEmptyRun, type JournalRun } from '../../../reap/journal/read.js';
import { counted, formatBytes, formatTime } from '../../../units.js';
import { formatColumns } from '../../columns.js';
import { commandLine, harmless } from '../../harmless.js';
import type { Style } from '../../style.js';

export interface ReapLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** Every process, not only those with something to say. */
  readonly verbose: boolean;
}

/** What was ended, first in one line; then what is left, and why. */
export function reapText(document: ReapDocument, layout: ReapLayout): string[] {
  const { style } = layout;
  const rows = document.outcomes.filter((one) => layout.verbose || one.result !== 'gone');
  return [
    style.bold(reapSummary(document)),
    ...outcomeTable(rows, layout),
    ...document.dropped.map(({ root, reason }) => style.dim(`left alone: ${root}: ${harmless(reason)}`)),
    ...(document.stopped === undefined ? [] : [`stopped early: ${harmless(document.stopped.detail)}`]),
    ...(document.unfinishedRun === undefined
      ? []
      : [style.dim(`an earlier run (${document.unfinishedRun}) was cut off before its end`)]),
  ];
}

/** One line for timers: what went, what it gave back, what is left. */
export function reapSummary({ outcomes, plan, reclaimedBytes, survivors }: ReapDocument): string {
  const gone = outcomes.filter(({ result }) => result === 'gone' || result === 'identity-changed').length;
  const left = survivors === 0 ? '' : `, ${counted(survivors, 'survivor')}`;
  return `ended ${counted(gone, 'process', 'processes')} in ${counted(plan.targets.length, 'tree')}, ${formatBytes(reclaimedBytes)} given back${left}`;
}

/** Earlier runs, newest first, a line each; those that found nothing to end are only counted unless all are wanted. */
export function historyText(runs: readonly JournalRun[], all: boolean): string[] {
  const shown = all ? runs : runs.filter((run) => !isEmptyRun(run));
  const [newest] = runs;
  const left = runs.length - shown.length;
  const foot =
    left === 0 || newest === undefined
      ? []
      : [
          `${counted(left, 'run')} with nothing to end (--all), the newest run at ${formatTime(new Date(newest.startedAt))}`,
        ];
  if (shown.length === 0) return foot;
  const rows = shown.map((run) => [
    formatTime(new Date(run.startedAt)),
    run.report === undefined ? (run.start?.action ?? 'reap') : 'report',
    doneBy(run),
    formatBytes(run.report?.memoryBytes ?? run.end?.reclaimedBytes ?? 0),
    run.end === undefined || run.end.survivors === 0 ? '' : counted(run.end.survivors, 'survivor'),
    run.run,
  ]);
  const columns = ['RUN AT', 'ACTION', 'DONE', 'MEMORY', 'LEFT', 'ID'].map((title) => ({ title }));
  return [...formatColumns(columns, rows, { width: undefined }), ...foot];
}

/** What a run did, in a few words; the same for a list, a head and the status of a timer. */
export function doneBy({ report, end, targets }: JournalRun): string {
  if (report !== undefined) return report.trees === 0 ? 'nothing to end' : `${counted(report.trees, 'tree')} to end`;
  if (end === undefined) return 'cut off before its end';
  if (targets.length === 0) return 'nothing to end';
  return `${counted(end.trees, 'tree')}, ${counted(end.ended, 'process', 'processes')} ended`;
}

/** One run as the journal tells it. */
export function journalText(run: JournalRun, style: Style): string[] {
  const bytes = run.report?.memoryBytes ?? run.end?.reclaimedBytes;
  const memory = bytes === undefined || bytes === 0 ? '' : `, ${formatBytes(bytes)}`;
  const chosen = run.chosen?.roots;
  return [
    style.bold(`${formatTime(new Date(run.startedAt))}  ${doneBy(run)}${memory}`),
    ...run.targets.map(
      (target) =>
        `target   ${target.root}  ${counted(target.processes.length, 'process', 'processes')}, ${formatBytes(target.memoryBytes)}  ${harmless(target.reason)}`,
    ),
    ...(chosen === undefined ? [] : [`chosen   ${chosen.length === 0 ? 'none' : chosen.join(', ')}`]),
    ...run.dropped.map((one) => `dropped  ${one.root}  ${harmless(one.reason)}`),
    ...run.signals.map((one) => `signal   ${one.process.pid}  ${one.signal} ${harmless(one.result)} (${one.step})`),
    ...run.outcomes.map(
      (one) =>
        `outcome  ${one.process.pid}  ${one.result}${one.detail === undefined ? '' : `: ${harmless(one.detail)}`}`,
    ),
    ...run.kept.map((one) => style.dim(`kept     ${one.process.pid}  ${harmless(one.reason)}`)),
  ];
}

function outcomeTable(outcomes: readonly OutcomeEntry[], { width }: ReapLayout): string[] {
  if (outcomes.length === 0) return [];
  const rows = outcomes.map((one) => [
    String(one.process.pid),
    one.result,
    one.signal ?? '-',
    one.tookMs === undefined ? '-' : `${(one.tookMs / 1000).toFixed(1)}s`,
    harmless(one.detail ?? ''),
    commandLine(one.process.argv ?? [`[${one.process.comm ?? '?'}]`]),
  ]);
  const columns = [
    { title: 'PID', align: 'right' as const },
    { title: 'RESULT' },
    { title: 'SIGNAL' },
    { title: 'TOOK', align: 'right' as const },
    { title: 'DETAIL' },
    { title: 'COMMAND', flexible: true },
  ];
  return formatColumns(columns, rows, { width });
}
