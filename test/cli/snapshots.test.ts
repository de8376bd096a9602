import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, type Outcome, sesswatch } from '../kit/command.js';

const CAPTURE = path.resolve(import.meta.dirname, '../../fixtures/corpus/captures/capture-ready.txt');

let home: string;
beforeEach(() => {
  second = 10;
  home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-saved-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = (...args: string[]): Promise<Outcome> => sesswatch(args, { env: { SESSWATCH_HOME: home } });

let second = 10;
/** Saved from a capture, so that what runs beside the test does not matter; each taken a second after the other. */
const save = async (label: string, at = second++): Promise<string> => {
  const input = readFileSync(CAPTURE, 'utf8').replace('T10:32:52', `T10:32:${at}`);
  const args = ['snapshot', '-q', '--label', label, '--from', '-'];
  return (await sesswatch(args, { env: { SESSWATCH_HOME: home }, input })).out.trim();
};
const ids = async (): Promise<string[]> =>
  documentOf<{ snapshots: { id: string }[] }>(await run('snapshots', '--json')).snapshots.map(({ id }) => id);

describe('saved snapshots', () => {
  it('are listed with what is in them, the newest first', async () => {
    await save('before');
    await save('Before the/Upgrade!');
    const { out, code } = await run('snapshots');
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^LABEL +TAKEN +AGO +AGENTS +MEMORY +SIZE +ID$/);
    expect(lines[1]).toMatch(
      /^before-the-upgrade +2026-11-20 .* 6 +7 MB +\d KB +20261120T1032\d\d000Z-before-the-upgrade$/,
    );
    expect(lines[2]).toMatch(/^before /);
    expect(lines[3]).toMatch(/^2 snapshots, \d+ KB$/);
    expect(code).toBe(0);
  });

  it('are for their user alone', async () => {
    const id = await save('x');
    const folder = path.join(home, 'snapshots');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(folder, `${id}.json`)).mode & 0o777).toBe(0o600);
  });

  it('are found by label, step back, beginning, @latest and path', async () => {
    const first = await save('soak');
    const later = await save('soak');
    const other = await save('zeta');
    const file = path.join(home, 'snapshots', `${first}.json`);
    const shown = async (ref: string) => documentOf<{ id: string }>(await run('snapshots', 'show', ref, '--json')).id;
    expect(await shown('soak')).toBe(later);
    expect(await shown('soak~1')).toBe(first);
    expect(await shown('SOAK')).toBe(later);
    expect(await shown(other.slice(0, -1))).toBe(other);
    expect(await shown('@latest')).toBe(other);
    expect(documentOf(await run('snapshots', 'show', file, '--json'))).toMatchObject({
      totals: { agents: 6 },
      machine: { source: 'recorded' },
    });
    expect((await run('snapshots', 'show', 'saok')).err).toBe(
      'sesswatch: there is no snapshot saok (did you mean soak?)\n',
    );
  });

  it('show their rows, or those of one agent', async () => {
    await save('x');
    const whole = await run('snapshots', 'show', 'x');
    expect(whole.out).toMatch(/^6 agents · 6 sessions · 7 MB · 7 processes looked at$/m);
    expect(whole.out).toMatch(/ --session-id 296187f1… /);
    const codex = await run('snapshots', 'show', 'x', '--agent', 'codex');
    expect(codex.out).toMatch(/^1 agent · 1 session · 1 MB · /m);
    expect(codex.out).not.toMatch(/claude/);
  });

  it('are removed all together or, for a ref that is none, not at all', async () => {
    const [a, b] = [await save('a'), await save('b')];
    expect(await run('snapshots', 'rm', 'a', 'c')).toMatchObject({ code: 2, out: '' });
    expect(await ids()).toEqual([b, a]);
    expect(await run('snapshots', 'rm', 'a', a)).toMatchObject({
      err: 'sesswatch: removed 1 snapshot\n',
      code: 0,
    });
    expect(await ids()).toEqual([b]);
    expect(await run('snapshots', 'rm', '@now')).toMatchObject({ code: 2 });
  });

  it('are pruned by number, after a look at what would go', async () => {
    const [a, b, c] = [await save('a'), await save('b'), await save('c')];
    const look = await run('snapshots', 'prune', '--keep', '1', '--dry-run');
    expect(
      look.out
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    ).toEqual([a, b].sort());
    expect(look.err).toBe('sesswatch: would remove 2 snapshots of 3\n');
    expect(await ids()).toHaveLength(3);
    expect(documentOf(await run('snapshots', 'prune', '--keep', '1', '--json'))).toMatchObject({
      schema: 'sesswatch/removal/1',
      problems: [],
    });
    expect(await ids()).toEqual([c]);
  });

  it('that are damaged or foreign are told, hide no others, and can be removed by id', async () => {
    const good = await save('good');
    const bad = '20260101T000000000Z-bad';
    writeFileSync(path.join(home, 'snapshots', `${bad}.json`), '{ "schema": "sesswatch/snap');
    writeFileSync(path.join(home, 'snapshots', 'notes.txt'), 'mine');
    const { out, err, code } = await run('snapshots');
    expect(out).toContain(good);
    expect(err).toMatch(/bad\.json is cut off or damaged/);
    expect(err).toMatch(/notes\.txt does not have the name of a snapshot/);
    expect(code).toBe(0);
    expect(await run('snapshots', 'show', '@latest')).toMatchObject({ code: 0 });
    expect(await run('snapshots', 'rm', bad)).toMatchObject({ code: 0 });
    expect(await ids()).toEqual([good]);
    expect(readdirSync(path.join(home, 'snapshots'))).toContain('notes.txt');
  });

  it('by several writers at once are all kept', async () => {
    const saved = await Promise.all([1, 2, 3, 4].map(() => save('same', 52)));
    expect(new Set(saved).size).toBe(4);
    expect((await ids()).sort()).toEqual(saved.sort());
    expect((await run('snapshots')).err).toBe('');
  });

  it('none: says how to save one', async () => {
    expect(await run('snapshots')).toMatchObject({
      out: '',
      err: 'sesswatch: no snapshot is saved yet (save one: sesswatch snapshot --label NAME)\n',
      code: 0,
    });
  });

  it('cannot be kept where a file stands in the way: said in one line', async () => {
    const file = path.join(home, 'file');
    writeFileSync(file, '');
    const { err, code } = await sesswatch(['snapshot', '-q', '--from', CAPTURE], {
      env: { SESSWATCH_HOME: file },
    });
    expect(err).toMatch(/^sesswatch: cannot list .*file: .+ \(.+\)\n$/);
    expect(code).toBe(2);
  });

  it('--no-save saves nothing', async () => {
    await run('snapshot', '--no-save', '--from', CAPTURE);
    expect(await ids()).toEqual([]);
  });
});

