import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMPLETE } from '../../kit/stored-snapshots.js';
import { compileProgram, endChildren } from '../../state/child.js';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.homedir(), 'store-')), 'snapshots');
});
afterEach(endChildren);

// A mount namespace of its own: the mounts are gone with the process, also when the test is stopped.
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', os.tmpdir()]).status === 0;

describe.skipIf(!canMount)('on a real faulty disk (needs root, to mount one)', () => {
  const PROGRAM = `
    const [folder, text, step] = process.argv.slice(2);
    const store = it.openStore(folder);
    const tell = (work) => {
      try { return work(); }
      catch (error) { return { code: error.code, message: error.message, hint: error.hint }; }
    };
    const document = JSON.parse(text);
    const large = { ...document, problems: ['x'.repeat(200_000)] };
    const answer =
      step === 'save' ? store.save(document).id
      : step === 'save large' ? tell(() => store.save(large))
      : step === 'remove' ? store.remove([document.id])
      : store.list();
    console.log(JSON.stringify(answer));`;

  function run(script: string): unknown[] {
    mkdirSync(folder, { recursive: true });
    const program = compileProgram('snapshot/store/store.ts', PROGRAM);
    const prologue = 'set -e; run() { "$1" "$2" "$0" "$3" "$4"; }; do_step() { run "$NODE" "$PROGRAM" "$TEXT" "$1"; };';
    const output = execFileSync('unshare', ['-m', 'sh', '-c', `${prologue} ${script}`, folder], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, PROGRAM: program, TEXT: JSON.stringify(COMPLETE) },
    });
    return output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('says that it is full, leaves nothing half, and still has and lists what was saved before', () => {
    const [id, failed, listed] = run(
      'mount -t tmpfs -o size=64k,mode=700 tmpfs "$0"; do_step save; do_step "save large"; do_step list',
    );
    expect(id).toBe(COMPLETE.id);
    expect(failed).toEqual({
      code: 'storage',
      message: expect.stringMatching(/^cannot write .*-after-archive\.json: the disk is full$/),
      hint: expect.stringContaining('free some space'),
    });
    expect(listed).toMatchObject({ entries: [{ id: COMPLETE.id }], problems: [] });
  });

  it('says that it is read-only, and still lists what was saved before', () => {
    const [, failed, listed, removal] = run(
      `mount -t tmpfs -o mode=700 tmpfs "$0"; do_step save; rm "$0"/*.jsonl; mount -o remount,ro "$0";
       do_step "save large"; do_step list; do_step remove`,
    );
    expect(failed).toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/: the file system is read-only$/),
    });
    expect(listed).toMatchObject({ entries: [{ id: COMPLETE.id }], problems: [] });
    expect(removal).toMatchObject({ removed: [], problems: [{ id: COMPLETE.id }] });
  });
});
