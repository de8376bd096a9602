import type { ReportMark } from '../report-content.js';
import { html, type Markup } from './markup.js';

/** What charts are drawn with. */
export type Drawing = typeof import('d3-scale') & typeof import('d3-shape');

/** Loaded when something is drawn: no other command needs it. */
export async function loadDrawing(): Promise<Drawing> {
  return { ...(await import('d3-scale')), ...(await import('d3-shape')) };
}

export interface ChartSeries {
  readonly name: string;
  /** One value a time. */
  readonly values: readonly number[];
}

export interface Chart {
  readonly title: string;
  /** Milliseconds since the epoch, ascending. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** What happened, each drawn as an upright line. */
  readonly marks: readonly ReportMark[];
  /** A value with its unit: `12`, `4.6 GB`. */
  readonly format: (value: number) => string;
  readonly formatTime: (at: number) => string;
}

const WIDTH = 720;
const HEIGHT = 220;
const MARGIN = { top: 10, right: 12, bottom: 24, left: 64 };
/** Beyond these the smallest series are one: more colours than that nobody tells apart. */
const MOST_SERIES = 7;
/** Points of a line and rows of its table: a week of snapshots a quarter of an hour apart, by the hour. */
const MOST_POINTS = 168;

/** Counts or memory over time, with a legend, titles to hover, and the table behind. */
export function chart(given: Chart, { scaleLinear, scaleTime, line, curveStepAfter }: Drawing): Markup {
  const whole = thinned({ ...given, series: withOthers(given.series) });
  const [first, last] = [whole.times[0], whole.times.at(-1)];
  if (first === undefined || last === undefined) return html`<p class="soft">No snapshots in this time.</p>`;
  const x = scaleTime([new Date(first), new Date(Math.max(last, first + 1))], [MARGIN.left, WIDTH - MARGIN.right]);
  const highest = Math.max(1, ...whole.series.flatMap(({ values }) => values));
  const y = scaleLinear([0, highest], [HEIGHT - MARGIN.bottom, MARGIN.top]).nice(4);
  const pathOf = (values: readonly number[]): string =>
    line<number>(
      (_, at) => x(whole.times[at] ?? first),
      (value) => y(value),
    ).curve(curveStepAfter)([...values]) ?? '';
  const label = `${whole.title}: ${whole.series.map(({ name, values }) => `${name} ${whole.format(values.at(-1) ?? 0)} now`).join(', ')}`;
  return html`<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${distinct(y.ticks(4), whole.format).map((tick) => html`<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${fixed(y(tick))}" y2="${fixed(y(tick))}"/><text x="${MARGIN.left - 6}" y="${fixed(y(tick) + 4)}" text-anchor="end">${whole.format(tick)}</text>`)}
${x.ticks(5).map((tick) => html`<text x="${fixed(x(tick))}" y="${HEIGHT - 6}" text-anchor="middle">${x.tickFormat(5)(tick)}</text>`)}
${whole.marks.filter(({ at }) => at >= first && at <= last).map(({ at, text }) => html`<line class="mark" x1="${fixed(x(at))}" x2="${fixed(x(at))}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}"><title>${text}, ${whole.formatTime(at)}</title></line>`)}
${whole.series.map(({ values }, at) => html`<path class="line s${at}" d="${pathOf(values)}"/>`)}
${hoverStrips(whole, x)}
</svg>
<ul class="legend">${whole.series.map(({ name }, at) => html`<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="f${at}" width="10" height="10"/></svg> ${name}</li>`)}</ul>
<details><summary>The numbers</summary><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">time</th>${whole.series.map(({ name }) => html`<th scope="col" class="n">${name}</th>`)}</tr></thead><tbody>
${whole.times.map((at, row) => html`<tr><td>${whole.formatTime(at)}</td>${whole.series.map(({ values }) => html`<td class="n">${whole.format(values[row] ?? 0)}</td>`)}</tr>`)}
</tbody></table></div></details>
</figure>`;
}

/** One upright strip a time, whose title tells the values: hovering without a script. */
function hoverStrips({ times, series, format, formatTime }: Chart, x: (at: number) => number): Markup[] {
  return times.map((at, index) => {
    const left = index === 0 ? x(at) : (x(times[index - 1] ?? at) + x(at)) / 2;
    const right = index === times.length - 1 ? x(at) : (x(at) + x(times[index + 1] ?? at)) / 2;
    const values = series.map(({ name, values: all }) => `${name} ${format(all[index] ?? 0)}`).join('\n');
    return html`<rect class="hit" x="${fixed(left)}" y="${MARGIN.top}" width="${fixed(Math.max(1, right - left))}" height="${HEIGHT - MARGIN.top - MARGIN.bottom}"><title>${formatTime(at)}
${values}</title></rect>`;
  });
}

function withOthers(series: readonly ChartSeries[]): readonly ChartSeries[] {
  if (series.length <= MOST_SERIES + 1) return series;
  const byPeak = [...series].sort((a, b) => peak(b) - peak(a));
  const rest = byPeak.slice(MOST_SERIES);
  const values = (rest[0]?.values ?? []).map((_, at) => rest.reduce((sum, one) => sum + (one.values[at] ?? 0), 0));
  return [...byPeak.slice(0, MOST_SERIES), { name: `${rest.length} others`, values }];
}

function peak({ values }: ChartSeries): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

/** Fewer points, each with the highest value of those that it stands for: no peak is lost. */
function thinned(given: Chart): Chart {
  const { times, series } = given;
  if (times.length <= MOST_POINTS) return given;
  const starts = Array.from({ length: MOST_POINTS }, (_, at) => Math.floor((at * times.length) / MOST_POINTS));
  const bucket = (values: readonly number[], at: number): number => {
    const end = starts[at + 1] ?? values.length;
    let most = 0;
    for (let index = starts[at] ?? 0; index < end; index++) most = Math.max(most, values[index] ?? 0);
    return most;
  };
  return {
    ...given,
    times: starts.map((at) => times[at] ?? 0),
    series: series.map(({ name, values }) => ({ name, values: starts.map((_, at) => bucket(values, at)) })),
  };
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Ticks without those that would be written as the one before: of counts, the halves. */
function distinct(ticks: readonly number[], format: (value: number) => string): number[] {
  return ticks.filter((tick, at) => at === 0 || format(tick) !== format(ticks[at - 1] ?? tick));
}
