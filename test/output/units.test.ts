import { describe, expect, it } from 'vitest';
import { counted, formatBytes, formatBytesDelta, formatDuration } from '../../src/output/units.js';

const MB = 1024 ** 2;
const GB = 1024 ** 3;

describe('formatBytes', () => {
  it.each([
    [undefined, '-'],
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KB'],
    [212 * MB, '212 MB'],
    // 1024 MB is 1.0 GB, also after rounding.
    [1023.7 * MB, '1.0 GB'],
    [4.6 * GB, '4.6 GB'],
    [-43 * MB, '-43 MB'],
    [5000 * GB, '4.9 TB'],
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
    [60, '1m 0s'],
    [188, '3m 8s'],
    [3900, '1h 05m'],
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
