import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/config/duration.js';
import { durationText } from '../../src/units.js';

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['1d2h3m4s', 93_784],
    ['0', 0],
    ['0s', 0],
    ['08m', 480],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    ['nothing', ''],
    ['a number without a unit', '30'],
    ['a word', 'banana'],
    ['a sign', '-5m'],
    ['a fraction', '1.5h'],
    ['blanks', '1h 30m'],
    ['blanks around', ' 15m'],
    ['a long unit', '15min'],
    ['an upper-case unit', '15M'],
    ['milliseconds', '500ms'],
    ['units out of order', '30m1h'],
    ['a unit twice', '1m1m'],
    ['an exponent', '1e3s'],
    ['a number beyond all machines', '99999999999999999d'],
    ['other digits', '٣m'],
    ['a line behind', '15m\n'],
  ])('is refused for %s', (_, text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('1h30m') }),
    );
  });

  it('is guessed at in the hint, never in the value, when a unit is missing', () => {
    expect(() => parseDuration('30')).toThrow(expect.objectContaining({ hint: expect.stringContaining('30m') }));
  });

  it('reads back from its own text', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 * 365 * 86_400 }), (seconds) => {
        expect(parseDuration(durationText(seconds))).toBe(seconds);
      }),
    );
  });
});
