import { type ChildProcess, spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { seeAgents } from '../../src/observe/scan-agents.js';
import { createProcfsSource } from '../../src/process/sources/procfs/procfs.js';
import { toSnapshot } from '../../src/snapshot/document/capture.js';
import type { SnapshotDocument } from '../../src/snapshot/document/document.js';
import { type Stage, statOf } from '../kit/processes.js';

/** `node …/t3/dist/bin.mjs serve`; the head of the file says what it obeys. */
export const T3_HOST = path.resolve(import.meta.dirname, '../../fixtures/hosts/t3/dist/bin.mjs');

interface Thread {
  readonly thread: string;
  readonly session: string;
  readonly status: string;
  readonly pid?: number;
}

/** The stand-in for T3 Code's server, with everything that it starts under a stage's care. */
export interface T3Host {
  readonly pid: number;
  /** Sends a command and answers the threads as they are afterwards; throws when the host refuses. */
  tell(command: string): Promise<readonly Thread[]>;
  /** A clean exit. */
  exit(): Promise<void>;
}

export async function startT3(stage: Stage, options: readonly string[] = []): Promise<T3Host> {
  const child = spawn(process.execPath, [T3_HOST, 'serve', '--base-dir', stage.folder, '--grace', '50', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answers = answersOf(child);
  register(stage, child.pid);
  await answers();
  return {
    pid: child.pid ?? 0,
    async tell(command) {
      child.stdin?.write(`${command}\n`);
      const answer = await answers();
      for (const thread of answer.threads ?? []) register(stage, thread.pid);
      if (answer.why !== undefined) throw new Error(`${command}: ${answer.why}`);
      return answer.threads ?? [];
    },
    async exit() {
      child.stdin?.end();
      await ended;
    },
  };
}

interface Answer {
  readonly threads?: readonly Thread[];
  readonly why?: string;
}

function answersOf(child: ChildProcess): () => Promise<Answer> {
  if (child.stdout === null) throw new Error('the host has no stdout');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('the host ended');
    return JSON.parse(value) as Answer;
  };
}

function register(stage: Stage, pid: number | undefined): void {
  const startTime = pid === undefined ? undefined : statOf(pid)?.startTime;
  if (pid !== undefined && startTime !== undefined) stage.register({ pid, startTime });
}

/** A snapshot as `sesswatch snapshot` takes it, of this stage's agents alone: others test beside us. */
export async function snapshotOf(stage: Stage, label: string): Promise<SnapshotDocument> {
  const agents = await seeAgents({
    source: createProcfsSource({
      selfPid: process.pid,
      machine: { hostname: os.hostname(), platform: process.platform },
      markers: new Set(),
      now: Date.now,
    }),
    catalogue: CATALOGUE,
  });
  const document = toSnapshot({
    agents,
    label,
    id: label,
    all: false,
    redact: (record) => record.argv,
  });
  const processes = document.processes.filter((one) => one.argv?.[0]?.startsWith(stage.folder));
  return { ...document, processes };
}
