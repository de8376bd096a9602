import { SesswatchError } from '../../../errors.js';
import type { ProcessRecord } from '../../record.js';
import type { ProcessSource, Scan, ScanProblem } from '../../scan.js';
import { markKernelThreads } from '../ps/fields.js';
import { parseCapture } from './capture.js';
import { parseDocument } from './document.js';

export interface RecordedOptions {
  /** For messages. */
  readonly path: string;
  /** When it was taken, should it not say so itself: the file's time. Milliseconds since the epoch. */
  readonly takenAt: number;
  /** Names of environment variables that may be kept of a recorded tree; none by default. */
  readonly markers?: ReadonlySet<string>;
}

/**
 * A process table from a file: a snapshot document (or its rows alone), whatever tables people paste, or a
 * before/after capture. Nobody in it can be identified now, so nothing recorded can be reaped. Its `scan` throws
 * SesswatchError `format` when the file is none of these, cut, or of a newer schema.
 */
export function createRecordedSource(text: string, options: RecordedOptions): ProcessSource {
  return {
    name: 'recorded',
    async scan() {
      return readRecorded(text, options);
    },
    async detail() {
      return new Map();
    },
    async identify() {
      return 'unknown';
    },
  };
}

function readRecorded(text: string, options: RecordedOptions): Scan {
  // As editors and mail programs of Windows write it.
  const clean = text.replace(/^\uFEFF/, '').replace(/\r+\n/g, '\n');
  return /^\s*[{[]/.test(clean) ? readDocument(clean, options) : readText(clean, options);
}

function readDocument(text: string, options: RecordedOptions): Scan {
  const { path, takenAt, markers = new Set<string>() } = options;
  const table = parseDocument(text, { path, takenAt, markers });
  return {
    source: 'recorded',
    takenAt: table.takenAt ?? takenAt,
    machine: table.machine,
    processes: table.records,
    complete: table.complete,
    problems: table.problems,
  };
}

function readText(text: string, options: RecordedOptions): Scan {
  const { path } = options;
  const table = parseCapture(text, options.takenAt);
  if (table === undefined) {
    throw new SesswatchError(
      'format',
      `${path} ${text.trim() === '' ? 'is empty' : 'holds no process table'}`,
      `give a file of sesswatch snapshot, or the text of: ${POSIX_COMMAND}; of Windows: ${WINDOWS_COMMAND}`,
    );
  }
  const { strayLines, records, isGarbled, isCut, isWindows } = table;
  const cut = { what: `${path}: its lines are cut where the terminal ended`, hint: 'pstree -lp cuts none' };
  const stray = {
    what: `${path}: ${strayLines} ${strayLines === 1 ? 'line is no row' : 'lines are no rows'} of a process`,
    hint: 'left out',
  };
  return {
    source: 'recorded',
    takenAt: table.takenAt ?? options.takenAt,
    machine: isWindows ? { platform: 'win32' } : {},
    processes: isWindows ? records : markKernelThreads(records),
    // Text that holds lines but not one row may be the error message of a `ps` that failed.
    complete: !isGarbled && !isCut && (strayLines === 0 || records.length > 0),
    problems: [...(isCut ? [cut] : []), ...(strayLines === 0 ? [] : [stray]), ...untold(path, records, isWindows)],
  };
}

/** What the rows of a file do not tell, and which command would have told it. */
function untold(path: string, records: readonly ProcessRecord[], isWindows: boolean): ScanProblem[] {
  const hint = `it is told by: ${isWindows ? WINDOWS_COMMAND : POSIX_COMMAND}`;
  const names = records.filter(({ argv, kernelThread }) => argv === undefined && kernelThread !== true).length;
  const what: string[] = [];
  if (names > 0) {
    what.push(`${path}: of ${names} of ${records.length} processes only the name is told, not what they do`);
  }
  if (records.length > 0 && records.every(({ ppid }) => ppid === undefined)) {
    what.push(`${path}: it does not tell who started whom`);
  }
  return what.map((one) => ({ what: one, hint }));
}

const POSIX_COMMAND = 'ps -Ao pid,ppid,etime,rss,command';
const WINDOWS_COMMAND =
  'Get-CimInstance Win32_Process | Select-Object ProcessId,ParentProcessId,CommandLine | Format-List';
