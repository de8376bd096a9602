import { expect, it } from 'vitest';
import { nameOf, type ProcessRecord } from '../../src/process/record.js';

it.each<[string, Omit<ProcessRecord, 'pid'>, string]>([
  ['the kernel’s name', { comm: 'claude', argv: ['/opt/other', '-c'] }, 'claude'],
  ['the program of its arguments, where a recorded row has no name', { argv: ['/opt/t3/node', 'bin.mjs'] }, 'node'],
  ['the first word of a title', { argv: ['sshd: ada@pts/3'] }, 'sshd:'],
  ['its executable, where it has no arguments', { argv: [], exe: '/opt/claude (deleted)' }, 'claude'],
  ['a word for any, where nothing is known', {}, 'process'],
])('a process is called by %s', (_, row, expected) => {
  expect(nameOf({ pid: 3001, ...row })).toBe(expected);
});
