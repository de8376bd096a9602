import { describe, expect, it } from 'vitest';
import { compareIdentity, identityKey, type ProcessIdentity } from '../../src/process/identity.js';

const whole: ProcessIdentity = { bootId: 'b1', pid: 42, startTime: '1000' };

describe('comparing identities', () => {
  it.each<[string, ProcessIdentity, string]>([
    ['the same boot, pid and start time are the same process', { ...whole }, 'same'],
    ['another pid is another process', { ...whole, pid: 43 }, 'different'],
    ['another start time means that the pid was used again', { ...whole, startTime: '1001' }, 'different'],
    ['another boot is another process even with equal numbers', { ...whole, bootId: 'b2' }, 'different'],
    ['a start time that is not known proves nothing', { ...whole, startTime: undefined }, 'unknown'],
    ['a boot that is not known proves nothing', { ...whole, bootId: undefined }, 'unknown'],
    ['ticks and wall time cannot be compared', { ...whole, startTime: '2026-01-15T10:00:00.000Z' }, 'unknown'],
    ['another start time tells even when the boot is not known', { pid: 42, startTime: '7' }, 'different'],
  ])('%s', (_, other, expected) => {
    expect(compareIdentity(whole, other)).toBe(expected);
    expect(compareIdentity(other, whole)).toBe(expected);
  });

  it('keys are equal exactly for the same identity', () => {
    expect(identityKey(whole)).toBe(identityKey({ ...whole }));
    expect(identityKey(whole)).not.toBe(identityKey({ ...whole, startTime: '1001' }));
    expect(identityKey(whole)).not.toBe(identityKey({ ...whole, bootId: 'b2' }));
  });
});
