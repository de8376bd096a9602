import { isCounted } from '../../agents/membership.js';
import type { ProcessEntry } from '../../snapshot/document/document.js';
import { counted, formatBytes, formatDuration } from '../../units.js';
import { cutTo } from '../columns.js';
import { commandLine, harmless } from '../harmless.js';
import type { Style } from '../style.js';
import { type SessionName, sessionNames } from './process-list.js';

export interface TreeLayout {
  readonly width: number | undefined;
  readonly style: Style;
}

/** One agent with everything that belongs to it. */
export interface SessionTree {
  readonly root: ProcessEntry;
  /** All entries of the tree, the root among them. */
  readonly members: readonly ProcessEntry[];
  readonly rssBytes: number;
}

/**
 * The trees of a document: each topmost process of an agent (its launcher, when it has one) with its helpers.
 * Helpers whose agent is gone stand as roots of their own.
 */
export function sessionTrees(entries: readonly ProcessEntry[]): SessionTree[] {
  const byPid = new Map(entries.map((entry) => [entry.pid, entry]));
  const isMember = (entry: ProcessEntry | undefined): entry is ProcessEntry => entry?.role !== undefined;
  const parentOf = (entry: ProcessEntry): ProcessEntry | undefined => {
    const above = entry.ppid === undefined ? undefined : byPid.get(entry.ppid);
    if (isMember(above)) return above;
    // A launcher's leader is below it.
    if (entry.role === 'launcher' || entry.leader === undefined) return undefined;
    const leader = byPid.get(entry.leader);
    return isMember(leader) && leader.pid !== entry.pid ? leader : undefined;
  };
  const membersOf = new Map<number, ProcessEntry[]>();
  for (const entry of entries) {
    if (!isMember(entry)) continue;
    let root = entry;
    const seen = new Set<number>();
    for (let at = parentOf(root); at !== undefined && !seen.has(at.pid); at = parentOf(at)) {
      seen.add(at.pid);
      root = at;
    }
    const members = membersOf.get(root.pid) ?? [];
    members.push(entry);
    membersOf.set(root.pid, members);
  }
  const trees: SessionTree[] = [];
  for (const [pid, members] of membersOf) {
    const root = byPid.get(pid);
    if (root === undefined) continue;
    trees.push({ root, members, rssBytes: members.reduce((sum, one) => sum + (one.rssBytes ?? 0), 0) });
  }
  return trees.sort((a, b) => b.rssBytes - a.rssBytes || a.root.pid - b.root.pid);
}

/** Trees as indented lines, each headed by what it holds as a whole. */
export function treeText(trees: readonly SessionTree[], layout: TreeLayout): string[] {
  const sessionName = sessionNames(trees.map((tree) => agentOf(tree).sessionId));
  return trees.flatMap((tree, index) => [
    ...(index === 0 ? [] : ['']),
    ...oneTree(tree, sessionName, layout),
  ]);
}

function oneTree(tree: SessionTree, sessionName: SessionName, { width, style }: TreeLayout): string[] {
  const byParent = new Map<number, ProcessEntry[]>();
  const inside = new Set(tree.members.map((one) => one.pid));
  for (const one of tree.members) {
    if (one.pid === tree.root.pid) continue;
    const above = one.ppid !== undefined && inside.has(one.ppid) ? one.ppid : (one.leader ?? tree.root.pid);
    byParent.set(above, [...(byParent.get(above) ?? []), one]);
  }
  const fitted = (line: string): string => (width === undefined ? line : cutTo(line, width));
  const name = harmless(agentOf(tree).agent ?? agentOf(tree).role ?? 'process');
  // Cut before it is painted: escapes take no room.
  const lines = [fitted(`${name} · ${factsOf(tree, sessionName)}`).replace(name, () => style.bold(name))];
  const visit = (entry: ProcessEntry, stem: string, branch: string, below: string): void => {
    const facts = [entry.role ?? '', entry.verdict ?? '', formatBytes(entry.rssBytes)].filter(
      (fact) => fact !== '',
    );
    const line = `${stem}${branch}${entry.pid} ${facts.join(', ')}  ${commandLine(entry.argv ?? [`[${entry.comm ?? '?'}]`])}`;
    lines.push(fitted(line));
    const children = byParent.get(entry.pid) ?? [];
    byParent.delete(entry.pid);
    children.forEach((child, at) => {
      const isLast = at === children.length - 1;
      visit(child, stem + below, isLast ? '└─ ' : '├─ ', isLast ? '   ' : '│  ');
    });
  };
  visit(tree.root, '  ', '', '');
  return lines;
}

/** The agent that a tree is there for, which a launcher may stand above. */
function agentOf({ root, members }: SessionTree): ProcessEntry {
  return members.find(isCounted) ?? root;
}

function factsOf(tree: SessionTree, sessionName: SessionName): string {
  const agent = agentOf(tree);
  return [
    ...(agent.sessionId === undefined ? [] : [`session ${sessionName(agent.sessionId)}`]),
    ...(agent.verdict === undefined ? [] : [agent.verdict]),
    ...(agent.ageSeconds === undefined ? [] : [`up ${formatDuration(agent.ageSeconds)}`]),
    `${counted(tree.members.length, 'process', 'processes')}, ${formatBytes(tree.rssBytes)}`,
    ...(agent.cwd === undefined ? [] : [harmless(agent.cwd)]),
  ].join(' · ');
}
