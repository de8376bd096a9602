import { rmSync, writeFileSync } from 'node:fs';
import { SesswatchError } from '../errors.js';
import { writeFileAtomic } from '../state/atomic-write.js';
import { fileState, type Manifest, readManifest, removeManifest, sha256, writeManifest } from './manifest.js';
import {
  blockState,
  findBlock,
  readCrontab,
  replaceCrontab,
  verifyCrontab,
  withBlock,
  withoutBlock,
} from './mechanisms/crontab.js';
import { chooseMechanism, type Intent, intentOf, isRun, tell } from './mechanisms/mechanism.js';
import { type Part, partsOf } from './parts.js';
import type { SchedulePlace } from './programs.js';
import type { Mechanism, Schedule } from './schedule.js';

export interface InstallRequest {
  readonly schedule: Schedule;
  readonly place: SchedulePlace;
  /** Asked for by name; else the one that this machine offers. */
  readonly mechanism?: Mechanism | undefined;
  /** Only say what would be written. */
  readonly print?: boolean | undefined;
  /** Also write over what was edited since. */
  readonly force?: boolean | undefined;
  /** Do not take over the flags of the schedule that this one replaces. */
  readonly fresh?: boolean | undefined;
}

/** What was, or with `print` would be, written. */
export interface Installed extends Intent {
  /** What stood there before, where that is known. */
  readonly replaced?: Pick<Manifest, 'everySeconds' | 'action' | 'flags'> | undefined;
  /** Flags of the one before that this one goes on with. */
  readonly keptFlags: readonly string[];
  /** Whether what runs it was seen running; `undefined` where that cannot be told. */
  readonly runs?: boolean | undefined;
}

/**
 * Writes a schedule and starts it. Writing the same mechanism again replaces it, and keeps the flags of the one before
 * unless flags are given or none are wanted. Nothing that somebody else wrote, or
 * that was edited since, is written over; on a failure what was written is taken back.
 *
 * @throws SesswatchError `usage`, `storage`, `format`
 */
export function installSchedule(request: InstallRequest): Installed {
  const { place, print = false, force = false, fresh = false } = request;
  const mechanism = request.mechanism ?? chooseMechanism(place, print);
  const before = readManifest(place.stateHome);
  const keptFlags = fresh || request.schedule.flags.length > 0 ? [] : (before?.flags ?? []);
  const schedule = { ...request.schedule, flags: [...request.schedule.flags, ...keptFlags] };
  const intent = intentOf(mechanism, schedule, place);
  if (print) return { ...intent, replaced: before, keptFlags };

  if (before !== undefined && before.mechanism !== mechanism) {
    throw new SesswatchError(
      'usage',
      `there is a schedule by ${before.mechanism} already`,
      'sesswatch schedule remove, then install again',
    );
  }
  assertOurs(intent, before, force);
  const manifest = {
    mechanism,
    everySeconds: schedule.everySeconds,
    action: schedule.action,
    flags: schedule.flags,
    installedAt: new Date(place.now()).toISOString(),
    files: intent.files.map(({ path, text }) => ({ path, sha256: sha256(text) })),
  };
  if (intent.cronBlock === undefined) installFiles(intent, before, manifest, place);
  else installCron(intent.cronBlock, before, manifest, request);
  return { ...intent, replaced: before, keptFlags, runs: isRun(mechanism, place) };
}

function installFiles(intent: Intent, before: Manifest | undefined, manifest: Manifest, place: SchedulePlace): void {
  try {
    // First the manifest: after a crash in between, what is half there can still be taken back.
    writeManifest(place.stateHome, manifest);
    for (const { path, text } of intent.files) {
      if (typeof text === 'string') writeFileAtomic(path, text, { mode: 0o644, privateFolder: false });
      // Only what schtasks reads once, right after this.
      else writeFileSync(path, text, { mode: 0o600 });
    }
    tell('start', intent.mechanism, place, intent.files[0]?.path);
  } catch (error) {
    // As if nothing had been there: a timer in a state that nobody asked for must not run.
    if (before !== undefined) ignoreFailure(() => tell('stop', intent.mechanism, place));
    for (const { path } of intent.files) rmSync(path, { force: true });
    removeManifest(place.stateHome);
    throw error;
  }
}

function installCron(
  block: string,
  before: Manifest | undefined,
  manifest: Manifest,
  { place, force = false }: InstallRequest,
): void {
  const table = readCrontab(place);
  const known = before?.crontabAdded;
  const isOurs = known === undefined ? findBlock(table) === undefined : blockState(table, known) !== 'edited';
  if (!isOurs && !force) {
    const what = known === undefined ? 'holds a block of another sesswatch' : 'was edited where sesswatch wrote it';
    throw new SesswatchError('usage', `the crontab ${what}`, 'look at it (crontab -l), or write over it: --force');
  }
  const next = withBlock(withoutBlock(table, known ?? block), block);
  writeManifest(place.stateHome, { ...manifest, crontabAdded: next.added });
  try {
    replaceCrontab(place, table, next.table);
  } catch (error) {
    if (before === undefined) removeManifest(place.stateHome);
    else writeManifest(place.stateHome, before);
    throw error;
  }
  verifyCrontab(place, next.table);
}

export interface Removal {
  readonly mechanism: Mechanism;
  /** Paths, and `crontab`. */
  readonly removed: readonly string[];
  /** What was edited since and so stays, until `force`. It runs no more unless it is the crontab. */
  readonly kept: readonly string[];
}

/**
 * Takes back exactly what {@link installSchedule} wrote; `undefined` when there is nothing. What was edited since is
 * left where it is and named.
 *
 * @throws SesswatchError `storage`, `format`
 */
export function removeSchedule(place: SchedulePlace, force = false): Removal | undefined {
  const manifest = readManifest(place.stateHome);
  if (manifest === undefined) return undefined;
  const { mechanism } = manifest;
  // Forced, also where the service manager has gone: its files are all that is left.
  const order = (step: 'stop' | 'forget'): void => {
    if (force) ignoreFailure(() => tell(step, mechanism, place));
    else tell(step, mechanism, place);
  };
  order('stop');
  const parts = partsOf(manifest, place).filter(({ state }) => state !== 'missing');
  const isKept = ({ state }: Part): boolean => state === 'edited' && !force;
  const [kept, removed] = [parts.filter(isKept), parts.filter((part) => !isKept(part))];
  for (const { remove } of removed) remove();
  order('forget');
  if (kept.length === 0) removeManifest(place.stateHome);
  return { mechanism, removed: removed.map(({ what }) => what), kept: kept.map(({ what }) => what) };
}

/** What is in the way must be what we wrote, as we wrote it. */
function assertOurs(intent: Intent, before: Manifest | undefined, force: boolean): void {
  for (const { path } of intent.files) {
    const known = before?.files.find((file) => file.path === path);
    const state = fileState(known ?? { path, sha256: '' });
    if (state === 'missing' || state === 'as-written') continue;
    if (known === undefined) {
      throw new SesswatchError('usage', `${path} is there and not by sesswatch`, 'move it away, or choose --with cron');
    }
    if (!force) throw new SesswatchError('usage', `${path} was edited since`, 'keep it, or write over it: --force');
  }
}

/** Ending something that may not run: that it does not is what was wanted. */
function ignoreFailure(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof SesswatchError)) throw error;
  }
}
