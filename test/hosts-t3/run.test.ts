import os from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import { resolveAgents } from '../../src/agents/resolve/resolve.js';
import { type RunReport, runExitCode } from '../../src/run/document.js';
import { toSnapshot } from '../../src/snapshot/document/capture.js';
import { openStage, type Stage } from '../kit/processes.js';
import { runOnStage, SUBREAPERS } from '../kit/runs.js';
import { T3_HOST } from './host.js';

// The same cases as one command each: a host that is started, told what to do, and ends cleanly. Its agents are
// stubborn, as busy ones are: what the host loses sight of outlives it.

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});
afterEach(() => stage.close());

async function runScenario(variant: string, ...runs: (readonly string[])[]): Promise<RunReport> {
  const host = `'${process.execPath}' '${T3_HOST}' serve --stubborn --grace 20 --idle-after 0 --base-dir '${stage.folder}' ${variant}`;
  const script = runs.map((commands) => `printf '%s\\n' ${commands.map((one) => `'${one}'`).join(' ')} | ${host} >&2`);
  return runOnStage(stage, ['sh', '-c', `exec 2>/dev/null; ${script.join(' && ')}`], {
    subreapers: SUBREAPERS,
    describe: async (table) =>
      toSnapshot({
        agents: resolveAgents(table, CATALOGUE),
        label: 'after',
        id: 'after',
        all: true,
        redact: (record) => record.argv,
      }),
  });
}

const cases = [
  ['A1: archive a thread', [['start t1', 'archive t1']], 1],
  ['A2: archive five threads', [[1, 2, 3, 4, 5].flatMap((n) => [`start t${n}`, `archive t${n}`])], 5],
  ['A3: delete a thread', [['start t1', 'delete t1']], 0],
  ['C1: change the effort', [['start t1', 'effort t1 low']], 1],
  ['C2: change the model', [['start t1', 'model t1 claude-opus-4-6']], 1],
  ['C3: change the mode', [['start t1', 'mode t1 acceptEdits']], 1],
  ['D1: stop and start the server', [['start t1'], ['resume t1']], 0],
  ['D2: exit cleanly', [['start t1', 'start t2']], 0],
  ['B1: sweep the idle', [['start t1', 'idle-reap']], 1],
] as const;

describe.each(cases)('%s', (_, runs, leaks) => {
  it.each([
    ['before its fix', '--leak', leaks],
    ['after its fix', '', 0],
  ])('%s', async (_variant, variant, expected) => {
    const report = await runScenario(variant, ...runs);
    expect(report.end).toEqual({ kind: 'exited', code: 0 });
    expect(report.leftovers.map(({ process }) => [process.agent, process.role])).toEqual(
      Array.from({ length: expected }, () => ['claude', 'session']),
    );
    for (const { process } of report.leftovers) expect(process.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(runExitCode(report, os.constants.signals)).toBe(expected > 0 ? 1 : 0);
  });
});
