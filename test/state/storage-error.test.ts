import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../src/errors.js';
import { errnoOf, storageError } from '../../src/state/storage-error.js';

const errno = (code: string): Error => Object.assign(new Error(`${code}: as node says it`), { code, syscall: 'open' });

describe('storageError', () => {
  it.each([
    ['ENOSPC', 'the disk is full', /free some space/],
    ['EDQUOT', 'the disk quota is used up', /free some space/],
    ['EROFS', 'the file system is read-only', /SESSWATCH_HOME/],
    ['EACCES', 'permission denied', /who owns/],
    ['EPERM', 'the system does not permit it', /who owns/],
    ['ENOTDIR', 'a part of its path is a file where a folder should be', /move it away/],
    ['EISDIR', 'it is a folder', /move it away/],
    ['EMFILE', 'this program has too many files open', /ulimit -n/],
    ['ENAMETOOLONG', 'its name is too long', /shorter/],
  ])('says of %s that %s, of which file, and what to do', (code, why, hint) => {
    const error = storageError(errno(code), 'write', '/state/ledger.json');
    expect(error).toBeInstanceOf(SesswatchError);
    expect(error).toMatchObject({
      code: 'storage',
      message: `cannot write /state/ledger.json: ${why}`,
      hint: expect.stringMatching(hint),
    });
  });

  it('names an errno that it does not know', () => {
    expect(storageError(errno('ESTALE'), 'read', '/x')).toMatchObject({
      message: 'cannot read /x: the system says ESTALE',
    });
  });

  it('keeps what the system reported as the cause', () => {
    const cause = errno('EIO');
    expect(storageError(cause, 'read', '/x')).toHaveProperty('cause', cause);
  });

  it('hands back a fault of the program as it is, so that it is not taken for a full disk', () => {
    const fault = new TypeError('x is undefined');
    expect(storageError(fault, 'read', '/x')).toBe(fault);
  });
});

describe('errnoOf', () => {
  it('reads the errno of a real failure', () => {
    let failure: unknown;
    try {
      readFileSync('/nonexistent/file');
    } catch (error) {
      failure = error;
    }
    expect(errnoOf(failure)).toBe('ENOENT');
  });

  it.each([
    ['an argument that node refuses', Object.assign(new TypeError('bad'), { code: 'ERR_INVALID_ARG_TYPE' })],
    ['text', 'ENOENT'],
    ['nothing', undefined],
  ])('finds none in %s', (_, value) => {
    expect(errnoOf(value)).toBeUndefined();
  });
});
