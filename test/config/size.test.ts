import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize, sizeText } from '../../src/config/size.js';

describe('a size', () => {
  it.each([
    ['500MB', 500_000_000],
    ['2G', 2_000_000_000],
    ['1.5G', 1_500_000_000],
    ['64KiB', 64 * 1024],
    ['1 TB', 1_000_000_000_000],
    ['2gib', 2 * 1024 ** 3],
    ['100b', 100],
    ['0', 0],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    ['nothing', ''],
    ['a number without a unit', '500'],
    ['a sign', '-1G'],
    ['an unknown unit', '5X'],
    ['two points', '1.2.3G'],
    ['a word', 'much'],
    ['more than can be exact', '999999999999T'],
  ])('is refused for %s', (_, text) => {
    expect(() => parseSize(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('reads back from its own text', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 1024, 1024 ** 2), (count, unit) => {
        expect(parseSize(sizeText(count * unit))).toBe(count * unit);
      }),
    );
  });
});
