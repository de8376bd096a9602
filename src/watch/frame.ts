import { cutTo } from '../output/columns.js';
import { harmless } from '../output/harmless.js';
import { sparkline } from '../output/sparkline.js';
import type { Style } from '../output/style.js';
import { widthOf } from '../output/width.js';
import { clockWords, nameOfEntry, ownerWords, paintVerdict, shortDuration, whatWords } from '../output/words.js';
import { wrap } from '../output/wrap.js';
import type { ProcessEntry } from '../snapshot/document/document.js';
import { formatBytes } from '../units.js';
import type { Row } from './rows.js';
import type { WatchState } from './state.js';

/** The screen that a frame is made for. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
}

export interface FrameRequest {
  readonly state: WatchState;
  readonly rows: readonly Row[];
  /** What stands on the first line. */
  readonly headline: string;
  /** ISO 8601: the moment that the frame is of. */
  readonly now: string;
  /** Whether all of the table could be read. */
  readonly isComplete: boolean;
  /** Whether a plain reap would end it now. */
  readonly isDue: (entry: ProcessEntry) => boolean;
  /** Lines of a page that stands in place of the list. */
  readonly page?: readonly string[] | undefined;
}

/** Lines that a message may take. */
const MOST_MESSAGE = 4;

/** Lines of a frame that are not the list: headline, titles, and the line at the bottom. */
export const FIXED_LINES = 3;

/** Lines that the list or a page has on a screen. */
export function roomOf({ rows }: Pick<Screen, 'rows'>): number {
  return Math.max(1, rows - FIXED_LINES);
}

/** One frame: as many lines as the screen has, none longer than it is wide. */
export function frameOf(request: FrameRequest, screen: Screen): string[] {
  const { state, rows, page } = request;
  const room = roomOf(screen);
  const body =
    page === undefined
      ? listOf(request, screen, room)
      : ['', ...page.slice(state.scroll, state.scroll + room).map((text) => cutTo(text, screen.columns))];
  if (page === undefined && rows.length === 0) {
    const none = request.isComplete ? 'no coding agent is running' : 'what runs could not be read in full';
    const why = state.filter === '' ? none : `nothing matches ${harmless(state.filter)}`;
    body.push(cutTo(`  ${why}`, screen.columns));
  }
  const bottom = bottomOf(state, screen);
  const above = Array.from({ length: room + FIXED_LINES - 1 - bottom.length }, (_, at) => body[at] ?? '');
  return [headlineOf(request, screen), ...above, ...bottom];
}

function headlineOf({ headline, now, state, isComplete }: FrameRequest, { columns, style }: Screen): string {
  const clock = new Date(now).toTimeString().slice(0, 8);
  const right = `by ${state.sort}  ${state.isPaused ? 'PAUSED ' : ''}${clock}`;
  const left = cutTo(
    `${isComplete ? '' : 'NOT ALL COULD BE READ · '}${headline}`,
    Math.max(0, columns - right.length - 2),
  );
  const line = `${left}${' '.repeat(Math.max(1, columns - widthOf(left) - right.length))}${right}`;
  return style.bold(cutTo(line, columns));
}

interface Cell {
  readonly title: string;
  /** Columns; of a right-aligned cell negative. */
  readonly width: number;
  readonly text: (row: Row) => string;
}

/** The columns that a width has room for, before WHAT. */
function cellsOf({ columns }: Screen, { now, isDue }: FrameRequest): Cell[] {
  const ofTree = (read: (row: Row) => string) => (row: Row) => (row.key === row.session.key ? read(row) : '');
  const all: readonly (Cell & { readonly from?: number })[] = [
    { title: 'PID', width: -7, text: ({ entry }) => String(entry.pid) },
    { title: 'AGENT', width: 9, text: (row) => `${ofTree(() => '')(row) || indentOf(row)}${nameOfEntry(row.entry)}` },
    { title: 'VERDICT', width: 10, text: ({ entry }) => entry.verdict ?? '' },
    { title: 'REAP', width: -5, text: ({ entry }) => (isDue(entry) ? 'now' : dueWords(entry, now)) },
    {
      title: 'TREE',
      width: -7,
      text: (row) =>
        formatBytes(
          (row.key === row.session.key ? row.session.samples.at(-1) : undefined)?.rssBytes ?? row.entry.rssBytes,
        ),
    },
    {
      title: '',
      width: 8,
      from: 100,
      text: ofTree(({ session }) =>
        sparkline(
          session.samples.map(({ rssBytes }) => rssBytes),
          8,
        ),
      ),
    },
    {
      title: 'CPU',
      width: -5,
      text: ofTree(({ session }) => {
        const cpu = session.samples.at(-1)?.cpuPercent;
        return cpu === undefined ? '' : `${Math.round(cpu)}%${session.entry.runaway === undefined ? '' : '!'}`;
      }),
    },
    { title: 'AGE', width: -6, from: 100, text: ({ entry }) => largestUnit(entry.ageSeconds) },
    { title: 'IDLE', width: -6, text: ({ entry }) => largestUnit(entry.idleSeconds) },
    {
      title: '+',
      width: -3,
      from: 90,
      text: ofTree(({ session }) => (session.helpers.length === 0 ? '' : `${session.helpers.length}`)),
    },
    { title: 'OWNER', width: columns >= 100 ? 14 : 8, from: 90, text: ({ entry }) => ownerWords(entry) },
    { title: 'HOST', width: 9, from: 130, text: ({ entry }) => harmless(entry.host ?? '') },
  ];
  return all.filter(({ from = 0 }) => columns >= from);
}

