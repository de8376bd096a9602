import { isCounted } from '../../../agents/membership.js';
import { agentsOf, isChanged } from '../../../snapshot/diff/diff.js';
import type {
  GenerationChange,
  HostChange,
  MovedSession,
  ReusedPid,
  SnapshotDiff,
} from '../../../snapshot/diff/document.js';
import { type ExpectationResult, isExpected } from '../../../snapshot/diff/expectation.js';
import { tally } from '../../../snapshot/document/totals.js';
import { bytesChange, formatBytes, formatDuration } from '../../../units.js';
import { formatColumns } from '../../columns.js';
import { harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { nextLine } from '../../words.js';
import { wrap } from '../../wrap.js';
import { type DiffRow, diffRows, leakRows } from './diff-rows.js';

export interface DiffLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** Only what is proved to be leaked. */
  readonly leaksOnly?: boolean;
  /** Helpers that stayed as they were too, which are otherwise only counted. */
  readonly all?: boolean;
}

/** A diff for people: what leaked, what else happened, a count of what stayed, the totals, what next. */
export function diffText(diff: SnapshotDiff, layout: DiffLayout): string[] {
  const { style, width } = layout;
  const leaksOnly = layout.leaksOnly === true;
  const rows = leaksOnly ? leakRows(diff) : diffRows(diff, layout.all === true);
  const [first] = diff.leaks;
  const fitted = (lines: readonly string[], paint = (line: string): string => line): string[] =>
    lines.flatMap((line) => wrap(line, width).map((part) => paint(part)));
  return [
    ...leakLines(diff).flatMap((line) =>
      fitted([line], (part) => (line.startsWith('LEAKED') ? style.red(style.bold(part)) : style.bold(part))),
    ),
    ...(leaksOnly && diff.leaks.length === 0 && diff.expectations.length === 0 ? ['nothing leaked'] : []),
    ...table(rows, layout),
    ...(leaksOnly ? [] : fitted([...diff.moved.map(movedText), ...diff.reused.map(reusedText)])),
    ...(leaksOnly || diff.comparison === 'totals' ? [] : fitted([movement(diff, layout.all === true)], style.bold)),
    ...(leaksOnly ? [] : fitted([...diff.generations.map(generationText), ...diff.hosts.flatMap(hostText)])),
    ...fitted(totalsText(diff)),
    ...fitted(noteLines(diff), style.dim),
    ...(first === undefined || diff.to.source === 'recorded'
      ? []
      : [nextLine(`sesswatch why ${first.process.pid}`, style)]),
  ];
}

/** `a generation was added: codex(510) runs 3 of x-mcp, 2 before; the older hold 300 MB RSS`. */
function generationText({ leader, agent, host, server, before, after, olderRssBytes }: GenerationChange): string {
  const runner = `${agent ?? host ?? 'process'}(${leader})`;
  if (after === undefined)
    return harmless(`${runner} runs no older generation of ${server} any more, ${before} before`);
  const added = after > (before ?? 1) ? 'a generation was added: ' : '';
  const then = before === undefined ? 'no older one before' : `${before} before`;
  return harmless(
    `${added}${runner} runs ${after} of ${server}, ${then}; the older hold ${formatBytes(olderRssBytes)} RSS`,
  );
}

/** What grew or shrank about a host's server; nothing when nothing did. */
function hostText({ name, pid, before, after }: HostChange): string[] {
  const number = (what: 'threads' | 'descriptors'): string[] => {
    const [from, to] = [before[what], after[what]];
    return from === undefined || to === undefined || from === to ? [] : [`${what} ${from} → ${to}`];
  };
  const memory =
    before.rssBytes === undefined || after.rssBytes === undefined
      ? []
      : [bytesChange(before.rssBytes, after.rssBytes)]
          .filter((change) => change.includes('→'))
          .map((change) => `memory ${change}`);
  const changes = [...memory, ...number('threads'), ...number('descriptors')];
  return changes.length === 0 ? [] : [`${harmless(name)} (${pid}): ${changes.join(', ')}`];
}

