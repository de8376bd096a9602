import { mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProcessIdentity } from '../../src/process/identity.js';
import { acquireLock, type Identify } from '../../src/state/lock.js';
import { compileProgram, endChildren, startChild } from './child.js';

const BOOT = '11111111-2222-3333-4444-555555555555';
const NOW = Date.UTC(2026, 0, 15, 14, 12, 42, 123);
const US: ProcessIdentity = { bootId: BOOT, pid: 100, startTime: '5000' };
const OTHER: ProcessIdentity = { bootId: BOOT, pid: 200, startTime: '6000' };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.homedir(), 'lock-'));
  file = path.join(folder, 'reap.lock');
});
afterEach(endChildren);

const everybodyLives: Identify = async (pid) => (pid === OTHER.pid ? OTHER : { ...US, pid });
const nobodyLives: Identify = async () => 'gone';
const holderIn = (lockFile: string): unknown => JSON.parse(readFileSync(lockFile, 'utf8')).holder;

async function leaveStaleLock(): Promise<void> {
  await acquireLock(file, OTHER, nobodyLives, () => NOW);
}

describe('acquireLock', () => {
  it('takes a free lock and writes down who has it since when, for its owner alone', async () => {
    const lock = await acquireLock(file, US, nobodyLives, () => NOW);
    expect(lock.kind).toBe('acquired');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      holder: US,
      since: '2026-01-15T14:12:42.123Z',
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('tells who has a lock that is not free, and since when', async () => {
    await leaveStaleLock();
    expect(await acquireLock(file, US, everybodyLives)).toEqual({
      kind: 'held',
      by: OTHER,
      since: '2026-01-15T14:12:42.123Z',
    });
  });

  it('is not given twice to one process', async () => {
    const all = await Promise.all([1, 2, 3].map(() => acquireLock(file, US, everybodyLives)));
    expect(all.map((one) => one.kind).sort()).toEqual(['acquired', 'held', 'held']);
  });

  it.each<[string, ProcessIdentity, Awaited<ReturnType<Identify>>]>([
    ['its pid is gone', OTHER, 'gone'],
    ['its pid has another start time', OTHER, { ...OTHER, startTime: '7000' }],
  ])('takes over a lock when %s', async (_, holder, current) => {
    await acquireLock(file, holder, nobodyLives);
    const lock = await acquireLock(file, US, async () => current);
    expect(lock.kind).toBe('acquired');
    expect(holderIn(file)).toEqual(US);
    expect(readdirSync(folder)).toEqual(['reap.lock']);
  });

  it.each<[string, ProcessIdentity, Awaited<ReturnType<Identify>>]>([
    ['is the same process', OTHER, OTHER],
    ['cannot be identified', OTHER, 'unknown'],
    ['never told its start time', { bootId: BOOT, pid: 200 }, OTHER],
    ['is seen without a start time', OTHER, { bootId: BOOT, pid: 200 }],
    ['did not know its boot, and all else is equal', { pid: 200, startTime: '6000' }, OTHER],
  ])('leaves a lock alone when its holder %s', async (_, holder, current) => {
    await acquireLock(file, holder, nobodyLives);
    expect(await acquireLock(file, US, async () => current)).toMatchObject({ kind: 'held' });
    expect(holderIn(file)).toEqual(holder);
  });

  it.each([
    ['is of another pid namespace', { namespace: 'pid:[1] time:[2]' }],
    ['is of another boot, so perhaps of another machine', { holder: { ...OTHER, bootId: 'another' } }],
  ])('leaves a lock alone while its holder %s and renews it', async (_, other) => {
    await leaveStaleLock();
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...other }));
    const at = (seconds: number) => () => Math.floor(statSync(file).mtimeMs) + seconds * 1000;
    expect((await acquireLock(file, US, nobodyLives, at(59))).kind).toBe('held');
    expect((await acquireLock(file, US, nobodyLives, at(61))).kind).toBe('acquired');
  });

  it('renews a lock of its own, but no other, until it is released', async () => {
    vi.useFakeTimers();
    const lock = await acquireLock(file, US, everybodyLives);
    const isRenewed = (): boolean => {
      utimesSync(file, 1_000_000, 1_000_000);
      vi.advanceTimersByTime(20_000);
      return statSync(file).mtimeMs > 2e9;
    };
    expect(isRenewed()).toBe(true);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"token":"/, '$&0'));
    expect(isRenewed()).toBe(false);
    if (lock.kind === 'acquired') lock.release();
    vi.useRealTimers();
  });

  it('can be taken again after a release', async () => {
    const first = await acquireLock(file, OTHER, everybodyLives);
    if (first.kind === 'acquired') first.release();
    expect(readdirSync(folder)).toEqual([]);
    expect((await acquireLock(file, US, everybodyLives)).kind).toBe('acquired');
  });

  it('does not release a lock that is somebody else by now', async () => {
    const lost = await acquireLock(file, OTHER, everybodyLives);
    await acquireLock(file, US, nobodyLives);
    if (lost.kind === 'acquired') lost.release();
    expect(holderIn(file)).toEqual(US);
  });

  it('does not mind a release when the file is gone', async () => {
    const lock = await acquireLock(file, US, everybodyLives);
    if (lock.kind !== 'acquired') throw new Error('the lock was free');
    lock.release();
    expect(() => lock.release()).not.toThrow();
  });

  it('does not replace the lock of one that took over while it was still judging', async () => {
    await leaveStaleLock();
    const first: ProcessIdentity = { ...US, pid: 101 };
    const slow = await acquireLock(file, US, async (pid) => {
      if (pid !== OTHER.pid) return first;
      await acquireLock(file, first, nobodyLives);
      return 'gone';
    });
    expect(slow).toMatchObject({ kind: 'held', by: first });
    expect(holderIn(file)).toEqual(first);
    expect(readdirSync(folder)).toEqual(['reap.lock']);
  });

  it('says that it is held while another run is just taking it over', async () => {
    await leaveStaleLock();
    const { token } = JSON.parse(readFileSync(file, 'utf8'));
    const taker: ProcessIdentity = { ...US, pid: 101 };
    await acquireLock(`${file}.${token}`, taker, nobodyLives);
    const second = await acquireLock(file, US, async (pid) => (pid === taker.pid ? taker : 'gone'));
    expect(second).toMatchObject({ kind: 'held', by: taker });
    expect(holderIn(file)).toEqual(OTHER);
  });

  it('is not blocked by a run that died while it was taking over', async () => {
    await leaveStaleLock();
    const { token } = JSON.parse(readFileSync(file, 'utf8'));
    await acquireLock(`${file}.${token}`, { ...US, pid: 101 }, nobodyLives);
    expect((await acquireLock(file, US, nobodyLives)).kind).toBe('acquired');
    expect(readdirSync(folder)).toEqual(['reap.lock']);
  });

  it.each([
    ['empty', ''],
    ['cut off', '{"holder":{"pid":2'],
    ['without a holder', '{"since":"x","token":"y"}'],
    ['with a token that is no file name', '{"holder":{"pid":1},"since":"x","token":"../../y"}'],
    ['something else', '[]'],
  ])('waits for a lock file that is %s, and takes it over once it is a minute old', async (_, text) => {
    writeFileSync(file, text);
    const at = (seconds: number) => () => Math.floor(statSync(file).mtimeMs) + seconds * 1000;
    expect(await acquireLock(file, US, nobodyLives, at(59))).toEqual({ kind: 'held' });
    utimesSync(file, 1_000_000, 1_000_000);
    expect((await acquireLock(file, US, nobodyLives, at(61))).kind).toBe('acquired');
    expect(holderIn(file)).toEqual(US);
  });

  it('reports that it cannot lock when a file stands where its folder should be', async () => {
    writeFileSync(file, '');
    await expect(acquireLock(path.join(file, 'x.lock'), US, nobodyLives)).rejects.toMatchObject({
      code: 'storage',
      message: expect.stringContaining(file),
    });
  });
});

describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a lock in a shared home', () => {
  it('is not given to a run outside while one in a pid namespace of its own has it', async () => {
    const program = compileProgram(
      'state/lock.ts',
      `
      const self = { bootId: ${JSON.stringify(BOOT)}, pid: process.pid, startTime: '1' };
      const lock = await it.acquireLock(process.argv[2], self, async () => 'gone');
      console.log(lock.kind + ' ' + process.pid);
      process.stdin.once('data', () => { lock.release?.(); process.exit(); });`,
    );
    const apart = ['/usr/bin/unshare', '--pid', '--fork', '--mount-proc', '--kill-child', process.execPath];
    const inside = startChild(program, [file], apart);
    expect(await inside.nextLine()).toBe('acquired 1');
    // From here nobody has that identity.
    expect(await acquireLock(file, US, nobodyLives)).toMatchObject({ kind: 'held', by: { pid: 1 } });
    const other = startChild(program, [file], apart);
    expect(await other.nextLine()).toBe('held 1');
    inside.process.stdin.write('x');
    other.process.stdin.write('x');
    await Promise.all([inside.exited, other.exited]);
    expect((await acquireLock(file, US, nobodyLives)).kind).toBe('acquired');
  });
});

describe('acquireLock among real processes', () => {
  // Any start time that both sides agree on will do: what counts here is who is alive.
  const PROLOGUE = `
    import { createInterface } from 'node:readline';
    const identity = (pid) => ({ bootId: 'now', pid, startTime: String(pid) });
    const identify = async (pid) => {
      try { process.kill(pid, 0); return identity(pid); } catch { return 'gone'; }
    };
    const self = identity(process.pid);`;

  it('gives a stale lock to exactly one of many takers', async () => {
    const program = compileProgram(
      'state/lock.ts',
      `${PROLOGUE}
      console.log('ready');
      for await (const file of createInterface(process.stdin)) {
        console.log((await it.acquireLock(file, self, identify)).kind);
      }`,
    );
    const takers = Array.from({ length: 5 }, () => startChild(program, []));
    for (const taker of takers) expect(await taker.nextLine()).toBe('ready');
    const dead = { bootId: 'now', pid: 2 ** 22 + 1, startTime: '1' };
    for (let round = 0; round < 40; round++) {
      const lockFile = path.join(folder, `${round}.lock`);
      await acquireLock(lockFile, dead, nobodyLives);
      for (const taker of takers) taker.process.stdin.write(`${lockFile}\n`);
      const answers = await Promise.all(takers.map((taker) => taker.nextLine()));
      expect(answers.sort()).toEqual(['acquired', 'held', 'held', 'held', 'held']);
    }
    expect(readdirSync(folder)).toHaveLength(40);
    for (const taker of takers) taker.process.stdin.end();
    await Promise.all(takers.map((taker) => taker.exited));
  });

  it('never lets two in at once while processes take it, release it and die with it', async () => {
    const counter = path.join(folder, 'counter');
    writeFileSync(counter, '0');
    const program = compileProgram(
      'state/lock.ts',
      `${PROLOGUE}
      import { readFileSync, writeFileSync } from 'node:fs';
      const [file, counter, dies] = process.argv.slice(2);
      for (let done = 0; done < 50; ) {
        const lock = await it.acquireLock(file, self, identify);
        if (lock.kind === 'held') { await new Promise(setImmediate); continue; }
        const seen = Number(readFileSync(counter, 'utf8'));
        await new Promise(setImmediate);
        writeFileSync(counter, String(seen + 1));
        done++;
        if (dies && done === 25) process.kill(process.pid, 'SIGKILL');
        lock.release();
      }`,
    );
    const children = ['', 'dies', '', 'dies'].map((dies) => startChild(program, [file, counter, dies]));
    expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, null, 0, null]);
    expect(readFileSync(counter, 'utf8')).toBe(String(50 + 25 + 50 + 25));
  });

  it('is stale as soon as its holder was killed', async () => {
    const program = compileProgram(
      'state/lock.ts',
      `${PROLOGUE}
      console.log((await it.acquireLock(process.argv[2], self, identify)).kind);
      setInterval(() => {}, 1000);`,
    );
    const first = startChild(program, [file]);
    expect(await first.nextLine()).toBe('acquired');
    const second = startChild(program, [file]);
    expect(await second.nextLine()).toBe('held');
    first.process.kill('SIGKILL');
    await first.exited;
    const third = startChild(program, [file]);
    expect(await third.nextLine()).toBe('acquired');
  });
});
