import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/agents/catalogue/catalogue.js';
import { resolveAgents } from '../../../src/agents/resolve/resolve.js';
import type { ProcessRecord, RecordedPart } from '../../../src/process/record.js';
import { createProcessTable } from '../../../src/process/table.js';

function rolesOf(...processes: ProcessRecord[]): string[] {
  const table = createProcessTable({
    source: 'recorded',
    takenAt: 0,
    machine: {},
    processes,
    complete: true,
    problems: [],
  });
  return [...resolveAgents(table, CATALOGUE).members.values()].map(
    ({ pid, agent, role, sessionId }) => `${pid} ${agent} ${role}${sessionId === undefined ? '' : ` ${sessionId}`}`,
  );
}

const SPARE = ['claude bg-spare', '--bg-spare', '/tmp/cc/claim.sock'];
const row = (pid: number, argv: readonly string[], recorded?: RecordedPart): ProcessRecord => ({
  pid,
  ppid: 1,
  argv,
  recorded,
});

describe('what a snapshot recorded of a process', () => {
  it.each([
    [
      'a spare that was claimed is a session still',
      { agent: 'claude', role: 'session', sessionId: 'bb40' },
      '7 claude session bb40',
    ],
    ['a spare that nobody claimed is none', undefined, '7 claude infrastructure'],
    [
      'a role that this version does not know is not taken',
      { agent: 'claude', role: 'emperor' },
      '7 claude infrastructure',
    ],
    ['what the row says of another agent goes before', { agent: 'codex', role: 'session' }, '7 claude infrastructure'],
  ])('%s', (_, recorded, expected) => {
    expect(rolesOf(row(7, SPARE, recorded))).toEqual([expected]);
  });

  it('makes no agent of what is none by its row', () => {
    expect(rolesOf(row(7, ['sleep', '100'], { agent: 'claude', role: 'session' }))).toEqual([]);
  });

  it('keeps a helper that only markers tied to its agent', () => {
    const helper = { role: 'mcp-server', leader: 7, sessionId: 'bb40' };
    expect(rolesOf(row(7, ['claude']), row(8, ['node', 'server.js'], helper))).toEqual([
      '7 claude session',
      '8 claude mcp-server bb40',
    ]);
  });
});
