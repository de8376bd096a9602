import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSnapshotId, nextSnapshotId, sanitiseLabel, snapshotId } from '../../../src/snapshot/document/label.js';

describe('sanitiseLabel', () => {
  it.each([
    ['stays as it is when it is clean', 'before_archive-1.2', 'before_archive-1.2'],
    ['is lower case', 'After-Archive', 'after-archive'],
    ['has one dash for every run of other characters', 'after  archive / 5 threads', 'after-archive-5-threads'],
    ['has no dashes at its ends', '--before archive!', 'before-archive'],
    ['keeps dots and underscores at its ends', '_v1.', '_v1.'],
    ['is snapshot when empty', '', 'snapshot'],
    ['is snapshot when nothing is left', ' §$% ', 'snapshot'],
    ['cannot leave its folder', '../../etc/passwd', '..-..-etc-passwd'],
    ['holds no control characters', 'a\u0000b\u001b[2Jc\nd', 'a-b-2jc-d'],
    ['holds nothing but ASCII', 'größe 測試 x', 'gr-e-x'],
    ['is cut to a length that makes a file name', 'x'.repeat(400), 'x'.repeat(180)],
    ['is cut without a dash left at its end', `${'x'.repeat(179)} y`, 'x'.repeat(179)],
  ])('a label %s', (_, text, expected) => {
    expect(sanitiseLabel(text)).toBe(expected);
  });

  it('always makes a label that an id and a file name can hold, and that stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const label = sanitiseLabel(text);
        expect(isSnapshotId(snapshotId(0, label))).toBe(true);
        expect(`.${snapshotId(0, label)}.json.tmp`.length).toBeLessThan(256);
        expect(sanitiseLabel(label)).toBe(label);
      }),
    );
  });
});

describe('snapshotId', () => {
  it('is the UTC time to the millisecond and the label', () => {
    expect(snapshotId(Date.UTC(2026, 0, 15, 14, 12, 42, 123), 'first')).toBe('20260115T141242123Z-first');
  });

  it('sorts as the moments it names', () => {
    const moments = [0, 999, 1000, 59_999, 86_400_000, Date.UTC(2026, 11, 31), Date.UTC(2027, 0, 1)];
    const ids = moments.map((at) => snapshotId(at, 'x'));
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('nextSnapshotId', () => {
  it.each([
    ['20260115T141242123Z-first', '20260115T141242124Z-first'],
    ['20261231T235959999Z-a-b.c', '20270101T000000000Z-a-b.c'],
    ['20240228T235959999Z-leap', '20240229T000000000Z-leap'],
  ])('%s is followed by %s', (id, next) => {
    expect(nextSnapshotId(id)).toBe(next);
  });
});

describe('isSnapshotId', () => {
  it.each([
    ['20260115T141242123Z-first', true],
    ['20260115T141242123Z-..', true],
    ['20260115T141242123Z-', false],
    ['20260115T141242123Z-First', false],
    ['20260115T141242123Z-a/b', false],
    ['20260115T141242123Z-a\n', false],
    ['20260115-first', false],
    ['../20260115T141242123Z-first', false],
  ])('%j: %s', (text, expected) => {
    expect(isSnapshotId(text)).toBe(expected);
  });
});
