import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../../src/process/record.js';
import { createRecordedSource } from '../../../../src/process/sources/recorded/recorded.js';
import { openStage, type Stage } from '../../../kit/processes.js';

/** Programs of this machine, as people run them: what each prints of one process must come back. */
describe.runIf(process.platform === 'linux')('what a program of this machine prints', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = openStage();
    await stage.start({ as: stage.program('claude'), args: ['--resume', 'U'], script: { name: 'agent' } });
  });
  afterAll(() => stage.close());

  type Told = 'parent' | 'arguments';
  it.each<[string, string[], Told[]]>([
    ['ps', ['aux'], ['arguments']],
    ['ps', ['auxf'], ['arguments']],
    ['ps', ['axf'], ['arguments']],
    ['ps', ['axl'], ['parent', 'arguments']],
    ['ps', ['axj'], ['parent', 'arguments']],
    ['ps', ['-ef'], ['parent', 'arguments']],
    ['ps', ['-elf'], ['parent', 'arguments']],
    ['ps', ['-e'], []],
    ['ps', ['-ejH'], []],
    ['ps', ['-Ao', 'pid,ppid,etime,rss,command'], ['parent', 'arguments']],
    ['ps', ['-wweo', 'ppid,lstart,user,pid,args', '--forest'], ['parent', 'arguments']],
    ['ps', ['-eo', 'args,pid,ppid,etime'], ['parent']],
    ['ps', ['-wweo', 'pid,ppid,etime,rss,args', '--no-headers'], ['parent', 'arguments']],
    ['ps', ['-wweo', 'pid,ppid,tty,stat,etimes,args'], ['parent', 'arguments']],
    ['busybox', ['ps', '-o', 'pid,ppid,user,comm,args'], ['parent']],
    ['top', ['-b', '-n', '1', '-c', '-w', '500'], ['arguments']],
    ['top', ['-b', '-n', '1'], []],
    ['pstree', ['-lp'], ['parent']],
    ['pstree', ['-lap'], ['parent']],
    ['pgrep', ['-af', '.'], ['arguments']],
  ])('is read: %s %j', async (program, args, told) => {
    const { stdout, error } = spawnSync(program, args, {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C', COLUMNS: '4000' },
    });
    // Not installed here.
    if (error !== undefined) return;
    const scan = await createRecordedSource(stdout, { path: 'it', takenAt: Date.now() }).scan();
    const { pid } = stage.seen('agent');
    const record = scan.processes.find((one): one is ProcessRecord => one.pid === pid);
    expect(record).toBeDefined();
    expect(scan.complete).toBe(true);
    if (told.includes('parent')) expect(record?.ppid).toBe(process.pid);
    if (told.includes('arguments')) expect(record?.argv?.slice(-2)).toEqual(['--resume', 'U']);
  });
});
