import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type SnapshotStore } from '../../../src/snapshot/store/store.js';
import { COMPLETE, idsOf, snapshot } from '../../kit/stored-snapshots.js';
import { endChildren } from '../../state/child.js';

let folder: string;
let store: SnapshotStore;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.homedir(), 'store-')), 'snapshots');
  store = openStore(folder);
});
afterEach(endChildren);

const indexFile = (): string => path.join(folder, 'index.jsonl');
const indexedIds = (): unknown[] =>
  readFileSync(indexFile(), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line).id);

describe('the index', () => {
  it('is extended by each save, so that a list need not open what was saved', () => {
    const saved = [0, 1, 2].map((minutes) => store.save(snapshot('x', minutes)).id);
    expect(indexedIds()).toEqual(saved);
  });

  it('is what a list answers from while the file is the one that it tells of', () => {
    const { id } = store.save(snapshot('x'));
    writeFileSync(indexFile(), readFileSync(indexFile(), 'utf8').replace('"agents":1', '"agents":77'));
    expect(store.list().entries).toMatchObject([{ id, agents: 77 }]);
    utimesSync(store.pathOf(id), 5000, 5000);
    expect(store.list().entries).toMatchObject([{ id, agents: 1 }]);
  });

  it('does not answer for a file that was cut off and given back its time', () => {
    const { id } = store.save(snapshot('x'));
    const { atime, mtime } = statSync(store.pathOf(id));
    utimesSync(store.pathOf(id), atime, mtime);
    store.list();
    truncateSync(store.pathOf(id), 500);
    utimesSync(store.pathOf(id), atime, mtime);
    expect(store.list()).toMatchObject({ entries: [], problems: [{ id }] });
  });

  it.each<[string, (text: string) => string]>([
    ['missing lines', (text) => text.split('\n').slice(0, 2).join('\n')],
    ['cut off', (text) => text.slice(0, -50)],
    ['cut off and extended', (text) => `${text.slice(0, -50)}\n${text.split('\n')[1]}`],
    ['empty', () => ''],
    ['of another version', (text) => text.replace('/2"}', '/9"}')],
    ['full of zeros after a power cut', (text) => '\0'.repeat(text.length)],
    ['something else', () => '[1,2,3]'],
    ['with a wrong type in a line', (text) => text.replaceAll('"takenAt":"', '"takenAt":5,"was":"')],
    ['with a line of other JSON', (text) => `${text}\n5\nnull\n{}`],
    ['with the header twice', (text) => text.replace('\n', `\n${text.split('\n')[0]}\n`)],
    ['with every line twice', (text) => `${text}\n${text.split('\n').slice(1).join('\n')}`],
  ])('is mended when it is %s', (_, spoil) => {
    for (const minutes of [0, 1, 2]) store.save(snapshot('x', minutes));
    const [list, summaries] = [store.list(), store.summaries()];
    writeFileSync(indexFile(), spoil(readFileSync(indexFile(), 'latin1')));
    expect(store.list()).toEqual(list);
    expect(store.summaries()).toEqual(summaries);
    expect(store.list()).toEqual(list);
    expect([...new Set(indexedIds().filter(Boolean))].sort()).toEqual(idsOf(list).sort());
  });

  it('is made anew when it is gone', () => {
    for (const minutes of [0, 1]) store.save(snapshot('x', minutes));
    const list = store.list();
    rmSync(indexFile());
    expect(store.list()).toEqual(list);
    expect(indexedIds()).toEqual(idsOf(list));
  });

  it('holds what a label or a host name says in any script', () => {
    const machine = { ...COMPLETE.machine, hostname: 'größe-測試-🙂' };
    const saved = store.save({ ...snapshot('x'), machine });
    store.list();
    expect(store.summaries().entries).toMatchObject([{ id: saved.id, machine: { hostname: 'größe-測試-🙂' } }]);
    expect(readFileSync(indexFile(), 'latin1')).toMatch(/^[\x00-\x7f]*$/);
  });

  it('forgets removed snapshots once these are many', () => {
    const saved = Array.from({ length: 150 }, (_, i) => store.save(snapshot('x', i)).id);
    store.remove(saved.slice(0, 149));
    expect(indexedIds()).toHaveLength(150);
    expect(idsOf(store.list())).toEqual(saved.slice(149));
    expect(indexedIds()).toHaveLength(1);
  });

  it('gives a trend what the snapshots hold', () => {
    store.save(snapshot('a'));
    store.save(snapshot('b', 1));
    expect(store.summaries().entries).toMatchObject([
      { label: 'b', takenAt: '2026-01-15T14:13:42.123Z', groups: { agent: { claude: { count: 1 } } } },
      { label: 'a', hosts: [{ name: 'T3 Code', descriptors: 112 }] },
    ]);
  });
});
