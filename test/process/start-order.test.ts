import { describe, expect, it } from 'vitest';
import { compareStarts, isSameStart } from '../../src/process/start-order.js';

describe('the order of starts', () => {
  it.each([
    ['by ticks, however close', { startTime: '11' }, { startTime: '10' }, 'younger'],
    ['by ticks before wall time', { startTime: '10', startedAt: 9000 }, { startTime: '11', startedAt: 0 }, 'older'],
    ['not within one tick', { startTime: '10' }, { startTime: '10' }, 'not known'],
    ['by wall time beyond its rounding', { startedAt: 2001 }, { startedAt: 0 }, 'younger'],
    ['not within its rounding', { startedAt: 2000 }, { startedAt: 0 }, 'not known'],
    ['by wall time where only one has ticks', { startTime: '10', startedAt: 0 }, { startedAt: 5000 }, 'older'],
    ['not without a time', { startTime: '10' }, { startedAt: 5000 }, 'not known'],
  ] as const)('is known %s', (_, a, b, order) => {
    expect(compareStarts(a, b)).toBe(order);
  });

  it('takes two readings for one start within what captures cut off', () => {
    expect([isSameStart(1000, 4000), isSameStart(4001, 1000)]).toEqual([true, false]);
  });
});
