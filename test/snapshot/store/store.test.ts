import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextSnapshotId } from '../../../src/snapshot/document/label.js';
import { openStore, type SnapshotStore } from '../../../src/snapshot/store/store.js';
import { COMPLETE, idsOf, snapshot } from '../../kit/stored-snapshots.js';
import { compileProgram, endChildren, startChild } from '../../state/child.js';

let folder: string;
let store: SnapshotStore;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.homedir(), 'store-')), 'snapshots');
  store = openStore(folder);
});
afterEach(endChildren);

const indexFile = (): string => path.join(folder, 'index.jsonl');

describe('save', () => {
  it('keeps a document that can be loaded again, one file, for its owner alone', () => {
    const { id } = store.save(COMPLETE);
    expect(store.load(id)).toEqual(COMPLETE);
    expect(readdirSync(folder).sort()).toEqual([`${id}.json`, 'index.jsonl']);
    expect(readdirSync(folder).map((name) => statSync(path.join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('gives a second snapshot of the same millisecond and label the next id, and both keep their time', () => {
    const saved = [store.save(snapshot('x')), store.save(snapshot('x')), store.save(snapshot('x'))];
    const first = snapshot('x').id;
    const second = nextSnapshotId(first);
    expect(saved.map(({ id }) => id)).toEqual([first, second, nextSnapshotId(second)]);
    expect(saved.map(({ id }) => store.load(id).takenAt)).toEqual(saved.map(() => snapshot('x').takenAt));
  });

  it('loses nothing when several processes save the same label in the same millisecond', async () => {
    const program = compileProgram(
      'snapshot/store/store.ts',
      `const [folder, text, me] = process.argv.slice(2);
      const store = it.openStore(folder);
      for (let i = 0; i < 25; i++) store.save({ ...JSON.parse(text), problems: [me + i] });`,
    );
    const text = JSON.stringify(snapshot('same'));
    const writers = ['a', 'b', 'c'].map((me) => startChild(program, [folder, text, me]));
    expect(await Promise.all(writers.map((writer) => writer.exited))).toEqual([0, 0, 0]);
    const { entries, problems } = store.list();
    expect(problems).toEqual([]);
    const written = entries.flatMap(({ id }) => store.load(id).problems ?? []);
    const expected = ['a', 'b', 'c'].flatMap((me) => Array.from({ length: 25 }, (_, i) => me + i));
    expect(written.sort()).toEqual(expected.sort());
  });

  it('loses nothing when others list and rewrite the index meanwhile', async () => {
    const program = compileProgram(
      'snapshot/store/store.ts',
      `import { unlinkSync } from 'node:fs';
      const [folder, text, role] = process.argv.slice(2);
      const store = it.openStore(folder);
      for (let i = 0; i < 40; i++) {
        if (role === 'saves') store.save(JSON.parse(text));
        else { try { unlinkSync(folder + '/index.jsonl'); } catch {} store.list(); }
      }`,
    );
    const [x, y] = [JSON.stringify(snapshot('x')), JSON.stringify(snapshot('y'))];
    const children = [
      startChild(program, [folder, x, 'saves']),
      startChild(program, [folder, y, 'saves']),
      startChild(program, [folder, x, 'lists']),
    ];
    expect(await Promise.all(children.map((child) => child.exited))).toEqual([0, 0, 0]);
    expect(store.list()).toMatchObject({ entries: { length: 80 }, problems: [] });
    expect(store.summaries()).toMatchObject({ entries: { length: 80 }, problems: [] });
  });

  it('succeeds though the indexes cannot be written', () => {
    mkdirSync(indexFile(), { recursive: true });
    chmodSync(folder, 0o700);
    const { id } = store.save(COMPLETE);
    expect(idsOf(store.list())).toEqual([id]);
    expect(idsOf(store.summaries())).toEqual([id]);
  });

  it('says what to do when a file stands where the folder should be', () => {
    writeFileSync(folder, '');
    expect(() => store.save(COMPLETE)).toThrow(
      expect.objectContaining({
        code: 'storage',
        message: expect.stringContaining(folder),
        hint: expect.stringContaining('SESSWATCH_HOME'),
      }),
    );
  });

  it('refuses an id that would leave the folder', () => {
    expect(() => store.save({ ...COMPLETE, id: '../evil' })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('list', () => {
  it('is empty before anything was saved, and makes nothing', () => {
    expect(store.list()).toEqual({ entries: [], problems: [] });
    expect(() => statSync(folder)).toThrow();
  });

  it('lists the newest first, with what it is and how large', () => {
    store.save(snapshot('first'));
    store.save(snapshot('third', 120));
    store.save(snapshot('second', 60));
    const { entries } = store.list();
    expect(entries.map(({ label }) => label)).toEqual(['third', 'second', 'first']);
    expect(entries[0]).toMatchObject({
      id: snapshot('third', 120).id,
      takenAt: '2026-01-15T16:12:42.123Z',
      complete: true,
      processes: 212,
      agents: 1,
      sessions: 1,
      rssBytes: 311427072,
      bytes: statSync(store.pathOf(snapshot('third', 120).id)).size,
    });
  });

  it.each<[string, (file: string, id: string) => void, RegExp]>([
    ['cut off', (file) => truncateSync(file, 500), /is cut off or damaged/],
    ['empty', (file) => truncateSync(file, 0), /is empty/],
    ['foreign', (file) => writeFileSync(file, '{"name":"left-pad"}'), /is not a sesswatch snapshot/],
    ['of a newer schema', (file) => writeFileSync(file, '{"schema":"sesswatch/snapshot/2"}'), /newer sesswatch/],
    [
      'a folder',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      /it is a folder/,
    ],
    [
      'another snapshot',
      (file) => writeFileSync(file, JSON.stringify(snapshot('other'))),
      /holds the snapshot .*-other$/,
    ],
  ])('tells that a file became %s, by name, with what to do, and lists all others', (_, spoil, message) => {
    const [first, bad, last] = [0, 1, 2].map((minutes) => store.save(snapshot('x', minutes)).id);
    if (first === undefined || bad === undefined || last === undefined) throw new Error('three were saved');
    store.list();
    spoil(store.pathOf(bad), bad);
    for (const read of [store.list, store.summaries]) {
      const listing = read();
      expect(idsOf(listing)).toEqual([last, first]);
      expect(listing.problems).toEqual([
        {
          file: store.pathOf(bad),
          id: bad,
          message: expect.stringMatching(message),
          hint: expect.stringMatching(/\w{4}/),
        },
      ]);
      expect(listing.problems[0]?.message).toContain(store.pathOf(bad));
    }
    expect(() => store.load(bad)).toThrow(message);
  });

  it.each(['notes.txt', 'copy of snapshot.json', '20260115T141242123Z-x.json.bak', 'other.jsonl'])(
    'tells of a foreign file %s without opening it',
    (name) => {
      store.save(snapshot('x'));
      writeFileSync(path.join(folder, name), 'whatever');
      const { entries, problems } = store.list();
      expect(entries).toHaveLength(1);
      expect(problems).toEqual([
        {
          file: path.join(folder, name),
          id: undefined,
          message: expect.stringContaining('does not have the name of a snapshot'),
          hint: expect.stringContaining('move it away'),
        },
      ]);
    },
  );

  it('passes over hidden files', () => {
    store.save(snapshot('x'));
    writeFileSync(path.join(folder, '.DS_Store'), '');
    expect(store.list().problems).toEqual([]);
  });

  it('sweeps away what a crash left behind an hour ago, not what somebody is just writing', () => {
    store.save(snapshot('x'));
    const [old, young] = ['.old.json.tmp', '.young.json.tmp'].map((name) => path.join(folder, name));
    if (old === undefined || young === undefined) throw new Error('two names were given');
    for (const file of [old, young]) writeFileSync(file, 'half');
    utimesSync(old, 1000, 1000);
    openStore(folder, () => statSync(young).mtimeMs + 60_000).list();
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual(['.young.json.tmp']);
  });

  it('lists ten thousand', () => {
    mkdirSync(folder, { mode: 0o700 });
    const document = { ...COMPLETE, processes: [], hosts: [] };
    for (let i = 0; i < 10_000; i++) {
      const { id, label, takenAt } = snapshot(`step-${i % 7}`, i);
      writeFileSync(store.pathOf(id), JSON.stringify({ ...document, id, label, takenAt }));
    }
    const anew = store.list();
    const fromIndex = store.list();
    expect(anew.entries).toHaveLength(10_000);
    expect(fromIndex).toEqual(anew);
    expect(idsOf(anew)).toEqual(idsOf(anew).sort().reverse());
  });
});

describe('load', () => {
  it.each(['20260115T141242123Z-nothing', 'nothing', '../../etc/passwd', ''])('says that there is no %j', (id) => {
    store.save(COMPLETE);
    expect(() => store.load(id)).toThrow(
      expect.objectContaining({ code: 'usage', message: `there is no snapshot ${id}` }),
    );
  });
});

describe('remove', () => {
  it('removes what was named and nothing else', () => {
    const [a, b, c] = [0, 1, 2].map((minutes) => store.save(snapshot('x', minutes)).id);
    expect(store.remove([a ?? '', c ?? ''])).toEqual({ removed: [a, c], problems: [] });
    expect(idsOf(store.list())).toEqual([b]);
  });

  it('removes a damaged one by its id', () => {
    const { id } = store.save(COMPLETE);
    truncateSync(store.pathOf(id), 3);
    store.remove([id]);
    expect(store.list()).toEqual({ entries: [], problems: [] });
  });

  it('does not mind that somebody else was faster', () => {
    const { id } = store.save(COMPLETE);
    rmSync(store.pathOf(id));
    expect(store.remove([id])).toEqual({ removed: [id], problems: [] });
  });

  it('removes the others when one cannot be removed', () => {
    const [bad, good] = [0, 1].map((minutes) => store.save(snapshot('x', minutes)).id);
    if (bad === undefined || good === undefined) throw new Error('two were saved');
    rmSync(store.pathOf(bad));
    mkdirSync(store.pathOf(bad));
    expect(store.remove([bad, good])).toMatchObject({
      removed: [good],
      problems: [{ id: bad, message: expect.stringContaining(`cannot remove ${store.pathOf(bad)}`) }],
    });
  });

  it('removes nothing at all when one of the names is no id', () => {
    const { id } = store.save(COMPLETE);
    expect(() => store.remove([id, '../other'])).toThrow(expect.objectContaining({ code: 'usage' }));
    expect(idsOf(store.list())).toEqual([id]);
  });
});
