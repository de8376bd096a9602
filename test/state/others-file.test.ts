import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { othersFileTime, othersNames, readOthersFile } from '../../src/state/others-file.js';

/** nobody, on every system. */
const STRANGER = 65_534;
/** POSIX has it everywhere. */
const MKFIFO = 'mkfifo';
const owner = process.getuid?.();
const isRoot = owner === 0;

let file: string;
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(os.homedir(), 'others-')), 'sessions.json');
});

const read = (limits: Partial<Parameters<typeof readOthersFile>[1]> = {}) =>
  readOthersFile(file, { owner, maxBytes: 1000, ...limits });

describe('a file that another program wrote', () => {
  it('is read whole, with its time', () => {
    writeFileSync(file, '{"a":"ü"}');
    expect(read()).toMatchObject({ kind: 'read', text: '{"a":"ü"}', bytes: 10, isTail: false });
    expect(othersFileTime(file, owner)).toBeGreaterThan(1.7e12);
  });

  it('is read from its end when only that is wanted', () => {
    writeFileSync(file, `${'x'.repeat(5000)}\nlast`);
    expect(read({ maxBytes: 5, tail: true })).toMatchObject({ text: '\nlast', isTail: true, bytes: 5005 });
  });

  it('is absent when it is not there, or its folder is none', () => {
    expect(read()).toEqual({ kind: 'absent' });
    expect(readOthersFile(path.join('/etc/hostname', 'x'), { owner, maxBytes: 9 }).kind).toBe('absent');
  });

  it.each<[string, () => void, RegExp]>([
    ['a pipe, without waiting for a writer', () => execFileSync(MKFIFO, [file]), /no regular file/],
    ['a link to a device that never ends', () => symlinkSync('/dev/zero', file), /a link/],
    ['a folder', () => mkdirSync(file), /no regular file/],
    [
      'one of 400 MB',
      () => {
        writeFileSync(file, '');
        truncateSync(file, 400e6);
      },
      /larger than/,
    ],
  ])('is refused when it is %s', (_, make, why) => {
    make();
    expect(read()).toMatchObject({ kind: 'refused', why: expect.stringMatching(why) });
    expect(othersFileTime(file, owner) === undefined || why.source === 'larger than').toBe(true);
  });

  it.runIf(isRoot)('is refused when it belongs to another user than the process it speaks of', () => {
    writeFileSync(file, '{}');
    chownSync(file, STRANGER, STRANGER);
    expect(read()).toEqual({ kind: 'refused', why: 'it belongs to user 65534, not to 0' });
    expect(othersFileTime(file, owner)).toBeUndefined();
    expect(read({ owner: STRANGER })).toMatchObject({ kind: 'read' });
  });

  it('lists no more names than anybody has in a folder', () => {
    const folder = path.dirname(file);
    for (const name of ['a', 'b']) writeFileSync(path.join(folder, name), '');
    expect([...(othersNames(folder) ?? [])].sort()).toEqual(['a', 'b']);
    expect(othersNames(path.join(folder, 'a'))).toBeUndefined();
  });
});
