import type { ProcessEntry, SnapshotDocument } from '../snapshot/document/document.js';
import { isMember } from '../snapshot/document/trees.js';
import { FIXED_LINES, type FrameRequest, frameOf, HELP, roomOf, type Screen } from './frame.js';
import { keysOf, type Row, rowsOf, type Session, sessionsOf } from './rows.js';
import { addSamples, type Measurement, type Sample, type Samples } from './samples.js';
import { type Effect, FIRST_STATE, type Key, react, settle, type WatchState } from './state.js';
import { updateOf } from './terminal.js';

/** Everything, judged, and what `why` would say of it. */
export interface Observed {
  readonly document: SnapshotDocument;
  /** Whether a plain reap would end a process now. */
  readonly isDue: (entry: ProcessEntry) => boolean;
  readonly details: (pid: number, samples: readonly Sample[]) => readonly string[];
}

/** Everything that the view takes from the world. */
export interface ViewEdges {
  /** Dear. */
  readonly observe: () => Promise<Observed>;
  /** What those that are listed use, and who came: cheap. */
  readonly measure: (listed: ReadonlySet<number>) => Promise<Measurement>;
  readonly screen: () => Screen;
  readonly write: (text: string) => void;
  readonly headline: (document: SnapshotDocument) => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface View {
  frame(): string[];
  /** Every row, without a cursor. */
  lines(): string[];
  /** Whether all of the table could be read. */
  isComplete(): boolean;
  /** Writes what changed since the last frame. */
  draw(): void;
  /** Draws all of it anew: the screen was somebody else's. */
  redraw(): void;
  /** Reads again, everything or what it uses, unless it is paused. */
  look(isFull: boolean): Promise<void>;
  say(message: string): void;
  /** What a key asks of the world outside the screen. */
  press(key: Key): Effect | undefined;
  /** The processes of these keys, as they were last seen. */
  entriesOf(keys: readonly string[]): Row['entry'][];
}

/** The live view of one screen: state, and what was measured. Reads once before it answers. */
export async function openView(edges: ViewEdges): Promise<View> {
  let observed = await edges.observe();
  let measured: Measurement | undefined;
  let samples: Samples = new Map();
  let sessions: Session[] = [];
  let rows: Row[] = [];
  let state: WatchState = FIRST_STATE;
  let shown: readonly string[] | undefined;
  take(await measure());

  function measure(): Promise<Measurement> {
    return edges.measure(new Set(observed.document.processes.filter(isMember).map(({ pid }) => pid)));
  }

  function take(now: Measurement): void {
    samples = addSamples(samples, keysOf(sessionsOf(observed.document, samples)), now, measured);
    measured = now;
    sessions = sessionsOf(observed.document, samples);
    arrange();
  }

  function arrange(): void {
    rows = rowsOf(sessions, state);
    const room = roomOf(edges.screen());
    const scroll = Math.max(0, Math.min(state.scroll, (pageNow()?.length ?? 0) - room));
    state = { ...settle(state, { rows, room }), scroll };
  }

  /** Somebody came who may matter, or somebody who is listed went or was handed to another parent. */
  function hasChanged(now: Measurement): boolean {
    const before = measured?.processes;
    const hasMoved = (key: string): boolean => {
      const process = now.processes.get(key);
      return process === undefined || process.ppid !== before?.get(key)?.ppid;
    };
    for (const keys of keysOf(sessions).values()) if (keys.some(hasMoved)) return true;
    return [...now.processes].some(([key, { mayMatter }]) => mayMatter && before?.get(key)?.mayMatter !== true);
  }

  function pageNow(): readonly string[] | undefined {
    switch (state.page) {
      case 'list':
        return undefined;
      case 'help':
        return HELP;
      case 'details': {
        const row = rows.find(({ key }) => key === state.cursor);
        return row === undefined ? ['it has ended'] : observed.details(row.entry.pid, row.session.samples);
      }
    }
  }

  function request(): FrameRequest {
    const { document, isDue } = observed;
    const now = new Date(edges.now()).toISOString();
    const headline = edges.headline(document);
    return { state, rows, headline, now, isComplete: document.complete, isDue, page: pageNow() };
  }

  const frame = (): string[] => frameOf(request(), edges.screen());

  function draw(): void {
    const next = frame();
    const update = updateOf(shown, next);
    shown = next;
    if (update !== '') edges.write(update);
  }

  return {
    frame,
    lines: () =>
      frameOf({ ...request(), state: FIRST_STATE }, { ...edges.screen(), rows: Math.max(1, rows.length) + FIXED_LINES })
        .slice(0, -1)
        .map((line) => line.trimEnd()),
    isComplete: () => observed.document.complete,
    draw,
    redraw() {
      shown = undefined;
      arrange();
      draw();
    },
    async look(isFull) {
      if (state.isPaused) return;
      const now = await measure();
      if (isFull || hasChanged(now)) observed = await edges.observe();
      take(now);
    },
    say(message) {
      state = { ...state, message };
      draw();
    },
    press(key) {
      const reaction = react(state, key, { rows, room: roomOf(edges.screen()) });
      state = reaction.state;
      arrange();
      draw();
      return reaction.effect;
    },
    entriesOf: (keys) =>
      sessions.flatMap(({ key, entry, helpers }) =>
        [{ key, entry }, ...helpers].filter((one) => keys.includes(one.key)).map((one) => one.entry),
      ),
  };
}
