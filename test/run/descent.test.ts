import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../src/process/record.js';
import { createProcessTable, type ProcessTable } from '../../src/process/table.js';
import { type Descent, openDescent } from '../../src/run/descent.js';

const SELF = 10;
const COMMAND = 20;

function table(...rows: readonly Partial<ProcessRecord>[]): ProcessTable {
  const self = { pid: SELF, ppid: 1, pgid: SELF, sid: 5, startTime: '10' };
  return createProcessTable({
    source: 'procfs',
    takenAt: 0,
    machine: { bootId: 'boot' },
    complete: true,
    problems: [],
    processes: [{ pid: 1, ppid: 0, pgid: 1, sid: 1, startTime: '1' }, self, ...rows.map(row)],
  });
}

function row(fields: Partial<ProcessRecord>): ProcessRecord {
  const pid = fields.pid ?? 0;
  return { pid, ppid: 1, pgid: SELF, sid: 5, startTime: String(pid), comm: `c${pid}`, state: 'S', ...fields };
}

function open(before: ProcessTable = table(), subreaperPid?: number): Descent {
  return openDescent({ before, commandPid: COMMAND, starterPid: subreaperPid ?? SELF, subreaperPid });
}

const command = { pid: COMMAND, ppid: SELF };
const found = (descent: Descent): string[] => descent.alive().map((one) => `${one.record.pid} ${one.foundBy}`);

describe('the descent of a command', () => {
  it('holds what is below it, however deep', () => {
    const descent = open();
    const looked = descent.look(table(command, { pid: 21, ppid: 20 }, { pid: 22, ppid: 21 }));
    expect(found(descent)).toEqual(['20 tree', '21 tree', '22 tree']);
    expect(looked).toMatchObject({ came: 3, went: 0 });
    expect(descent.alive()[2]?.through).toEqual({ pid: 21, name: 'c21' });
  });

  it('keeps a child that was seen in the tree and then lost its parent', () => {
    const descent = open();
    descent.look(table(command, { pid: 21, ppid: 20 }));
    expect(descent.look(table({ pid: 21, ppid: 1 }))).toMatchObject({ came: 0, went: 1 });
    expect(found(descent)).toEqual(['21 tree']);
  });

  it('leaves out what existed before, even below the command', () => {
    const before = table({ pid: 15, ppid: 1 });
    const descent = open(before);
    descent.look(table(command, { pid: 15, ppid: 20 }));
    expect(found(descent)).toEqual(['20 tree']);
  });

  it('takes a pid of before for a new process when it was used again', () => {
    const descent = open(table({ pid: 30, ppid: 1, startTime: '2' }));
    descent.look(table(command, { pid: 30, ppid: 20, startTime: '99' }));
    expect(found(descent)).toEqual(['20 tree', '30 tree']);
  });

  it('does not take a stranger with the pid of the ended command for it', () => {
    const descent = open();
    descent.look(table(command));
    descent.look(table({ pid: COMMAND, ppid: 1, startTime: '999' }));
    expect(found(descent)).toEqual([]);
  });

  it.each([
    ['group', { pgid: 21, sid: 5 }],
    ['session', { pgid: 22, sid: 21 }],
  ])('finds a %s mate that was never seen in the tree', (way, numbers) => {
    const descent = open();
    descent.look(table(command, { pid: 21, ppid: 20, pgid: 21, sid: 21 }));
    descent.look(table({ pid: 22, ppid: 1, ...numbers }));
    expect(found(descent)).toEqual([`22 ${way}`]);
  });

  it('does not take the group and session of our own terminal for the command’s', () => {
    const descent = open();
    descent.look(table(command, { pid: 40, ppid: 1 }));
    expect(found(descent)).toEqual(['20 tree']);
  });

  it('forgets a group that nobody was in at the last look: its number may be a stranger’s by now', () => {
    const descent = open();
    descent.look(table(command, { pid: 21, ppid: 20, pgid: 21, sid: 21 }));
    descent.look(table(command));
    descent.look(table(command));
    descent.look(table(command, { pid: 21, ppid: 1, pgid: 21, sid: 21, startTime: '500' }));
    expect(found(descent)).toEqual(['20 tree']);
  });

  it('finds by the cookie, with all that is below', () => {
    const descent = open();
    const looked = descent.look(
      table(command, { pid: 31, pgid: 31, sid: 31 }, { pid: 32, ppid: 31, pgid: 31, sid: 31 }),
    );
    expect(looked.strangers.map((one) => one.pid)).toEqual([31, 32]);
    expect(descent.adopt([31])).toBe(2);
    expect(found(descent)).toEqual(['20 tree', '31 cookie', '32 tree']);
  });

  it('names a stranger once, unless all are to be asked again', () => {
    const descent = open();
    const now = table(command, { pid: 31, pgid: 31, sid: 31 });
    expect(descent.look(now).strangers).toHaveLength(1);
    expect(descent.look(now).strangers).toHaveLength(0);
    expect(descent.look(now, true).strangers).toHaveLength(1);
  });

  it('finds what a subreaper adopted, and leaves the subreaper itself out', () => {
    const reaper = { pid: 19, ppid: SELF };
    const descent = open(table(), 19);
    descent.look(table(reaper, { pid: COMMAND, ppid: 19 }, { pid: 50, ppid: 19, pgid: 50, sid: 50 }));
    expect(found(descent)).toEqual(['20 tree', '50 subreaper']);
  });

  it('counts a zombie as gone', () => {
    const descent = open();
    descent.look(table(command, { pid: 21, ppid: 20 }));
    expect(descent.look(table(command, { pid: 21, ppid: 20, state: 'Z' }))).toMatchObject({ went: 1 });
    expect(found(descent)).toEqual(['20 tree']);
    expect(descent.seen()).toBe(2);
  });
});
