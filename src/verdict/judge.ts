import type { Runaway } from '../activity/runaway.js';
import { isCounted, type Role } from '../agents/membership.js';
import { formatDuration } from '../units.js';
import type { Evidence, Judgement, Owner, Verdict, Veto } from './judgement.js';
import type { Trace } from './traces/trace.js';

/** All that decides about one process. Everything else in its evidence only explains. */
export interface Facts {
  readonly pid: number;
  readonly role: Role;
  /** A zombie: it ended, and only its parent can remove it. */
  readonly isDefunct: boolean;
  /** Whether there is somebody that it works for. */
  readonly owner: 'live' | 'none' | 'not known';
  /** Something shows that an owner ended; that nobody is above it alone does not. */
  readonly isLost: boolean;
  /** Something shows that somebody left it running on purpose. */
  readonly isOnPurpose: boolean;
  /**
   * For MCP servers and tools without an owner. `proved`: its agent is gone, or nobody is at the other end of its
   * stdin. `likely`: it speaks over a channel that nobody is known to use. `no`: it may be there on purpose.
   */
  readonly leftBehind: 'proved' | 'likely' | 'no';
  /** Whether a younger live process of the same agent holds its session; not known without exact starts. */
  readonly youngerHolder: 'yes' | 'no' | 'not known';
  /** A live host says that it does not want it any more. */
  readonly isDisowned: boolean;
  /** Idle past the threshold. */
  readonly idle: 'proven' | 'not proven';
  readonly turn?: 'open' | 'closed' | undefined;
  readonly runaway?: Runaway | undefined;
  /** Known to be at work. */
  readonly isBusy: boolean;
  readonly evidence: readonly Evidence[];
  readonly traces: readonly Trace[];
  readonly ownerIs?: Owner | undefined;
  readonly host?: string | undefined;
  /** Seconds since anything moved; only told when idle is proven. */
  readonly idleSeconds?: number | undefined;
  readonly ownerlessSeconds?: number | undefined;
  readonly ownerlessSince?: number | undefined;
  readonly ripeAt?: number | undefined;
  readonly observations: number;
}

/** The verdict on one process: that of the first rule that holds. Pure; docs/verdicts.md is the same table. */
export function judge(facts: Facts): Judgement {
  const rule = RULES.find(({ when }) => when(facts)) ?? LIVE;
  const isOwnerless = facts.owner === 'none';
  return {
    pid: facts.pid,
    verdict: rule.verdict,
    owner: facts.ownerIs,
    evidence: facts.evidence,
    idleSeconds: facts.idle === 'proven' ? facts.idleSeconds : undefined,
    ownerlessSeconds: isOwnerless ? facts.ownerlessSeconds : undefined,
    ownerlessSince: isOwnerless ? facts.ownerlessSince : undefined,
    traces: facts.traces,
    vetoes: facts.evidence.flatMap((one) => (one.argues === 'veto' ? [vetoOf(one)] : [])),
    work: facts.isBusy ? 'working' : facts.idle === 'not proven' ? 'not known' : 'idle',
    turn: facts.turn,
    runaway: facts.runaway,
    ripeAt: isOwnerless ? facts.ripeAt : undefined,
    observations: facts.observations,
    reason: rule.reason(facts),
    host: facts.host,
  };
}

interface Rule {
  readonly verdict: Verdict;
  readonly when: (facts: Facts) => boolean;
  readonly reason: (facts: Facts) => string;
}

const LIVE: Rule = { verdict: 'live', when: () => true, reason: (facts) => tell(facts, 'live') };

/** In order: the first that holds decides. */
export const RULES: readonly Rule[] = [
  { verdict: 'zombie', when: (f) => f.isDefunct, reason: (f) => tell(f, 'note', 'defunct') },
  {
    verdict: 'protected',
    when: (f) => f.evidence.some(isAbsolute),
    reason: (f) => text(f.evidence.filter(isAbsolute)),
  },
  {
    verdict: 'unknown',
    when: (f) => f.owner === 'none' && f.isOnPurpose,
    reason: (f) => `nobody above it, but it seems left running on purpose: ${tell(f, 'live')}`,
  },
  {
    verdict: 'leftover',
    when: (f) => f.owner === 'none' && isHelper(f) && f.leftBehind === 'proved',
    reason: (f) => tell(f, 'orphan'),
  },
  {
    verdict: 'orphan',
    when: (f) => f.owner === 'none' && f.isLost && f.role === 'mcp-server' && f.leftBehind === 'likely',
    reason: (f) => tell(f, 'orphan'),
  },
  {
    verdict: 'unknown',
    when: (f) => f.owner === 'none' && isHelper(f),
    reason: () => 'nobody above it, but that its agent left it behind is not proved: it may be there on purpose',
  },
  {
    verdict: 'orphan',
    when: (f) => f.owner === 'none' && f.isLost,
    reason: (f) => `${tell(f, 'orphan')}${f.isBusy ? '; and it works' : ''}`,
  },
  {
    verdict: 'unknown',
    when: (f) => f.owner === 'none',
    reason: (f) => `${tell(f, 'orphan', 'no-owner')}; nothing shows that somebody lost it`,
  },
  { verdict: 'unknown', when: (f) => f.owner === 'not known', reason: (f) => tell(f, 'note', 'unreadable') },
  {
    verdict: 'superseded',
    when: (f) => isCounted(f) && f.youngerHolder === 'yes',
    reason: (f) => tell(f, 'orphan', 'younger-holder'),
  },
  {
    verdict: 'unknown',
    when: (f) => isCounted(f) && f.youngerHolder === 'not known',
    reason: (f) => tell(f, 'note', 'younger-holder'),
  },
  { verdict: 'disowned', when: (f) => f.isDisowned, reason: (f) => tell(f, 'orphan', 'host-disowns') },
  {
    verdict: 'idle',
    when: (f) => isCounted(f) && f.idle === 'proven',
    reason: (f) => `idle for ${formatDuration(f.idleSeconds ?? 0)}: ${tell(f, 'idle')}`,
  },
  LIVE,
];

/** Every veto but one: that a registry says busy yields when busy orphans are asked for, so the verdict stands. */
function isAbsolute({ argues, kind }: Evidence): boolean {
  return argues === 'veto' && kind !== 'registry-busy';
}

function isHelper({ role }: Facts): boolean {
  return role === 'mcp-server' || role === 'tool';
}

function vetoOf({ kind, value, text }: Evidence): Veto {
  return kind === 'registry-busy' ? { kind, value, text, liftedBy: 'busy-orphan' } : { kind, value, text };
}

/** The strongest evidence for a side, or of one kind, as a sentence; the mere lack of an owner says least. */
function tell(facts: Facts, side: Evidence['argues'], kind?: Evidence['kind']): string {
  const all = facts.evidence.filter((one) => one.argues === side && (kind === undefined || one.kind === kind));
  const specific = all.filter((one) => one.kind !== 'no-owner');
  const strongest = Math.max(...specific.map(({ strength }) => strength), 0);
  return text(specific.length === 0 || strongest < 2 ? all : specific.filter((one) => one.strength === strongest));
}

function text(evidence: readonly Evidence[]): string {
  const [first, second] = evidence;
  if (first === undefined) return 'nothing else was found';
  return second === undefined ? first.text : `${first.text}; ${second.text}`;
}