/** The sentences that say how it came out: what leaked, one per expectation, and what came and went. */
export function headlines(diff: SnapshotDiff, leaksOnly: boolean): string[] {
  const told = leakLines(diff);
  if (leaksOnly) return told.length > 0 ? told : ['nothing leaked'];
  return diff.comparison === 'totals'
    ? told
    : [...told, movement(diff, false), ...diff.generations.map(generationText)];
}

function leakLines(diff: SnapshotDiff): string[] {
  return [...provedText(diff), ...diff.expectations.map((result) => expectationText(result, diff))];
}

/** `LEAKED 3, 612 MB: 2 ownerless, 1 superseded`; what only an expectation names is in its own sentence. */
function provedText({ leaks }: SnapshotDiff): string[] {
  const proved = leaks.filter((leak) => leak.reason !== 'expectation');
  if (proved.length === 0) return [];
  const reasons = Object.entries(tally(proved.map(({ reason }) => reason))).map(
    ([reason, count]) => `${count} ${reason}`,
  );
  return [`LEAKED ${proved.length}, ${formatBytes(bytesOf(proved))}: ${reasons.join(', ')}`];
}

function bytesOf(leaks: SnapshotDiff['leaks']): number {
  return leaks.reduce((sum, { process }) => sum + (process.rssBytes ?? 0), 0);
}

/** `3 changed · 1 appeared (200 MB) · 2 gone · 16 stayed as they were (--all)`. */
function movement(diff: SnapshotDiff, all: boolean): string {
  const { appeared, gone, stayed, totals } = diff;
  if (appeared.length === 0 && gone.length === 0 && stayed.length === 0) return 'nothing on either side';
  const changed = stayed.filter(isChanged).length;
  const same = stayed.length - changed;
  const sized = (count: number, bytes: number): string => (count === 0 ? '' : ` (${formatBytes(bytes)})`);
  return [
    ...(changed === 0 ? [] : [`${changed} changed`]),
    `${appeared.length} appeared${sized(appeared.length, totals.appearedBytes)}`,
    `${gone.length} gone${sized(gone.length, totals.goneBytes)}`,
    `${same} stayed as ${same === 1 ? 'it was' : 'they were'}${same === 0 || all ? '' : ' (--all)'}`,
  ].join(' · ');
}

function expectationText(result: ExpectationResult, diff: SnapshotDiff): string {
  const { expectation, after, excess, met } = result;
  const { agent, role } = expectation;
  const number = excess > 0 ? excess : after;
  const name = agent === '*' ? (number === 1 ? 'agent' : 'agents') : agent;
  const what = harmless(`${name}${role === undefined ? '' : ` ${role}`}`);
  const text = harmless(expectation.text);
  if (met) return `${after} ${what}, as expected: ${text}`;
  if (excess < 0) return `${after} ${what}: ${-excess} fewer than expected ${text}`;
  if (diff.comparison === 'totals') return `LEAKED ${excess} ${what}: expected ${text}`;
  const count = (rows: SnapshotDiff['gone']): number =>
    rows.filter((process) => isExpected(expectation, process)).length;
  const [stayed, appeared, gone] = [
    count(diff.stayed.map((one) => one.process)),
    count(diff.appeared),
    count(diff.gone),
  ];
  const parts = [
    ...(stayed > 0 ? [`${stayed} stayed`] : []),
    ...(appeared > 0 ? [`${appeared} appeared`] : []),
    gone > 0 ? `${gone} went` : 'none went',
  ];
  const leaked = diff.leaks.filter(({ process }) => isExpected(expectation, process));
  // Where some were expected nobody can tell which are too many, nor what those hold.
  const memory = leaked.length === excess ? `, ${formatBytes(bytesOf(leaked))}` : '';
  return `LEAKED ${excess} ${what}${memory}: expected ${text}, ${parts.join(', ')}`;
}

/** A narrower terminal has no room for every column. */
const WIDE = 100;

/** Of agents the role says little; where helpers are among them, it says what they are. */
function leftOut(rows: readonly DiffRow[]): readonly string[] {
  return ['AGE', rows.every(isCounted) ? 'ROLE' : 'OWNER'];
}

