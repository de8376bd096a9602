import type { Activity, ActivityFact } from '../../activity/conclude.js';
import type { Runaway } from '../../activity/runaway.js';
import { formatDuration } from '../../units.js';
import type { Evidence } from '../judgement.js';
import { clock, evidence } from './words.js';

/** What was looked at to tell whether an agent works, as evidence. */
export function activityEvidence(activity: Activity, now: number): readonly Evidence[] {
  return activity.facts.map((fact) => ofFact(fact, now));
}

/** Burns CPU with nobody looking. */
export function runawayEvidence({ cpuPercent, since, seconds }: Runaway, now: number): Evidence {
  const value = `${cpuPercent} % of a core for ${formatDuration(seconds)}`;
  const text = `a runaway: ${value}, without a terminal, since ${clock(since, now)}`;
  return evidence('runaway', 'note', 3, value, text);
}

function ofFact({ kind, value, at }: ActivityFact, now: number): Evidence {
  const when = at === undefined ? '' : ` since ${clock(at, now)}`;
  switch (kind) {
    case 'status-busy':
      return evidence(kind, 'live', 3, value, `its own session file says busy${when}`);
    case 'status-idle':
      return evidence(kind, 'idle', 3, value, `its own session file says idle${when}`);
    case 'tool-running':
      return evidence(kind, 'live', 3, value, `a tool runs: ${value}`);
    case 'transcript-moved':
      return evidence(kind, 'live', 2, value, `its transcript moved at ${at === undefined ? value : clock(at, now)}`);
    case 'turn-open':
      return evidence(kind, 'live', 3, value, `its turn is open: ${value}${when}`);
    case 'turn-closed':
      return evidence(kind, 'idle', 3, value, `its turn is over: ${value}${when}`);
    case 'turn-unknown':
      return evidence(kind, 'note', 1, value, 'whether its turn is over could not be read');
    case 'connected':
      return evidence(kind, 'live', 1, value, `connections: ${value}`);
    case 'cpu-used':
      return evidence(kind, 'live', 2, value, `its tree used ${value}`);
    case 'child-born':
      return evidence(kind, 'live', 2, value, `children were born: ${value}`);
    case 'child-moved':
      return evidence(kind, 'live', 2, value, `what it started used CPU or moved data: ${value}`);
    case 'first-sight':
      return evidence(kind, 'note', 1, value, 'seen for the first time: whether it is idle is not known');
  }
}
