import { describe, expect, it } from 'vitest';
import { jsonErrorLine } from '../../../src/config/files/json-line.js';

describe('the line on which JSON is damaged', () => {
  it.each([
    ['a missing value', '{\n "a": ,\n "b": 1\n}', 2],
    ['a trailing comma', '{\n "a": 1,\n}\n', 3],
    ['a word', 'nope\n', 1],
    ['an end too early', '{\n "a": 1\n', 3],
    ['an open text', '{\n "a": "b\n}', 2],
    ['something behind the end', '{}\n\n{}', 3],
    ['a fault far down', `[\n${'1,\n'.repeat(500)}x]`, 502],
  ])('is found for %s', (_, text, line) => {
    expect(jsonErrorLine(text)).toBe(line);
  });
});
