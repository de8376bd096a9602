import { describe, expect, it } from 'vitest';
import { CATALOGUE, catalogueWith } from '../../../src/agents/catalogue/catalogue.js';
import { resolveAgents } from '../../../src/agents/resolve/resolve.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { createProcessTable } from '../../../src/process/table.js';
import { seenOnly } from '../../../src/verdict/vetoes/seen-only.js';

const wide = catalogueWith([{ name: 'acme', executables: ['acmed'] }], [{ names: ['toolsd'] }]);

const rows: readonly ProcessRecord[] = [
  { pid: 1, ppid: 0, comm: 'systemd', argv: ['/sbin/init'], exe: '/sbin/init' },
  { pid: 10, ppid: 1, comm: 'acmed', argv: ['acmed'], exe: '/opt/acmed' },
  { pid: 11, ppid: 10, comm: 'sleep', argv: ['sleep', '9'], exe: '/bin/sleep' },
  { pid: 20, ppid: 1, comm: 'toolsd', argv: ['toolsd'], exe: '/opt/toolsd' },
  { pid: 30, ppid: 1, comm: 'claude', argv: ['claude'], exe: '/opt/claude' },
  { pid: 31, ppid: 30, comm: 'toolsd', argv: ['toolsd'], exe: '/opt/toolsd' },
  { pid: 32, ppid: 30, comm: 'sleep', argv: ['sleep', '9'], exe: '/bin/sleep' },
];

const agents = resolveAgents(
  createProcessTable({
    source: 'procfs',
    takenAt: 0,
    machine: { platform: 'linux' },
    processes: rows,
    complete: true,
    problems: [],
  }),
  wide,
);

describe('what only a project file calls an agent', () => {
  it.each([
    ['an agent of its own is never ended', 10, true],
    ['nor what belongs to such an agent', 11, true],
    ['nor an MCP server of its own', 20, true],
    ['an agent that everybody knows is judged as ever', 30, false],
    ['and so is what runs below it', 31, false],
    ['whatever that is', 32, false],
  ])('%s', (_, pid, expected) => {
    const record = agents.table.get(pid);
    const member = agents.members.get(pid);
    if (record === undefined || member === undefined) throw new Error(`${pid} is no member`);
    expect(seenOnly(agents, record, member, CATALOGUE) !== undefined).toBe(expected);
    expect(seenOnly(agents, record, member, undefined)).toBeUndefined();
  });
});
