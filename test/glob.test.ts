import { describe, expect, it } from 'vitest';
import { globTest } from '../src/glob.js';

describe('a glob', () => {
  it.each<[string, string, boolean]>([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', 'abc', true],
    ['*', 'a/c', false],
    ['**', 'a/c', true],
    ['/srv/**', '/srv/a/b', true],
    ['/srv/*/b', '/srv/a/b', true],
    ['/srv/*/b', '/srv/a/x/b', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a?c', 'aüc', true],
    ['a?c', 'a😀c', true],
    ['**/acme', '/opt/acme', true],
    ['[a]+(b)', '[a]+(b)', true],
    ['.', 'x', false],
    ['', '', true],
    ['*a*b*', 'xxaxxbxx', true],
    ['*a*b*', 'xxbxxaxx', false],
  ])('%s over %s: %s', (glob, text, expected) => {
    expect(globTest(glob).test(text)).toBe(expected);
  });

  it('with thirty stars is done with a hostile text at once', () => {
    expect(globTest(`${'**a'.repeat(30)}b`).test('a'.repeat(4096))).toBe(false);
    expect(globTest(`${'*a'.repeat(30)}b`).test(`${'a'.repeat(2000)}/${'a'.repeat(2000)}`)).toBe(false);
  });
});
