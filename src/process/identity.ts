/**
 * Who a process is. A pid alone is never an identity: it is used again, on a busy machine within seconds.
 *
 * `startTime` is opaque and compared only for equality. Linux: clock ticks since boot (field 22 of
 * /proc/PID/stat, proc_pid_stat(5)), all digits. Other sources: the finest time the OS gives, as ISO 8601.
 */
export interface ProcessIdentity {
  readonly bootId?: string | undefined;
  readonly pid: number;
  readonly startTime?: string | undefined;
}

export type IdentityComparison = 'same' | 'different' | 'unknown';

/**
 * Compares two identities with three answers. `unknown` means that a fact needed for a yes is missing, or
 * that two sources wrote the start time in different forms; callers treat it as "not the same" before a
 * signal, and as "not gone" before a report.
 */
export function compareIdentity(a: ProcessIdentity, b: ProcessIdentity): IdentityComparison {
  if (a.pid !== b.pid) return 'different';
  if (a.bootId !== undefined && b.bootId !== undefined && a.bootId !== b.bootId) return 'different';
  if (a.startTime === undefined || b.startTime === undefined) return 'unknown';
  if (isTicks(a.startTime) !== isTicks(b.startTime)) return 'unknown';
  if (a.startTime !== b.startTime) return 'different';
  return a.bootId === undefined || b.bootId === undefined ? 'unknown' : 'same';
}

/** A key for maps and saved files: equal exactly when two full identities are the same. */
export function identityKey(identity: ProcessIdentity): string {
  return `${identity.bootId ?? '?'}/${identity.pid}/${identity.startTime ?? '?'}`;
}

/** Whether a start time is in clock ticks since boot, the exact form of Linux. */
export function isTicks(startTime: string): boolean {
  return /^\d+$/.test(startTime);
}
