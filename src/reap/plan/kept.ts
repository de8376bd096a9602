import type { IncludeKind } from './policy/policy.js';

/** Why a process is kept, for whoever sums up many of them. */
export type KeptKind =
  /** Ownerless or idle for too short. */
  | 'not-due'
  | 'too-young'
  | 'at-work'
  /** That it is idle could not be shown. */
  | 'not-proven'
  /** Its verdict is ended only when asked for. */
  | 'on-request'
  /** Nobody above it, and nothing shows that somebody lost it. */
  | 'not-lost'
  | 'live'
  | 'vetoed'
  | 'defunct'
  /** By a tree: it holds, works for or lives beside what stays. */
  | 'with-others'
  | 'not-resumable'
  /** More trees than one run ends. */
  | 'limit';

/** Why a process stays, and what would end it nevertheless. */
export interface KeptReason {
  readonly kind: KeptKind;
  /** Reads after the name of the process: `is idle for 12m, less than 30m`. */
  readonly reason: string;
  /** The flag that would end it: `--include superseded`, `--idle 0`. */
  readonly liftedBy?: string | undefined;
  /** Milliseconds since the epoch: when it will be due, if nothing changes. */
  readonly dueAt?: number | undefined;
}

export function keptFor(kind: KeptKind, reason: string, liftedBy?: string, dueAt?: number): KeptReason {
  return { kind, reason, liftedBy, dueAt };
}

/** `is superseded: …` with the flag that ends it. */
export function keptUntilAsked(include: IncludeKind, reason: string): KeptReason {
  return keptFor('on-request', reason, `--include ${include}`);
}
