import { closeSync, fchmodSync, fstatSync, fsyncSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Resume } from '../../agents/resume.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import { openOwnFile } from '../../state/own-file.js';
import { makePrivateFolder } from '../../state/private-folder.js';
import { errnoOf, storageError } from '../../state/storage-error.js';
import type { Outcome } from '../execute/outcome.js';
import type { SignalSent } from '../execute/signal.js';
import type { Dropped } from '../plan/document.js';
import type { Cause } from '../plan/examine.js';
import type { Plan } from '../plan/plan.js';
import type { Policy } from '../plan/policy/policy.js';

/** Who a process of a journal line is: enough to tell it, without its arguments. */
export interface JournalIdentity {
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly agent?: string | undefined;
  readonly role?: string | undefined;
}

/** What a run was asked for. */
export type JournalAction = 'reap' | 'run' | 'kill' | 'hibernate';

/** What one line of the journal says. `docs/reaping.md` lists them for readers. */
export type JournalEvent =
  | {
      readonly kind: 'start';
      /** Absent before there was anything else than `reap`. */
      readonly action?: JournalAction | undefined;
      readonly version: string;
      readonly pid: number;
      readonly bootId?: string | undefined;
      readonly policy: Policy;
      readonly waived: readonly string[];
    }
  | {
      readonly kind: 'target';
      readonly root: number;
      readonly cause: Cause;
      readonly reason: string;
      readonly memoryBytes: number;
      readonly processes: readonly ProcessEntry[];
    }
  | { readonly kind: 'kept'; readonly process: JournalIdentity; readonly reason: string }
  /** Of several trees, those that somebody chose by hand: pids of their roots. */
  | { readonly kind: 'chosen'; readonly roots: readonly number[] }
  /** A dry run of a timer, which is a run of this one line. */
  | ({ readonly kind: 'report'; readonly version: string } & Omit<Plan['totals'], 'deferred'>)
  /** Was to go by the plan, and not any more by the second look. */
  | ({ readonly kind: 'dropped' } & Dropped)
  | ({ readonly kind: 'signal'; readonly process: JournalIdentity } & Omit<SignalSent, 'process'>)
  | ({
      readonly kind: 'outcome';
      readonly process: JournalIdentity;
      readonly sessionId?: string | undefined;
      /** How to go on with its conversation. */
      readonly resume?: Resume | undefined;
    } & Omit<Outcome, 'process'>)
  | {
      readonly kind: 'end';
      readonly trees: number;
      readonly ended: number;
      readonly survivors: number;
      readonly reclaimedBytes: number;
      readonly stopped?: string | undefined;
    };

/** Every line: what happened, when, and in which run. */
export type JournalLine = JournalEvent & { readonly at: string; readonly run: string };

export interface Journal {
  readonly run: string;
  /** @throws SesswatchError `storage` */
  write(event: JournalEvent): void;
  /** Makes sure that what was written survives a power cut. @throws SesswatchError `storage` */
  sync(): void;
  close(): void;
}

/** A file of the journal may grow to this before a run starts a new one. */
const ROTATE_BYTES = 10 * 1024 * 1024;
/** With the current one. */
const FILES = 5;

const JOURNAL_NAME = 'reap.jsonl';

/** The files of the journal, newest first; not all of them need to be there. */
export function journalFiles(folder: string): string[] {
  const current = path.join(folder, JOURNAL_NAME);
  return [current, ...Array.from({ length: FILES - 1 }, (_, index) => `${current}.${index + 1}`)];
}

/**
 * Opens the journal for one run: JSON lines, only ever appended, readable by its owner alone. Rotates first, so that a
 * run stays within one file. The caller holds the reap lock.
 *
 * @param now milliseconds since the epoch
 * @throws SesswatchError `storage`
 */
export function openJournal(folder: string, run: string, now: () => number): Journal {
  const [file = JOURNAL_NAME] = journalFiles(folder);
  makePrivateFolder(folder);
  try {
    rotate(folder);
    const fd = openOwnFile(file, 'append');
    try {
      narrow(fd);
      // What a crash cut off stays a line of its own, which readers skip.
      if (isTorn(fd)) writeSync(fd, '\n');
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return journalOn(fd, file, run, now);
  } catch (error) {
    throw storageError(error, 'write', file);
  }
}

function journalOn(fd: number, file: string, run: string, now: () => number): Journal {
  return {
    run,
    write(event) {
      const line: JournalLine = { at: new Date(now()).toISOString(), run, ...event };
      try {
        const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      } catch (error) {
        throw storageError(error, 'write', file);
      }
    },
    sync() {
      try {
        fsyncSync(fd);
      } catch (error) {
        throw storageError(error, 'write', file);
      }
    },
    close: () => closeSync(fd),
  };
}

function rotate(folder: string): void {
  const files = journalFiles(folder);
  const [current] = files;
  if (current === undefined || sizeOf(current) < ROTATE_BYTES) return;
  for (let index = files.length - 1; index > 0; index--) {
    const [from, to] = [files[index - 1], files[index]];
    if (from === undefined || to === undefined) continue;
    try {
      renameSync(from, to);
    } catch (error) {
      // There are not that many yet.
      if (errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/** An existing file may have been made by hand, or under another umask. */
function narrow(fd: number): void {
  if (process.platform !== 'win32' && (fstatSync(fd).mode & 0o077) !== 0) fchmodSync(fd, 0o600);
}

function isTorn(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}
