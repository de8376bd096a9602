import path from 'node:path';
import { countOf, fieldsOf, isFields, parseJson, textOf } from '../../../decode.js';
import { SesswatchError } from '../../../errors.js';
import type { ProcessRecord } from '../../record.js';
import { liveScan, type Machine, type ProcessSource, withoutSelf } from '../../scan.js';
import type { RunTool, ToolOutput } from '../run-tool.js';
import { splitCommandLine } from './command-line.js';

export interface CimOptions {
  readonly run: RunTool;
  /** Without a boot id, the start of the `System` process stands for it. */
  readonly machine: Machine;
  readonly now: () => number;
  /** The scanner's own pid, which a whole scan must hold. */
  readonly selfPid: number;
  /** `%SystemRoot%`. */
  readonly systemRoot?: string | undefined;
}

/**
 * Reads the process table of Windows: one call of Windows PowerShell, which every Windows has, for the class
 * Win32_Process. Not told: user (a call per process), terminal, process group, state. `SessionId` is left
 * alone: it numbers logins, and is no leader's pid as `sid` is elsewhere.
 */
export function createCimSource(options: CimOptions): ProcessSource {
  const file = path.win32.join(
    options.systemRoot ?? 'C:\\Windows',
    'System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  );
  const ask = async (script: string): Promise<{ output: ToolOutput; rows: CimRows }> => {
    const output = await options.run({
      file,
      args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', script],
      timeoutMs: TIMEOUT_MS,
    });
    return { output, rows: readRows(file, output) };
  };

  return {
    name: 'cim',
    async scan() {
      const takenAt = options.now();
      const { output, rows } = await ask(query(''));
      if (rows.records.length === 0) throw noList(file, output);
      const { records, strayRows } = rows;
      const stray = { what: `${file} gave ${strayRows} rows without a process id`, hint: 'see sesswatch doctor' };
      return liveScan({
        source: 'cim',
        takenAt,
        machine: { ...options.machine, bootId: options.machine.bootId ?? bootIdFrom(records) },
        processes: records.filter((row) => !isHelper(row, output.pid)),
        problems: [...(strayRows > 0 ? [stray] : []), ...withoutSelf(file, records, options.selfPid)],
      });
    },
    async detail() {
      return new Map();
    },
    async identify(pid) {
      const { rows } = await ask(query(` -Filter 'ProcessId=${pid} OR ProcessId=${SYSTEM_PID}'`));
      const found = rows.records.find((row) => row.pid === pid);
      if (found === undefined) return rows.strayRows === 0 ? 'gone' : 'unknown';
      if (found.startTime === undefined) return 'unknown';
      return { bootId: options.machine.bootId ?? bootIdFrom(rows.records), pid, startTime: found.startTime };
    },
  };
}

/** PowerShell alone takes some 0.5 s to start, on a cold disk many. */
const TIMEOUT_MS = 60_000;

/** The kernel's own process: always 4. */
const SYSTEM_PID = 4;

const PROPERTIES =
  'ProcessId,ParentProcessId,Name,ExecutablePath,CommandLine,KernelModeTime,UserModeTime,WorkingSetSize,ThreadCount';

/**
 * `Stop`: what cannot be read ends the script with exit code 1 instead of an empty list. `-InputObject @(…)`:
 * one row is an array too, and none is `[]`. The date is written out by the script, for ConvertTo-Json of
 * PowerShell 5.1 rounds it to milliseconds. No double quotes: they would have to survive two parsers.
 */
function query(filter: string): string {
  return [
    "$ErrorActionPreference='Stop'",
    '[Console]::OutputEncoding=New-Object System.Text.UTF8Encoding $false',
    `$rows=@(Get-CimInstance -ClassName Win32_Process${filter} -Property ${PROPERTIES},CreationDate | ` +
      `Select-Object ${PROPERTIES},@{n='CreationDate';e={if($_.CreationDate){$_.CreationDate.ToUniversalTime().ToString('o')}}})`,
    'ConvertTo-Json -InputObject $rows -Compress',
  ].join('; ');
}

interface CimRows {
  readonly records: readonly ProcessRecord[];
  /** Elements that are no process. */
  readonly strayRows: number;
}

function readRows(file: string, output: ToolOutput): CimRows {
  const elements = output.exitCode === 0 ? parseCimJson(output.stdout) : undefined;
  if (elements !== undefined) {
    const records = elements.flatMap((element) => cimRecord(element) ?? []);
    return { records, strayRows: elements.length - records.length };
  }
  throw noList(file, output);
}

function noList(file: string, output: ToolOutput): SesswatchError {
  const said = output.stderr.trim().split('\n')[0]?.slice(0, 200) ?? '';
  return new SesswatchError(
    'incomplete-scan',
    `${file} gave no process list: exit code ${output.exitCode}, it said ${JSON.stringify(said)}`,
    'is the Windows Management Instrumentation service running? or try --source portable',
  );
}

/** An array, a lone object, or PowerShell 5.1's wrapping of an array as `{ value, Count }`. */
function parseCimJson(text: string): readonly unknown[] | undefined {
  // Cut, or no JSON at all: the caller says so with what PowerShell said.
  const value = parseJson(text.replace(/^\uFEFF/, ''));
  if (Array.isArray(value)) return value;
  if (!isFields(value)) return undefined;
  return Array.isArray(value.value) ? value.value : [value];
}

/** A process from an object of Win32_Process as ConvertTo-Json writes it; `undefined` for anything else. */
export function cimRecord(element: unknown): ProcessRecord | undefined {
  const row = fieldsOf(element);
  const pid = numberOf(row.ProcessId);
  if (pid === undefined) return undefined;
  const startTime = parseCimDate(row.CreationDate);
  const commandLine = textOf(row.CommandLine);
  const kernelTime = numberOf(row.KernelModeTime);
  const userTime = numberOf(row.UserModeTime);
  return {
    pid,
    startTime,
    startedAt: startTime === undefined ? undefined : Date.parse(startTime),
    ppid: numberOf(row.ParentProcessId),
    comm: textOf(row.Name),
    exe: textOf(row.ExecutablePath),
    argv: commandLine === undefined ? undefined : splitCommandLine(commandLine),
    cpuSeconds:
      kernelTime === undefined || userTime === undefined ? undefined : (kernelTime + userTime) / UNITS_PER_SECOND,
    rssBytes: numberOf(row.WorkingSetSize),
    threads: numberOf(row.ThreadCount),
    kernelThread: pid === 0 || pid === SYSTEM_PID ? true : undefined,
  };
}

/** KernelModeTime and UserModeTime count units of 100 ns (Win32_Process). */
const UNITS_PER_SECOND = 1e7;

/**
 * A creation date in UTC as ISO 8601, with as many digits as were told. From `ToString('o')` and PowerShell 7
 * (ISO, perhaps with an offset), or from PowerShell 5.1 (`/Date(ms)/`).
 */
function parseCimDate(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const epoch = /^\/Date\((-?\d+)\)\/$/.exec(value);
  if (epoch !== null) return isoOf(Number(epoch[1]));
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(value);
  if (match === null) return undefined;
  const [, seconds, fraction = '', zone] = match;
  // The digits are kept as text: a JavaScript date ends at milliseconds.
  return isoOf(Date.parse(`${seconds}${zone}`))?.replace('.000Z', `${fraction}Z`);
}

function isoOf(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function bootIdFrom(rows: readonly ProcessRecord[]): string | undefined {
  const started = rows.find((row) => row.pid === SYSTEM_PID)?.startTime;
  return started === undefined ? undefined : `system@${started}`;
}

/** All of the class are whole; those of 64 bits may come as text. */
function numberOf(value: unknown): number | undefined {
  return countOf(typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value);
}

/** PowerShell itself, and the console host that Windows started for it. */
function isHelper(row: ProcessRecord, helperPid: number | undefined): boolean {
  if (helperPid === undefined) return false;
  return row.pid === helperPid || (row.ppid === helperPid && row.comm?.toLowerCase() === 'conhost.exe');
}
