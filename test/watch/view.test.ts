import { describe, expect, it } from 'vitest';
import type { SnapshotDocument } from '../../src/snapshot/document/document.js';
import type { Screen } from '../../src/watch/frame.js';
import { keyOf, type Measurement } from '../../src/watch/samples.js';
import type { Effect, Key } from '../../src/watch/state.js';
import { updateOf } from '../../src/watch/terminal.js';
import { openView, type View } from '../../src/watch/view.js';
import { screenDocument } from '../kit/screen-document.js';
import { PLAIN } from '../kit/style.js';

const NOW = Date.parse('2026-01-15T10:41:00.000Z');

interface World {
  document: SnapshotDocument;
  screen: Screen;
  observed: number;
  written: string[];
  /** Milliseconds, and CPU seconds that each process used in them. */
  clock: number;
  cpu: number;
  extra: [string, { mayMatter: boolean }][];
}

async function open(size: Partial<Screen> = {}): Promise<{ readonly view: View; readonly world: World }> {
  const world: World = {
    document: screenDocument(),
    screen: { columns: 80, rows: 24, style: PLAIN, ...size },
    observed: 0,
    written: [],
    clock: 0,
    cpu: 0,
    extra: [],
  };
  const view = await openView({
    async observe() {
      world.observed++;
      return { document: world.document, isDue: ({ pid }) => pid === 4121, details: (pid) => [`details of ${pid}`] };
    },
    async measure(): Promise<Measurement> {
      const processes = world.document.processes.map(
        (one) =>
          [keyOf(one), { ppid: one.ppid, cpuSeconds: world.cpu, rssBytes: one.rssBytes, mayMatter: true }] as const,
      );
      return { at: world.clock, processes: new Map([...processes, ...world.extra]) };
    },
    screen: () => world.screen,
    write: (text) => void world.written.push(text),
    headline: ({ totals }) => `${totals.agents} agents`,
    now: () => NOW,
  });
  return { view, world };
}

const key = (name: string): Key => (/^[a-z]{2,}$/.test(name) ? { name } : { name, sequence: name });

function press(view: View, ...names: readonly string[]): Effect | undefined {
  return names.map((name) => view.press(key(name))).at(-1);
}

/** The pid under the cursor. */
function cursorOf(view: View): string | undefined {
  return /^>. +(\d+)/.exec(view.frame().find((line) => line.startsWith('>')) ?? '')?.[1];
}

const pidsOf = (view: View) => view.frame().flatMap((line) => /^[> ]. +(\d+) /.exec(line)?.[1] ?? []);

describe('the list', () => {
  it('has dead weight on top and a line a session', async () => {
    const { view } = await open();
    expect(pidsOf(view)).toEqual(['3310', '4121', '5001', '4180', '7001', '4302', '2207', '6000']);
  });

  it('fits the screen, whatever its size', async () => {
    for (const [columns, rows] of [
      [80, 24],
      [20, 5],
      [200, 50],
    ] as const) {
      const { view } = await open({ columns, rows });
      const frame = view.frame();
      expect([frame.length, frame.every((line) => [...line].length <= columns)]).toEqual([rows, true]);
    }
  });

  it('says what a reap would end now, and when the others are due', async () => {
    const { view } = await open();
    const rows = view.frame();
    expect(rows.find((line) => line.includes(' 4121 '))).toMatch(/ orphan +now /);
    expect(rows.find((line) => line.includes(' 3310 '))).toMatch(/ orphan +\d\d:\d\d /);
  });

  it('does not say that nobody runs of a table that could not be read', async () => {
    const { view, world } = await open();
    world.document = { ...world.document, complete: false, processes: [] };
    await view.look(true);
    const text = view.frame().join('\n');
    expect(text).toContain('NOT ALL COULD BE READ');
    expect(text).not.toContain('no coding agent');
    expect(view.isComplete()).toBe(false);
  });

  it('as lines for a pipe has every row, and neither cursor nor keys', async () => {
    const { view } = await open({ rows: 6 });
    const lines = view.lines();
    expect(lines).toHaveLength(2 + 8);
    expect(lines.join('\n')).not.toMatch(/^>|q quit/m);
  });

  it('sorts by what < and > choose', async () => {
    const { view } = await open();
    press(view, '>');
    expect(pidsOf(view)[0]).toBe('4121');
    press(view, '<', '<');
    expect(pidsOf(view)[0]).toBe('2207');
  });

  it('unfolds the helpers of a session, and folds them again', async () => {
    const { view } = await open();
    press(view, 'down', 'right');
    expect(pidsOf(view).slice(1, 3)).toEqual(['4121', '4130']);
    press(view, 'left');
    expect(pidsOf(view)).not.toContain('4130');
  });

  it('a filter keeps the session of a helper that matches', async () => {
    const { view } = await open();
    press(view, '/', ...'mcp-server-fetch', 'return');
    expect(pidsOf(view)).toEqual(['4121', '4130']);
    press(view, 'escape');
    expect(pidsOf(view)).toHaveLength(8);
  });

  it('a filter that nothing matches says so', async () => {
    const { view } = await open();
    press(view, '/', ...'zzz');
    expect(view.frame().join('\n')).toContain('nothing matches zzz');
  });
});

