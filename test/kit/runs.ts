import { existsSync } from 'node:fs';
import os from 'node:os';
import { createProcfsSource } from '../../src/process/sources/procfs/procfs.js';
import { RUN_ID_VARIABLE, type RunReport } from '../../src/run/document.js';
import { type RunRequest, runAndWatch } from '../../src/run/run.js';
import { subreaperPrograms } from '../../src/run/subreaper.js';
import { toSnapshot } from '../../src/snapshot/document/capture.js';
import type { Stage } from './processes.js';

let runs = 0;

/** The helpers that this machine has for a child subreaper. */
export const SUBREAPERS = subreaperPrograms(process.platform, process.arch, existsSync);

/**
 * Runs a command as `sesswatch run` does, and takes what it left under the stage's care. Without a subreaper
 * unless one is given.
 */
export async function runOnStage(
  stage: Stage,
  command: readonly [string, ...string[]],
  options: Partial<RunRequest> = {},
): Promise<RunReport> {
  const [program, ...args] = command;
  const report = await runAndWatch({
    command: program,
    args,
    shownCommand: command,
    env: process.env,
    runId: `test-${process.pid}-${++runs}`,
    platform: process.platform,
    source: createProcfsSource({
      selfPid: process.pid,
      machine: { hostname: os.hostname(), platform: process.platform },
      markers: new Set([RUN_ID_VARIABLE]),
      now: Date.now,
    }),
    subreapers: [],
    // Longer than a fork and an exec take on a busy machine, so that no half of them is counted.
    settleMs: 150,
    expectations: [],
    describe: async (table) =>
      toSnapshot({
        agents: { table, members: new Map() },
        label: 'after',
        id: 'after',
        all: true,
        redact: (record) => record.argv,
      }),
    forwardSignals: () => () => {},
    now: Date.now,
    ...options,
  });
  for (const { process: left } of report.leftovers) {
    if (left.startTime !== undefined) stage.register({ pid: left.pid, startTime: left.startTime });
  }
  return report;
}
