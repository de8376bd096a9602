import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../../src/errors.js';
import { createRecordedSource } from '../../../../src/process/sources/recorded/recorded.js';

const read = (text: string) => createRecordedSource(text, { path: 'it', takenAt: 0 }).scan();

/** Pieces of every form, in any order: heads over the rows of others, cut lines, art without a tree. */
const PIECES = [
  'PID PPID ELAPSED RSS COMMAND\n',
  'COMMAND PID PPID\n',
  'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n',
  'u 71 0.0 0.1 9 9 ?? S 3:57PM 0:00.03 claude\n',
  '72 1 00:09 10 claude\n',
  '73 claude -c --verbose\n',
  '  \\_ ',
  '> ',
  '| PID | COMMAND |\n|---|---|\n',
  '| 74 | claude |\n',
  'systemd(1)-+-claude(75)---node(76)\n',
  '           `-sh(77)\n',
  'systemd,1\n  |-claude,78 -c\n',
  'Image Name   PID\n============ ====\n',
  'claude.exe     79\n',
  'ProcessId : 80\nCommandLine : "a b" c\n',
  '"ProcessId","CommandLine"\n',
  '"81","claude ""x"""\n',
  'CPU %\tMem MB\tPID\tProcess\n0\t1\t82\t  claude\n',
  'ProcessId CommandLine\n--------- -----------\n',
  '\n',
  '\t',
  '-- pgrep --\n',
  '=== t ===\n',
];
const PIDS = new Set([1, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82]);

describe('whatever is pasted', () => {
  const text = fc
    .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary' })), {
      maxLength: 30,
    })
    .map((parts) => parts.join(''));

  it('is a table of distinct pids, or refused as no table', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (one) => {
        try {
          const pids = (await read(one)).processes.map(({ pid }) => pid);
          expect(new Set(pids).size).toBe(pids.length);
          expect(pids.every((pid) => Number.isSafeInteger(pid) && pid >= 0)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(SesswatchError);
        }
      }),
    );
  });

  it('tells no pid that does not stand in it', async () => {
    const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(pieces, async (one) => {
        const found = await read(one).catch(() => undefined);
        const { processes } = found ?? { processes: [] };
        expect(processes.filter(({ pid }) => !PIDS.has(pid))).toEqual([]);
        expect(processes.filter(({ startTime }) => startTime !== undefined)).toEqual([]);
      }),
    );
  });

  it.each([
    ['one long word', 'x'.repeat(100_000)],
    ['digits', '7'.repeat(100_000)],
    ['blanks', ' '.repeat(100_000)],
    ['quotes under a head of CSV', `"ProcessId","CommandLine"\n${'"'.repeat(100_000)}`],
    ['parentheses', '('.repeat(50_000) + ')'.repeat(50_000)],
    ['branches', '-+-a(1)'.repeat(14_000)],
    ['bars', '|'.repeat(100_000)],
    ['art', ' \\_'.repeat(33_000)],
    ['short lines', '7 claude\n'.repeat(11_000)],
    ['heads', 'PID COMMAND\n'.repeat(8000)],
    ['properties', 'ProcessId : 7\n'.repeat(7000)],
    ['keys without a pid', 'Name : x\n'.repeat(11_000)],
    ['a word and blanks under a head', `COMMAND PID\n${'x'.repeat(50_000)}${' '.repeat(50_000)}y`],
  ])(
    'ends soon: %s',
    async (_, one) => {
      // The limit is far above what it takes: one that grows with the square would take minutes.
      const answer = read(one).then(
        () => 'read',
        (error: unknown) => (error instanceof SesswatchError ? 'refused' : 'failed'),
      );
      expect(['read', 'refused']).toContain(await answer);
    },
    5000,
  );
});

describe('whatever is recorded', () => {
  const piece = fc.constantFrom(
    '=== t ===\n',
    '-- ps --\n',
    '-- pgrep --\n',
    'PID COMMAND\n',
    '{',
    '[',
    '"',
    '7 1 00:05 9 x\n',
    '7 ',
  );

  it('is either a table of distinct pids or an error of the file, never another failure', async () => {
    const text = fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, async (one) => {
        try {
          const pids = (await read(one)).processes.map((process) => process.pid);
          expect(new Set(pids).size).toBe(pids.length);
        } catch (error) {
          expect(error).toBeInstanceOf(SesswatchError);
        }
      }),
    );
  });

  it('identifies nobody and knows no more on a closer look', async () => {
    const source = createRecordedSource('[{"pid":7,"comm":"claude"}]', { path: 'a.json', takenAt: 0 });
    expect(await source.identify(7)).toBe('unknown');
    expect((await source.detail([{ pid: 7 }], ['cwd', 'fds'])).size).toBe(0);
  });
});
