import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openOwnFile, readOwnFile } from '../../src/state/own-file.js';
import { assertOwnFolder, assertOwnState, makeFolder, makePrivateFolder } from '../../src/state/private-folder.js';

/** nobody, on every system. */
const STRANGER = 65_534;
const isRoot = process.getuid?.() === 0;

let top: string;
let folder: string;
beforeEach(() => {
  top = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-own-'));
  folder = path.join(top, 'state');
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(path.join(folder, 'ledger.json'), '{}', { mode: 0o600 });
});

describe('a folder for saved state', () => {
  it('is taken when it and the way to it are ours, also by a link of ours', () => {
    assertOwnState(folder);
    symlinkSync(folder, path.join(top, 'link'));
    assertOwnFolder(path.join(top, 'link'));
    makePrivateFolder(path.join(top, 'a', 'b'));
    expect(existsSync(path.join(top, 'a', 'b'))).toBe(true);
  });

  it.each<[string, () => void, RegExp]>([
    ['everybody may write to it', () => chmodSync(folder, 0o777), /written by everybody/],
    ['everybody may write to the folder above it', () => chmodSync(top, 0o777), /lies there/],
    [
      'a file in it is a link',
      () => symlinkSync('/etc/hostname', path.join(folder, 'reap.jsonl')),
      /reap.jsonl is a link/,
    ],
    [
      'the folder of the snapshots is a link',
      () => symlinkSync(top, path.join(folder, 'snapshots')),
      /snapshots is a link/,
    ],
    [
      'everybody may write to a file in it',
      () => chmodSync(path.join(folder, 'ledger.json'), 0o666),
      /ledger.json may be written by everybody/,
    ],
  ])('is refused when %s', (_, prepare, why) => {
    prepare();
    expect(() => assertOwnState(folder)).toThrow(why);
  });

  it.runIf(isRoot).each<[string, () => void]>([
    ['itself', () => chownSync(folder, STRANGER, STRANGER)],
    ['the folder above it', () => chownSync(top, STRANGER, STRANGER)],
    ['a file in it', () => chownSync(path.join(folder, 'ledger.json'), STRANGER, STRANGER)],
    [
      'the link that leads to it',
      () => {
        renameSync(folder, path.join(top, 'real'));
        symlinkSync('real', folder);
        lchownSync(folder, STRANGER, STRANGER);
      },
    ],
  ])('is refused when another user owns %s', (_, prepare) => {
    prepare();
    expect(() => assertOwnState(folder)).toThrow(/belongs to user 65534, not to you/);
  });

  it('is given up at once where none can be made', () => {
    expect(() => makeFolder('/proc/x/y')).toThrow(expect.objectContaining({ code: 'storage' }));
    expect(() => makeFolder('/dev/null/x')).toThrow(expect.objectContaining({ code: 'storage' }));
  });
});

describe('a file of ours', () => {
  it('is never opened through a link, nor when it is a folder', () => {
    const link = path.join(folder, 'link');
    symlinkSync(path.join(folder, 'ledger.json'), link);
    for (const use of ['read', 'append'] as const) expect(() => openOwnFile(link, use)).toThrow(/is a link/);
    expect(() => readOwnFile(folder)).toThrow(/is a folder/);
  });

  it.runIf(isRoot)('is not believed when another user wrote it', () => {
    const file = path.join(folder, 'ledger.json');
    chownSync(file, STRANGER, STRANGER);
    expect(() => readOwnFile(file)).toThrow(/belongs to user 65534/);
  });
});