function listOf(request: FrameRequest, screen: Screen, room: number): string[] {
  const { state, rows } = request;
  const { style, columns } = screen;
  const cells = cellsOf(screen, request);
  const titles = cells.map(({ title, width }) => padded(title, width)).join(' ');
  const lines = rows.slice(state.top, state.top + room).map((row) => {
    const isHere = row.key === state.cursor;
    const mark = `${isHere ? '>' : ' '}${state.marked.has(row.key) ? '*' : foldMark(row, state)}`;
    const text = cutTo(
      `${mark}${cells.map((cell) => padded(cell.text(row), cell.width)).join(' ')} ${whatWords(row.entry)}`,
      columns,
    );
    if (isHere) return style.inverse(text + ' '.repeat(Math.max(0, columns - widthOf(text))));
    if (row.isAside || row.key !== row.session.key) return style.dim(text);
    return painted(text, row, style);
  });
  return [style.dim(cutTo(`  ${titles} WHAT`, columns)), ...lines];
}

function indentOf({ key, session }: Row): string {
  return key === session.key ? '' : '  ';
}

function painted(text: string, { entry }: Row, style: Style): string {
  const { verdict = '' } = entry;
  const at = verdict === '' ? -1 : text.indexOf(verdict);
  const end = at + verdict.length;
  return at < 0 ? text : `${text.slice(0, at)}${paintVerdict(verdict, entry.verdict, style)}${text.slice(end)}`;
}

function foldMark({ key, session }: Row, { unfolded }: WatchState): string {
  if (key !== session.key || session.helpers.length === 0) return ' ';
  return unfolded.has(key) ? '-' : '+';
}

/** When a reap would end it: `14:24`, or nothing. */
function dueWords({ ripeAt }: ProcessEntry, now: string): string {
  return ripeAt === undefined ? '' : clockWords(ripeAt, now).slice(-5);
}

/** One line; of a message as many as it takes, since it may be there to be copied. */
function bottomOf(state: WatchState, { columns, style }: Screen): readonly string[] {
  if (state.isTypingFilter) return [cutTo(`/${harmless(state.filter)}_  enter keeps, esc clears`, columns)];
  if (state.message !== undefined) return wrap(harmless(state.message), columns).slice(0, MOST_MESSAGE);
  if (state.page !== 'list') return [style.dim(cutTo('esc back  up/down scroll  x end  z hibernate', columns))];
  const filtered = state.filter === '' ? '' : `filter ${harmless(state.filter)}  `;
  const keys = 'enter details  x end  z hibernate  / filter  < > sort  ? help  q quit';
  return [style.dim(cutTo(filtered + keys, columns))];
}

function padded(text: string, width: number): string {
  const cut = cutTo(text, Math.abs(width));
  const blanks = ' '.repeat(Math.max(0, Math.abs(width) - widthOf(cut)));
  return width < 0 ? blanks + cut : cut + blanks;
}

/** `3h`, `12m`. */
function largestUnit(seconds: number | undefined): string {
  return seconds === undefined ? '-' : (/^\d+\w/.exec(shortDuration(seconds))?.[0] ?? '-');
}

/** The page behind `?`. */
export const HELP: readonly string[] = [
  '  up down j k        move; the cursor stays with its process, wherever its line goes',
  '  enter              details of the process: what why says, memory and CPU of its tree',
  '  left right tab     fold and unfold the helpers of a session',
  '  < >                sort by verdict, memory, cpu, age, idle, agent, pid',
  '  /                  show only what matches; sessions above a match stay, dimmed',
  '  space              mark; x and z act on what is marked, else on the cursor',
  '  x                  end a session with its helpers: the plan and the question of reap',
  '  z                  hibernate an idle session that can be resumed',
  '  y                  the command that resumes the session',
  '  s                  save a snapshot',
  '  p                  pause; nothing is read until p again',
  '  ctrl-l ctrl-z      draw anew, stop',
  '  q ctrl-c           leave',
  '',
  '  What x will not end, and why:',
  '    live             somebody that it works for is there: the plan says who, and what is possible',
  '    protected        a veto holds: another user, a service, a daemon, a debugger, a rule of yours',
  '    zombie           it has ended; only its parent can remove it',
];