describe('the cursor', () => {
  it('stays with its process when lines move', async () => {
    const { view, world } = await open();
    press(view, 'down');
    world.document = {
      ...world.document,
      processes: world.document.processes.filter(({ pid }) => pid !== 3310),
    };
    await view.look(true);
    expect(cursorOf(view)).toBe('4121');
  });

  it('goes to a neighbour when its process is gone', async () => {
    const { view, world } = await open();
    world.document = { ...world.document, processes: world.document.processes.filter(({ pid }) => pid !== 3310) };
    await view.look(true);
    expect(cursorOf(view)).toBe('4121');
  });

  it('x asks for the identity that was under it, not for the line', async () => {
    const { view } = await open();
    const effect = press(view, 'down', 'x');
    expect(effect).toEqual({ kind: 'end', action: 'kill', keys: ['4121/41210'] });
  });

  it('details stay with their process when it is gone, and x does not turn to another', async () => {
    const { view, world } = await open();
    press(view, 'return');
    world.document = { ...world.document, processes: world.document.processes.filter(({ pid }) => pid !== 3310) };
    await view.look(true);
    expect(view.frame().join('\n')).toContain('it has ended');
    expect(press(view, 'x')).toEqual({ kind: 'end', action: 'kill', keys: ['3310/33100'] });
    expect(view.entriesOf(['3310/33100'])).toEqual([]);
  });

  it('x on the details of a process acts on that one, whatever is marked; on the help on none', async () => {
    const { view } = await open();
    expect(press(view, 'space', 'return', 'x')).toEqual({ kind: 'end', action: 'kill', keys: ['4121/41210'] });
    expect(press(view, 'escape', '?', 'x')).toBeUndefined();
  });

  it('z and x act on what is marked, when something is', async () => {
    const { view } = await open();
    const effect = press(view, 'space', 'space', 'z');
    expect(effect).toEqual({ kind: 'end', action: 'hibernate', keys: ['3310/33100', '4121/41210'] });
    expect(view.entriesOf(['4121/41210', '4121/999']).map(({ pid }) => pid)).toEqual([4121]);
  });
});

