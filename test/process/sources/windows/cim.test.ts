import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProcessRecord } from '../../../../src/process/record.js';
import type { Scan } from '../../../../src/process/scan.js';
import type { ToolOutput, ToolRequest } from '../../../../src/process/sources/run-tool.js';
import { createCimSource } from '../../../../src/process/sources/windows/cim.js';

const fixture = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../../../../fixtures/process', name), 'utf8');

const TAKEN_AT = Date.parse('2026-11-20T10:32:52Z');

function cimSource(output: Partial<ToolOutput>, bootId?: string) {
  const asked: ToolRequest[] = [];
  const source = createCimSource({
    async run(request) {
      asked.push(request);
      return { stdout: '', stderr: '', exitCode: 0, pid: 9004, ...output };
    },
    machine: { hostname: 'ada-pc', platform: 'win32', bootId },
    now: () => TAKEN_AT,
    selfPid: 9000,
    systemRoot: 'D:\\WINNT',
  });
  return { source, asked };
}

const scan = (stdout: string): Promise<Scan> => cimSource({ stdout }).source.scan();
const byPid = (one: Scan, pid: number): ProcessRecord | undefined => one.processes.find((row) => row.pid === pid);

describe('the process list of Windows', () => {
  it('fills every field that Win32_Process tells, and no other', async () => {
    const list = await scan(fixture('cim-list.json'));
    expect(list).toMatchObject({ source: 'cim', takenAt: TAKEN_AT, complete: true, problems: [] });
    expect(byPid(list, 7120)).toEqual({
      pid: 7120,
      startTime: '2026-11-20T09:01:59.1234567Z',
      startedAt: Date.parse('2026-11-20T09:01:59.123Z'),
      ppid: 6500,
      comm: 'claude.exe',
      exe: 'C:\\Users\\Ada Lovelace\\.local\\bin\\claude.exe',
      argv: [
        'C:\\Users\\Ada Lovelace\\.local\\bin\\claude.exe',
        '--resume',
        '296187f1-0000-4000-8000-000000000001',
        '--settings',
        '{"a":"ünï 日本"}',
        '--add-dir',
        'C:\\src\\',
        '--setting-sources',
        '',
      ],
      cpuSeconds: 5,
      rssBytes: 212_336_640,
      threads: 19,
    });
  });

  it.each([
    [
      'no command line of a protected process',
      1188,
      { argv: undefined, exe: undefined, comm: 'MsMpEng.exe', cpuSeconds: 1000 },
    ],
    [
      'no start of the idle process, which is the kernel',
      0,
      { startTime: undefined, startedAt: undefined, kernelThread: true },
    ],
    ['the kernel’s own process', 4, { kernelThread: true, comm: 'System' }],
    [
      'that a session number of Windows is no session leader',
      7120,
      { sid: undefined, pgid: undefined, tty: undefined },
    ],
  ])('knows %s', async (_, pid, expected) => {
    const record = byPid(await scan(fixture('cim-list.json')), pid);
    expect(record).toBeDefined();
    for (const [field, value] of Object.entries(expected))
      expect(record?.[field as keyof ProcessRecord]).toEqual(value);
  });

  it('leaves out PowerShell and its console host, but no other process with that parent pid', async () => {
    const list = await scan(fixture('cim-list.json'));
    expect(list.processes.map((row) => row.pid)).toEqual([0, 4, 1188, 7120, 9000, 9011]);
  });

  it.each([
    [
      'milliseconds of PowerShell 5.1',
      'cim-5.1-dates.json',
      '2026-11-20T10:32:50.000Z',
      'system@2026-11-13T05:02:11.503Z',
    ],
    [
      'dates of PowerShell 7 with an offset',
      'cim-7-offsets.json',
      '2026-11-20T10:32:50Z',
      'system@2026-11-13T05:02:11.503125Z',
    ],
    ['a lone object', 'cim-one.json', '2026-11-20T10:32:50.0000000Z', undefined],
  ])('reads %s', async (_, name, startTime, bootId) => {
    const list = await scan(fixture(name));
    expect(list.complete).toBe(true);
    expect(list.machine.bootId).toBe(bootId);
    expect(byPid(list, 9000)).toMatchObject({ startTime, startedAt: TAKEN_AT - 2000 });
  });

  it.each([
    ['a byte order mark', `\uFEFF${fixture('cim-one.json')}`],
    ['Windows line ends', fixture('cim-list.json').replaceAll('\n', '\r\n')],
  ])('tolerates %s', async (_, stdout) => {
    expect((await scan(stdout)).complete).toBe(true);
  });

  it.each([
    ['is no date', '"yesterday"'],
    ['is a date of no calendar', '"2026-13-41T25:00:00Z"'],
    ['has no zone', '"2026-11-20T10:32:50"'],
    ['is a number', '7'],
  ])('knows no start when the date %s', async (_, date) => {
    const list = await scan(`[{"ProcessId":9000,"Name":"node.exe","CreationDate":${date}}]`);
    expect(byPid(list, 9000)).toEqual({ pid: 9000, comm: 'node.exe' });
  });

  it('asks Windows PowerShell by absolute path, without profile, once', async () => {
    const { source, asked } = cimSource({ stdout: fixture('cim-list.json') });
    await source.scan();
    expect(asked).toHaveLength(1);
    expect(asked[0]?.file).toBe('D:\\WINNT\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
    expect(asked[0]?.args).toContain('-NoProfile');
    expect(asked[0]?.args.join(' ')).not.toContain('"');
  });

  it.each([
    ['is empty', { stdout: '' }],
    ['is an empty list', { stdout: '[]' }],
    ['holds no process', { stdout: '{"Name":"x"}' }],
    ['is cut', { stdout: fixture('cim-list.json').slice(0, 400) }],
    ['is text', { stdout: 'Get-CimInstance : access denied' }],
    [
      'comes with a non-zero exit',
      {
        stdout: fixture('cim-list.json'),
        exitCode: 1,
        stderr: 'Get-CimInstance : Access denied\r\nat line 1',
      },
    ],
  ])('fails when the answer %s', async (_, output) => {
    await expect(cimSource(output).source.scan()).rejects.toMatchObject({
      name: 'SesswatchError',
      code: 'incomplete-scan',
    });
  });

  it.each([
    ['lacks our own process', '[{"ProcessId":4,"Name":"System"}]', /does not show this process/],
    [
      'holds a row without a pid',
      '[{"ProcessId":9000,"Name":"node.exe"},{"Name":"x"},null]',
      /2 rows without a process id/,
    ],
  ])('is incomplete when the answer %s', async (_, stdout, what) => {
    const list = await scan(stdout);
    expect(list.complete).toBe(false);
    expect(list.problems[0]?.what).toMatch(what);
  });

  it('knows no more on a closer look', async () => {
    expect((await cimSource({}).source.detail([{ pid: 9000 }], ['memory'])).size).toBe(0);
  });
});

describe('identify on Windows', () => {
  it('asks for that pid alone and answers with its start', async () => {
    const { source, asked } = cimSource({ stdout: fixture('cim-7-offsets.json') });
    expect(await source.identify(9000)).toEqual({
      bootId: 'system@2026-11-13T05:02:11.503125Z',
      pid: 9000,
      startTime: '2026-11-20T10:32:50Z',
    });
    expect(asked[0]?.args.at(-1)).toContain("-Filter 'ProcessId=9000 OR ProcessId=4'");
  });

  it('keeps the boot id that it was given', async () => {
    const { source } = cimSource({ stdout: fixture('cim-one.json') }, 'b');
    expect(await source.identify(9000)).toMatchObject({ bootId: 'b' });
  });

  it.each([
    ['gone when Windows answers without it', '[{"ProcessId":4,"Name":"System"}]', 'gone'],
    ['unknown when its start is not told', '[{"ProcessId":9000,"Name":"node.exe","CreationDate":null}]', 'unknown'],
    ['unknown when the answer holds what is no process', '[{"Name":"System"}]', 'unknown'],
  ])('answers %s', async (_, stdout, answer) => {
    expect(await cimSource({ stdout }).source.identify(9000)).toBe(answer);
  });
});
