import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';
import { compileProgram, endChildren, startChild } from '../state/child.js';

const canUnshare = process.platform === 'linux' && process.getuid?.() === 0;

afterEach(endChildren);

it.runIf(canUnshare)('a reap waits for one in a container that shares the home folder', async () => {
  const home = mkdtempSync(path.join(os.homedir(), 'shared-'));
  const program = compileProgram(
    'state/lock.ts',
    `const self = { bootId: 'b', pid: process.pid, startTime: '1' };
    const lock = await it.acquireLock(process.argv[2], self, async () => 'gone');
    console.log(lock.kind);
    process.stdin.once('data', () => { lock.release(); process.exit(); });`,
  );
  const apart = ['/usr/bin/unshare', '--pid', '--fork', '--mount-proc', '--kill-child', process.execPath];
  const inside = startChild(program, [path.join(home, 'reap.lock')], apart);
  expect(await inside.nextLine()).toBe('acquired');
  const waiting = await sesswatch(['reap', '--yes'], { env: { SESSWATCH_HOME: home } });
  expect(waiting.err).toMatch(/another run \(1\) is reaping/);
  expect(waiting.code).toBe(5);
  inside.process.stdin.write('x');
  await inside.exited;
  expect((await sesswatch(['reap', '--yes'], { env: { SESSWATCH_HOME: home } })).code).toBe(0);
});
