import type { ActivityReadings } from '../activity/agent-reading.js';
import type { Ledger } from '../activity/ledger/ledger.js';
import type { Moment } from '../activity/moment.js';
import type { Catalogue } from '../agents/catalogue/catalogue.js';
import type { AgentTable } from '../agents/membership.js';
import type { ZombieAgent } from '../agents/resolve/zombies.js';
import type { HostBeliefs } from '../hosts/compare/beliefs.js';
import type { Surroundings, TableContext } from './context.js';
import type { Evidence } from './judgement.js';
import type { ProtectGroup } from './vetoes/protect.js';
import type { Self } from './vetoes/vetoes.js';

export interface JudgePolicy {
  /** Idle, or for what always looks idle ownerless, for at least this long. 0 waives the proof. */
  readonly idleSeconds: number;
  readonly protect: readonly ProtectGroup[];
  /** The catalogue without what project files added to it; absent when they added nothing. */
  readonly trusted?: Catalogue | undefined;
  /** Other users' processes too. */
  readonly allUsers: boolean;
}

export const DEFAULT_JUDGE_POLICY: JudgePolicy = { idleSeconds: 30 * 60, protect: [], allUsers: false };

export interface JudgeInput {
  readonly agents: AgentTable;
  readonly ledger: Ledger;
  readonly readings: ActivityReadings;
  readonly around: Surroundings;
  /** Absent for recorded tables: nobody in them is us. */
  readonly self?: Self | undefined;
  readonly policy: JudgePolicy;
  readonly hosts?: HostBeliefs | undefined;
  readonly now: Moment;
  readonly notes?: readonly string[] | undefined;
  /** Defunct agents: judged although they are members of nothing. */
  readonly zombies?: readonly ZombieAgent[] | undefined;
}

/** The input with what the table as a whole says. */
export interface JudgeContext extends JudgeInput {
  readonly context: TableContext;
  readonly hosts: HostBeliefs;
  readonly younger: ReadonlyMap<number, Evidence>;
}
