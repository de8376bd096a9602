import { createHash } from 'node:crypto';
import type { TrendReport, TrendSeries } from '../../snapshot/trend/document.js';
import { counted, formatBytes, formatTime } from '../../units.js';
import { type ReportColumn, type ReportInput, type ReportTable, reportContent } from '../report-content.js';
import { chart, type Drawing } from './chart.js';
import { html, type Markup } from './markup.js';
import { STYLE } from './style.js';

/** One self-contained page without script: opens offline, prints, and may be handed on. */
export function reportPage(input: ReportInput, drawing: Drawing): string {
  const { title, facts, warning, next, tables } = reportContent(input);
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'">
<title>${title}</title>
`;
  const body = html`
</head>
<body>
<main>
<h1>${title}</h1>
<p class="soft">${localTime(Date.parse(input.document.takenAt))}, sesswatch ${input.version}</p>
${warning === undefined ? '' : html`<p class="orphan">${warning}</p>`}
<ul class="totals">${facts.map(([value, what]) => html`<li><b>${value}</b>${what}</li>`)}</ul>
<p>${next}</p>
${tables.slice(0, 2).map(tableOf)}
${charts(input, drawing)}
${tables.slice(2).map(tableOf)}
${HOW_TO_READ}
</main>
</body>
</html>
`;
  return `${head.text}<style>${STYLE}</style>${body.text}`;
}

function charts({ byAgent, byHost, marks }: ReportInput, drawing: Drawing): Markup {
  const drawn = (
    title: string,
    trend: TrendReport,
    pick: (one: TrendSeries) => readonly number[],
    format: (value: number) => string,
  ): Markup =>
    html`<h2>${title}</h2>${chart(
      {
        title,
        times: trend.steps.map(({ takenAt }) => Date.parse(takenAt)),
        series: trend.series.map((one) => ({ name: one.name, values: pick(one) })),
        marks,
        format,
        formatTime: localTime,
      },
      drawing,
    )}`;
  const number = (value: number): string => String(Math.round(value));
  return html`${drawn('Agents over time', byAgent, ({ counts }) => counts, number)}
${drawn('Memory over time', byAgent, ({ bytes }) => bytes, formatBytes)}
${byHost.series.length === 0 ? '' : drawn('Agents by host', byHost, ({ counts }) => counts, number)}`;
}

function tableOf({ title, columns, rows }: ReportTable): Markup {
  const most = Math.max(1, ...rows.map(({ bar }) => bar?.bytes ?? 0));
  const isDrawn = rows.some(({ bar }) => bar !== undefined);
  return html`<h2>${title}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${columns.map((column) => html`<th scope="col"${column.kind === 'number' ? NUMBER : ''}>${column.title}</th>`)}${isDrawn ? html`<td></td>` : ''}</tr></thead>
<tbody>${rows.map(({ cells, bar }) => html`<tr>${cells.map((text, at) => cell(text, columns[at]))}${bar === undefined ? '' : html`<td><svg class="bar" viewBox="0 0 200 12" aria-hidden="true"><rect class="${bar.isDead ? 'dead' : 'f0'}" width="${Math.round((bar.bytes / most) * 200)}" height="12" rx="2"/></svg></td>`}</tr>`)}</tbody></table></div>
<p class="soft">${counted(rows.length, 'row')}</p>`;
}

const NUMBER = html` class="n"`;

function cell(text: string, column: ReportColumn | undefined): Markup {
  switch (column?.kind) {
    case 'number':
      return html`<td class="n">${text}</td>`;
    case 'command':
      return html`<td><code>${text}</code></td>`;
    case 'verdict':
      return html`<td class="${text}">${text}</td>`;
    case 'text':
    case undefined:
      return html`<td>${text}</td>`;
  }
}

/** The reader of a page may be elsewhere, so that the zone is named. */
function localTime(at: number): string {
  const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName');
  return `${formatTime(new Date(at))} ${zone?.value ?? ''}`.trim();
}

const HOW_TO_READ = html`<h2>How to read this</h2>
<p><b>orphan</b>: nobody that it works for is left, and something shows that it lost them. <b>leftover</b>: an MCP server
or tool whose agent is gone. <b>superseded</b>: a younger process has its session. <b>disowned</b>: its host stopped or
archived the session. <b>idle</b>: has an owner and a closed turn. <b>unknown</b>: not enough could be read, or nothing
shows a loss.</p>
<p>Memory is resident memory: pages that processes share count in each of them. Command lines are shown as far as they
are known to be harmless; upright dashed lines are reaps and hibernations.</p>`;
