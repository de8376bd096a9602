import { describe, expect, it } from 'vitest';
import { selectForPruning } from '../../../src/snapshot/store/prune.js';

const NOW = Date.UTC(2026, 0, 15);
const DAY = 86_400;

/** One snapshot of each age in days, in an order that must not matter. */
function aged(...days: number[]) {
  return days.map((age) => {
    const takenAt = new Date(NOW - age * DAY * 1000).toISOString();
    return { id: `${takenAt.replace(/[-:.]/g, '')}-d${age}`, takenAt };
  });
}

const ages = (entries: readonly { id: string }[]): string[] => entries.map(({ id }) => id.split('-')[1] ?? '');

describe('selectForPruning', () => {
  const five = aged(2, 40, 1, 31, 3);

  it.each([
    ['with keep alone, all but the newest so many', { keep: 2 }, ['d40', 'd31', 'd3']],
    ['with an age alone, all that are older', { olderThanSeconds: 30 * DAY }, ['d40', 'd31']],
    ['with both, the old ones beyond the newest so many', { keep: 2, olderThanSeconds: 30 * DAY }, ['d40', 'd31']],
    ['with both, no young one however many there are', { keep: 1, olderThanSeconds: 30 * DAY }, ['d40', 'd31']],
    ['with both, none of the newest however old they are', { keep: 4, olderThanSeconds: DAY }, ['d40']],
    ['nothing when fewer are there than are to be kept', { keep: 200 }, []],
    ['all with keep 0', { keep: 0 }, ['d40', 'd31', 'd3', 'd2', 'd1']],
    ['nothing without a rule', {}, []],
  ])('selects, oldest first, %s', (_, rule, expected) => {
    expect(ages(selectForPruning(five, { ...rule, now: NOW }))).toEqual(expected);
  });

  it('keeps one that is exactly as old as is allowed', () => {
    expect(selectForPruning(aged(30), { olderThanSeconds: 30 * DAY, now: NOW })).toEqual([]);
  });

  it('keeps one that a clock put into the future', () => {
    expect(selectForPruning(aged(-5), { olderThanSeconds: 0, now: NOW })).toEqual([]);
  });
});
