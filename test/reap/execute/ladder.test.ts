import { describe, expect, it } from 'vitest';
import type { Role } from '../../../src/agents/membership.js';
import { type Step, signalsOf } from '../../../src/reap/execute/ladder.js';
import { toPlanned } from '../../../src/reap/plan/target.js';
import { judgedTable, type Row } from '../kit/judged.js';

/** gemini's shape with everything around: shell, launcher, agent, servers by npx, tool shells. */
const rows: readonly Row[] = [
  { pid: 90, comm: 'bash', argv: ['bash'] },
  row(95, 90, 'launcher'),
  row(100, 95, 'session'),
  row(101, 100, 'launcher'),
  row(102, 101, 'mcp-server'),
  { ...row(103, 100, 'tool'), sid: 103 },
  row(104, 103, 'tool'),
];

function row(pid: number, ppid: number, role: Role): Row {
  return { pid, ppid, role, judged: {} };
}

function signalled(
  step: Step,
  { without = [], asked = [], killed = [] }: { without?: number[]; asked?: number[]; killed?: number[] } = {},
): number[] {
  const judged = judgedTable(rows);
  const living = rows
    .filter(({ pid }) => !without.includes(pid))
    .flatMap(({ pid }) => {
      const record = judged.table.get(pid);
      return record === undefined ? [] : [toPlanned({ judged }, record)];
    })
    .map((process) => ({
      process,
      asked: asked.includes(process.identity.pid),
      killed: killed.includes(process.identity.pid),
    }));
  return signalsOf(step, living).map(({ identity }) => identity.pid);
}

describe('the ladder', () => {
  it('asks the agent first, and neither its launcher nor its servers', () => {
    expect(signalled('ask-agents')).toEqual([100]);
  });

  it('then asks the rest: launchers, servers, tools, tool sessions last', () => {
    expect(signalled('ask-rest', { without: [100] })).toEqual([90, 95, 101, 102, 104, 103]);
  });

  it('asks nobody a second time', () => {
    expect(signalled('ask-rest', { asked: [100] })).not.toContain(100);
  });

  it('without an agent asks everybody at once', () => {
    expect(signalled('ask-agents', { without: [90, 95, 100] })).toEqual([101, 102, 104, 103]);
  });

  it('kills agents before their servers, so that they cannot start them again', () => {
    expect(signalled('kill', { asked: [100, 102] })).toEqual([100, 90, 95, 101, 102, 104, 103]);
  });

  it('kills nobody twice', () => {
    expect(signalled('kill', { killed: [100, 90] })).toEqual([95, 101, 102, 104, 103]);
  });
});