describe('trend', () => {
  it('tells how many there were, step by step, of the labels that were asked for', async () => {
    await save('nightly-1');
    await save('nightly-2');
    await save('other');
    const all = documentOf<{ steps: unknown[] }>(await run('trend', '--json'));
    expect(all.steps).toHaveLength(3);
    const { out, code } = await run('trend', 'nightly-*', '--by', 'role', '--steps', '2');
    expect(out).toMatch(/^2 snapshots over /m);
    expect(out).toMatch(/^ +session +██ +5 +5 +5 +5 /m);
    expect(out.match(/ nightly-\d /g)).toEqual([' nightly-1 ', ' nightly-2 ']);
    expect(code).toBe(0);
  });

  it('is not of a file', async () => {
    expect((await run('trend', '--from', CAPTURE)).err).toBe(
      'sesswatch: a trend is of saved snapshots (leave --from out)\n',
    );
  });
});

describe('a folder of the state that is somebody else’s file', () => {
  it('does not stop a look', async () => {
    mkdirSync(path.join(home, 'snapshots'), { recursive: true });
    const { out, code } = await sesswatch(['count'], { env: { SESSWATCH_HOME: '/dev/null/nowhere' } });
    expect(out).toMatch(/^\d+\n$/);
    expect(code).toBe(0);
  });
});
