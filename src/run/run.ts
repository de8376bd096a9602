import type { ProcessRecord } from '../process/record.js';
import type { ProcessSource } from '../process/scan.js';
import { createProcessTable, type ProcessTable } from '../process/table.js';
import type { Expectation } from '../snapshot/diff/expectation.js';
import type { ProcessEntry, SnapshotDocument } from '../snapshot/document/document.js';
import { openDescent } from './descent.js';
import { blindSpot, detectionOf } from './detection.js';
import { type Leftover, RUN_ID_VARIABLE, RUN_SCHEMA, type RunReap, type RunReport } from './document.js';
import { toLeftovers } from './leftovers.js';
import { startCommand } from './start-command.js';
import type { SubreaperProgram } from './subreaper.js';
import { unattributedAmong } from './unattributed.js';
import { openWatch, runIdValue } from './watch-descent.js';

export interface RunRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** The command line as it may be shown and saved. */
  readonly shownCommand: readonly string[];
  readonly label?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  /** Where the command's standard output goes: ours, unless that is for a document alone. */
  readonly stdout?: 'ours' | 'our-stderr' | undefined;
  /** Random, and never used before. */
  readonly runId: string;
  readonly platform: NodeJS.Platform;
  /** With {@link RUN_ID_VARIABLE} among the markers that it may keep. */
  readonly source: ProcessSource;
  /** From `subreaperPrograms`; none: node starts the command itself. */
  readonly subreapers: readonly SubreaperProgram[];
  /** Quiet time after the command's end, milliseconds: so long no descendant may come or go. */
  readonly settleMs: number;
  readonly expectations: readonly Expectation[];
  /** The document of a whole table, with agents, roles and verdicts as far as they are known. */
  readonly describe: (table: ProcessTable) => Promise<SnapshotDocument>;
  /** Saves a snapshot of now and answers its id; for `--save`. */
  readonly save?: ((when: 'before' | 'after') => Promise<string>) | undefined;
  /** Ends leftovers with the reaper's care; for `--reap`. */
  readonly reap?: ((leftovers: readonly Leftover[]) => Promise<RunReap>) | undefined;
  /** Called once with the running command; answers how to stop listening. */
  readonly forwardSignals: (forward: (signal: NodeJS.Signals, hasItsOwn: boolean) => void) => () => void;
  readonly uid?: number | undefined;
  readonly now: () => number;
}

/**
 * Runs a command with our standard streams, watches what it starts, and tells what it left behind. What
 * existed before is never a leftover.
 * @throws SesswatchError `incomplete-scan` when the process table cannot be read before the command is started.
 */
export async function runAndWatch(request: RunRequest): Promise<RunReport> {
  const { source, now } = request;
  const savedBefore = await request.save?.('before');
  const before = createProcessTable(await source.scan());
  const startedAt = now();
  const command = await startCommand({
    ...request,
    env: { ...request.env, [RUN_ID_VARIABLE]: runIdValue(request.env[RUN_ID_VARIABLE], request.runId) },
  });
  const descent = openDescent({
    before,
    commandPid: command.pid,
    starterPid: command.starterPid,
    subreaperPid: command.subreaper?.pid,
  });
  const watch = openWatch({ ...request, descent, isSealed: command.subreaper !== undefined });
  let isRunning = true;
  const stopListening = request.forwardSignals((signal, hasItsOwn) => {
    // After the command, a signal asks for the report now.
    if (!isRunning) watch.hurry();
    else if (!hasItsOwn) command.signal(signal);
  });
  try {
    const end = await watch.until(command.ended);
    isRunning = false;
    const endedAt = now();
    const settled = await watch.settle();
    const table = await watch.lastLook();
    const entryOf = await describeAll(request, table);
    const found = toLeftovers(descent.alive(), entryOf, request.expectations);
    const strangers =
      command.subreaper === undefined
        ? unattributedAmong(watch.strangers(), table, { from: startedAt, to: endedAt })
        : [];
    const savedAfter = await request.save?.('after');
    const leaked = found.leftovers.filter((leftover) => !leftover.expected);
    const reaped = leaked.length === 0 ? undefined : await request.reap?.(leaked);
    const detection = detectionOf({
      platform: request.platform,
      source: source.name,
      subreaper: command.subreaper ?? { missing: whyNoSubreaper(request) },
    });
    return {
      schema: RUN_SCHEMA,
      runId: request.runId,
      label: request.label,
      command: request.shownCommand,
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
      seconds: (endedAt - startedAt) / 1000,
      end,
      settled,
      seen: descent.seen(),
      looks: watch.counts.looks,
      leftovers: found.leftovers,
      leftoverBytes: found.leftovers.reduce((sum, one) => sum + (one.process.rssBytes ?? 0), 0),
      unattributed: strangers.map((record) => entryOf(record.pid)),
      expectations: found.expectations,
      detection,
      notes: notesOn(blindSpot(detection), watch.counts.failed, table),
      saved:
        savedBefore === undefined || savedAfter === undefined ? undefined : { before: savedBefore, after: savedAfter },
      reaped,
    };
  } finally {
    stopListening();
    await command.release();
  }
}

async function describeAll(request: RunRequest, table: ProcessTable): Promise<(pid: number) => ProcessEntry> {
  const document = await request.describe(table);
  const entries = new Map(document.processes.map((entry) => [entry.pid, entry]));
  return (pid) => entries.get(pid) ?? plainEntry(pid, table.get(pid));
}

/** Should the description leave a process out, its row still says enough to find it. */
function plainEntry(pid: number, record: ProcessRecord | undefined): ProcessEntry {
  return { pid, startTime: record?.startTime, comm: record?.comm, rssBytes: record?.rssBytes };
}

function notesOn(blind: string | undefined, failedLooks: number, table: ProcessTable): string[] {
  const notes = blind === undefined ? [] : [blind];
  if (failedLooks > 0) notes.push(`${failedLooks} looks at the process table failed: short-lived ones may be missing`);
  if (!table.scan.complete) notes.push('the last look was incomplete: there may be more');
  return notes;
}

function whyNoSubreaper({ platform, subreapers }: RunRequest): string {
  if (platform !== 'linux') return 'only Linux has child subreapers';
  return subreapers.length === 0
    ? 'neither perl nor python3 is there to set one up, or it was not wanted'
    : 'the helper was not allowed to set one up';
}
