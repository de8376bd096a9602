import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SesswatchError } from '../../../src/errors.js';
import type { ProcessSource } from '../../../src/process/scan.js';
import { parseStat, splitAtNul } from '../../../src/process/sources/procfs/parse.js';
import { createPsSource } from '../../../src/process/sources/ps/ps.js';
import type { RunTool } from '../../../src/process/sources/run-tool.js';
import { createCimSource } from '../../../src/process/sources/windows/cim.js';

const printing =
  (stdout: string): RunTool =>
  async () => ({ stdout, stderr: '', exitCode: 0, pid: undefined });

const about = { machine: {}, now: () => 0, selfPid: 900 };
const ps = (stdout: string, platform: NodeJS.Platform = 'linux'): ProcessSource =>
  createPsSource({ ...about, run: printing(stdout), platform, psPath: '/bin/ps' });
const cim = (stdout: string): ProcessSource => createCimSource({ ...about, run: printing(stdout) });

/** Whatever a tool prints: rows with pids that are pids, or the error of a list that is none. */
async function expectRowsOrRefusal(source: ProcessSource): Promise<void> {
  try {
    const pids = (await source.scan()).processes.map(({ pid }) => pid);
    expect(pids.filter((pid) => !Number.isInteger(pid) || pid < 0)).toEqual([]);
  } catch (error) {
    expect(error).toBeInstanceOf(SesswatchError);
  }
}

/** Names and arguments that look like the columns around them. */
const tricky = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom(')', '(', ' ', ' R 1 1 ', '\t', '7', ':', 'Fri Nov 20 08:09:05 2026', '\r', '\u2028'))
    .map((parts) => parts.join('')),
);
const line = tricky.map((text) => text.replaceAll('\n', ' '));

describe('a row of /proc/PID/stat', () => {
  const numbers = `30 7 6 0 -1 4194304 ${'0 '.repeat(4)}5 6 0 0 20 0 9 0 123456 4096 77`;

  it('keeps parent, group and start, whatever the process calls itself', () => {
    fc.assert(
      fc.property(tricky, (comm) => {
        const expected = { comm, state: 'S', ppid: 30, pgid: 7, sid: 6, startTicks: '123456', rssPages: 77 };
        expect(parseStat(`7 (${comm}) S ${numbers} 0 0\n`)).toMatchObject(expected);
      }),
    );
  });

  it('is none when it was cut before its last column', () => {
    const whole = `7 (claude) S ${numbers}`;
    const lastColumn = whole.lastIndexOf(' ');
    fc.assert(
      fc.property(fc.nat(lastColumn), (length) => {
        expect(parseStat(whole.slice(0, length))).toBeUndefined();
      }),
    );
  });

  it('has arguments that are parted where the process parted them', () => {
    const argv = fc.array(
      tricky.map((text) => text.replaceAll('\0', '')),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(argv, (words) => {
        expect(splitAtNul(words.map((word) => `${word}\0`).join(''))).toEqual(words);
      }),
    );
  });
});

describe('the answer of ps', () => {
  it('keeps pid, parent and start, whatever name and arguments look like', async () => {
    // As long as the kernel lets a name be.
    const name = line.map((text) => text.slice(0, 15));
    await fc.assert(
      fc.asyncProperty(name, line, async (comm, args) => {
        const columns = `  50      30  1000 ada 50 50 pts/3 S 1-08:09:05 2048 3 ${comm.padEnd(64)}`;
        const scan = await ps(`${columns} Sat Nov 21 10:00:00 2026 ${args}\n`).scan();
        expect(scan.processes).toMatchObject([{ pid: 50, ppid: 30, startTime: '2026-11-21T10:00:00Z' }]);
      }),
      { examples: [['', 'Fri Nov 20 08:09:05 2026']], numRuns: 1000 },
    );
  });

  it.each<NodeJS.Platform>(['linux', 'darwin'])('is rows or a refusal on %s, whatever is printed', async (platform) => {
    await fc.assert(fc.asyncProperty(tricky, (text) => expectRowsOrRefusal(ps(text, platform))));
  });
});

describe('the answer of PowerShell', () => {
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(0, 4, '7', -1, 1.5, '/Date(1e99)/', '"a'));
  const row = fc.record(
    { ProcessId: value, ParentProcessId: value, Name: value, CommandLine: value, CreationDate: value },
    { requiredKeys: [] },
  );

  it.each([
    ['rows', fc.array(row).map((rows) => JSON.stringify(rows))],
    ['JSON', fc.json()],
    ['text', tricky],
  ])('is rows or a refusal, whatever it is: %s', async (_, printed) => {
    await fc.assert(fc.asyncProperty(printed, (text) => expectRowsOrRefusal(cim(text))));
  });
});
