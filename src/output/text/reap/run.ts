import type { CommandEnd, Leftover, RunReport } from '../../../run/document.js';
import { counted, formatBytes, formatDuration } from '../../../units.js';
import { formatColumns } from '../../columns.js';
import { commandLine, harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { shortId } from '../agents/process-list.js';

export interface RunLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** Also what could be used to find them. */
  readonly verbose?: boolean;
}

/** What a command left behind, for people. */
export function runText(report: RunReport, layout: RunLayout): string[] {
  const { style } = layout;
  return [
    style.bold(headline(report)),
    ...expectations(report),
    ...table(report.leftovers, layout),
    ...reaped(report),
    ...unattributed(report),
    ...(report.settled ? [] : ['its processes still came and went when sesswatch stopped waiting']),
    ...saved(report),
    ...(layout.verbose === true ? detection(report) : []),
    ...report.notes.map((note) => style.dim(`note: ${note}`)),
  ];
}

function headline(report: RunReport): string {
  const leaked = report.leftovers.filter((leftover) => !leftover.expected).length;
  const end = endText(report.end, report.seconds);
  if (report.leftovers.length === 0) {
    // A command that ended before the first look was not seen itself.
    const of = report.seen === 0 ? '' : ` of ${counted(report.seen, 'process', 'processes')}`;
    return `${end}, nothing left behind${of}`;
  }
  const left = `${counted(report.leftovers.length, 'process', 'processes')} left behind, ${formatBytes(report.leftoverBytes)}`;
  return leaked === 0 ? `${end}, ${left}, as expected` : `${end}, ${left}`;
}

function endText(end: CommandEnd, seconds: number): string {
  switch (end.kind) {
    case 'exited':
      return end.code === 0
        ? `done after ${formatDuration(seconds)}`
        : `failed with ${end.code} after ${formatDuration(seconds)}`;
    case 'signalled':
      return `ended by ${end.signal} after ${formatDuration(seconds)}`;
    case 'not-started':
      return `not started: ${harmless(end.why)}`;
  }
}

function expectations(report: RunReport): string[] {
  return report.expectations.flatMap(({ expectation, after, met }) =>
    met ? [] : [`${after} left, expected ${harmless(expectation.text)}`],
  );
}

function table(leftovers: readonly Leftover[], { width, style }: RunLayout): string[] {
  if (leftovers.length === 0) return [];
  return formatColumns(
    [
      { title: 'PID' },
      { title: 'WHAT' },
      { title: 'SESSION' },
      { title: 'AGE', align: 'right' },
      { title: 'MEMORY', align: 'right' },
      { title: 'FOUND' },
      { title: 'COMMAND', flexible: true },
    ],
    leftovers.map(({ process, how, depth, expected }) => [
      `${depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ `}${process.pid}`,
      `${whatOf(process)}${expected ? ' (expected)' : ''}`,
      shortId(process.sessionId),
      formatDuration(process.ageSeconds),
      formatBytes(process.rssBytes),
      harmless(how),
      commandLine(process.argv ?? [`[${process.comm ?? '?'}]`]),
    ]),
    { width, indent: '  ', styleTitle: (title) => style.dim(title) },
  );
}

function whatOf(process: Leftover['process']): string {
  const name = harmless(process.agent ?? process.comm ?? 'process');
  return process.role === undefined || process.role === 'session' ? name : `${name} ${process.role}`;
}

function reaped({ reaped: outcome }: RunReport): string[] {
  if (outcome === undefined) return [];
  const alive = outcome.survivors.length === 0 ? '' : `; still there: ${outcome.survivors.join(', ')}`;
  return [
    `ended ${counted(outcome.ended, 'process', 'processes')}, ${formatBytes(outcome.heldBytes)}${alive}`,
    ...outcome.kept.map(({ pid, reason }) => `left ${pid} alone: it ${harmless(reason)}`),
  ];
}

function saved({ saved: pair }: RunReport): string[] {
  return pair === undefined ? [] : [`saved: sesswatch diff ${pair.before} ${pair.after}`];
}

function unattributed({ unattributed: strangers }: RunReport): string[] {
  if (strangers.length === 0) return [];
  const names = strangers.map(
    (process) => `${process.pid} ${commandLine(process.argv ?? [`[${process.comm ?? '?'}]`])}`,
  );
  return [
    `${counted(strangers.length, 'process', 'processes')} appeared meanwhile without a parent; whose cannot be told:`,
    ...names.map((name) => `  ${name}`),
  ];
}

function detection(report: RunReport): string[] {
  return report.detection.map(
    ({ way, available, note }) =>
      `  ${available ? 'looked' : 'could not look'} by ${way}${note === undefined ? '' : `: ${harmless(note)}`}`,
  );
}
