/** What a row of numbers over time comes to. */
export interface TrendLine {
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  /** By least squares; absent when all were measured at one moment. */
  readonly perHour?: number | undefined;
  /** R², the part of the variation that the line explains, 0 to 1; absent when nothing varies. */
  readonly fit?: number | undefined;
  /** Never fell from one step to the next, and ended higher, over three steps or more. */
  readonly onlyGrows: boolean;
}

export interface TrendPoint {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** Points in order of time; `undefined` without any. */
export function trendLine(points: readonly TrendPoint[]): TrendLine | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return undefined;
  let min = first.value;
  let max = first.value;
  let falls = false;
  let previous = first.value;
  for (const { value } of points) {
    if (value < min) min = value;
    if (value > max) max = value;
    if (value < previous) falls = true;
    previous = value;
  }
  return {
    first: first.value,
    last: last.value,
    min,
    max,
    ...leastSquares(points, first.at),
    onlyGrows: points.length >= 3 && !falls && last.value > first.value,
  };
}

const HOUR_MS = 3_600_000;

function leastSquares(points: readonly TrendPoint[], from: number): Pick<TrendLine, 'perHour' | 'fit'> {
  const count = points.length;
  let sumX = 0;
  let sumY = 0;
  for (const { at, value } of points) {
    sumX += (at - from) / HOUR_MS;
    sumY += value;
  }
  const [meanX, meanY] = [sumX / count, sumY / count];
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const { at, value } of points) {
    const [x, y] = [(at - from) / HOUR_MS - meanX, value - meanY];
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  if (xx === 0) return {};
  const perHour = xy / xx;
  return yy === 0 ? { perHour } : { perHour, fit: (xy * xy) / (xx * yy) };
}
