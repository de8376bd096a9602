import { describe, expect, it } from 'vitest';
import { asciiLine, isAsciiLocale } from '../../src/output/ascii.js';

describe('a terminal without UTF-8', () => {
  it('gets lines of ASCII that are as wide', () => {
    const line = '  ├─ 12 · a… → b │ ▁▄█';
    expect(asciiLine(line)).toBe('  |- 12 - a~ > b | _:#');
  });

  it.each([
    [{ LANG: 'en_US.UTF-8' }, false],
    [{ LANG: 'de_DE.utf8' }, false],
    [{ LANG: 'C' }, true],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
    [{ LC_ALL: '', LC_CTYPE: 'C.UTF-8', LANG: 'C' }, false],
    [{}, true],
  ])('is told by %j: %s', (env, expected) => {
    expect(isAsciiLocale(env)).toBe(expected);
  });
});
