import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { sparkline } from '../../src/output/sparkline.js';
import { growthSentences, trendText } from '../../src/output/text/compare/trend.js';
import { trendOf } from '../../src/snapshot/trend/trend.js';
import { GB, summary } from '../kit/summaries.js';

const layout = { width: undefined, style: new Chalk({ level: 0 }) };

describe('sparkline', () => {
  it.each([
    [[0, 1, 2, 3, 4, 5, 6, 7], 24, '▁▂▃▄▅▆▇█'],
    [[5, 5], 24, '██'],
    [[0, 0], 24, '▁▁'],
    [[], 24, ''],
  ])('%j', (values: number[], width, expected) => {
    expect(sparkline(values, width)).toBe(expected);
  });

  it('never loses a peak to lack of room', () => {
    const values = Array.from({ length: 1000 }, (_, at) => (at === 503 ? 8 : 1));
    const line = sparkline(values, 20);
    expect(line).toHaveLength(20);
    expect(line).toContain('█');
  });
});

describe('trendText', () => {
  it('says plainly what only grows, and by how much', () => {
    const report = trendOf([summary(0, 0), summary(2, 10), summary(4, 20), summary(6, 29)], { by: 'agent' });
    expect(growthSentences(report)).toEqual(['claude: +4.8 per hour over 6h, 0 → 29, 5.8 GB']);
    expect(trendText(report, layout)[0]).toBe('claude: +4.8 per hour over 6h, 0 → 29, 5.8 GB');
  });

  it('claims no growth where something fell', () => {
    const report = trendOf([summary(0, 1), summary(2, 5), summary(4, 4)], { by: 'agent' });
    expect(growthSentences(report)).toEqual([]);
  });

  it('names a host process that grows', () => {
    const at = (hours: number, rssBytes: number) =>
      summary(hours, 1, { hosts: [{ name: 'T3 Code', pid: 9, startTime: '5', rssBytes }] });
    const report = trendOf([at(0, GB), at(1, 2 * GB), at(2, 3 * GB), at(3, 4 * GB)], { by: 'agent' });
    expect(growthSentences(report)).toEqual(['T3 Code(9) memory: +1.0 GB per hour over 3h, 1.0 → 4.0 GB']);
  });

  it('shows a row per series, and all together only when there are several', () => {
    const text = trendText(trendOf([summary(0, 1), summary(1, 2)], { by: 'agent' }), layout).join('\n');
    expect(text).toMatch(/^ +claude +▅█ +1 +2 +1 +2 +\+1\.0/m);
    expect(text).not.toMatch(/all agents/);
  });

  it('shows the last steps when asked', () => {
    const lines = trendText(trendOf([summary(0, 1), summary(1, 2), summary(2, 3)], { by: 'agent' }), {
      ...layout,
      steps: 2,
    });
    expect(lines.filter((line) => line.includes('soak'))).toHaveLength(2);
    expect(lines.join('\n')).toMatch(/1 earlier ones not shown/);
  });

  it('says when there is nothing to compare', () => {
    expect(trendText(trendOf([], { by: 'agent' }), layout)).toEqual(['no snapshots to compare']);
    expect(trendText(trendOf([], { by: 'agent' }), { ...layout, labels: 'zz*' })).toEqual([
      'no snapshots with a label like zz* to compare',
    ]);
  });
});
