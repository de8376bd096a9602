import {
  amountOf,
  countOf,
  type Fields,
  fieldsOf,
  isFields,
  momentOf,
  textOf,
  withoutAbsent,
} from '../../../decode.js';
import { messageOf, SesswatchError } from '../../../errors.js';
import type { ProcessDetail, ProcessRecord, RecordedPart } from '../../record.js';
import type { Machine, ScanProblem } from '../../scan.js';
import { markKernelThreads, splitAtBlanks, terminalOf } from '../ps/fields.js';
import { cimRecord } from '../windows/cim.js';

/** The schema that a saved snapshot names, up to its version. */
const SNAPSHOT = 'sesswatch/snapshot/';
const NEWEST_VERSION = 1;

/** A process table that was read from JSON. */
export interface DocumentTable {
  readonly takenAt: number | undefined;
  readonly machine: Machine;
  readonly records: readonly ProcessRecord[];
  readonly complete: boolean;
  readonly problems: readonly ScanProblem[];
}

export interface DocumentOptions {
  readonly path: string;
  /** When it was taken, for documents that do not say; milliseconds since the epoch. */
  readonly takenAt: number;
  /** Names of environment variables that may be kept. */
  readonly markers: ReadonlySet<string>;
}

/**
 * Reads a snapshot document, a bare `{ "processes": […] }` or a bare array of rows. A row may lack any field but
 * `pid` and `argv` or `comm`. What the file says of owners and verdicts is not read: a recorded table is judged anew.
 * Its agents and roles are kept beside the rows, for what cannot be seen in a row.
 * @throws SesswatchError `format`
 */
export function parseDocument(text: string, options: DocumentOptions): DocumentTable {
  const document = parseJson(text, options.path);
  const fields = fieldsOf(document);
  checkSchema(fields.schema, options.path);
  const rows = rowsOf(document, fields);
  if (rows === undefined) throw foreign(options.path);
  const isCim = rows.some((row) => fieldsOf(row).ProcessId !== undefined);

  const takenAt = dateOf(fields.takenAt);
  if (typeof fields.takenAt === 'string' && takenAt === undefined) {
    throw new SesswatchError('format', `${options.path} was taken at no time that a clock shows`, EXPECTED);
  }
  const records = rows.flatMap((row) => {
    const record = isCim ? cimRecord(row) : toRecord(row, takenAt ?? options.takenAt, options.markers);
    return record ?? [];
  });
  const lost = rows.length - records.length;
  if (rows.length > 0 && records.length === 0) throw foreign(options.path);
  const problems = problemsOf(fields.problems);
  if (lost > 0) {
    const what = `${options.path}: ${lost} of ${rows.length} rows have no pid, or neither argv nor comm`;
    problems.push({ what, hint: 'they were left out; was the file edited?' });
  }
  return {
    takenAt,
    machine: isCim ? { platform: 'win32' } : machineOf(fields.machine),
    records: isCim ? records : markKernelThreads(records),
    complete: fields.complete !== false && lost === 0,
    problems,
  };
}

/** Of a document of ours its processes; of ConvertTo-Json an array, what 5.1 wraps it in, or one lone process. */
function rowsOf(document: unknown, fields: ReturnType<typeof fieldsOf>): readonly unknown[] | undefined {
  if (Array.isArray(document)) return document;
  if (Array.isArray(fields.processes)) return fields.processes;
  if (Array.isArray(fields.value)) return fields.value;
  return fields.ProcessId === undefined ? undefined : [document];
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = messageOf(error);
    throw new SesswatchError('format', `${path} is no whole JSON: ${why}`, 'was it cut? save it again', error);
  }
}

function checkSchema(schema: unknown, path: string): void {
  if (schema === undefined || schema === `${SNAPSHOT}${NEWEST_VERSION}`) return;
  const version = typeof schema === 'string' && schema.startsWith(SNAPSHOT) ? Number(schema.slice(SNAPSHOT.length)) : 0;
  if (version > NEWEST_VERSION) {
    const what = `${path} is a ${String(schema)}, and this sesswatch reads up to version ${NEWEST_VERSION}`;
    throw new SesswatchError('format', what, 'update sesswatch');
  }
  throw new SesswatchError('format', `${path} is a ${JSON.stringify(schema)}, no snapshot`, EXPECTED);
}

function foreign(path: string): SesswatchError {
  return new SesswatchError('format', `${path} is JSON, but holds no process table`, EXPECTED);
}

const EXPECTED = 'give a file of sesswatch snapshot or of sesswatch ps --json, or the text of ps';

