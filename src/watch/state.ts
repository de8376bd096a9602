import { resumeLine } from '../agents/resume.js';
import { type Row, SORT_KEYS, type SortKey } from './rows.js';

/** What the person sees and has chosen; everything in it is a value. */
export interface WatchState {
  /** Key of the process under the cursor: lines move, it stays. */
  readonly cursor: string | undefined;
  /** The first line of the list on the screen. */
  readonly top: number;
  readonly sort: SortKey;
  readonly filter: string;
  readonly isTypingFilter: boolean;
  readonly unfolded: ReadonlySet<string>;
  readonly marked: ReadonlySet<string>;
  readonly isPaused: boolean;
  readonly page: 'list' | 'details' | 'help';
  /** Lines of a page above the screen. */
  readonly scroll: number;
  readonly message: string | undefined;
}

export const FIRST_STATE: WatchState = {
  cursor: undefined,
  top: 0,
  sort: 'verdict',
  filter: '',
  isTypingFilter: false,
  unfolded: new Set(),
  marked: new Set(),
  isPaused: false,
  page: 'list',
  scroll: 0,
  message: undefined,
};

/** A key as Node's readline names it. */
export interface Key {
  readonly name?: string | undefined;
  readonly sequence?: string | undefined;
  readonly ctrl?: boolean | undefined;
}

export type EndAction = 'kill' | 'hibernate';

/** What a key asks of the world outside the screen. */
export type Effect =
  | { readonly kind: 'quit' | 'suspend' | 'redraw' | 'snapshot' }
  /** What was marked, or under the cursor, when the key was pressed: identities, not lines. */
  | { readonly kind: 'end'; readonly action: EndAction; readonly keys: readonly string[] };

export interface Reaction {
  readonly state: WatchState;
  readonly effect?: Effect | undefined;
}

/** The lines that a key acts on. */
export interface View {
  readonly rows: readonly Row[];
  /** Lines that the list has on the screen. */
  readonly room: number;
}

/** What a key makes of the state. Pure. */
export function react(state: WatchState, key: Key, view: View): Reaction {
  if (key.ctrl === true) {
    const kind = CONTROL[key.name ?? ''];
    return kind === undefined ? { state } : { state, effect: { kind } };
  }
  if (state.isTypingFilter) return { state: typed(state, key) };
  const quiet = { ...state, message: undefined };
  const act = ACTIONS[key.name ?? ''] ?? ACTIONS[key.sequence ?? ''];
  if (act !== undefined) return act(quiet, view);
  return state.page === 'list' ? onList(quiet, key, view) : { state: onPage(quiet, key, view) };
}

/** The state for new rows: the cursor stays with its process, and near its line when that is gone. */
export function settle(state: WatchState, { rows, room }: View): WatchState {
  const there = new Set(rows.map(({ key }) => key));
  const nearest = rows[Math.min(state.top, rows.length - 1)]?.key;
  // Details stay those of the process that they were opened for.
  const cursor = there.has(state.cursor ?? '') || state.page === 'details' ? state.cursor : nearest;
  const line = Math.max(0, lineOf(rows, cursor));
  const top = Math.max(0, Math.min(state.top, line, rows.length - room), line - room + 1);
  return { ...state, cursor, top, marked: new Set([...state.marked].filter((key) => there.has(key))) };
}

const CONTROL: Readonly<Record<string, 'quit' | 'suspend' | 'redraw'>> = { c: 'quit', z: 'suspend', l: 'redraw' };

/** What a key does on the list and on a page about one process alike. */
const ACTIONS: Readonly<Record<string, (state: WatchState, view: View) => Reaction>> = {
  x: (state) => ending(state, 'kill'),
  z: (state) => ending(state, 'hibernate'),
  y: (state, { rows }) => ({ state: { ...state, message: resumeWords(rows[lineOf(rows, state.cursor)]) } }),
  s: (state) => ({ state, effect: { kind: 'snapshot' } }),
  p: (state) => ({
    state: { ...state, isPaused: !state.isPaused, message: state.isPaused ? undefined : 'paused: p goes on' },
  }),
};

