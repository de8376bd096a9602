import { describe, expect, it } from 'vitest';
import { adopterByRow, isAdopted } from '../../src/process/adopters.js';
import type { ProcessRecord } from '../../src/process/record.js';
import { createProcessTable, type ProcessTable } from '../../src/process/table.js';

const table = (processes: readonly ProcessRecord[], platform: NodeJS.Platform = 'linux'): ProcessTable =>
  createProcessTable({
    source: 'recorded',
    takenAt: 0,
    machine: { platform },
    processes,
    complete: true,
    problems: [],
  });

describe('who adopts orphans', () => {
  it.each<[string, ProcessRecord, string | undefined]>([
    ['systemd as pid 1', { pid: 1, comm: 'systemd', argv: ['/sbin/init'] }, 'manager'],
    ['launchd', { pid: 1, argv: ['/sbin/launchd'] }, 'init'],
    ['tini as pid 1', { pid: 1, comm: 'tini' }, 'caretaker'],
    ['any program as pid 1', { pid: 1, argv: ['node', 'server.js'] }, 'application'],
    ['a person’s service manager', { pid: 9, comm: 'systemd', argv: ['/lib/systemd/systemd', '--user'] }, 'manager'],
    ['a manager whose arguments were not read', { pid: 9, comm: 'systemd' }, 'manager'],
    ['systemd of a container, seen from outside', { pid: 9, comm: 'systemd', argv: ['/sbin/init'] }, 'manager'],
    ['a relay of WSL', { pid: 9, comm: 'Relay(10)', exe: '/init' }, 'init'],
    ['an init of WSL', { pid: 9, comm: 'init', argv: ['/init'] }, 'init'],
    ['an init that was not read', { pid: 9, comm: 'init' }, 'init'],
    ['a script of that name', { pid: 9, comm: 'init', argv: ['./init', 'project'] }, undefined],
    ['the caretaker of a pod', { pid: 9, comm: 'pause' }, 'caretaker'],
    ['a shell', { pid: 9, comm: 'bash', argv: ['-bash'] }, undefined],
  ])('%s', (_, row, kind) => {
    expect(adopterByRow(row, 'linux')?.kind).toBe(kind);
  });

  it('is nobody on Windows', () => {
    expect(adopterByRow({ pid: 1, comm: 'systemd' }, 'win32')).toBeUndefined();
  });

  it('is told of a process by its parent, or by the lack of one', () => {
    const all = table([
      { pid: 1, ppid: 0, comm: 'systemd' },
      { pid: 2, ppid: 1, comm: 'node' },
      { pid: 3, ppid: 2, comm: 'node' },
      { pid: 4, ppid: 99, comm: 'node' },
    ]);
    expect([2, 3, 4].map((pid) => isAdopted(all, pid))).toEqual([true, false, true]);
  });
});
