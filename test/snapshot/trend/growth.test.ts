import { describe, expect, it } from 'vitest';
import { agentSamples, evenlySpread, type ProcessSample, processGrowth } from '../../../src/snapshot/trend/growth.js';
import { agent, snapshot } from '../../kit/diff-documents.js';

const MB = 1_000_000;
const memory = (values: readonly number[], fields: Partial<ProcessSample> = {}): ProcessSample[] =>
  values.map((value, at) => ({
    at: at * 3_600_000,
    bootId: 'boot',
    pid: 7,
    startTime: '70',
    name: 'host',
    rssBytes: value * MB,
    ...fields,
  }));

describe('processGrowth', () => {
  it.each([
    ['steadily', [100, 150, 200, 250], ['memory']],
    ['with noise around a line', [100, 180, 170, 260, 300], ['memory']],
    ['not, but for one peak', [100, 400, 100, 110], []],
    ['less than caches do', [100, 110, 120, 130], []],
    ['in too few samples', [100, 200, 300], []],
    ['the other way', [400, 300, 200, 100], []],
  ])('of a process that grows %s', (_, values, expected) => {
    expect(processGrowth(memory(values)).map((growth) => growth.what)).toEqual(expected);
  });

  it.each([
    ['another start time', { startTime: '71' }],
    ['another boot', { bootId: 'other' }],
  ])('does not join one pid with %s', (_, fields) => {
    expect(processGrowth([...memory([100, 200]), ...memory([0, 0, 300, 400], fields).slice(2)])).toEqual([]);
  });

  it('does not follow a process whose start is not known', () => {
    expect(processGrowth(memory([100, 200, 300, 400], { startTime: undefined }))).toEqual([]);
  });

  it('puts what multiplied most first', () => {
    const found = processGrowth([
      ...memory([100, 200, 300, 400]),
      ...memory([100, 400, 700, 1000], { pid: 8, startTime: '80' }),
    ]);
    expect(found.map((growth) => growth.pid)).toEqual([8, 7]);
  });

  it('reads agents out of whole documents', () => {
    const samples = agentSamples([snapshot('a', [agent(1), agent(2, { role: 'tool' })])]);
    expect(samples).toMatchObject([{ pid: 1, name: 'claude', bootId: 'boot-1', startTime: '10', threads: 8 }]);
  });
});

describe('evenlySpread', () => {
  it.each([
    [[1, 2, 3], 5, [1, 2, 3]],
    [[1, 2, 3, 4, 5, 6, 7], 3, [1, 4, 7]],
    [[1, 2, 3], 1, [3]],
    [[], 3, []],
  ])('%j, at most %d', (all: number[], most, expected) => {
    expect(evenlySpread(all, most)).toEqual(expected);
  });
});
