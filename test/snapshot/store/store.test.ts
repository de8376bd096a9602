import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SnapshotDocument } from '../../../src/snapshot/document/document.js';
import { parseSnapshot } from '../../../src/snapshot/document/format.js';
import { nextSnapshotId, snapshotId } from '../../../src/snapshot/document/label.js';
import { openStore, type SnapshotStore } from '../../../src/snapshot/store/store.js';
import { compileProgram, endChildren, startChild } from '../../state/child.js';

const FIXTURE = path.resolve(import.meta.dirname, '../../../fixtures/snapshot/complete.json');
const COMPLETE = parseSnapshot(readFileSync(FIXTURE, 'utf8'), FIXTURE);
const TAKEN = Date.UTC(2026, 0, 15, 14, 12, 42, 123);

/** A snapshot of so many minutes after the first. */
function snapshot(label: string, minutes = 0): SnapshotDocument {
  const at = TAKEN + minutes * 60_000;
  return { ...COMPLETE, id: snapshotId(at, label), label, takenAt: new Date(at).toISOString() };
}

let folder: string;
let store: SnapshotStore;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.homedir(), 'store-')), 'snapshots');
  store = openStore(folder);
});
afterEach(endChildren);

const ids = (listing: { entries: readonly { id: string }[] }): string[] => listing.entries.map(({ id }) => id);
const indexFile = (): string => path.join(folder, 'index.jsonl');
const indexedIds = (): unknown[] =>
  readFileSync(indexFile(), 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line).id);

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
    expect(ids(store.list())).toEqual([id]);
    expect(ids(store.summaries())).toEqual([id]);
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
      expect(ids(listing)).toEqual([last, first]);
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
    expect(ids(anew)).toEqual(ids(anew).sort().reverse());
  });
});

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
    expect([...new Set(indexedIds().filter(Boolean))].sort()).toEqual(ids(list).sort());
  });

  it('is made anew when it is gone', () => {
    for (const minutes of [0, 1]) store.save(snapshot('x', minutes));
    const list = store.list();
    rmSync(indexFile());
    expect(store.list()).toEqual(list);
    expect(indexedIds()).toEqual(ids(list));
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
    expect(ids(store.list())).toEqual(saved.slice(149));
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
    expect(ids(store.list())).toEqual([b]);
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
    expect(ids(store.list())).toEqual([id]);
  });
});

// A mount namespace of its own: the mounts are gone with the process, also when the test is stopped.
const canMount =
  process.platform === 'linux' &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', os.tmpdir()]).status === 0;

describe.skipIf(!canMount)('on a real faulty disk (needs root, to mount one)', () => {
  const PROGRAM = `
    const [folder, text, step] = process.argv.slice(2);
    const store = it.openStore(folder);
    const tell = (work) => {
      try { return work(); }
      catch (error) { return { code: error.code, message: error.message, hint: error.hint }; }
    };
    const document = JSON.parse(text);
    const large = { ...document, problems: ['x'.repeat(200_000)] };
    const answer =
      step === 'save' ? store.save(document).id
      : step === 'save large' ? tell(() => store.save(large))
      : step === 'remove' ? store.remove([document.id])
      : store.list();
    console.log(JSON.stringify(answer));`;

  function run(script: string): unknown[] {
    mkdirSync(folder, { recursive: true });
    const program = compileProgram('snapshot/store/store.ts', PROGRAM);
    const prologue = 'set -e; run() { "$1" "$2" "$0" "$3" "$4"; }; do_step() { run "$NODE" "$PROGRAM" "$TEXT" "$1"; };';
    const output = execFileSync('unshare', ['-m', 'sh', '-c', `${prologue} ${script}`, folder], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, PROGRAM: program, TEXT: JSON.stringify(COMPLETE) },
    });
    return output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('says that it is full, leaves nothing half, and still has and lists what was saved before', () => {
    const [id, failed, listed] = run(
      'mount -t tmpfs -o size=64k,mode=700 tmpfs "$0"; do_step save; do_step "save large"; do_step list',
    );
    expect(id).toBe(COMPLETE.id);
    expect(failed).toEqual({
      code: 'storage',
      message: expect.stringMatching(/^cannot write .*-after-archive\.json: the disk is full$/),
      hint: expect.stringContaining('free some space'),
    });
    expect(listed).toMatchObject({ entries: [{ id: COMPLETE.id }], problems: [] });
  });

  it('says that it is read-only, and still lists what was saved before', () => {
    const [, failed, listed, removal] = run(
      `mount -t tmpfs -o mode=700 tmpfs "$0"; do_step save; rm "$0"/*.jsonl; mount -o remount,ro "$0";
       do_step "save large"; do_step list; do_step remove`,
    );
    expect(failed).toMatchObject({
      code: 'storage',
      message: expect.stringMatching(/: the file system is read-only$/),
    });
    expect(listed).toMatchObject({ entries: [{ id: COMPLETE.id }], problems: [] });
    expect(removal).toMatchObject({ removed: [], problems: [{ id: COMPLETE.id }] });
  });
});
