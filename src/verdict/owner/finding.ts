import type { Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import { heldTerminal, isHelper, type TableContext } from '../context.js';
import type { Owner } from '../judgement.js';
import type { Trace } from '../traces/trace.js';
import type { Chain } from './chain.js';

/** A sign of a loss, and on whom it was found: the process itself, or somebody above it that was lost with it. */
export interface FoundTrace {
  readonly of: ProcessRecord;
  readonly trace: Trace;
}

/** Who a process works for, as far as it can be told. */
export interface OwnerFinding {
  readonly state: 'owned' | 'ownerless' | 'unknown';
  readonly owner?: Owner | undefined;
  readonly chain: Chain;
  /** Why it is not known, or what the chain ended at, in words. */
  readonly because: string;
  /** What shows that it lost an owner; without any of them nobody above it proves nothing. */
  readonly traces: readonly FoundTrace[];
  /** The host application that it runs under. */
  readonly host?: string | undefined;
  /** A supervised service that this process is of by itself, not by anybody above it: a veto. */
  readonly service?: string | undefined;
  /** pid 1 or an adopter that is an application, where that mattered. */
  readonly application?: string | undefined;
  /** Whoever was seen to adopt it, though not known as one who does. */
  readonly adopter?: ProcessRecord | undefined;
}

/** Finds the nearest live owner of a process, what kind it is, or where the chain to it breaks. */
export type FindOwner = (record: ProcessRecord, member: Membership) => OwnerFinding;

/** What one search for an owner goes by. */
export interface Search {
  readonly context: TableContext;
  readonly record: ProcessRecord;
  readonly member: Membership;
  readonly chain: Chain;
  readonly find: FindOwner;
}

/** What a part of the search answers. */
export type Finding = Omit<OwnerFinding, 'chain' | 'host' | 'traces'> & {
  readonly traces?: readonly FoundTrace[];
};

export function owned(owner: Owner): Finding {
  const name = owner.pid === undefined ? owner.name : `${owner.name}(${owner.pid})`;
  return { state: 'owned', owner, because: `works for ${name}` };
}

export function ownerless(because: string, traces: readonly FoundTrace[]): Finding {
  return { state: 'ownerless', because, traces };
}

export function unknown(because: string): Finding {
  return { state: 'unknown', because };
}

/** The traces of some processes that show a loss by themselves. */
export function tracesOf(
  { context, member }: Pick<Search, 'context' | 'member'>,
  records: readonly ProcessRecord[],
): FoundTrace[] {
  return records.flatMap((of) =>
    context
      .traces(of)
      .filter((trace) => trace.kind !== 'seen-under' || isHelper(member))
      .map((trace) => ({ of, trace })),
  );
}

/** A session that no agent is seen to hold may be that of one whose id is not known. */
export function showsLoss({ trace }: FoundTrace): boolean {
  return trace.kind !== 'marker-names-dead' || trace.isProven;
}

/** Its own terminal, or that of somebody on the way up. `undefined`: it could not be read. */
export function terminalOf({ context, record, chain }: Search): string | null | undefined {
  const terminals = [record, ...chain.above].map((one) => heldTerminal(context.table, one));
  return terminals.find((one) => typeof one === 'string') ?? (terminals.includes(undefined) ? undefined : null);
}
