import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertTrusted } from '../../../src/config/files/trust.js';
import type { Account } from '../../../src/state/foreign-writer.js';

let base: string;
let file: string;
let us: Account;

beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-trust-'));
  mkdirSync(path.join(base, '.config'));
  file = path.join(base, '.config/sesswatch.json');
  writeFileSync(file, '{}');
  chmodSync(file, 0o644);
  chmodSync(path.dirname(file), 0o755);
  const { uid, gid } = statSync(file);
  us = { uid, gid };
});

afterEach(() => {
  rmSync(base, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('a configuration file', () => {
  it('of ours, in folders of ours, is obeyed', () => {
    expect(() => assertTrusted({ file, base }, us)).not.toThrow();
  });

  it.each([
    ['it', 0o666, () => file],
    ['its folder', 0o777, () => path.dirname(file)],
    ['the folder above, where the search began', 0o777, () => base],
    ['its folder, for all its sticky bit,', 0o1777, () => path.dirname(file)],
  ])('is refused when everybody may write to %s', (_, mode, target) => {
    chmodSync(target(), mode);
    expect(() => assertTrusted({ file, base }, us)).toThrow(
      expect.objectContaining({
        code: 'config',
        message: expect.stringContaining(`mode ${mode.toString(8).padStart(4, '0')}`),
        hint: `chmod go-w ${target()}`,
      }),
    );
  });

  it('is refused when its group may write to it', () => {
    chmodSync(file, 0o664);
    expect(() => assertTrusted({ file, base }, { ...us, gid: us.gid + 1 })).toThrow(
      expect.objectContaining({ code: 'config', hint: `chmod g-w ${file}` }),
    );
  });

  it.skipIf(process.getuid?.() !== 0)('is obeyed when the group that may write to it is the user alone', () => {
    execFileSync('chown', ['-R', '1000:1000', base]);
    chmodSync(file, 0o664);
    chmodSync(path.dirname(file), 0o775);
    expect(() => assertTrusted({ file, base }, { uid: 1000, gid: 1000 })).not.toThrow();
    expect(() => assertTrusted({ file, base }, { uid: 1000, gid: 100 })).toThrow(/written by group 1000/);
  });

  it('is refused when root reads it and the group may write to it', () => {
    chmodSync(file, 0o664);
    expect(() => assertTrusted({ file, base }, { uid: 0, gid: us.gid })).toThrow(
      expect.objectContaining({ code: 'config' }),
    );
  });

  it('is refused when it belongs to another user', () => {
    // Only root owns files that anybody obeys; as root, let nobody be the owner.
    const reader = us.uid === 0 ? us : { uid: us.uid + 1, gid: us.gid };
    if (us.uid === 0) execFileSync('chown', ['65534', file]);
    expect(() => assertTrusted({ file, base }, reader)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringMatching(/belongs to user \d+/) }),
    );
  });

  it('is judged by what a link leads to', () => {
    const real = path.join(base, 'real.json');
    writeFileSync(real, '{}');
    chmodSync(real, 0o666);
    rmSync(file);
    symlinkSync(real, file);
    expect(() => assertTrusted({ file, base }, us)).toThrow(expect.objectContaining({ hint: `chmod go-w ${real}` }));
  });

  it('that waits for a writer is refused instead of waited for', () => {
    rmSync(file);
    execFileSync('/usr/bin/mkfifo', [file]);
    expect(() => assertTrusted({ file, base }, us)).toThrow(expect.objectContaining({ code: 'config' }));
  });

  it('that is not there is named', () => {
    const missing = path.join(base, 'nowhere.json');
    expect(() => assertTrusted({ file: missing, base }, us)).toThrow(
      expect.objectContaining({ code: 'config', message: `${missing} does not exist` }),
    );
  });
});

describe('where the OS knows no owners and modes', () => {
  it('no file is refused for them', () => {
    chmodSync(file, 0o666);
    expect(() => assertTrusted({ file, base }, undefined)).not.toThrow();
  });
});