describe('keys', () => {
  it.each([
    ['q', { kind: 'quit' }],
    ['s', { kind: 'snapshot' }],
    ['j', undefined],
    ['ü', undefined],
  ])('%s asks for %o', async (name, effect) => {
    const { view } = await open();
    expect(press(view, name)).toEqual(effect);
  });

  it.each([
    ['c', 'quit'],
    ['z', 'suspend'],
    ['l', 'redraw'],
  ])('control-%s asks to %s', async (name, kind) => {
    const { view } = await open();
    expect(view.press({ name, ctrl: true })).toEqual({ kind });
  });

  it('y never cuts the line that it shows, and quotes a folder for the shell', async () => {
    const { view, world } = await open({ columns: 60, rows: 12 });
    const folder = `/w/${'deep/'.repeat(8)}$(touch x)`;
    const processes = world.document.processes.map((one) => ({ ...one, resume: { folder, command: 'claude -r 1' } }));
    world.document = { ...world.document, processes };
    await view.look(true);
    press(view, 'y');
    const frame = view.frame();
    expect(frame).toHaveLength(12);
    expect(frame.slice(-3).join(' ')).toMatch(/cd '\/w\/deep.*\$\(touch x\)' && claude -r 1$/);
  });

  it('y says how the session is resumed', async () => {
    const { view } = await open({ columns: 120 });
    press(view, 'y');
    expect(view.frame().at(-1)).toBe('cd /home/ada/src/api && claude --resume 9c3f8849-0000-4000-8000-000000000001');
    press(view, 'down', 'y');
    expect(view.frame().at(-1)).toContain('not known');
  });

  it('enter shows the details, ? the help, escape the list again', async () => {
    const { view } = await open();
    press(view, 'return');
    expect(view.frame()[2]).toBe('details of 3310');
    press(view, 'escape', '?');
    expect(view.frame().join('\n')).toContain('What x will not end, and why:');
    press(view, 'escape');
    expect(pidsOf(view)).toHaveLength(8);
  });
});

describe('a look', () => {
  it('that finds nobody new and nobody gone reads no more than what they use', async () => {
    const { view, world } = await open();
    world.extra = [['9/9', { mayMatter: false }]];
    await view.look(false);
    expect(world.observed).toBe(1);
  });

  it.each<[string, (world: World) => void]>([
    ['somebody new who may matter', (world) => world.extra.push(['9/9', { mayMatter: true }])],
    ['a program that took the place of a shell', (world) => world.extra.splice(0, 1, ['8/8', { mayMatter: true }])],
    [
      'an agent under another parent',
      (world) => {
        const processes = world.document.processes.map((one) => (one.pid === 2207 ? { ...one, ppid: 77 } : one));
        world.document = { ...world.document, processes };
      },
    ],
    [
      'a helper that is gone',
      (world) => {
        world.document = { ...world.document, processes: world.document.processes.filter(({ pid }) => pid !== 2211) };
      },
    ],
  ])('that finds %s reads everything again', async (_, change) => {
    const { view, world } = await open();
    world.extra = [['8/8', { mayMatter: false }]];
    await view.look(false);
    expect(world.observed).toBe(1);
    change(world);
    await view.look(false);
    expect(world.observed).toBe(2);
  });

  it('sums up what a tree used since the last one', async () => {
    const { view, world } = await open();
    world.clock = 2000;
    world.cpu = 1;
    await view.look(false);
    // Two processes that used a second each, of two.
    expect(view.frame().find((line) => line.includes(' 4121 '))).toMatch(/ 572 MB +100% /);
  });

  it('finds nothing while it is paused', async () => {
    const { view, world } = await open();
    press(view, 'p');
    world.document = { ...world.document, processes: [] };
    await view.look(true);
    expect([pidsOf(view).length, view.frame()[0]]).toEqual([8, expect.stringContaining('PAUSED')]);
    press(view, 'p');
    await view.look(true);
    expect(view.frame().join('\n')).toContain('no coding agent is running');
  });
});

describe('what is written', () => {
  it('is the lines that changed, at once', async () => {
    const { view, world } = await open();
    view.draw();
    world.written = [];
    press(view, 'down');
    expect(world.written).toHaveLength(1);
    // Two lines: where the cursor was, and where it is.
    expect(world.written[0]?.split('\u001b[K')).toHaveLength(3);
    expect(world.written[0]).toMatch(/^\u001b\[\?2026h[\s\S]*\u001b\[\?2026l$/);
  });

  it('is nothing when nothing changed', () => {
    expect(updateOf(['a', 'b'], ['a', 'b'])).toBe('');
  });

  it('is all of it after a resize, and what was below is cleared', () => {
    expect(updateOf(undefined, ['a'])).toContain('\u001b[2J');
    expect(updateOf(['a', 'b'], ['a'])).toContain('\u001b[2;1H\u001b[0m\u001b[K');
  });
});
