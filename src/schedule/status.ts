import { type Manifest, type PartState, readManifest } from './manifest.js';
import { nextCronRun } from './mechanisms/cron.js';
import { TIMER_UNIT } from './mechanisms/systemd.js';
import { partsOf } from './parts.js';
import { runProgram, type SchedulePlace } from './programs.js';

const SCHEDULE_SCHEMA = 'sesswatch/schedule/1';

/** What the journal knows of the newest run. */
export interface LastRun {
  /** ISO 8601. */
  readonly at: string;
  /** One line: `2 trees ended, 812 MB`. */
  readonly outcome: string;
}

/** `sesswatch schedule status --json`. Times ISO 8601. */
export interface ScheduleStatus extends Partial<Omit<Manifest, 'files' | 'crontabAdded'>> {
  readonly schema: typeof SCHEDULE_SCHEMA;
  readonly installed: boolean;
  /** Paths, and `crontab`. */
  readonly parts: readonly { readonly what: string; readonly state: PartState }[];
  /** All parts are there and, where that can be told, what runs them does; it may run what somebody edited. */
  readonly active: boolean;
  /** No cron daemon, or no timer, was seen: nothing runs it. */
  readonly runs?: boolean | undefined;
  readonly lastRunAt?: string | undefined;
  readonly lastOutcome?: string | undefined;
  readonly nextRunAt?: string | undefined;
}

/** @throws SesswatchError `storage`, `format` */
export function scheduleStatus(place: SchedulePlace, lastRun?: LastRun): ScheduleStatus {
  const manifest = readManifest(place.stateHome);
  const last = { lastRunAt: lastRun?.at, lastOutcome: lastRun?.outcome };
  if (manifest === undefined) {
    return { schema: SCHEDULE_SCHEMA, installed: false, parts: [], active: false, ...last };
  }
  const { files, crontabAdded, ...known } = manifest;
  const parts = partsOf(manifest, place).map(({ what, state }) => ({ what, state }));
  const timer = known.mechanism === 'systemd' ? systemdTimer(place) : undefined;
  const runs = timer?.active ?? (known.mechanism === 'cron' ? place.cronRuns() : undefined);
  const active = parts.every(({ state }) => state !== 'missing') && runs !== false;
  const lastRunAt = timer?.lastRunAt ?? last.lastRunAt;
  const nextRunAt = active ? (timer?.nextRunAt ?? expectedRun(manifest, lastRunAt, place.now())) : undefined;
  return { schema: SCHEDULE_SCHEMA, installed: true, ...known, parts, active, runs, ...last, lastRunAt, nextRunAt };
}

/** When the next run is due by the interval; `undefined` where that depends on what only the mechanism knows. */
function expectedRun(manifest: Manifest, lastRunAt: string | undefined, now: number): string | undefined {
  const line = manifest.crontabAdded?.split('\n').find((one) => /^[*\d]/.test(one));
  if (line !== undefined) return nextCronRun(line, new Date(now))?.toISOString();
  const last = lastRunAt === undefined ? Number.NaN : Date.parse(lastRunAt);
  const next = last + manifest.everySeconds * 1000;
  // Overdue: asleep, or switched off by hand.
  return Number.isFinite(next) && next > now ? new Date(next).toISOString() : undefined;
}

interface Timer {
  readonly active: boolean;
  readonly lastRunAt?: string | undefined;
  readonly nextRunAt?: string | undefined;
}

function systemdTimer(place: SchedulePlace): Timer {
  const asked = '--property=ActiveState,LastTriggerUSec,NextElapseUSecRealtime';
  const { status, stdout } = runProgram(place, 'systemctl', ['--user', 'show', TIMER_UNIT, asked]);
  if (status !== 0) return { active: false };
  return parseTimer(stdout);
}

/** Reads `systemctl show`, printed in English and UTC. Pure. */
export function parseTimer(text: string): Timer {
  const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1];
  return {
    active: value('ActiveState') === 'active',
    lastRunAt: systemdTime(value('LastTriggerUSec')),
    nextRunAt: systemdTime(value('NextElapseUSecRealtime')),
  };
}

/** `Fri 2026-11-20 10:15:00 UTC`; empty or `n/a` for none. */
function systemdTime(text: string | undefined): string | undefined {
  const [, day, time] = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text ?? '') ?? [];
  return day === undefined ? undefined : `${day}T${time}.000Z`;
}
