import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommandLine } from '../../../../src/process/sources/windows/command-line.js';

describe('splitCommandLine', () => {
  it.each([
    ['nothing', '', []],
    ['blanks alone', '  ', []],
    ['plain words', 'claude  -p\thello', ['claude', '-p', 'hello']],
    ['a quoted program', '"C:\\Program Files\\x.exe" a', ['C:\\Program Files\\x.exe', 'a']],
    ['a quoted program with no blank behind', '"a b"c d', ['a b', 'c', 'd']],
    ['a program whose quote never closes', '"C:\\a b', ['C:\\a b']],
    ['backslashes in a quoted program, which mean nothing', '"C:\\dir\\" a', ['C:\\dir\\', 'a']],
    ['blanks before the program', '  claude a', ['claude', 'a']],
    ['an empty argument', 'x "" y', ['x', '', 'y']],
    ['an empty argument at the end', 'x ""', ['x', '']],
    ['a quoted argument', 'x "a b" c', ['x', 'a b', 'c']],
    ['a quote in the middle of an argument', 'x a"b c"d', ['x', 'ab cd']],
    ['an escaped quote', 'x \\"a b\\"', ['x', '"a', 'b"']],
    ['JSON', 'x "{\\"a\\":\\"b c\\"}"', ['x', '{"a":"b c"}']],
    ['backslashes before letters', 'x C:\\a\\\\b', ['x', 'C:\\a\\\\b']],
    ['a backslash at the end', 'x C:\\a\\', ['x', 'C:\\a\\']],
    ['an even number of backslashes before a quote', 'x "C:\\a b\\\\" c', ['x', 'C:\\a b\\', 'c']],
    ['an odd number of backslashes before a quote', 'x a\\\\\\"b', ['x', 'a\\"b']],
    ['three quotes in a row, which are one', 'x """a"', ['x', '"a']],
    ['two quotes inside quotes, which are one and close', 'x "a""b c"', ['x', 'a"b', 'c']],
    ['a quote that never closes', 'x "a b', ['x', 'a b']],
  ])('splits %s', (_, text, argv) => {
    expect(splitCommandLine(text)).toEqual(argv);
  });

  it('gives back whatever was quoted by the rules', () => {
    const argument = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('\\', '"', ' ', 'a') }));
    fc.assert(
      fc.property(fc.array(argument), (argv) => {
        expect(splitCommandLine(['x', ...argv.map(quoted)].join(' '))).toEqual(['x', ...argv]);
      }),
    );
  });
});

/** The way back: backslashes before a quote or the end are doubled, quotes escaped. */
function quoted(argument: string): string {
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
