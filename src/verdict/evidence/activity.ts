import type { Activity, ActivityFact } from '../../activity/conclude.js';
import type { Evidence } from '../judgement.js';
import { clock, evidence } from './words.js';

/** What was looked at to tell whether an agent works, as evidence. */
export function activityEvidence(activity: Activity, now: number): readonly Evidence[] {
  return activity.facts.map((fact) => ofFact(fact, now));
}

/** An agent under which one core is half used for minutes, with nobody to see it. */
const RUNAWAY_OF_CORE = 0.5;
const RUNAWAY_SECONDS = 120;

/** Ownerless, without a terminal, and burning: an orphan in a spin was measured at 3000 ticks a minute. */
export function runaway(
  activity: Activity | undefined,
  tty: string | null | undefined,
): Evidence | undefined {
  const use = activity?.cpuUse;
  if (use === undefined || tty !== null) return undefined;
  if (use.ofCore < RUNAWAY_OF_CORE || use.seconds < RUNAWAY_SECONDS) return undefined;
  const value = `${Math.round(use.ofCore * 100)} % of a core over ${Math.round(use.seconds)} s`;
  return evidence('runaway', 'note', 2, value, `a runaway: ${value}, with no owner and no terminal`);
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
      return evidence(
        kind,
        'live',
        2,
        value,
        `its transcript moved at ${at === undefined ? value : clock(at, now)}`,
      );
    case 'transcript-quiet':
      return evidence(kind, 'idle', 2, value, `its transcript is quiet${when}`);
    case 'connected':
      return evidence(kind, 'live', 1, value, `connections: ${value}`);
    case 'cpu-used':
      return evidence(kind, 'live', 2, value, `its tree used ${value}`);
    case 'child-born':
      return evidence(kind, 'live', 2, value, `children were born: ${value}`);
    case 'nothing-moved':
      return evidence(kind, 'idle', 1, value, `nothing moved${when}: ${value}`);
    case 'first-sight':
      return evidence(kind, 'note', 1, value, 'seen for the first time: whether it is idle is not known');
  }
}
