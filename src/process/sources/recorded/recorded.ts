import { SesswatchError } from '../../../errors.js';
import type { ProcessSource, Scan } from '../../scan.js';
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
 * A process table from a file: a snapshot document (or its rows alone), the text of `ps`, or a before/after
 * capture. Nobody in it can be identified now, so nothing recorded can be reaped. Its `scan` throws
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
  const clean = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
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
      'give a file of sesswatch snapshot, or the text of: ps -Ao pid,ppid,etime,rss,command',
    );
  }
  const { strayLines, records } = table;
  return {
    source: 'recorded',
    takenAt: table.takenAt ?? options.takenAt,
    machine: {},
    processes: markKernelThreads(records),
    // Text that holds lines but not one row may be the error message of a `ps` that failed.
    complete: strayLines === 0 || records.length > 0,
    problems:
      strayLines === 0
        ? []
        : [{ what: `${path}: ${strayLines} lines are no rows of a process`, hint: 'they were left out' }],
  };
}
