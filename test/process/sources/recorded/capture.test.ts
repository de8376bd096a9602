import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { byPid, expectFields, read } from './read-recorded.js';

const CAPTURES = path.resolve(import.meta.dirname, '../../../../fixtures/corpus/captures');
const capture = (name: string): string => readFileSync(path.join(CAPTURES, name), 'utf8');

describe('a capture', () => {
  it.each([
    ['baseline', 'capture-baseline.txt', '2026-11-20T10:32:50Z', 0],
    ['ready', 'capture-ready.txt', '2026-11-20T10:32:52Z', 7],
    ['after-archive', 'capture-after-archive.txt', '2026-11-20T10:32:55Z', 7],
  ])('of the archive investigation is read: %s', async (_, name, takenAt, count) => {
    const scan = await read(capture(name));
    expect(scan).toMatchObject({ complete: true, problems: [], takenAt: Date.parse(takenAt) });
    expect(scan.processes).toHaveLength(count);
    expect(scan.processes.filter((one) => one.argv?.[0] === 'claude')).toHaveLength(count === 0 ? 0 : 5);
  });

  it('counts an age back from its own time', async () => {
    const scan = await read(capture('capture-ready.txt'));
    expectFields(byPid(scan, 13), {
      startedAt: Date.parse('2026-11-20T10:32:50Z'),
      argv: ['node', '--watch', 'src/bin.ts'],
      rssBytes: 40_388 * 1024,
    });
  });

  const block = (title: string, pgrep: string, ps: string): string =>
    `=== ${title} ===\n-- pgrep --\n${pgrep}-- ps --\n${ps}`;

  it('takes a process that both programs list for one', async () => {
    const scan = await read(block('t', '7 claude -c\n', '7 1 00:05 10 claude -c\n'));
    expect(scan.processes).toHaveLength(1);
    expectFields(byPid(scan, 7), { rssBytes: 10_240 });
  });

  it('keeps a process that only pgrep lists', async () => {
    const scan = await read(block('t', '7 claude -c\n9 codex\n9 codex\n', '7 1 00:05 10 claude -c\n'));
    expect(scan.processes).toHaveLength(2);
    expectFields(byPid(scan, 9), { argv: ['codex'], argvIsSplitText: true, ppid: undefined });
  });

  it('of several moments stands for the last', async () => {
    const first = block('2026-11-20T10:00:00+0000', '', '7 1 00:05 10 claude\n8 1 00:05 10 claude\n');
    const scan = await read(`${first}${block('2026-11-20T11:00:00+0000', '', '8 1 01:00:05 10 claude\n')}`);
    expect(scan.takenAt).toBe(Date.parse('2026-11-20T11:00:00Z'));
    expect(scan.processes.map((one) => one.pid)).toEqual([8]);
  });

  it.each([
    ['UTC with a colon', '2026-11-20T10:32:52+00:00', '2026-11-20T10:32:52Z'],
    ['another zone without one', '2026-11-20T11:32:52+0100', '2026-11-20T10:32:52Z'],
    ['Z and fractions', '2026-11-20 10:32:52.250Z', '2026-11-20T10:32:52.250Z'],
    ['a label before it', 'after archive 2026-11-20T10:32:52Z', '2026-11-20T10:32:52Z'],
    ['the form of date', 'Fri Nov 20 10:32:52 UTC 2026', '2026-11-20T10:32:52Z'],
    ['a label that ends with a number', 'ready 1', '2026-11-20T12:00:00Z'],
  ])('has its time from a title with %s', async (_, title, takenAt) => {
    expect((await read(block(title, '', ''))).takenAt).toBe(Date.parse(takenAt));
  });

  it.each([
    ['without pgrep', '=== t ===\n-- ps --\n7 1 00:05 10 claude\n'],
    ['without ps', '=== t ===\n-- pgrep --\n7 claude\n'],
    ['without titles', '-- pgrep --\n7 claude\n-- ps --\n7 1 00:05 10 claude\n'],
    ['without section names', '=== t ===\n7 1 00:05 10 claude\n'],
    ['with sections of other programs', '=== t ===\n-- free --\n8 1 00:05 10 no\n-- ps aux --\n7 1 00:05 10 claude\n'],
    ['with a header in it', '=== t ===\n-- ps --\n PID PPID ELAPSED RSS COMMAND\n 7 1 00:05 10 claude\n'],
    ['with Windows line ends', '=== t ===\r\n-- ps --\r\n7 1 00:05 10 claude\r\n'],
  ])('is read %s', async (_, text) => {
    const scan = await read(text);
    expect(scan.complete).toBe(true);
    expect(scan.processes.map((one) => [one.pid, one.argv])).toEqual([[7, ['claude']]]);
  });

  it('is incomplete when it holds only an error message: that is not the same as nothing running', async () => {
    const scan = await read(block('t', '', 'bash: ps: command not found\n'));
    expect(scan).toMatchObject({ complete: false, processes: [] });
  });

  it('is refused when its last moment was cut before the first section', async () => {
    const text = `${block('a', '', '7 1 00:05 10 claude\n')}=== 2026-11-20T11:00:00Z ===\n`;
    await expect(read(text)).rejects.toMatchObject({ code: 'format' });
  });
});
