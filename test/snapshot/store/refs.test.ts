import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../src/errors.js';
import { resolveRef } from '../../../src/snapshot/store/refs.js';

const entry = (id: string) => ({ id, label: id.slice(20) });
const A1 = entry('20260115T100000000Z-before');
const A2 = entry('20260115T110000000Z-before');
const A3 = entry('20260116T090000000Z-before');
const B = entry('20260116T100000000Z-after-archive');
const C = entry('20260301T080000000Z-before-upgrade');
const ALL = [A2, C, A1, B, A3];

const resolve = (ref: string, files: readonly string[] = []) => resolveRef(ref, ALL, (file) => files.includes(file));

function failure(ref: string, entries: readonly { id: string; label: string }[] = ALL): SesswatchError {
  try {
    resolveRef(ref, entries, () => false);
  } catch (error) {
    if (error instanceof SesswatchError) return error;
    throw error;
  }
  throw new Error(`${ref} was resolved`);
}

describe('resolveRef', () => {
  it.each([
    ['a label: the newest with it', 'before', A3],
    ['a label as the user wrote it', ' Before', A3],
    ['LABEL~0: the newest too', 'before~0', A3],
    ['LABEL~2: two before', 'before~2', A1],
    ['a label of several words', 'After Archive', B],
    ['an id', A1.id, A1],
    ['a prefix of one id', '202603', C],
    ['a prefix up to the label', '20260115T11', A2],
    ['@latest', '@latest', C],
    ['@latest~1', '@latest~1', B],
    ['@latest~4', '@latest~4', A1],
  ])('resolves %s', (_, ref, expected) => {
    expect(resolve(ref)).toEqual({ kind: 'saved', entry: expected });
  });

  it('leaves @now to the caller, who scans', () => {
    expect(resolve('@now')).toEqual({ kind: 'now' });
  });

  it.each([
    ['holds a separator', './before'],
    ['is absolute', '/tmp/x'],
    ['holds a separator of Windows', 'C:\\captures\\x'],
    ['ends in .json', 'other.json'],
    ['ends in .TXT', 'CAPTURE.TXT'],
  ])('takes for a path what %s', (_, ref) => {
    expect(resolve(ref)).toEqual({ kind: 'path', path: ref });
  });

  it('takes for a path what is a file', () => {
    expect(resolve('capture', ['capture'])).toEqual({ kind: 'path', path: 'capture' });
  });

  it('prefers a saved label to a file of that name', () => {
    expect(resolve('before', ['before'])).toEqual({ kind: 'saved', entry: A3 });
  });

  it('prefers a label to the prefix of an id', () => {
    const label = entry('20260401T000000000Z-2026');
    expect(resolveRef('2026', [...ALL, label], () => false)).toEqual({ kind: 'saved', entry: label });
  });

  it('lists the candidates of a prefix that several ids share, newest first', () => {
    expect(failure('20260115')).toMatchObject({
      code: 'usage',
      message: `20260115 could be 2 snapshots: ${A2.id}, ${A1.id}`,
      hint: 'give more of the id',
    });
  });

  it('does not list hundreds of candidates', () => {
    const many = Array.from({ length: 300 }, (_, i) => entry(`20260115T100000${String(i).padStart(3, '0')}Z-x`));
    expect(failure('2026', many).message).toMatch(/^2026 could be 300 snapshots: (\S+, ){4}\S+ and 295 more$/);
  });

  it.each([
    ['a letter too few', 'befor', 'before, before-upgrade'],
    ['two letters swapped', 'befroe', 'before'],
    ['a part of the label', 'upgrade', 'before-upgrade'],
    ['more than the label', 'before-archive', 'before'],
    ['a digit of the id mistyped', '20260116T10000001', B.id],
    ['a step before of an unknown label', 'befor~1', 'before, before-upgrade'],
  ])('names what comes near for %s', (_, ref, near) => {
    const error = failure(ref);
    expect(error).toMatchObject({ code: 'usage', message: `there is no snapshot ${ref}` });
    expect(error.hint).toContain(`did you mean ${near}`);
  });

  it('names nothing when nothing comes near', () => {
    expect(failure('zzz').hint).toBe('sesswatch snapshots lists what is saved');
  });

  it('says how many there are when the label has fewer', () => {
    expect(failure('before~3').message).toBe('only 3 snapshots are labelled before');
    expect(failure('after-archive~1').message).toBe('only 1 snapshot is labelled after-archive');
    expect(failure('@latest~5').message).toBe('only 5 snapshots are saved');
  });

  it.each(['@last', '@now~1', '@', '@latest~', '@latest~x'])('knows no %s, and says which there are', (ref) => {
    expect(failure(ref)).toMatchObject({
      code: 'usage',
      message: `${ref} is not a snapshot`,
      hint: 'use @latest, @latest~N or @now',
    });
  });

  it.each(['@latest', 'before', '2026'])('says for %s how to save one when nothing is saved', (ref) => {
    expect(failure(ref, [])).toMatchObject({
      code: 'usage',
      hint: 'save one: sesswatch snapshot --label NAME',
    });
  });

  it('does not take text without letters for the default label', () => {
    expect(failure('§§', [entry('20260115T100000000Z-snapshot')])).toMatchObject({ code: 'usage' });
  });

  it('refuses an empty ref', () => {
    expect(failure('').message).toBe('there is no snapshot with an empty name');
  });
});
