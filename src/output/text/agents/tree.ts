import { type AgentTree, type MemberEntry, memoryOf } from '../../../snapshot/document/trees.js';
import { counted, formatBytes, formatDuration } from '../../../units.js';
import { cutTo } from '../../columns.js';
import { commandWords, folderWords } from '../../command-words.js';
import type { Style } from '../../style.js';
import { idleWords, nameOfEntry, ownerWords, paintVerdict, runawayWords } from '../../words.js';
import { type SessionName, sessionNames } from './process-list.js';

export interface TreeLayout {
  readonly width: number | undefined;
  readonly style: Style;
}

/** Trees as indented lines, the largest first, each headed by what it holds as a whole. */
export function treeText(trees: readonly AgentTree[], layout: TreeLayout): string[] {
  const sessionName = sessionNames(trees.map(({ head }) => head.sessionId));
  return [...trees]
    .sort((a, b) => (memoryOf(b.head) ?? 0) - (memoryOf(a.head) ?? 0) || a.head.pid - b.head.pid)
    .flatMap((tree, index) => [...(index === 0 ? [] : ['']), ...oneTree(tree, sessionName, layout)]);
}

function oneTree(tree: AgentTree, sessionName: SessionName, { width, style }: TreeLayout): string[] {
  const { head, members } = tree;
  const inside = new Set(members.map(({ pid }) => pid));
  const above = (one: MemberEntry): number | undefined => {
    if (one.ppid !== undefined && inside.has(one.ppid)) return one.ppid;
    // A launcher stands above its agent; what was handed to another parent stays below it.
    return one.pid === head.pid || one.role === 'launcher' || one.role === 'adapter' ? undefined : head.pid;
  };
  const byParent = new Map<number | undefined, MemberEntry[]>();
  for (const one of members) byParent.set(above(one), [...(byParent.get(above(one)) ?? []), one]);
  const fitted = (line: string): string => (width === undefined ? line : cutTo(line, width));
  const name = nameOfEntry(head);
  const verdict = head.verdict ?? '';
  // Cut before it is painted: escapes take no room.
  const title = fitted(`${name} · ${factsOf(head, sessionName)}`)
    .replace(name, () => style.bold(name))
    .replace(` ${verdict} `, () => ` ${paintVerdict(verdict, head.verdict, style)} `);
  const lines = [title];
  const seen = new Set<number>();
  const visit = (entry: MemberEntry, stem: string, branch: string, below: string): void => {
    if (seen.has(entry.pid)) return;
    seen.add(entry.pid);
    const facts = [entry.role, formatBytes(entry.pssBytes ?? entry.rssBytes)].join(' ');
    lines.push(fitted(`${stem}${branch}${entry.pid} ${facts}  ${commandWords(entry)}`));
    const children = byParent.get(entry.pid) ?? [];
    children.forEach((child, at) => {
      const isLast = at === children.length - 1;
      visit(child, stem + below, isLast ? '└─ ' : '├─ ', isLast ? '   ' : '│  ');
    });
  };
  for (const top of byParent.get(undefined) ?? []) visit(top, '  ', '', '');
  return lines;
}

function factsOf(head: MemberEntry, sessionName: SessionName): string {
  const { tree, verdict, cwd, ageSeconds, sessionId, owner } = head;
  return [
    verdict ?? '',
    `${formatBytes(memoryOf(head))} in ${counted(tree?.processes ?? 1, 'process', 'processes')}`,
    tree?.cpuPercent === undefined || head.runaway !== undefined ? '' : `${Math.round(tree.cpuPercent)} % CPU`,
    runawayWords(head),
    idleWords(head),
    owner === undefined ? '' : `under ${ownerWords(head)}`,
    cwd === undefined ? '' : folderWords(cwd),
    sessionId === undefined ? '' : `session ${sessionName(sessionId)}`,
    ageSeconds === undefined ? '' : `up ${formatDuration(ageSeconds)}`,
  ]
    .filter((fact) => fact !== '')
    .join(' · ');
}
