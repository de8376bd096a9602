import type { Runaway } from '../activity/runaway.js';
import type { AgentTable } from '../agents/membership.js';
import type { Trace } from './traces/trace.js';

export const VERDICTS = [
  'live',
  'idle',
  'orphan',
  'superseded',
  'disowned',
  'leftover',
  'zombie',
  'protected',
  'unknown',
] as const;

/** The conclusion for one process. docs/verdicts.md has the table. */
export type Verdict = (typeof VERDICTS)[number];

export type OwnerKind =
  | 'terminal'
  | 'multiplexer'
  | 'host'
  | 'ssh'
  | 'service'
  | 'agent'
  | 'infrastructure'
  /** A shell's script, `make`, `timeout`: it waits for what it started. */
  | 'script'
  /** A live program that is no shell and no launcher, known or not. */
  | 'program';

/** The nearest live thing in the ancestor chain that a process works for. */
export interface Owner {
  readonly kind: OwnerKind;
  /** Absent for a terminal or a service, which are no process. */
  readonly pid?: number | undefined;
  /** As people know it: `T3 Code`, `tmux`, `pts/3`, `cron.service`. */
  readonly name: string;
}

export type EvidenceKind =
  // what argues for an orphan
  | 'no-owner'
  | 'owner-lost'
  | 'leader-gone'
  | 'terminal-gone'
  | 'stdio-closed'
  | 'login-ended'
  | 'cwd-deleted'
  | 'exe-deleted'
  | 'marker-names-dead'
  | 'agent-gone'
  | 'seen-under'
  // what argues for idle
  | 'status-idle'
  | 'turn-closed'
  // what argues for live
  | 'owner'
  | 'status-busy'
  | 'turn-open'
  | 'tool-running'
  | 'transcript-moved'
  | 'connected'
  | 'cpu-used'
  | 'child-born'
  | 'child-moved'
  // what the table as a whole says
  | 'younger-holder'
  | 'host-disowns'
  | 'older-generation'
  | 'runaway'
  | 'defunct'
  | 'first-sight'
  | 'turn-unknown'
  | 'unreadable'
  // what argues for a purpose
  | 'output-to-file'
  | 'listens'
  // vetoes
  | 'self'
  | 'pid-1'
  | 'kernel'
  | 'other-user'
  | 'protect-rule'
  | 'supervised'
  | 'agent-daemon'
  | 'registry-busy'
  | 'identity-changed'
  | 'traced'
  | 'application-init';

/** One fact with the value that was seen and what it argues for. */
export interface Evidence {
  readonly kind: EvidenceKind;
  readonly argues: 'orphan' | 'idle' | 'live' | 'veto' | 'note';
  /** 3 proves on its own, 2 with another fact, 1 only supports. */
  readonly strength: 1 | 2 | 3;
  /** What was read: `/dev/pts/7 (deleted)`, `4098 is gone`. Never a secret. */
  readonly value: string;
  /** One line for people. */
  readonly text: string;
}

/** Something that forbids an end whatever the verdict is. */
export interface Veto {
  readonly kind: EvidenceKind | 'no-identity';
  readonly value: string;
  /** One line for people. */
  readonly text: string;
  /** What a person may ask for so that it yields; absent: nothing. */
  readonly liftedBy?: 'busy-orphan' | 'pid' | 'all-users' | 'min-age' | undefined;
}

/** The verdict on one process with everything that it rests on. */
export interface Judgement {
  readonly pid: number;
  readonly verdict: Verdict;
  readonly owner?: Owner | undefined;
  readonly evidence: readonly Evidence[];
  /** Seconds since anything moved, only when idle is proven since then. */
  readonly idleSeconds?: number | undefined;
  /** Seconds since it was first seen without an owner (an earlier observation included). */
  readonly ownerlessSeconds?: number | undefined;
  /** Milliseconds since the epoch: when it was first seen without an owner. */
  readonly ownerlessSince?: number | undefined;
  /** What shows that an owner ended: of it, or of somebody above it that was lost with it. Empty while it has one. */
  readonly traces: readonly Trace[];
  /** What forbids an end whatever the verdict is. */
  readonly vetoes: readonly Veto[];
  /** `idle`: proven past the threshold. */
  readonly work: 'working' | 'idle' | 'not known';
  /** Whether an answer is being made. */
  readonly turn?: 'open' | 'closed' | undefined;
  readonly runaway?: Runaway | undefined;
  /** Milliseconds since the epoch: when it will have been ownerless and idle for the threshold, if nothing changes. */
  readonly ripeAt?: number | undefined;
  /** How many observations of this identity the ledger held before this one. */
  readonly observations: number;
  /** One sentence. */
  readonly reason: string;
  /** The host application that it runs under, by the host catalogue. */
  readonly host?: string | undefined;
}

/** Several copies of one MCP server that one live agent or host runs. */
export interface Generation {
  /** Pid of the agent or host. */
  readonly leader: number;
  readonly agent?: string | undefined;
  /** As people know it, where it is no agent. */
  readonly host?: string | undefined;
  readonly server: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly newestStartedAt?: number | undefined;
  readonly olderRssBytes: number;
  /** The topmost pid of each copy, the newest not among them. */
  readonly older: readonly number[];
  /** Those of them that nobody uses any more since the newest one is there, each with what that rests on. */
  readonly unused: readonly { readonly pid: number; readonly because: string }[];
}

/** A table of agents with a verdict for each agent process and its helpers. */
export interface JudgedTable extends AgentTable {
  readonly judgements: ReadonlyMap<number, Judgement>;
  readonly generations?: readonly Generation[] | undefined;
  /** What could not be looked at, and what that means; printed once. */
  readonly notes: readonly string[];
}
