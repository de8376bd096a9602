import type { SeenLeader, SeenOwner, SeenProcess } from '../../activity/ledger/ledger.js';

/** One sign that an owner ended. Each is found once; evidence words it, the owner search and "left behind" read it. */
export type Trace =
  /** The owner, or else the parent, that an earlier observation saw is gone. */
  | TraceOf<'owner-lost', { readonly lost: SeenOwner | SeenProcess; readonly seenAt: number }>
  /** An earlier observation saw it under an agent that is gone. */
  | TraceOf<'seen-under', { readonly agent: SeenLeader; readonly seenAt: number }>
  /** A standard stream leads to a terminal that is no more, or the terminal that it was seen on is not its any more. */
  | TraceOf<'terminal-gone'>
  /** Nobody is at the other end of a standard stream. */
  | TraceOf<'stdio-closed', { readonly streams: 'stdin' | 'stdout' | 'both' }>
  /** The leader of its session or of its process group is gone. */
  | TraceOf<'leader-gone', { readonly of: 'session' | 'process group' }>
  /** The login session of its cgroup is over. */
  | TraceOf<'login-ended'>
  /** Its environment names an agent that is gone: by pid, or by a session that nobody can hold any more. */
  | TraceOf<'marker-names-dead', { readonly by: 'pid' | 'session'; readonly isProven: boolean }>
  /** It is the shell of a tool call, which only an agent starts, and its parent adopts orphans. */
  | TraceOf<'agent-gone'>;

type TraceOf<Kind extends string, More = unknown> = More & {
  readonly kind: Kind;
  /** What was read: `/dev/pts/7 (deleted)`, `4098`. Never a secret. */
  readonly value: string;
};

/** The trace of one kind, if it was found. */
export function traceOf<Kind extends Trace['kind']>(
  traces: readonly Trace[],
  kind: Kind,
): Extract<Trace, { kind: Kind }> | undefined {
  return traces.find((trace): trace is Extract<Trace, { kind: Kind }> => trace.kind === kind);
}