function toRecord(row: unknown, takenAt: number, markers: ReadonlySet<string>): ProcessRecord | undefined {
  const fields = fieldsOf(row);
  const pid = countOf(fields.pid);
  if (pid === undefined) return undefined;
  const command = argvOf(fields);
  const comm = textOf(fields.comm);
  if (command.argv === undefined && comm === undefined) return undefined;
  const age = amountOf(fields.ageSeconds);
  return {
    pid,
    startTime: textOf(fields.startTime),
    startedAt: dateOf(fields.startedAt) ?? momentOf(age === undefined ? undefined : takenAt - age * 1000),
    ppid: countOf(fields.ppid),
    uid: countOf(fields.uid),
    user: textOf(fields.user),
    pgid: countOf(fields.pgid),
    sid: countOf(fields.sid),
    tty: fields.tty === null ? null : typeof fields.tty === 'string' ? terminalOf(fields.tty) : undefined,
    state: textOf(fields.state)?.slice(0, 1),
    comm,
    exe: textOf(fields.exe),
    ...command,
    cpuSeconds: amountOf(fields.cpuSeconds),
    rssBytes: countOf(fields.rssBytes) ?? kilobytes(fields.rss_kb),
    threads: countOf(fields.threads),
    recorded: recordedOf(fields),
    detail: detailOf(fields, markers),
  };
}

function recordedOf(fields: Fields): RecordedPart | undefined {
  const role = textOf(fields.role);
  if (role === undefined) return undefined;
  return {
    agent: textOf(fields.agent) ?? textOf(fields.helperOf),
    role,
    sessionId: textOf(fields.sessionId),
    leader: countOf(fields.leader),
  };
}

/** `args`: where only the joined text was known. */
function argvOf(fields: Fields): Pick<ProcessRecord, 'argv' | 'argvIsSplitText'> {
  const { argv } = fields;
  if (Array.isArray(argv) && argv.every((part) => typeof part === 'string')) {
    return { argv, ...(fields.argvIsSplitText === true ? { argvIsSplitText: true } : {}) };
  }
  return typeof fields.args === 'string' ? { argv: splitAtBlanks(fields.args), argvIsSplitText: true } : {};
}

function detailOf(fields: Fields, markers: ReadonlySet<string>): ProcessDetail | undefined {
  const detail: ProcessDetail = withoutAbsent({
    cwd: textOf(fields.cwd),
    fds: descriptorsOf(fields.fds),
    markers: markersOf(fields.env, markers),
    pssBytes: countOf(fields.pssBytes) ?? kilobytes(fields.pss_kb),
  });
  return Object.keys(detail).length === 0 ? undefined : detail;
}

function descriptorsOf(value: unknown): ReadonlyMap<number, string> | undefined {
  if (!isFields(value)) return undefined;
  const fds = new Map<number, string>();
  for (const [fd, target] of Object.entries(value)) {
    if (/^\d+$/.test(fd) && typeof target === 'string') fds.set(Number(fd), target);
  }
  return fds;
}

/** Whoever recorded it may have kept more than we do: a key or a token must not come in this way. */
function markersOf(value: unknown, allowed: ReadonlySet<string>): Record<string, string> | undefined {
  if (!isFields(value)) return undefined;
  const found: Record<string, string> = {};
  for (const [name, text] of Object.entries(value)) {
    if (allowed.has(name) && typeof text === 'string') found[name] = text;
  }
  return found;
}

function machineOf(value: unknown): Machine {
  const fields = fieldsOf(value);
  return {
    hostname: textOf(fields.hostname),
    bootId: textOf(fields.bootId),
    platform: PLATFORMS.find((name) => name === fields.platform),
    release: textOf(fields.release),
  };
}

/** Every value of `process.platform`. */
const PLATFORMS: readonly NodeJS.Platform[] = [
  'aix',
  'android',
  'cygwin',
  'darwin',
  'freebsd',
  'haiku',
  'linux',
  'netbsd',
  'openbsd',
  'sunos',
  'win32',
];

function problemsOf(value: unknown): ScanProblem[] {
  if (!Array.isArray(value)) return [];
  const hint = 'it was so when the file was written';
  return value.flatMap((what) => (typeof what === 'string' ? [{ what, hint }] : []));
}

function kilobytes(value: unknown): number | undefined {
  const count = countOf(value);
  return count === undefined ? undefined : count * 1024;
}

/** Numbers would be of a unit that nobody told. */
function dateOf(value: unknown): number | undefined {
  return typeof value === 'string' ? momentOf(value) : undefined;
}
