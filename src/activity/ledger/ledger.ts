import { isCounted, type Role } from '../../agents/membership.js';
import { compareIdentity, identityKey, type ProcessIdentity } from '../../process/identity.js';
import type { ChildMark } from '../children.js';
import type { CpuMark } from '../conclude.js';
import type { Moment } from '../moment.js';
import type { BurnMark } from '../runaway.js';

/** Another process as it was seen: enough to tell later whether it is still the same one. */
export interface SeenProcess {
  readonly pid: number;
  readonly startTime?: string | undefined;
  readonly name: string;
}

/** The owner as it was seen; `pid` is absent for a terminal or a service. */
export interface SeenOwner {
  readonly kind: string;
  readonly name: string;
  readonly pid?: number | undefined;
  readonly startTime?: string | undefined;
}

/** The agent that a process worked for when it was seen under it. */
export interface SeenLeader extends SeenProcess {
  readonly agent?: string | undefined;
  readonly sessionId?: string | undefined;
}

/** What is remembered of one identity. Times in milliseconds since the epoch where they are no moments. */
export interface LedgerEntry {
  readonly identity: ProcessIdentity;
  readonly name: string;
  readonly role: Role;
  readonly agent?: string | undefined;
  readonly sessionId?: string | undefined;
  /** The parent and the owner when it was last seen with an owner. */
  readonly parent?: SeenProcess | undefined;
  readonly owner?: SeenOwner | undefined;
  readonly ownedAt?: number | undefined;
  /** Absent while it has an owner. */
  readonly ownerlessSince?: Moment | undefined;
  readonly leader?: SeenLeader | undefined;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly observations: number;
  readonly lastActiveAt?: number | undefined;
  readonly unmovedSince?: Moment | undefined;
  readonly transcriptAt?: number | undefined;
  readonly connections?: readonly string[] | undefined;
  readonly children?: readonly ChildMark[] | undefined;
  readonly cpu?: CpuMark | undefined;
  readonly burn?: BurnMark | undefined;
  /** The last verdict in one line, for `why` of a pid that is gone. */
  readonly summary?: string | undefined;
  /** When it was first missed. */
  readonly goneAt?: number | undefined;
}

/** How two runs confirm each other: what earlier observations saw, by identity. Immutable. */
export interface Ledger {
  readonly entries: ReadonlyMap<string, LedgerEntry>;
  /** Keys of processes that were seen to adopt another's child: no owners of what is under them. */
  readonly adopters: ReadonlySet<string>;
}

export const EMPTY_LEDGER: Ledger = { entries: new Map(), adopters: new Set() };

/** What one observation says of one identity. */
export interface Observed {
  readonly identity: ProcessIdentity;
  readonly name: string;
  readonly role: Role;
  readonly agent?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly parent?: SeenProcess | undefined;
  readonly owner:
    | { readonly state: 'owned'; readonly by: SeenOwner }
    | { readonly state: 'ownerless' }
    | { readonly state: 'unknown' };
  readonly leader?: SeenLeader | undefined;
  readonly activity?:
    | Pick<LedgerEntry, 'lastActiveAt' | 'unmovedSince' | 'transcriptAt' | 'connections' | 'children' | 'cpu'>
    | undefined;
  readonly burn?: BurnMark | undefined;
  readonly summary?: string | undefined;
}

/** What a scan says of who is there. */
export interface Presence {
  readonly bootId?: string | undefined;
  /** False: whoever is missing may only not have been read. */
  readonly complete: boolean;
  /** Who has this pid in the scan. */
  lookup(pid: number): ProcessIdentity | undefined;
}

/** The entry of an identity; only a full identity has one. */
export function entryOf(ledger: Ledger, identity: ProcessIdentity): LedgerEntry | undefined {
  return identity.startTime === undefined ? undefined : ledger.entries.get(identityKey(identity));
}

/** What is remembered of a pid, whoever had it; those that were seen last come first. */
export function entriesOfPid(ledger: Ledger, pid: number): LedgerEntry[] {
  return [...ledger.entries.values()]
    .filter((entry) => entry.identity.pid === pid)
    .sort((a, b) => b.lastSeen - a.lastSeen);
}

/** Whether a process that was seen earlier runs in this scan. `unknown`: it may, or may only not have been read. */
export function isThere(seen: Pick<SeenProcess, 'pid' | 'startTime'>, presence: Presence): 'yes' | 'no' | 'unknown' {
  const now = presence.lookup(seen.pid);
  if (now === undefined) return presence.complete ? 'no' : 'unknown';
  // What was seen was seen in this boot: entries of other boots are pruned.
  const comparison = compareIdentity({ ...seen, bootId: 'b' }, { ...now, bootId: 'b' });
  switch (comparison) {
    case 'same':
      return 'yes';
    case 'different':
      return 'no';
    case 'unknown':
      return 'unknown';
  }
}

