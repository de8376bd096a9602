import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, type Outcome, sesswatch } from '../kit/command.js';
import { openStage, type Stage } from '../kit/processes.js';

// Two labelled snapshots around an agent that stays, one that goes and one that comes.

const CAPTURES = path.resolve(import.meta.dirname, '../../fixtures/corpus/captures');
const ID = 'd1ffd1ff-8d2f-4c1b-9a55-0000000000';

interface Entry {
  readonly pid: number;
}
interface Diff {
  readonly schema: string;
  readonly from: { readonly label: string };
  readonly to: { readonly label: string };
  readonly appeared: readonly Entry[];
  readonly gone: readonly Entry[];
  readonly stayed: readonly { readonly process: Entry }[];
  readonly leaks: readonly { readonly process: Entry; readonly reason: string }[];
  readonly totals: { readonly before: unknown; readonly after: unknown; readonly delta: unknown };
}

let stage: Stage;
let env: Record<string, string>;
const pid = (name: string): number => stage.seen(name).pid;
const run = (...args: string[]): Promise<Outcome> => sesswatch(args, { env });

beforeAll(async () => {
  stage = openStage();
  env = { SESSWATCH_HOME: path.join(stage.folder, 'state') };
  const start = (name: string) =>
    stage.start({ as: stage.program('claude'), args: ['--session-id', `${ID}${name}`], script: { name } });
  await start('01');
  const going = await start('02');
  expect(await run('snapshot', '-q', '-l', 'before')).toMatchObject({ code: 0 });
  going.stdin?.end();
  await new Promise((resolve) => going.once('exit', resolve));
  await start('03');
  expect(await run('snapshot', '-q', '-l', 'after')).toMatchObject({ code: 0 });
});
afterAll(() => stage.close());

describe('diff of two labels', () => {
  it('tells who came, who went and who stayed', async () => {
    const outcome = await run('diff', 'before', 'after', '--json');
    const diff = documentOf<Diff>(outcome);
    const pids = (entries: readonly Entry[]) => entries.map((entry) => entry.pid);
    expect([diff.schema, diff.from.label, diff.to.label]).toEqual(['sesswatch/diff/1', 'before', 'after']);
    expect(pids(diff.appeared)).toContain(pid('03'));
    expect(pids(diff.gone)).toContain(pid('02'));
    expect(pids(diff.stayed.map(({ process }) => process))).toContain(pid('01'));
    expect(Object.keys(diff.totals)).toEqual(expect.arrayContaining(['before', 'after', 'delta']));
    expect(outcome.code).toBe(0);
  });

  it('says so in words, a line each, with sessions told apart', async () => {
    const { out } = await run('diff', 'before', 'after');
    expect(out).toMatch(new RegExp(`^ +${pid('03')} +appeared +claude +session +d1ffd1ff…0003 `, 'm'));
    expect(out).toMatch(new RegExp(`^ +${pid('02')} +gone +claude +session +d1ffd1ff…0002 `, 'm'));
    expect(out).not.toMatch(new RegExp(`^ +${pid('01')} `, 'm'));
    expect(out).toMatch(/ stayed as (it was|they were) \(--all\)$/m);
    const all = await run('diff', 'before', 'after', '--all');
    expect(all.out).toMatch(new RegExp(`^ +${pid('01')} +stayed +claude +session +d1ffd1ff…0001 `, 'm'));
    expect(out).toMatch(/^claude \d+ → \d+ · /m);
  });

  it('--markdown makes tables', async () => {
    const { out } = await run('diff', 'before', 'after', '--markdown');
    expect(out).toMatch(/^\*\*before → after\*\*\n/);
    expect(out).toMatch(new RegExp(`^\\| ${pid('03')} \\| appeared \\| claude \\| session \\| d1ffd1ff…0003 \\|`, 'm'));
  });

  it('to now has what runs now', async () => {
    const diff = documentOf<Diff>(await run('diff', 'after', '--json'));
    expect(diff.stayed.map(({ process }) => process.pid)).toEqual(expect.arrayContaining([pid('01'), pid('03')]));
  });

  it('keeps to the agents that were asked for, on both sides', async () => {
    const diff = documentOf<Diff>(await run('diff', 'before', 'after', '--json', '--agent', 'kiro'));
    expect([diff.appeared, diff.gone, diff.stayed]).toEqual([[], [], []]);
    const ours = documentOf<Diff>(await run('diff', 'before', 'after', '--json', '--agent', 'claude'));
    expect(ours.appeared.map((entry) => entry.pid)).toContain(pid('03'));
  });

  it.each([
    ['a difference', ['--exit-code'], 1],
    ['no question', [], 0],
    ['an expectation that is not met', ['--expect', 'claude=0', '--exit-code'], 1],
    ['one that is', ['--expect', 'claude<=9999', '--exit-code'], 0],
    ['one that is not met, unasked for', ['--expect', 'claude=0'], 0],
    ['what is expected of nobody', ['--expect', 'kiro=0', '--leaks', '--exit-code'], 0],
  ])('exits for %s with its code', async (_, flags, code) => {
    expect(await run('diff', 'before', 'after', ...flags)).toMatchObject({ code });
  });

  it('names what an expectation proves to be leaked', async () => {
    const outcome = await run('diff', 'before', 'after', '--leaks', '--expect', 'claude=0', '--json', '--exit-code');
    const { leaks } = documentOf<Diff>(outcome);
    expect(leaks.map(({ process }) => process.pid)).toEqual(expect.arrayContaining([pid('01'), pid('03')]));
    expect(leaks.map(({ process }) => process.pid)).not.toContain(pid('02'));
    expect(outcome.code).toBe(1);
    const { out } = await run('diff', 'before', 'after', '--leaks', '--expect', 'claude=0');
    expect(out).toMatch(/^LEAKED \d+ claude, .*: expected claude=0, /m);
    expect(out).toMatch(new RegExp(`^ +${pid('03')} +leaked `, 'm'));
  });

  it('finds no difference in a snapshot and itself', async () => {
    expect(await run('diff', 'before', 'before', '--exit-code')).toMatchObject({ code: 0 });
  });

  it.each([
    ['an agent that is none', ['before', 'after', '--expect', 'cluade=0'], /not an agent/],
    ['a number that is none', ['before', 'after', '--expect', 'claude=many'], /claude=many/],
    ['a label that is none', ['before', 'aftr'], /did you mean after\?/],
  ])('refuses %s', async (_, args, expected) => {
    const { err, code } = await run('diff', ...args);
    expect(err).toMatch(expected);
    expect(code).toBe(2);
  });
});

describe('diff of text captures', () => {
  it('proves the leak that they were taken for: five that archiving did not end', async () => {
    const pair = [path.join(CAPTURES, 'capture-ready.txt'), path.join(CAPTURES, 'capture-after-archive.txt')];
    const leak = await run('diff', ...pair, '--expect', 'claude=0', '--exit-code');
    expect(leak.out).toMatch(/^LEAKED 5 claude, 6 MB: expected claude=0, 5 stayed, none went$/m);
    expect(leak.code).toBe(1);
    expect(await run('diff', ...pair, '--expect', 'claude<=5', '--exit-code')).toMatchObject({ code: 0 });
  });

  it('stands on either side of a saved one', async () => {
    const capture = path.join(CAPTURES, 'capture-ready.txt');
    const [left, right] = await Promise.all([
      run('diff', capture, 'after', '--json'),
      run('diff', 'before', capture, '--json'),
    ]);
    expect(documentOf<Diff>(left).from.label).toBe('capture-ready');
    expect(documentOf<Diff>(right).to.label).toBe('capture-ready');
  });
});
