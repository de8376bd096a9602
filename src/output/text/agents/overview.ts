import { isCounted } from '../../../agents/membership.js';
import type { ProcessEntry, SnapshotDocument } from '../../../snapshot/document/document.js';
import { tally } from '../../../snapshot/document/totals.js';
import { isMember, type MemberEntry, memoryOf, treesOf } from '../../../snapshot/document/trees.js';
import { counted, formatBytes } from '../../../units.js';
import { cutTo, formatColumns } from '../../columns.js';
import { harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { widthOf } from '../../width.js';
import {
  clockWords,
  idleWords,
  isDeadWeight,
  nameOfEntry,
  nextLine,
  paintVerdict,
  reasonOf,
  runawayWords,
  treeWords,
} from '../../words.js';
import { wrap } from '../../wrap.js';
import { generationLines } from './generations.js';

export interface OverviewLayout {
  readonly width: number | undefined;
  readonly style: Style;
}

/** A tree that a plain reap would end now. */
export interface DueTree {
  readonly pids: readonly number[];
  readonly memoryBytes: number;
}

/** Cells of a name: the reason behind it says more. */
const NAME_WIDTH = 12;

/** So many trees are shown by name; `orphans` shows all. */
const SHOWN_TREES = 8;

/**
 * The one screen: what can go now, what will be ready and when, what is ended on request only, what is in use, what
 * burns, and the next command.
 *
 * @param due what a plain reap would end; `undefined` for a recorded table, of which nothing can be ended
 */
export function overviewText(
  document: SnapshotDocument,
  due: readonly DueTree[] | undefined,
  { width, style }: OverviewLayout,
): string[] {
  const members = document.processes.filter(isMember);
  const where = `${harmless(document.machine.hostname ?? 'this machine')}, ${clockWords(document.takenAt, document.takenAt)}`;
  if (members.length === 0) {
    const none = document.complete ? 'no coding agents are running' : 'what runs could not be read in full';
    return [
      `${style.bold(none)}  ${style.dim(`${counted(document.totals.processes, 'process', 'processes')} looked at · ${where}`)}`,
    ];
  }
  const heads = treesOf(document.processes).map(({ head }) => head);
  const groups = groupsOf(heads, due ?? []);
  const facts = [
    dueRow(groups.due, due ?? []),
    soonRow(groups.soon, document, due !== undefined),
    askRow(groups.ask),
    usedRow(groups.used),
    otherRow(groups.other),
    ...generationLines(document).map((words): Row => ['copies', '', '', words]),
  ].filter((row) => row !== undefined);
  const burning = members.filter(({ runaway }) => runaway !== undefined);
  const head = [
    counted(document.totals.agents, 'agent'),
    counted(members.length, 'process', 'processes'),
    formatBytes(total(heads)),
  ].join(' · ');
  const dead = [...groups.due, ...groups.soon, ...groups.ask];
  return [
    spread(
      style.bold(head),
      style.dim(where),
      width === undefined ? undefined : width - widthOf(head) - widthOf(where),
    ),
    ...formatColumns(
      [{ title: '' }, { title: '' }, { title: '', align: 'right' }, { title: '', flexible: true }],
      wrapped([...facts, ...burning.map(burningRow)], width),
      { width, indent: '  ' },
    ),
    ...deadLines(dead, { width, style }),
    ...next({ due: groups.due, dead, burning }, style),
  ];
}

/** What does not fit behind its title goes on below it. */
function wrapped(rows: readonly Row[], width: number | undefined): (readonly string[])[] {
  if (width === undefined) return [...rows];
  const before = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)) + 2);
  const room = width - 2 - before.reduce((sum, one) => sum + one, 0);
  return rows.flatMap(([title, count, memory, words]) =>
    wrap(words, room).map((line, at) => (at === 0 ? [title, count, memory, line] : ['', '', '', line])),
  );
}

interface Groups {
  readonly due: readonly MemberEntry[];
  readonly soon: readonly MemberEntry[];
  readonly ask: readonly MemberEntry[];
  readonly used: readonly MemberEntry[];
  readonly other: readonly MemberEntry[];
}

/** Every tree is in one group only, by its head. */
function groupsOf(heads: readonly MemberEntry[], due: readonly DueTree[]): Groups {
  const ending = new Set(due.flatMap(({ pids }) => pids));
  const groupOf = (head: MemberEntry): keyof Groups => {
    if (ending.has(head.pid)) return 'due';
    if (head.verdict === 'orphan' || head.verdict === 'leftover') return 'soon';
    if (isDeadWeight(head)) return 'ask';
    return isCounted(head) && (head.verdict === 'live' || head.verdict === 'idle') ? 'used' : 'other';
  };
  const of = (group: keyof Groups) => heads.filter((head) => groupOf(head) === group);
  return { due: of('due'), soon: of('soon'), ask: of('ask'), used: of('used'), other: of('other') };
}

type Row = readonly [title: string, count: string, memory: string, words: string];

function dueRow(heads: readonly MemberEntry[], due: readonly DueTree[]): Row | undefined {
  if (due.length === 0) return undefined;
  const memory = due.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return ['can go', counted(due.length, 'tree'), formatBytes(memory), kindsOf(heads)];
}