const MOST_FILTER = 60;

function typed(state: WatchState, key: Key): WatchState {
  switch (key.name) {
    case 'return':
      return { ...state, isTypingFilter: false };
    case 'escape':
      return { ...state, isTypingFilter: false, filter: '' };
    case 'backspace':
      return { ...state, filter: [...state.filter].slice(0, -1).join('') };
  }
  const text = key.sequence ?? '';
  return /^[^\p{C}]+$/u.test(text) ? { ...state, filter: `${state.filter}${text}`.slice(0, MOST_FILTER) } : state;
}

function onPage(state: WatchState, { name = '', sequence = '' }: Key, { room }: View): WatchState {
  const step = stepOf(name, room);
  if (step !== undefined) return { ...state, scroll: Math.max(0, state.scroll + step) };
  const isLeft = ['escape', 'return', 'q', 'left'].includes(name) || sequence === '?';
  return isLeft ? { ...state, page: 'list', scroll: 0 } : state;
}

/** How far a key moves; `undefined` for keys that do not. */
function stepOf(name: string, room: number): number | undefined {
  const steps: Record<string, number> = { down: 1, j: 1, up: -1, k: -1, pagedown: room, pageup: -room };
  return steps[name];
}

function onList(state: WatchState, { name = '', sequence = '' }: Key, view: View): Reaction {
  const { rows, room } = view;
  const at = lineOf(rows, state.cursor);
  const session = rows[at]?.session.key;
  const moved = (to: number, next = state): Reaction => ({
    state: settle({ ...next, cursor: rows[Math.max(0, Math.min(to, rows.length - 1))]?.key }, view),
  });
  const step = stepOf(name, room);
  if (step !== undefined) return moved(at + step);
  switch (name) {
    case 'home':
      return moved(0);
    case 'end':
      return moved(rows.length - 1);
    case 'right':
      return { state: { ...state, unfolded: toggled(state.unfolded, session, true) } };
    case 'left':
      return { state: { ...state, cursor: session, unfolded: toggled(state.unfolded, session, false) } };
    case 'tab':
      return { state: { ...state, cursor: session, unfolded: toggled(state.unfolded, session) } };
    case 'return':
      return { state: state.cursor === undefined ? state : { ...state, page: 'details', scroll: 0 } };
    case 'space':
      return moved(at + 1, { ...state, marked: toggled(state.marked, state.cursor) });
    case 'q':
      return { state, effect: { kind: 'quit' } };
    case 'escape':
      return { state: { ...state, filter: '', marked: new Set() } };
  }
  switch (sequence) {
    case '/':
      return { state: { ...state, isTypingFilter: true } };
    case '<':
      return { state: { ...state, sort: neighbour(state.sort, -1) } };
    case '>':
      return { state: { ...state, sort: neighbour(state.sort, 1) } };
    case '?':
      return { state: { ...state, page: 'help', scroll: 0 } };
  }
  return { state };
}

function ending(state: WatchState, action: EndAction): Reaction {
  if (state.page === 'help') return { state };
  const isMarked = state.page === 'list' && state.marked.size > 0;
  const keys = isMarked ? [...state.marked] : state.cursor === undefined ? [] : [state.cursor];
  return keys.length === 0 ? { state } : { state, effect: { kind: 'end', action, keys } };
}

function resumeWords(row: Row | undefined): string {
  const resume = row?.session.entry.resume;
  return resume === undefined ? 'how to resume it is not known' : resumeLine(resume);
}

function lineOf(rows: readonly Row[], key: string | undefined): number {
  return rows.findIndex((row) => row.key === key);
}

function neighbour(sort: SortKey, step: 1 | -1): SortKey {
  return SORT_KEYS[(SORT_KEYS.indexOf(sort) + step + SORT_KEYS.length) % SORT_KEYS.length] ?? 'verdict';
}

function toggled(set: ReadonlySet<string>, key: string | undefined, isIn?: boolean): ReadonlySet<string> {
  if (key === undefined) return set;
  const next = new Set(set);
  if (isIn ?? !next.has(key)) next.add(key);
  else next.delete(key);
  return next;
}
