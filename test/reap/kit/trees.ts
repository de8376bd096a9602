import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createProcfsSource } from '../../../src/process/sources/procfs/procfs.js';
import { createProcessTable, type ProcessTable } from '../../../src/process/table.js';
import { eventually, type Seen, type Stage, statOf } from '../../kit/processes.js';

/**
 * Starts a shell script and waits until so many processes hang below it. All of them end with the stage, and by
 * themselves after two minutes, should the test be killed.
 */
export async function startTree(stage: Stage, script: string, size: number, uid?: number): Promise<number[]> {
  const child = spawn('/bin/sh', ['-c', `${script}\n`], {
    env: { PATH: '/usr/bin:/bin', STAGE: stage.folder },
    stdio: ['pipe', 'ignore', 'ignore'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const root = child.pid;
  if (root === undefined) throw new Error('the shell did not start');
  children.set(root, child);
  register(stage, root);
  for (;;) {
    const pids = (await tableNow()).descendants(root).map(({ pid }) => pid);
    for (const pid of pids) register(stage, pid);
    if (pids.length >= size) return [root, ...pids];
    await eventually(() => statOf(root) !== undefined, 'the shell to go on');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Writes a line to the stdin of a script started by {@link startTree}. */
export function tell(root: number, line: string): void {
  children.get(root)?.stdin?.write(`${line}\n`);
}

/** Pids of all processes that were started with the stage's folder in their environment. */
export async function onStage(stage: Stage): Promise<number[]> {
  return (await tableNow()).all.flatMap(({ pid, state }) => {
    try {
      return state !== 'Z' && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(stage.folder) ? [pid] : [];
    } catch {
      // Gone, or not ours to read: then it is not of the stage.
      return [];
    }
  });
}

export function register(stage: Stage, pid: number): Seen | undefined {
  const startTime = statOf(pid)?.startTime;
  if (startTime === undefined) return undefined;
  const seen = { pid, startTime };
  stage.register(seen);
  return seen;
}

async function tableNow(): Promise<ProcessTable> {
  const source = createProcfsSource({
    selfPid: process.pid,
    machine: { platform: 'linux' },
    markers: new Set(),
    now: Date.now,
  });
  return createProcessTable(await source.scan({ skipProgram: () => true }));
}

const children = new Map<number, ReturnType<typeof spawn>>();
