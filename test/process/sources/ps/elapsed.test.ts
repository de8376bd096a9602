import { describe, expect, it } from 'vitest';
import { parseElapsed, parseElapsedOrSeconds, parseLstart } from '../../../../src/process/sources/ps/elapsed.js';

describe('parseElapsed', () => {
  it.each([
    ['minutes and seconds', '00:05', 5],
    ['08 and 09, which shell arithmetic takes for broken octals', '08:09', 489],
    ['hours', '08:09:05', 29_345],
    ['days', '2-08:09:08', 202_148],
    ['more than 99 days', '123-00:00:00', 10_627_200],
    ['hundredths, as BSD prints CPU time', '0:01.23', 1.23],
    ['minutes beyond an hour, as BSD prints CPU time', '123:45.67', 7425.67],
  ])('reads %s', (_, text, seconds) => {
    expect(parseElapsed(text)).toBeCloseTo(seconds, 6);
  });

  it.each([
    ['nothing', ''],
    ['a bare number', '05'],
    ['a dash', '-'],
    ['a sign', '-00:05'],
    ['one digit of seconds', '00:5'],
    ['days without hours', '1-00:05'],
    ['words', 'ELAPSED'],
    ['text behind', '00:05 x'],
    ['a line end behind', '00:05\n'],
  ])('does not take %s for a time', (_, text) => {
    expect(parseElapsed(text)).toBeUndefined();
  });

  it('takes a bare number for seconds only where the column may be etimes', () => {
    expect(parseElapsedOrSeconds('0905')).toBe(905);
    expect(parseElapsedOrSeconds('09:05')).toBe(545);
  });
});

describe('parseLstart', () => {
  it.each([
    ['a day of one digit', 'Sun Nov  8 08:09:05 2026', '2026-11-08T08:09:05'],
    ['a day of two digits', 'Fri Jan 30 23:00:00 2026', '2026-01-30T23:00:00'],
  ])('reads %s', (_, text, iso) => {
    expect(parseLstart(text)).toBe(iso);
  });

  it.each([
    ['another language', 'Fr. Nov 20 08:09:05 2026'],
    ['a month that is none', 'Fri Nuv 20 08:09:05 2026'],
    ['another order', 'Fri 20 Nov 08:09:05 2026'],
    ['twelve hours', 'Fri Nov 20 08:09:05 AM 2026'],
  ])('does not take %s', (_, text) => {
    expect(parseLstart(text)).toBeUndefined();
  });
});
