import { describe, expect, it } from 'vitest';
import { counted, formatBytes, formatBytesDelta, formatDuration, withArticle } from '../src/units.js';

const MB = 1_000_000;
const GB = 1000 * MB;

describe('formatBytes', () => {
  it.each([
    [undefined, '-'],
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 KB'],
    [212 * MB, '212 MB'],
    // 1000 MB is 1.0 GB, also after rounding.
    [999.7 * MB, '1.0 GB'],
    [4.6 * GB, '4.6 GB'],
    [-43 * MB, '-43 MB'],
    [4900 * GB, '4.9 TB'],
  ])('%s bytes are %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });
});

describe('formatBytesDelta', () => {
  it.each([
    [undefined, '-'],
    [0, '0 B'],
    [12 * MB, '+12 MB'],
    [-12 * MB, '-12 MB'],
  ])('a change of %s is %s', (bytes, expected) => {
    expect(formatBytesDelta(bytes)).toBe(expected);
  });
});

describe('formatDuration', () => {
  it.each([
    [undefined, '-'],
    [0, '0s'],
    [-5, '0s'],
    [59.9, '59s'],
    [60, '1m'],
    [188, '3m 8s'],
    [3900, '1h 5m'],
    [3 * 3600 + 12 * 60 + 5, '3h 12m'],
    [86_400 + 59, '1d'],
    [86_399, '23h 59m'],
    [86_400 * 2 + 3 * 3600, '2d 3h'],
  ])('%s seconds are %s', (seconds, expected) => {
    expect(formatDuration(seconds)).toBe(expected);
  });
});

describe('counted', () => {
  it.each([
    [0, '0 agents'],
    [1, '1 agent'],
    [2, '2 agents'],
  ])('%i', (count, expected) => {
    expect(counted(count, 'agent')).toBe(expected);
  });
  it('knows plurals of their own', () => {
    expect(counted(2, 'process', 'processes')).toBe('2 processes');
  });
});

describe('withArticle', () => {
  it.each([
    ['orphan', 'an orphan'],
    ['agent', 'an agent'],
    ['host', 'a host'],
    ['unknown', 'an unknown'],
  ])('%s', (noun, expected) => {
    expect(withArticle(noun)).toBe(expected);
  });
});
