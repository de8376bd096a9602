import type { ProcessGrowth, TrendReport, TrendSeries } from '../../../snapshot/trend/document.js';
import type { TrendLine } from '../../../snapshot/trend/line.js';
import { bytesChange, counted, formatBytes, formatBytesDelta, formatDuration, formatTime } from '../../../units.js';
import { formatColumns } from '../../columns.js';
import { harmless } from '../../harmless.js';
import { sparkline } from '../../sparkline.js';
import type { Style } from '../../style.js';
import { widthOf } from '../../width.js';

export interface TrendLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** Also a line for each of the last so many steps. */
  readonly steps?: number;
  /** The labels that were asked for. */
  readonly labels?: string | undefined;
}

/** A trend for people: what only grows in plain words, a line per series, the steps when asked for. */
export function trendText(report: TrendReport, layout: TrendLayout): string[] {
  const { style } = layout;
  if (report.steps.length === 0) {
    const asked = layout.labels === undefined ? '' : ` with a label like ${harmless(layout.labels)}`;
    return [`no snapshots${asked} to compare`, ...notes(report, style)];
  }
  const sentences = growthSentences(report);
  return [
    ...sentences.map((sentence) => style.bold(sentence)),
    ...(sentences.length > 0 ? [''] : []),
    style.dim(
      `${counted(report.steps.length, 'snapshot')} over ${formatDuration(report.hours * 3600)}${report.hostname === undefined ? '' : ` on ${harmless(report.hostname)}`}`,
    ),
    ...seriesTable(report, layout),
    ...stepTable(report, layout),
    ...notes(report, style),
  ];
}

/** A sentence for everything that only grows. */
export function growthSentences(report: TrendReport): string[] {
  const over = formatDuration(report.hours * 3600);
  return [
    ...[...report.series, ...(report.generations === undefined ? [] : [report.generations])].flatMap((one) => {
      if (report.hours < LEAST_HOURS) return [];
      if (one.count.onlyGrows) return [countSentence(one, over)];
      return one.memory.onlyGrows ? [memorySentence(one, over)] : [];
    }),
    ...report.processes.map(processSentence),
  ];
}

function countSentence(one: TrendSeries, over: string): string {
  const { count, memory } = one;
  return `${harmless(one.name)}: ${perHour(count, signedNumber)} over ${over}, ${count.first} → ${count.last}, ${formatBytes(memory.last)}`;
}

function memorySentence({ name, memory }: TrendSeries, over: string): string {
  return `${harmless(name)} memory: ${perHour(memory, formatBytesDelta)} over ${over}, ${bytesChange(memory.first, memory.last)}`;
}

function processSentence(growth: ProcessGrowth): string {
  const { line } = growth;
  const isMemory = growth.what === 'memory';
  const rate = perHour(line, isMemory ? formatBytesDelta : signedNumber);
  const change = isMemory ? bytesChange(line.first, line.last) : `${line.first} → ${line.last}`;
  return `${harmless(growth.name)}(${growth.pid}) ${growth.what}: ${rate} over ${formatDuration(growth.hours * 3600)}, ${change}`;
}

function seriesTable(report: TrendReport, { width, style }: TrendLayout): string[] {
  const all = report.series.length > 1 && report.total !== undefined ? [report.total] : [];
  const generations = report.generations === undefined ? [] : [report.generations];
  const series = [...report.series, ...all, ...generations];
  if (series.length === 0) return ['  no agents in any of them'];
  const facts = series.map((one) => [
    harmless(one.name),
    '',
    String(one.count.first),
    String(one.count.last),
    String(one.count.min),
    String(one.count.max),
    rateOf(one.count, report.hours, signedNumber),
    one.count.fit === undefined ? '-' : one.count.fit.toFixed(2),
    bytesChange(one.memory.first, one.memory.last),
    rateOf(one.memory, report.hours, formatBytesDelta),
  ]);
  const columns = [
    { title: report.by.toUpperCase() },
    { title: SPARK },
    ...['FIRST', 'LAST', 'MIN', 'MAX', '/HOUR', FIT, 'MEMORY', '/HOUR'].map(
      (title) => ({ title, align: 'right' }) as const,
    ),
  ];
  // The line takes the room that is left; where there is none, how straight it is goes first.
  const room = SPARK.length + (width === undefined ? SPARK_WIDTH : width - widest(columns, facts));
  const sparkWidth = Math.min(SPARK_WIDTH, Math.max(room, SPARK.length));
  const isShown = (at: number): boolean => room >= SPARK.length || columns[at]?.title !== FIT;
  const rows = series.map((one, at) =>
    (facts[at] ?? []).map((cell, column) => (column === 1 ? sparkline(one.counts, sparkWidth) : cell)),
  );
  return formatColumns(
    columns.filter((_, at) => isShown(at)),
    rows.map((row) => row.filter((_, at) => isShown(at))),
    { width, indent: '  ', styleTitle: (title) => style.dim(title) },
  );
}

const SPARK = 'COUNT';
const SPARK_WIDTH = 24;
const FIT = 'FIT';

function widest(columns: readonly { readonly title: string }[], rows: readonly (readonly string[])[]): number {
  const lines = formatColumns(
    columns.map((column) => ({ ...column, align: 'right' })),
    rows,
    { width: undefined, indent: '  ' },
  );
  return lines.reduce((most, line) => Math.max(most, widthOf(line)), 0);
}

function stepTable(report: TrendReport, { width, style, steps = 0 }: TrendLayout): string[] {
  if (steps === 0) return [];
  const from = Math.max(0, report.steps.length - steps);
  const shown = report.series.slice(0, 6);
  const rows = report.steps
    .slice(from)
    .map((step, at) => [
      formatTime(new Date(step.takenAt)),
      harmless(step.label),
      ...shown.map((one) => `${one.counts[from + at] ?? 0}`),
      formatBytes(report.total?.bytes[from + at]),
    ]);
  return [
    '',
    ...formatColumns(
      [
        { title: 'TAKEN' },
        { title: 'LABEL' },
        ...shown.map((one) => ({ title: harmless(one.name).toUpperCase(), align: 'right' as const })),
        { title: 'MEMORY', align: 'right' as const },
      ],
      rows,
      { width, indent: '  ', styleTitle: (title) => style.dim(title) },
    ),
    ...(from === 0 ? [] : [style.dim(`  ${from} earlier ones not shown`)]),
  ];
}

function rateOf({ perHour: rate }: TrendLine, hours: number, format: (value: number) => string): string {
  return rate === undefined || hours < LEAST_HOURS ? '-' : format(rate);
}

/** A few seconds say nothing about an hour. */
const LEAST_HOURS = 1 / 60;

function perHour(line: TrendLine, format: (value: number) => string): string {
  return line.perHour === undefined ? 'grew' : `${format(line.perHour)} per hour`;
}

function signedNumber(value: number): string {
  const rounded = Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1);
  if (Number(rounded) === 0) return '0';
  return value > 0 ? `+${rounded}` : rounded;
}

function notes(report: TrendReport, style: Style): string[] {
  return report.notes.map((note) => style.dim(`note: ${note}`));
}