/** The ledger with one more observation in it, pruned. An incomplete scan adds to it and takes nothing away. */
export function observe(
  ledger: Ledger,
  observed: readonly Observed[],
  adopters: readonly ProcessIdentity[],
  presence: Presence,
  now: Moment,
): Ledger {
  const entries = new Map(ledger.entries);
  for (const one of observed) {
    // Without a start time the next run could not tell it from a later process with its pid.
    if (one.identity.startTime === undefined) continue;
    const key = identityKey(one.identity);
    entries.set(key, next(entries.get(key), one, now));
  }
  const known = new Set([...ledger.adopters, ...adopters.map(identityKey)]);
  return prune({ entries, adopters: known }, presence, now);
}

/** Without those of other boots and, in bounds, without those that are gone. */
function prune(ledger: Ledger, presence: Presence, now: Moment): Ledger {
  const there = new Map<string, LedgerEntry>();
  const gone: LedgerEntry[] = [];
  for (const [key, entry] of ledger.entries) {
    const { bootId } = entry.identity;
    if (presence.bootId !== undefined && bootId !== undefined && bootId !== presence.bootId) continue;
    if (isThere(entry.identity, presence) !== 'no') there.set(key, entry);
    else gone.push(entry.goneAt === undefined ? { ...entry, goneAt: now.at } : entry);
  }
  for (const entry of worthKeeping(gone, now)) there.set(identityKey(entry.identity), entry);
  return { entries: there, adopters: liveAdopters(ledger.adopters, presence) };
}

/**
 * What this run saw with what another run saved since this one had read the ledger. Entries that are as they were
 * read stand or fall by what this run made of them.
 */
export function mergeLedgers(mine: Ledger, base: Ledger, saved: Ledger): Ledger {
  const entries = new Map(mine.entries);
  for (const [key, theirs] of saved.entries) {
    if (base.entries.get(key)?.lastSeen === theirs.lastSeen) continue;
    const ours = entries.get(key);
    if (ours === undefined || ours.lastSeen < theirs.lastSeen) entries.set(key, theirs);
  }
  const news = [...saved.adopters].filter((key) => !base.adopters.has(key));
  return { entries, adopters: new Set([...mine.adopters, ...news]) };
}

/** The same ledger as far as it proves who was seen under whom, with nothing that proves by time. */
export function withoutTimes(ledger: Ledger): Ledger {
  const entries = new Map<string, LedgerEntry>();
  for (const [key, entry] of ledger.entries) {
    entries.set(key, {
      ...entry,
      ownerlessSince: undefined,
      unmovedSince: undefined,
      cpu: undefined,
      children: undefined,
      burn: undefined,
      observations: 0,
    });
  }
  return { ...ledger, entries };
}

/** Of the dead, `why` may be asked about agents for a week, about their helpers for a day. */
const KEPT_AGENTS = { most: 200, milliseconds: 7 * 24 * 3600_000 };
const KEPT_HELPERS = { most: 100, milliseconds: 24 * 3600_000 };

function worthKeeping(gone: readonly LedgerEntry[], now: Moment): LedgerEntry[] {
  const newest = [...gone].sort((a, b) => b.lastSeen - a.lastSeen);
  const keep = (which: readonly LedgerEntry[], { most, milliseconds }: typeof KEPT_HELPERS): LedgerEntry[] =>
    which.filter((entry) => now.at - entry.lastSeen <= milliseconds).slice(0, most);
  return [
    ...keep(newest.filter(isCounted), KEPT_AGENTS),
    ...keep(
      newest.filter((entry) => !isCounted(entry)),
      KEPT_HELPERS,
    ),
  ];
}

function liveAdopters(adopters: ReadonlySet<string>, presence: Presence): ReadonlySet<string> {
  return new Set(
    [...adopters].filter((key) => {
      const [, pid] = key.split('/');
      const there = presence.lookup(Number(pid));
      return there === undefined ? !presence.complete : identityKey(there) === key;
    }),
  );
}

function next(before: LedgerEntry | undefined, one: Observed, now: Moment): LedgerEntry {
  const isOwned = one.owner.state === 'owned';
  return {
    identity: one.identity,
    name: one.name,
    role: one.role,
    agent: one.agent ?? before?.agent,
    sessionId: one.sessionId ?? before?.sessionId,
    parent: isOwned ? one.parent : before?.parent,
    owner: one.owner.state === 'owned' ? one.owner.by : before?.owner,
    ownedAt: isOwned ? now.at : before?.ownedAt,
    ownerlessSince: ownerlessSince(before, one, now),
    leader: one.leader ?? before?.leader,
    firstSeen: before?.firstSeen ?? now.at,
    lastSeen: now.at,
    observations: (before?.observations ?? 0) + 1,
    lastActiveAt: one.activity?.lastActiveAt ?? before?.lastActiveAt,
    unmovedSince: one.activity?.unmovedSince,
    transcriptAt: one.activity?.transcriptAt ?? before?.transcriptAt,
    connections: one.activity?.connections,
    children: one.activity?.children,
    cpu: one.activity?.cpu,
    burn: one.burn,
    summary: one.summary ?? before?.summary,
  };
}

function ownerlessSince(before: LedgerEntry | undefined, one: Observed, now: Moment): Moment | undefined {
  switch (one.owner.state) {
    case 'owned':
      return undefined;
    case 'ownerless':
      return before?.ownerlessSince ?? now;
    case 'unknown':
      // A look that could not tell confirms nothing, so the proof starts anew.
      return undefined;
  }
}