function soonRow(heads: readonly MemberEntry[], { takenAt }: SnapshotDocument, isLive: boolean): Row | undefined {
  if (heads.length === 0) return undefined;
  const times = heads.flatMap(({ ripeAt }) => ripeAt ?? []).sort();
  const [earliest] = times;
  const when = earliest === undefined ? 'not proven idle yet' : `earliest ${clockWords(earliest, takenAt)}`;
  const words = isLive ? `${kindsOf(heads)}, ${when}` : kindsOf(heads);
  return [isLive ? 'soon' : 'dead weight', counted(heads.length, 'tree'), formatBytes(total(heads)), words];
}

function askRow(heads: readonly MemberEntry[]): Row | undefined {
  if (heads.length === 0) return undefined;
  return ['on ask', String(heads.length), formatBytes(total(heads)), kindsOf(heads)];
}

function usedRow(heads: readonly MemberEntry[]): Row | undefined {
  if (heads.length === 0) return undefined;
  const idle = heads.filter(({ verdict }) => verdict === 'idle').length;
  const words = [...(idle === 0 ? [] : [`${idle} idle`]), listed(heads.map(placeOf))];
  return ['in use', counted(heads.length, 'agent'), formatBytes(total(heads)), words.join('; ')];
}

function otherRow(heads: readonly MemberEntry[]): Row | undefined {
  if (heads.length === 0) return undefined;
  const words = listed(heads.map((head) => (isCounted(head) ? (head.verdict ?? 'not judged') : kindOf(head))));
  return ['others', String(heads.length), formatBytes(total(heads)), words];
}

function burningRow(entry: ProcessEntry): Row {
  const name = [entry.agent ?? entry.helperOf, entry.pid, entry.role === 'session' ? '' : entry.role];
  const who = name.filter((part) => part !== '' && part !== undefined).join(' ');
  return ['burning', '', '', harmless(`${who}, ${runawayWords(entry)}`)];
}

function kindsOf(heads: readonly MemberEntry[]): string {
  return listed(heads.map((head) => (isCounted(head) ? (head.verdict ?? '') : `${head.verdict} ${kindOf(head)}`)));
}

function kindOf({ role }: MemberEntry): string {
  switch (role) {
    case 'mcp-server':
      return 'MCP server';
    case 'infrastructure':
      return 'agent daemon';
    case 'host-worker':
      return 'host worker';
    case 'session':
    case 'server':
    case 'launcher':
    case 'adapter':
    case 'tool':
      return role;
  }
}

/** Where somebody finds it: its host, or the kind of thing that owns it. */
function placeOf({ host, owner }: MemberEntry): string {
  if (host !== undefined) return harmless(host);
  if (owner === undefined) return 'no known owner';
  return owner.kind === 'terminal' ? 'a terminal' : harmless(owner.name);
}

/** `tmux 5, T3 Code 3`, most first. */
function listed(words: readonly string[]): string {
  return Object.entries(tally(words))
    .map(([word, count]) => `${word} ${count}`)
    .join(', ');
}

function deadLines(dead: readonly MemberEntry[], { width, style }: OverviewLayout): string[] {
  const shown = dead.slice(0, dead.length > SHOWN_TREES ? SHOWN_TREES - 1 : SHOWN_TREES);
  const lines = formatColumns(
    [
      { title: '', align: 'right' },
      { title: '' },
      { title: '' },
      { title: '', align: 'right' },
      { title: '' },
      { title: '', flexible: true },
    ],
    shown.map((head) => [
      String(head.pid),
      cutTo(nameOfEntry(head), NAME_WIDTH),
      head.verdict ?? '',
      treeWords(head),
      idleWords(head),
      reasonOf(head),
    ]),
    {
      width,
      indent: '  ',
      style: (cell, row, column) => (column === 2 ? paintVerdict(cell, shown[row]?.verdict, style) : cell),
    },
  );
  const more = dead.length - shown.length;
  return more === 0 ? lines : [...lines, style.dim(`  and ${more} more (sesswatch orphans)`)];
}

function next(
  {
    due,
    dead,
    burning,
  }: {
    readonly due: readonly MemberEntry[];
    readonly dead: readonly MemberEntry[];
    readonly burning: readonly MemberEntry[];
  },
  style: Style,
): string[] {
  const [first] = burning;
  if (first !== undefined) return [nextLine(`sesswatch why ${first.pid}`, style)];
  if (due.length > 0) return [nextLine('sesswatch reap --dry-run', style)];
  return dead.length > 0 ? [nextLine('sesswatch orphans', style)] : [];
}

function total(heads: readonly MemberEntry[]): number {
  return heads.reduce((sum, head) => sum + (memoryOf(head) ?? 0), 0);
}

/** Two texts at both ends of a line; two blanks between them where nothing is to be filled. */
function spread(left: string, right: string, room: number | undefined): string {
  return room === undefined || room < 2 ? `${left}  ${right}` : left + ' '.repeat(room) + right;
}
