import { identityKey, type ProcessIdentity } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import { identityOf, type ProcessTable } from '../../process/table.js';
import type { PlannedProcess, Target } from '../plan/target.js';
import type { LookNow } from './process-now.js';

/** One process of a tree that is being ended, and what became of it so far. */
export interface Tracked {
  /** Index of its target. */
  readonly tree: number;
  /** For one born meanwhile: as the first judgement that saw it has it. */
  process: PlannedProcess;
  /** Its tree is ended past all vetoes that a person may lift. */
  readonly isForced: boolean;
  /** Captured with the plan, or judged since; others get no signal yet. */
  judged: boolean;
  /** `replaced`: gone, and another process has its pid. */
  fate: 'there' | 'gone' | 'replaced';
  /** As last seen; `Z` counts as gone. */
  state: string | undefined;
  /** Whoever must fetch the exit status of a defunct one. */
  defunctUnder: number | undefined;
  asked: boolean;
  killed: boolean;
  signalledAt: number | undefined;
  goneAt: number | undefined;
  denied: boolean;
  /** Why it gets no signal any more, though it is there. */
  keptBecause: string | undefined;
}

export interface Tracking {
  readonly all: readonly Tracked[];
  /** Takes in what a whole scan shows: who is gone, and who was born in the trees since the last one. */
  observe(table: ProcessTable, now: number): void;
  /** Takes in children of a process that was verified to be the one that is followed, at this instant. */
  captureChildren(one: Tracked, children: readonly number[], look: LookNow): void;
}

/**
 * Follows the processes of some trees by identity. A new process belongs to a tree when its parent does, or when it is
 * in a session whose leader is of the tree: a process comes into a session by fork alone (setsid(2)), so all of its
 * members descend from the leader, also those whose parent has ended already. That proof is given up for sessions
 * in which somebody was left alone on purpose, and as soon as no known member holds the session's number.
 *
 * @param table the one that the targets were judged by: whoever is in it and in no target stays so
 */
export function track(targets: readonly Target[], table: ProcessTable): Tracking {
  const isForced = (tree: number): boolean => targets[tree]?.cause === 'forced';
  const all = targets.flatMap(({ processes }, tree) =>
    processes.map((process) => begin(process, tree, { judged: true, isForced: isForced(tree) })),
  );
  const byPid = new Map(all.map((one) => [one.process.identity.pid, one]));
  const decided = new Set(table.all.map((record) => identityKey(identityOf(table, record))));
  const sessions = ownSessions(all, table);
  // How many of those followed are there in each session, as of the last look.
  const holders = new Map<number, number>();
  return {
    all,
    observe(now, at) {
      holders.clear();
      for (const one of all) {
        update(one, now, at);
        count(one);
      }
      // Children of children that are new as well: until a pass finds nobody.
      for (let found = true; found; ) {
        found = false;
        for (const record of now.all) {
          if (byPid.get(record.pid)?.fate === 'there' || record.state === 'Z') continue;
          const identity = identityOf(now, record);
          if (decided.has(identityKey(identity))) continue;
          const tree = treeOfParent(now, record) ?? treeOfSession(record);
          if (tree === undefined) continue;
          take(identity, record, tree);
          found = true;
        }
      }
    },
    captureChildren(parent, children, look) {
      const { bootId, pid: ppid } = parent.process.identity;
      for (const pid of children) {
        const sight = look(pid);
        // Only while it names the parent: a child that ended may have left its pid to anybody.
        if (typeof sight === 'string' || sight.ppid !== ppid || sight.state === 'Z') continue;
        const identity = { bootId, pid, startTime: sight.startTime };
        if (decided.has(identityKey(identity))) continue;
        take(identity, { pid, startTime: sight.startTime, ppid, state: sight.state }, parent.tree);
      }
    },
  };

  function take(identity: ProcessIdentity, record: ProcessRecord, tree: number): void {
    decided.add(identityKey(identity));
    const born = begin({ identity, record }, tree, { judged: false, isForced: isForced(tree) });
    all.push(born);
    count(born);
    byPid.set(record.pid, born);
  }

  function count({ fate, process }: Tracked): void {
    const { sid } = process.record;
    if (fate === 'there' && sid !== undefined) holders.set(sid, (holders.get(sid) ?? 0) + 1);
  }

  function treeOfParent(now: ProcessTable, record: ProcessRecord): number | undefined {
    const parent = now.parent(record.pid);
    const known = parent === undefined ? undefined : byPid.get(parent.pid);
    return known?.fate === 'there' && known.keptBecause === undefined ? known.tree : undefined;
  }

  function treeOfSession(record: ProcessRecord): number | undefined {
    const tree = record.sid === undefined ? undefined : sessions.get(record.sid);
    if (tree === undefined || record.pid === record.sid) return undefined;
    return (holders.get(record.sid ?? 0) ?? 0) > 0 ? tree : undefined;
  }
}

/** Sessions led by a captured process and without a member that was not captured, with their tree. */
function ownSessions(all: readonly Tracked[], table: ProcessTable): ReadonlyMap<number, number> {
  const sessions = new Map<number, number>();
  const captured = new Set<number>();
  for (const { process, tree } of all) {
    captured.add(process.identity.pid);
    if (process.record.sid === process.identity.pid) sessions.set(process.identity.pid, tree);
  }
  for (const { pid, sid, state } of table.all) {
    if (sid !== undefined && !captured.has(pid) && state !== 'Z') sessions.delete(sid);
  }
  return sessions;
}

function update(one: Tracked, table: ProcessTable, at: number): void {
  if (one.fate !== 'there') return;
  const record = table.get(one.process.identity.pid);
  if (record === undefined) {
    end(one, 'gone', at);
    return;
  }
  // Not readable for a moment: that tells neither way.
  if (record.startTime === undefined) return;
  if (record.startTime !== one.process.identity.startTime) {
    end(one, 'replaced', at);
    return;
  }
  one.state = record.state;
  // A main thread may end before the others: the process lives while any of them does.
  if (record.state !== 'Z' || (record.threads ?? 1) > 1) return;
  one.defunctUnder = record.ppid;
  end(one, 'gone', at);
}

function end(one: Tracked, fate: 'gone' | 'replaced', at: number): void {
  one.fate = fate;
  one.goneAt = at;
}

function begin(
  process: PlannedProcess,
  tree: number,
  { judged, isForced }: Pick<Tracked, 'judged' | 'isForced'>,
): Tracked {
  return {
    tree,
    process,
    isForced,
    judged,
    fate: 'there',
    state: process.record.state,
    defunctUnder: undefined,
    asked: false,
    killed: false,
    signalledAt: undefined,
    goneAt: undefined,
    denied: false,
    keptBecause: undefined,
  };
}
