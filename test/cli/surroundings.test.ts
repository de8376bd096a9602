import { execFile } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';

// Where and how it is started must not matter: from cron, in a pipe, from a folder that is gone.

const PROGRAM = path.resolve(import.meta.dirname, '../../bin/sesswatch.js');
const CAPTURE = path.resolve(import.meta.dirname, '../../fixtures/corpus/captures/capture-ready.txt');
const NODE = `'${process.execPath}' '${PROGRAM}'`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-surroundings-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a shell prints; `$?` of a pipe is of its last command. */
function shell(script: string, env: NodeJS.ProcessEnv = process.env): Promise<{ out: string; err: string }> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', script], { env, cwd: folder }, (error, out, err) => {
      if (error !== null && error.code === undefined) reject(error);
      else resolve({ out, err });
    });
  });
}

describe('started', () => {
  it.each([
    ['count', /^\d+\n$/],
    ['ps -q', /^($| *PID )/],
    ['doctor', /process table/],
    ['snapshot --no-save -q', /^$/],
    ['config', /^SETTING +VALUE/],
  ])('with no environment but a path, %s works', async (args, expected) => {
    const { out, err } = await shell(
      `env -i PATH=/usr/bin:/bin SESSWATCH_HOME='${folder}/state' ${NODE} ${args}; echo "exit $?" >&2`,
    );
    expect(out).toMatch(expected);
    expect(err).toBe('exit 0\n');
  });

  it('without a home folder it still counts', async () => {
    const { out, err } = await shell(`env -u SESSWATCH_HOME HOME= XDG_STATE_HOME= ${NODE} count --from '${CAPTURE}'`);
    expect([out, err]).toEqual(['6\n', '']);
  });

  it('in a folder that is gone it works, and says what it cannot find there', async () => {
    const gone = mkdtempSync(path.join(folder, 'gone-'));
    const script = `cd '${gone}' && rmdir '${gone}' && ${NODE} count --from '${CAPTURE}'; ${NODE} ps --from x.txt`;
    const { out, err } = await shell(script);
    expect(out).toBe('6\n');
    expect(err).toMatch(/cannot read x\.txt: there is no such file/);
    expect(() => rmdirSync(gone)).toThrow();
  });

  it('into a pipe that closes early it ends quietly', async () => {
    const { out, err } = await shell(`${NODE} snapshot --all --no-save --json | head -n 1`);
    expect([out, err]).toEqual(['{\n', '']);
  });

  it('without standard input, output or error it ends well', async () => {
    const { out } = await shell(`${NODE} ps --from '${CAPTURE}' <&- >&- 2>&-; echo "exit $?"`);
    expect(out).toBe('exit 0\n');
  });

  it('in a pipe, prints whole commands without colour, on a terminal too with FORCE_COLOR=0', async () => {
    const { out } = await sesswatch(['tree', '--from', CAPTURE]);
    expect(out).toContain('--include-partial-messages');
    expect(out).not.toContain('\u001b');
  });
});

describe('what is printed', () => {
  it.each([
    ['ps', ['ps']],
    ['tree', ['tree']],
    ['the overview', []],
    ['ps --all', ['ps', '--all']],
    ['snapshots show', ['snapshots', 'show', CAPTURE]],
  ])('by %s is the same twice', async (_, args) => {
    const flags = args[0] === 'snapshots' ? [] : ['--from', CAPTURE];
    const [one, two] = await Promise.all([sesswatch([...args, ...flags]), sesswatch([...args, ...flags])]);
    expect(one.out).not.toBe('');
    expect(one.out).toBe(two.out);
  });
});
