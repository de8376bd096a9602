const BLOCKS = '▁▂▃▄▅▆▇█';

/**
 * Numbers as blocks of eight heights, from 0 to the largest; more numbers than room share a block, which shows
 * the largest of them, so that no peak is lost.
 */
export function sparkline(values: readonly number[], width: number): string {
  const columns = Math.min(width, values.length);
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  let line = '';
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    let peak = 0;
    for (let at = from; at < to; at++) peak = Math.max(peak, values[at] ?? 0);
    line += BLOCKS[highest === 0 ? 0 : Math.round((peak / highest) * (BLOCKS.length - 1))];
  }
  return line;
}
