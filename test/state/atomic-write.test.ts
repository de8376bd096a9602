import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileAtomic, isTemporaryName, writeFileAtomic } from '../../src/state/atomic-write.js';
import { compileProgram, endChildren, startChild } from './child.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.homedir(), 'write-'));
});
afterEach(endChildren);

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe('writeFileAtomic', () => {
  it('writes the text for its owner alone', () => {
    const file = path.join(folder, 'a.json');
    writeFileAtomic(file, 'text with ü and 🙂');
    expect(readFileSync(file, 'utf8')).toBe('text with ü and 🙂');
    expect(modeOf(file)).toBe('600');
  });

  it('makes missing folders, each for their owner alone', () => {
    writeFileAtomic(path.join(folder, 'one', 'two', 'a'), '');
    expect([modeOf(path.join(folder, 'one')), modeOf(path.join(folder, 'one', 'two'))]).toEqual(['700', '700']);
  });

  it('replaces an older text and leaves nothing else in the folder', () => {
    const file = path.join(folder, 'a');
    writeFileAtomic(file, 'a much longer old text');
    writeFileAtomic(file, 'new');
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('gives a file that others are meant to read the mode that was asked for', () => {
    const file = path.join(folder, 'metrics.prom');
    writeFileAtomic(file, '', { mode: 0o644, privateFolder: false });
    expect(modeOf(file)).toBe((0o644 & ~process.umask()).toString(8));
  });

  it('replaces a symbolic link instead of writing through it', () => {
    const elsewhere = path.join(folder, 'elsewhere');
    writeFileSync(elsewhere, 'keep');
    symlinkSync(elsewhere, path.join(folder, 'link'));
    writeFileAtomic(path.join(folder, 'link'), 'new');
    expect(readFileSync(elsewhere, 'utf8')).toBe('keep');
    expect(readFileSync(path.join(folder, 'link'), 'utf8')).toBe('new');
  });

  it('refuses a state folder that everybody may write', () => {
    chmodSync(folder, 0o777);
    expect(() => writeFileAtomic(path.join(folder, 'a'), '')).toThrow(
      expect.objectContaining({
        code: 'storage',
        message: `${folder} may be written by everybody; mode 0777`,
        hint: expect.stringContaining('chmod go-w'),
      }),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes into such a folder when the user named the file', () => {
    chmodSync(folder, 0o777);
    writeFileAtomic(path.join(folder, 'report.html'), 'x', { privateFolder: false });
    expect(readdirSync(folder)).toEqual(['report.html']);
  });

  it('says so when a file stands where its folder should be', () => {
    writeFileSync(path.join(folder, 'state'), 'a file');
    expect(() => writeFileAtomic(path.join(folder, 'state', 'sub', 'a'), '')).toThrow(
      /cannot make .*state.*: a part of its path is a file where a folder should be/,
    );
    expect(readFileSync(path.join(folder, 'state'), 'utf8')).toBe('a file');
  });

  it('says so when a folder stands where the file should be, and removes its temporary file', () => {
    mkdirSync(path.join(folder, 'a', 'full'), { recursive: true });
    expect(() => writeFileAtomic(path.join(folder, 'a'), '')).toThrow(/cannot write .*\/a: it is a folder/);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('always shows readers one whole text while several processes write', async () => {
    const file = path.join(folder, 'contended');
    writeFileAtomic(file, '0'.repeat(50_000));
    const program = compileProgram(
      'state/atomic-write.ts',
      'const [file, digit] = process.argv.slice(2);' +
        'for (let i = 0; i < 60; i++) it.writeFileAtomic(file, digit.repeat(50_000), { durable: false });',
    );
    const writers = ['1', '2'].map((digit) => startChild(program, [file, digit]));
    let writing = true;
    const ended = Promise.all(writers.map((writer) => writer.exited)).then((codes) => {
      writing = false;
      return codes;
    });
    const seen = new Set<string>();
    while (writing) {
      const text = readFileSync(file, 'utf8');
      seen.add(`${text.length} of ${[...new Set(text)].join('')}`);
      await new Promise(setImmediate);
    }
    expect(await ended).toEqual([0, 0]);
    for (const text of seen) expect(text).toMatch(/^50000 of [012]$/);
    expect(readdirSync(folder)).toEqual(['contended']);
  });
});

describe('createFileAtomic', () => {
  it('creates a file, once', () => {
    const file = path.join(folder, 'a');
    expect([createFileAtomic(file, 'first'), createFileAtomic(file, 'second')]).toEqual([true, false]);
    expect(readFileSync(file, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('counts a name as taken while another writer is at it, and leaves that writer alone', () => {
    writeFileSync(path.join(folder, '.a.tmp'), 'half');
    expect(createFileAtomic(path.join(folder, 'a'), 'mine')).toBe(false);
    expect(readdirSync(folder)).toEqual(['.a.tmp']);
  });

  it('lets exactly one of several processes have each name', async () => {
    const program = compileProgram(
      'state/atomic-write.ts',
      'const [folder, me] = process.argv.slice(2); let won = 0;' +
        'for (let i = 0; i < 100; i++) if (it.createFileAtomic(folder + "/" + i, me + " " + i, { durable: false })) won++;' +
        'console.log(won);',
    );
    const children = ['a', 'b', 'c', 'd'].map((me) => startChild(program, [folder, me]));
    const won = await Promise.all(children.map(async (child) => Number(await child.nextLine())));
    await Promise.all(children.map((child) => child.exited));
    const byName = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    expect(byName).toHaveLength(100);
    const counts = ['a', 'b', 'c', 'd'].map((me) => byName.filter((text) => text.startsWith(`${me} `)).length);
    expect(counts).toEqual(won);
  });
});

describe('isTemporaryName', () => {
  it.each([
    ['.a.json.tmp', true],
    ['.a.json.x9.tmp', true],
    ['a.json', false],
    ['.DS_Store', false],
    ['a.tmp', false],
  ])('%s: %s', (name, expected) => {
    expect(isTemporaryName(name)).toBe(expected);
  });
});

// A mount namespace of its own: the mounts are gone with the process, also when the test is stopped.
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', os.tmpdir()]).status === 0;

describe.skipIf(!canMount)('on a real faulty disk (needs root, to mount one)', () => {
  const write =
    'const file = process.argv[2];' +
    'try { it.writeFileAtomic(file, "x".repeat(200_000)); console.log("written") }' +
    'catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message, hint: error.hint })) }';

  const inMount = (mount: string, program: string, file: string): string =>
    execFileSync(
      'unshare',
      ['-m', 'sh', '-c', `${mount} && "$1" "$2" "$3"; ls -A "$0"; cat "$3"`, folder, process.execPath, program, file],
      { encoding: 'utf8' },
    );

  it('reports a full disk, keeps the old text and leaves no temporary file', () => {
    const file = path.join(folder, 'a.json');
    const program = compileProgram('state/atomic-write.ts', write);
    const mount = `mount -t tmpfs -o size=64k,mode=700 tmpfs "$0" && printf old > "$3"`;
    const [report = '', listing, text] = inMount(mount, program, file).split('\n');
    expect(JSON.parse(report)).toEqual({
      code: 'storage',
      message: `cannot write ${file}: the disk is full`,
      hint: expect.stringContaining('free some space'),
    });
    expect([listing, text]).toEqual(['a.json', 'old']);
    expect(existsSync(file)).toBe(false);
  });

  it('reports a read-only file system and keeps the old text', () => {
    const file = path.join(folder, 'a.json');
    const program = compileProgram('state/atomic-write.ts', write);
    const mount = `mount -t tmpfs -o mode=700 tmpfs "$0" && printf old > "$3" && mount -o remount,ro "$0"`;
    const [report = '', listing, text] = inMount(mount, program, file).split('\n');
    expect(JSON.parse(report)).toMatchObject({
      code: 'storage',
      message: `cannot write ${file}: the file system is read-only`,
    });
    expect([listing, text]).toEqual(['a.json', 'old']);
  });
});
