import { closeSync, fstatSync, readSync } from 'node:fs';
import { isFields, parseJson } from '../../decode.js';
import { openOwnFile, readOwnFile } from '../../state/own-file.js';
import { errnoOf, storageError } from '../../state/storage-error.js';
import { type JournalEvent, type JournalLine, journalFiles } from './journal.js';

type Of<K extends JournalEvent['kind']> = Extract<JournalLine, { readonly kind: K }>;

/** One run as the journal tells it. */
export interface JournalRun {
  readonly run: string;
  readonly startedAt: string;
  readonly start?: Of<'start'> | undefined;
  readonly targets: readonly Of<'target'>[];
  readonly kept: readonly Of<'kept'>[];
  /** Present when somebody chose some of the targets, or none. */
  readonly chosen?: Of<'chosen'> | undefined;
  /** Present, and all there is, for a dry run of a timer. */
  readonly report?: Of<'report'> | undefined;
  readonly dropped: readonly Of<'dropped'>[];
  readonly signals: readonly Of<'signal'>[];
  readonly outcomes: readonly Of<'outcome'>[];
  /** Absent when the run was cut off: by SIGKILL, a power cut, or a full disk. */
  readonly end?: Of<'end'> | undefined;
}

/** The newest run. `undefined` when there is none. @throws SesswatchError `storage` */
export function readLastRun(folder: string): JournalRun | undefined {
  return readHistory(folder, 1)[0];
}

/** Whether a run ended anything, or was cut off when it may have. */
export function endedSomething({ end, signals }: JournalRun): boolean {
  return end === undefined ? signals.length > 0 : end.ended > 0;
}

/** A run that found nothing to end: of a timer most are. */
export function isEmptyRun({ report, end, targets }: JournalRun): boolean {
  return report === undefined ? end !== undefined && targets.length === 0 : report.trees === 0;
}

/**
 * Runs, newest first. Lines that are no JSON (the last one of a run that was killed, a disk that was full) are left
 * out; the other lines of their run still count.
 *
 * @throws SesswatchError `storage`
 */
export function readHistory(folder: string, limit = Number.POSITIVE_INFINITY): JournalRun[] {
  const runs: JournalRun[] = [];
  for (const file of journalFiles(folder)) {
    if (runs.length >= limit) break;
    runs.push(...runsOf(readOwnFile(file) ?? ''));
  }
  return runs.slice(0, limit);
}

/** Runs of one file, newest first. A run never spans two files. */
function runsOf(text: string): JournalRun[] {
  const byRun = new Map<string, JournalLine[]>();
  for (const line of text.split('\n')) {
    const parsed = parseLine(line);
    if (parsed === undefined) continue;
    const lines = byRun.get(parsed.run);
    if (lines === undefined) byRun.set(parsed.run, [parsed]);
    else lines.push(parsed);
  }
  return [...byRun].map(([run, lines]) => toRun(run, lines)).reverse();
}

function toRun(run: string, lines: readonly JournalLine[]): JournalRun {
  const of = <K extends JournalEvent['kind']>(kind: K): Of<K>[] =>
    lines.filter((line): line is Of<K> => line.kind === kind);
  return {
    run,
    startedAt: lines[0]?.at ?? '',
    start: of('start')[0],
    targets: of('target'),
    kept: of('kept'),
    chosen: of('chosen')[0],
    report: of('report')[0],
    dropped: of('dropped'),
    signals: of('signal'),
    outcomes: of('outcome'),
    end: of('end')[0],
  };
}

function parseLine(text: string): JournalLine | undefined {
  if (text === '') return undefined;
  // Torn: see above.
  const value = parseJson(text);
  if (!isFields(value)) return undefined;
  const known = typeof value.run === 'string' && typeof value.at === 'string';
  // Nobody but us writes the file, and a kind of a later version is sorted out by whoever asks for kinds.
  return known && 'kind' in value ? (value as unknown as JournalLine) : undefined;
}

/**
 * The newest run, when it never came to its end: then it was killed while it worked, and what it had signalled may
 * still be there. Reads the end of the file only.
 *
 * @throws SesswatchError `storage`
 */
export function unfinishedRun(folder: string): { readonly run: string; readonly at: string } | undefined {
  const [file] = journalFiles(folder);
  const lines = (file === undefined ? '' : readEnd(file)).split('\n');
  for (const text of lines.reverse()) {
    const line = parseLine(text);
    if (line === undefined) continue;
    return line.kind === 'end' || line.kind === 'report' ? undefined : { run: line.run, at: line.at };
  }
  return undefined;
}

/** A target's line lists all its processes, a thousand at times. */
const END_BYTES = 1024 * 1024;

function readEnd(file: string): string {
  try {
    const fd = openOwnFile(file, 'read');
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, END_BYTES));
      const length = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString('utf8', 0, length);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw storageError(error, 'read', file);
  }
}
