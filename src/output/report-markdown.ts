import { formatBytes } from '../units.js';
import { markdownCell, markdownTable } from './markdown.js';
import { type ReportInput, reportContent } from './report-content.js';

/** The same report to paste into an issue: tables, and what charts show as first, last and highest. */
export function reportMarkdown(input: ReportInput): string[] {
  const { title, facts, warning, next, tables } = reportContent(input);
  const trend = input.byAgent.series.map(({ name, count, memory }) => [
    markdownCell(name),
    `${count.first} → ${count.last}`,
    String(count.max),
    `${formatBytes(memory.first)} → ${formatBytes(memory.last)}`,
    formatBytes(memory.max),
  ]);
  return [
    `# ${markdownCell(title)}`,
    '',
    ...(warning === undefined ? [] : [`**${warning}**`, '']),
    ...facts.map(([value, what]) => `- ${value} ${what}`),
    '',
    next,
    ...tables.flatMap(({ title, columns, rows }) => [
      '',
      `## ${title}`,
      '',
      ...markdownTable(
        columns.map((column) => column.title),
        columns.map(({ kind }) => (kind === 'number' ? 'r' : 'l')),
        rows.map(({ cells }) => cells.map(markdownCell)),
      ),
    ]),
    ...(trend.length === 0
      ? []
      : [
          '',
          `## Over ${input.byAgent.steps.length} snapshots`,
          '',
          ...markdownTable(['agent', 'count', 'most', 'memory', 'most'], ['l', 'r', 'r', 'r', 'r'], trend),
        ]),
  ];
}
