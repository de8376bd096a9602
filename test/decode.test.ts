import { describe, expect, it } from 'vitest';
import { amountOf, countOf, fieldsOf, listOf, momentOf, parseJson, pidOf, textOf } from '../src/decode.js';

describe('JSON that others wrote', () => {
  it.each<[string, unknown]>([
    ['{"a":1}', { a: 1 }],
    ['', undefined],
    ['{"a":', undefined],
    ['null', null],
  ])('%j is %j', (text, value) => expect(parseJson(text)).toEqual(value));

  it.each<[(value: unknown) => unknown, unknown, unknown]>([
    [fieldsOf, [1], {}],
    [fieldsOf, null, {}],
    [listOf, { length: 3 }, []],
    [textOf, '', undefined],
    [textOf, 5, undefined],
    [amountOf, 1.5, 1.5],
    [amountOf, -1, undefined],
    [amountOf, Number.POSITIVE_INFINITY, undefined],
    [countOf, 1.5, undefined],
    [countOf, 0, 0],
    [pidOf, 0, undefined],
    [pidOf, 2 ** 60, undefined],
    [momentOf, '2026-01-15T10:00:00Z', 1_768_471_200_000],
    [momentOf, '-271821-04-20T00:00:00Z', undefined],
    [momentOf, 1e300, undefined],
    [momentOf, {}, undefined],
  ])('%o of %j is %j', (read, value, expected) => expect(read(value)).toEqual(expected));
});
