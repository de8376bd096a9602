import { isAgentProcess, type Role } from '../../agents/membership.js';
import type { ProcessEntry, TreeTotals } from './document.js';

/** The row of an agent or of what belongs to one. */
export type MemberEntry = ProcessEntry & { readonly role: Role };

/** One agent with everything that belongs to it; every member is in one tree only, so that sums add up. */
export interface AgentTree {
  /** The agent itself; of helpers whose agent is gone, the topmost. */
  readonly head: MemberEntry;
  /** The head among them, in the order of the rows. */
  readonly members: readonly MemberEntry[];
}

/** Whether it is an agent or belongs to one; a document also holds what is above them, or the whole table. */
export function isMember(entry: ProcessEntry): entry is MemberEntry {
  return entry.role !== undefined;
}

/** The trees of a document, in the order of the heads' rows. */
export function treesOf(entries: readonly ProcessEntry[]): AgentTree[] {
  const members = entries.filter(isMember);
  const byPid = new Map(members.map((entry) => [entry.pid, entry]));
  const trees = new Map<number, MemberEntry[]>();
  for (const entry of members) {
    const head = headOf(entry, byPid);
    const tree = trees.get(head.pid);
    if (tree === undefined) trees.set(head.pid, [entry]);
    else tree.push(entry);
  }
  return members.flatMap((head) => {
    const tree = trees.get(head.pid);
    return tree === undefined ? [] : [{ head, members: tree }];
  });
}

function headOf(entry: MemberEntry, byPid: ReadonlyMap<number, MemberEntry>): MemberEntry {
  if (isAgentProcess(entry)) return entry;
  let top = entry;
  const seen = new Set<number>();
  while (!seen.has(top.pid)) {
    seen.add(top.pid);
    const leader = byPid.get(top.leader ?? -1);
    if (leader !== undefined && leader.pid !== top.pid) return leader;
    const parent = byPid.get(top.ppid ?? -1);
    if (parent === undefined) break;
    if (isAgentProcess(parent)) return parent;
    top = parent;
  }
  return top;
}

/** What a tree holds as a whole. Proportional memory only where all of it could be read. */
export function treeTotals(members: readonly ProcessEntry[], cpuPercent?: number | undefined): TreeTotals {
  const rss = members.flatMap(({ rssBytes }) => rssBytes ?? []);
  const pss = members.flatMap(({ pssBytes }) => pssBytes ?? []);
  return {
    processes: members.length,
    rssBytes: rss.length === 0 ? undefined : sum(rss),
    pssBytes: pss.length === 0 || pss.length < members.length ? undefined : sum(pss),
    cpuPercent,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** What ending a process and its helpers gives back, as far as known: its tree's share, else its tree's, else its own. */
export function memoryOf({ tree, pssBytes, rssBytes }: ProcessEntry): number | undefined {
  return tree?.pssBytes ?? tree?.rssBytes ?? pssBytes ?? rssBytes;
}
