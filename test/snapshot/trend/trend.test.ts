import { describe, expect, it } from 'vitest';
import { trendText } from '../../../src/output/text/compare/trend.js';
import { trendLine } from '../../../src/snapshot/trend/line.js';
import { trendOf } from '../../../src/snapshot/trend/trend.js';
import { PLAIN } from '../../kit/style.js';
import { GB, summary } from '../../kit/summaries.js';

const HOUR = 3_600_000;
const line = (...values: number[]) => trendLine(values.map((value, at) => ({ at: at * HOUR, value })));

describe('trendLine', () => {
  it('finds first, last, least, most and the slope with its fit', () => {
    expect(line(0, 5, 10, 15)).toEqual({
      first: 0,
      last: 15,
      min: 0,
      max: 15,
      perHour: 5,
      fit: 1,
      onlyGrows: true,
    });
  });

  it.each([
    ['a peak', [0, 10, 0], { perHour: 0, fit: 0, onlyGrows: false }],
    ['nothing that varies', [4, 4, 4], { perHour: 0, fit: undefined, onlyGrows: false }],
    ['a fall at the end', [0, 5, 4], { onlyGrows: false, last: 4, max: 5 }],
    ['steps that rest', [1, 1, 2, 2], { onlyGrows: true }],
    ['two steps, which prove nothing', [1, 2], { onlyGrows: false }],
  ])('of %s', (_, values, expected) => {
    expect(line(...values)).toMatchObject(
      Object.fromEntries(Object.entries(expected).filter(([, v]) => v !== undefined)),
    );
    if ('fit' in expected && expected.fit === undefined) expect(line(...values)?.fit).toBeUndefined();
  });

  it('has no slope where all was measured at one moment', () => {
    expect(
      trendLine([
        { at: 0, value: 1 },
        { at: 0, value: 9 },
      ])?.perHour,
    ).toBeUndefined();
  });

  it('of nothing is nothing', () => {
    expect(trendLine([])).toBeUndefined();
  });
});

describe('trendOf', () => {
  it('follows counts and memory per agent, absent meaning none', () => {
    const report = trendOf([summary(0, 0), summary(3, 15), summary(6, 29)], { by: 'agent' });
    expect(report).toMatchObject({ hours: 6, hostname: 'devbox', by: 'agent' });
    const [claude] = report.series;
    expect(claude).toMatchObject({ name: 'claude', counts: [0, 15, 29], count: { onlyGrows: true } });
    expect(claude?.count.perHour).toBeCloseTo(29 / 6, 5);
    expect(claude?.memory.last).toBeCloseTo(5.8 * GB);
  });

  it('orders by time, whatever order the index has', () => {
    const report = trendOf([summary(6, 3), summary(0, 1), summary(3, 2)], { by: 'agent' });
    expect(report.series[0]?.counts).toEqual([1, 2, 3]);
  });

  it.each([
    ['soak', 2],
    ['so*', 3],
    ['SOAK-?', 1],
    ['other', 0],
    ['so.k', 0],
  ])('takes the labels that %s matches', (labels, count) => {
    const all = [summary(0, 1), summary(1, 1), summary(2, 1, { label: 'soak-2' })];
    expect(trendOf(all, { by: 'agent', labels }).steps).toHaveLength(count);
  });

  it('takes what is not older than asked', () => {
    const since = Date.parse('2026-01-15T11:00:00.000Z');
    expect(trendOf([summary(0, 1), summary(1, 1), summary(2, 1)], { by: 'agent', since }).steps).toHaveLength(2);
  });

  it.each([
    ['an incomplete scan', { complete: false }, /1 left out whose scan was incomplete/],
    ['another machine', { machine: { hostname: 'server' } }, /1 left out of other machines/],
  ])('leaves out %s and says so', (_, fields, note) => {
    const report = trendOf([summary(0, 9, fields), summary(1, 1), summary(2, 2)], { by: 'agent' });
    expect(report.series[0]?.counts).toEqual([1, 2]);
    expect(report.notes.join()).toMatch(note);
  });

  it('does not take a snapshot without verdicts for one without orphans', () => {
    const judged = summary(1, 1, {
      totals: { ...summary(1, 1).totals, byVerdict: { orphan: 1 } },
      groups: { ...summary(1, 1).groups, verdict: { orphan: { count: 1, rssBytes: 5 } } },
    });
    const report = trendOf([summary(0, 3), judged], { by: 'verdict' });
    expect(report.series).toMatchObject([{ name: 'orphan', counts: [1] }]);
    expect(report.notes.join()).toMatch(/1 left out without verdicts/);
  });

  it('names the host only when all agents were under it', () => {
    const under = (hours: number, claude: number, host: number) =>
      summary(hours, claude, {
        groups: {
          ...summary(hours, claude).groups,
          host: host === 0 ? {} : { 'T3 Code': { count: host, rssBytes: 1 } },
        },
      });
    const nameOf = (...all: Parameters<typeof trendOf>[0][number][]) => trendOf(all, { by: 'agent' }).series[0]?.name;
    expect(nameOf(under(0, 0, 0), under(1, 3, 3))).toBe('claude under T3 Code');
    expect(nameOf(under(0, 2, 1), under(1, 3, 3))).toBe('claude');
  });

  it('follows older generations of MCP servers over the snapshots that looked for them', () => {
    const withOlder = (hours: number, count: number) =>
      summary(hours, 1, { totals: { ...summary(hours, 1).totals, generations: { count, rssBytes: count * GB } } });
    const report = trendOf([withOlder(0, 0), summary(1, 1), withOlder(2, 3), withOlder(3, 5)], { by: 'agent' });
    expect(report.generations).toMatchObject({ counts: [0, 3, 5], count: { onlyGrows: true } });
    const text = trendText(report, { width: undefined, style: PLAIN }).join('\n');
    expect(text).toMatch(/^older generations: .*0 → 5, 5\.0 GB$/m);
    expect(trendOf([withOlder(0, 0), withOlder(1, 0)], { by: 'agent' }).generations).toBeUndefined();
  });

  it('of nothing has no series', () => {
    expect(trendOf([], { by: 'agent' })).toMatchObject({ steps: [], series: [], total: undefined });
  });

  it('finds a host process that grows, from the index alone', () => {
    const host = (at: number, threads: number) =>
      summary(at, 1, { hosts: [{ name: 'T3 Code', pid: 9, startTime: '5', rssBytes: GB, threads }] });
    const report = trendOf([host(0, 10), host(1, 20), host(2, 30), host(3, 40)], { by: 'host' });
    expect(report.processes).toMatchObject([{ name: 'T3 Code', pid: 9, what: 'threads', samples: 4, hours: 3 }]);
  });
});