function table(rows: readonly DiffRow[], { width, style }: DiffLayout): string[] {
  if (rows.length === 0) return [];
  const columns = [
    { title: 'PID', align: 'right', cell: (row) => String(row.pid) },
    { title: 'CHANGE', cell: (row) => row.change },
    { title: 'AGENT', cell: (row) => row.agent },
    { title: 'ROLE', cell: (row) => row.role ?? '-' },
    { title: 'SESSION', cell: (row) => row.session },
    { title: 'VERDICT', cell: (row) => row.verdict },
    { title: 'AGE', align: 'right', cell: (row) => formatDuration(row.ageSeconds) },
    { title: 'MEMORY', align: 'right', cell: (row) => row.memory },
    { title: 'OWNER', least: 8, cell: (row) => row.owner },
    { title: 'WHAT', flexible: true, cell: (row) => row.what },
  ] as const satisfies readonly {
    title: string;
    align?: 'right';
    flexible?: boolean;
    least?: number;
    cell: (row: DiffRow) => string;
  }[];
  // A capture knows no owners and no verdicts: a column that says nothing takes room from one that does.
  const known = columns.filter((column) => rows.some((row) => !['', '-'].includes(column.cell(row))));
  const isNarrow = width !== undefined && width < WIDE;
  const left = isNarrow ? leftOut(rows) : [];
  const shown = known.filter((column) => !left.includes(column.title));
  const change = shown.findIndex((column) => column.title === 'CHANGE');
  return formatColumns(
    shown,
    rows.map((row) => shown.map((column) => column.cell(row))),
    {
      width,
      ...(isNarrow ? { gap: 1 } : { indent: '  ' }),
      styleTitle: (title) => style.dim(title),
      style: (cell, row, column) => (column === change ? painted(cell, rows[row], style) : cell),
    },
  );
}

function painted(cell: string, row: DiffRow | undefined, style: Style): string {
  switch (row?.change) {
    case 'leaked':
      return style.red(cell);
    case 'appeared':
      return style.green(cell);
    case 'gone':
      return style.dim(cell);
    case 'stayed':
    case 'changed':
    case undefined:
      return cell;
  }
}

function movedText(moved: MovedSession): string {
  const from = moved.from.join(', ');
  const to = moved.to.join(', ');
  const session = `${moved.agent} session ${moved.sessionId}`;
  return harmless(
    moved.kept.length > 0
      ? `${session} is held twice: by ${moved.kept.join(', ')} as before, and by ${to} too`
      : `${session} moved from ${from} to ${to}`,
  );
}

function reusedText({ pid, before, after }: ReusedPid): string {
  const name = (process: ReusedPid['before']): string => process.agent ?? process.comm ?? 'another process';
  return harmless(`pid ${pid} was used again: it was ${name(before)}, it is ${name(after)} now`);
}

function totalsText(diff: SnapshotDiff): string[] {
  const { before, after } = diff.totals;
  const agents = agentsOf(diff.totals).map((agent) => {
    const then = before.byAgent[agent];
    const now = after.byAgent[agent];
    return `${harmless(agent)} ${then?.count ?? 0} → ${now?.count ?? 0} · ${bytesChange(then?.rssBytes ?? 0, now?.rssBytes ?? 0)}`;
  });
  const groups = (['byRole', 'byVerdict'] as const).flatMap((by) => {
    const names = Object.keys(diff.totals.delta[by]);
    const changed = names.filter((name) => diff.totals.delta[by][name]?.count !== 0);
    if (changed.length === 0) return [];
    const parts = changed.map(
      (name) => `${harmless(name)} ${before[by][name]?.count ?? 0} → ${after[by][name]?.count ?? 0}`,
    );
    return [`${by === 'byRole' ? 'roles' : 'verdicts'}: ${parts.join(', ')}`];
  });
  return [...agents, ...groups];
}

function noteLines(diff: SnapshotDiff): string[] {
  const side = (of: SnapshotDiff['from']): string[] => of.notes.map((note) => `note: ${harmless(of.label)}: ${note}`);
  // Two sides of one label may have the same to say.
  return [...new Set([...diff.notes.map((note) => `note: ${harmless(note)}`), ...side(diff.from), ...side(diff.to)])];
}
