import { isCounted } from '../../agents/membership.js';
import { agentsOf } from '../../snapshot/diff/diff.js';
import type {
  ExpectationResult,
  HostChange,
  MovedSession,
  ReusedPid,
  SnapshotDiff,
} from '../../snapshot/diff/document.js';
import { isExpected } from '../../snapshot/diff/expectation.js';
import { bytesChange, formatBytes, formatBytesDelta, formatDuration } from '../../units.js';
import { formatColumns } from '../columns.js';
import { harmless } from '../harmless.js';
import type { Style } from '../style.js';
import { type DiffRow, diffRows, leakRows } from './diff-rows.js';

export interface DiffLayout {
  readonly width: number | undefined;
  readonly style: Style;
  /** Only what is proved to be leaked. */
  readonly leaksOnly?: boolean;
  /** Helpers that stayed as they were too, which are otherwise only counted. */
  readonly all?: boolean;
}

/** A diff for people: what matters in one sentence, the processes, the totals. */
export function diffText(diff: SnapshotDiff, layout: DiffLayout): string[] {
  const { style } = layout;
  const rows = layout.leaksOnly === true ? leakRows(diff) : diffRows(diff, layout.all === true);
  return [
    ...headlines(diff, layout.leaksOnly === true).map((line) => style.bold(line)),
    ...table(rows, layout),
    ...(layout.leaksOnly === true ? [] : [...diff.moved.map(movedText), ...diff.reused.map(reusedText)]),
    ...(layout.leaksOnly === true ? [] : unchangedHelpers(diff, rows)),
    ...(layout.leaksOnly === true ? [] : diff.hosts.flatMap(hostText)),
    ...totalsText(diff),
    ...noteLines(diff).map((line) => style.dim(line)),
  ];
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

/** The sentences that say how it came out: one per expectation, or what came and went. */
export function headlines(diff: SnapshotDiff, leaksOnly: boolean): string[] {
  const told = diff.expectations.map((result) => expectationText(result, diff));
  told.push(...provedText(diff));
  if (leaksOnly) return told.length > 0 ? told : ['nothing leaked'];
  return diff.comparison === 'totals' ? told : [...told, movement(diff)];
}

/** `3 leaked: 2 ownerless, 1 superseded`; what only an expectation names is in its own sentence. */
function provedText({ leaks }: SnapshotDiff): string[] {
  const proved = leaks.filter((leak) => leak.reason !== 'expectation');
  if (proved.length === 0) return [];
  const reasons = [...new Set(proved.map((leak) => leak.reason))].map(
    (reason) => `${proved.filter((leak) => leak.reason === reason).length} ${reason}`,
  );
  return [`${proved.length} leaked: ${reasons.join(', ')}`];
}

function movement(diff: SnapshotDiff): string {
  const { appeared, gone, stayed, totals } = diff;
  if (appeared.length === 0 && gone.length === 0 && stayed.length === 0) return 'nothing on either side';
  return [
    `${appeared.length} appeared${appeared.length > 0 ? ` (${formatBytes(totals.appearedBytes)})` : ''}`,
    `${gone.length} gone${gone.length > 0 ? ` (${formatBytes(totals.goneBytes)})` : ''}`,
    `${stayed.length} stayed${stayed.length > 0 ? ` (${formatBytesDelta(totals.grownBytes)})` : ''}`,
  ].join(' · ');
}

function expectationText(result: ExpectationResult, diff: SnapshotDiff): string {
  const { expectation, after, excess, met } = result;
  const what = harmless(
    `${expectation.agent === '*' ? 'agents' : expectation.agent}${expectation.role === undefined ? '' : ` ${expectation.role}`}`,
  );
  const text = harmless(expectation.text);
  if (met) return `${after} ${what}, as expected: ${text}`;
  if (excess < 0) return `${after} ${what}: ${-excess} fewer than expected ${text}`;
  if (diff.comparison === 'totals') return `${after} ${what}: ${excess} more than expected ${text}`;
  const count = (rows: SnapshotDiff['gone']): number =>
    rows.filter((process) => isExpected(expectation, process)).length;
  const stayed = count(diff.stayed.map((one) => one.process));
  const appeared = count(diff.appeared);
  const gone = count(diff.gone);
  const parts = [
    ...(stayed > 0 ? [`${stayed} ${what} stayed`] : []),
    ...(appeared > 0 ? [`${appeared} ${what} appeared`] : []),
    gone > 0 ? `${gone} went` : 'none went',
  ];
  return `${parts.join(', ')}: ${excess} more than expected ${text}`;
}

/** A narrower terminal has no room for every column. */
const WIDE = 100;

/** Of agents the role says little; where helpers is among them, it says what they are. */
function leftOut(rows: readonly DiffRow[]): 'ROLE' | 'OWNER' {
  return rows.every(isCounted) ? 'ROLE' : 'OWNER';
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
    { title: 'OWNER', least: 12, cell: (row) => row.owner },
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
  const left = width === undefined || width >= WIDE ? undefined : leftOut(rows);
  const shown = known.filter((column) => column.title !== left);
  const change = shown.findIndex((column) => column.title === 'CHANGE');
  return formatColumns(
    shown,
    rows.map((row) => shown.map((column) => column.cell(row))),
    {
      width,
      indent: '  ',
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

function unchangedHelpers(diff: SnapshotDiff, rows: readonly DiffRow[]): string[] {
  const shown = new Set(rows.map((row) => row.pid));
  const rest = diff.stayed.filter((one) => !shown.has(one.process.pid)).length;
  return rest === 0 ? [] : [`${rest} more stayed as they were (--all shows them)`];
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
  const side = (of: SnapshotDiff['from']): string[] =>
    of.notes.map((note) => `note: ${harmless(of.label)}: ${note}`);
  // Two sides of one label may have the same to say.
  return [
    ...new Set([
      ...diff.notes.map((note) => `note: ${harmless(note)}`),
      ...side(diff.from),
      ...side(diff.to),
    ]),
  ];
}
