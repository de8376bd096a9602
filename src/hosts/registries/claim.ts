import { isTicks } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { isSameStart, START_ROUNDING_MS } from '../../process/start-order.js';
import type { ProcessTable } from '../../process/table.js';
import type { PidClaim } from '../host.js';

/**
 * Whether the process that a file speaks of is the one that has its pid now. `unknown`: it runs, and nothing in
 * the file tells whether it is the same.
 */
export type ClaimState = 'same' | 'gone' | 'reused' | 'unknown';

export function checkClaim(claim: PidClaim, table: ProcessTable): ClaimState {
  const record = table.get(claim.pid);
  // A zombie has ended; only its parent has not noticed.
  if (record === undefined || record.state === 'Z') return 'gone';
  const byToken = claim.startToken === undefined ? undefined : checkToken(claim.startToken, record);
  if (byToken !== undefined) return byToken ? 'same' : 'reused';
  if (claim.startedAt === undefined || record.startedAt === undefined) return 'unknown';
  const early = claim.startedAt - record.startedAt;
  return early >= -START_ROUNDING_MS && early <= REGISTERED_WITHIN_MS ? 'same' : 'reused';
}

/** In words, for a mismatch. */
export function describeClaim(claim: PidClaim, state: ClaimState): string {
  switch (state) {
    case 'gone':
      return `process ${claim.pid} is gone`;
    case 'reused':
      return `pid ${claim.pid} is another process by now`;
    case 'same':
    case 'unknown':
      return `process ${claim.pid} runs`;
  }
}

/** Clock ticks on Linux, a date elsewhere; `undefined` when the two are not in comparable forms. */
function checkToken(token: string, record: ProcessRecord): boolean | undefined {
  if (isTicks(token)) {
    if (record.startTime === undefined || !isTicks(record.startTime)) return undefined;
    return token === record.startTime;
  }
  const at = Date.parse(token);
  if (Number.isNaN(at) || record.startedAt === undefined) return undefined;
  return isSameStart(at, record.startedAt);
}

/** Ours: a host writes its row, or its own runtime file, at most this long after the process began. */
const REGISTERED_WITHIN_MS = 60_000;
