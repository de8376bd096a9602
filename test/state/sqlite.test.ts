import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSqliteReader, type SqliteModule, type SqliteOptions } from '../../src/state/sqlite.js';
import { folderImage, openWriter, WITHOUT_SQLITE, type Writer } from '../hosts/database.js';

const noModule = async () => undefined;

describe.skipIf(WITHOUT_SQLITE !== undefined)('reading a database that its host is writing to', () => {
  let root: string;
  let home: string;
  let temporary: string;
  let file: string;
  let writer: Writer;

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-sqlite-'));
    home = path.join(root, 'home');
    temporary = path.join(root, 'temporary');
    mkdirSync(home);
    mkdirSync(temporary);
    file = path.join(home, 'state.sqlite');
    writer = openWriter(file);
  });
  afterEach(async () => {
    await writer.close();
    rmSync(root, { recursive: true, force: true });
  });

  const read = (options: Partial<SqliteOptions> = {}) =>
    createSqliteReader({ temporary, owner: process.getuid?.(), loadModule: noModule, ...options })(file, (columns) =>
      columns.get('t')?.has('a') ? 'SELECT a FROM t ORDER BY a' : undefined,
    );
  const rows = (...values: number[]) => ({ kind: 'rows', rows: values.map((a) => ({ a })) });

  it('sees what is only in the write-ahead log, and leaves the folder as it was, byte for byte', async () => {
    await writer.say('PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)');
    const before = folderImage(home);
    expect(Object.keys(before)).toEqual(['state.sqlite', 'state.sqlite-shm', 'state.sqlite-wal']);
    expect(await read()).toEqual(rows(1, 2));
    expect(folderImage(home)).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('does not bring the log of a crashed host back to life', async () => {
    await writer.say('PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    await writer.crash();
    rmSync(`${file}-shm`);
    const before = folderImage(home);
    expect(await read()).toEqual(rows(1));
    expect(folderImage(home)).toEqual(before);
  });

  it('makes no -wal or -shm beside a WAL database that was closed', async () => {
    await writer.say('PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    await writer.close();
    const before = folderImage(home);
    expect(Object.keys(before)).toEqual(['state.sqlite']);
    expect(await read()).toEqual(rows(1));
    expect(folderImage(home)).toEqual(before);
  });

  it('takes no part of a transaction that is not committed', async () => {
    await writer.say('PRAGMA journal_mode=WAL; PRAGMA cache_size=2; CREATE TABLE t(a)');
    await writer.say('INSERT INTO t VALUES (1); BEGIN; INSERT INTO t VALUES (2)');
    expect(await read()).toEqual(rows(1));
  });

  it('keeps to one moment when frames are appended and checkpointed between the two copies', async () => {
    await writer.say('PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    const copy = async (from: string, to: string) => {
      copyFileSync(from, to);
      if (!from.endsWith('-wal')) await writer.say('INSERT INTO t VALUES (2); PRAGMA wal_checkpoint(PASSIVE)');
    };
    expect(await read({ copy })).toEqual(rows(1, 2));
  });

  it('starts again when the log was started anew between the two copies', async () => {
    await writer.say('PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    let copies = 0;
    const copy = async (from: string, to: string) => {
      copyFileSync(from, to);
      copies += 1;
      if (copies === 1)
        await writer.say('INSERT INTO t VALUES (2); PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (3)');
    };
    expect(await read({ copy })).toEqual(rows(1, 2, 3));
    expect(copies).toBe(4);
  });

  it('gives up with a reason when the database never holds still', async () => {
    await writer.say('PRAGMA journal_mode=WAL; CREATE TABLE t(a)');
    const copy = async (from: string, to: string) => {
      copyFileSync(from, to);
      await writer.say('INSERT INTO t VALUES (2); PRAGMA wal_checkpoint(RESTART); INSERT INTO t VALUES (3)');
    };
    expect(await read({ copy })).toEqual({
      kind: 'unreadable',
      why: 'it is locked: it was being written to each time',
    });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('says that a database is locked while a transaction is half written into it', async () => {
    await writer.say('PRAGMA journal_mode=DELETE; PRAGMA cache_size=1; CREATE TABLE t(a); INSERT INTO t VALUES (1)');
    await writer.say('BEGIN; UPDATE t SET a = 2; INSERT INTO t VALUES (zeroblob(100000)); INSERT INTO t VALUES (3)');
    expect(await read()).toMatchObject({ kind: 'unreadable', why: expect.stringContaining('locked') });
    await writer.say('COMMIT; DELETE FROM t WHERE a > 3');
    expect(await read()).toEqual(rows(2, 3));
  });

  it.each([
    ['a text file', () => writeFileSync(file, 'not a database, whatever its name says\n'.repeat(40)), /not a database/],
    ['a damaged page', () => writeFileSync(file, 'x'.repeat(4096), { flag: 'r+' }), /not a database|malformed/],
    ['a table without the column', () => {}, /tables are not those/],
  ])('answers with a reason for %s', async (_, damage, why) => {
    await writer.say('CREATE TABLE t(b); INSERT INTO t VALUES (1)');
    await writer.close();
    damage();
    expect(await read()).toMatchObject({ kind: 'unreadable', why: expect.stringMatching(why) });
  });

  it('tells a missing database from an unreadable one', async () => {
    expect(
      await createSqliteReader({ temporary, owner: process.getuid?.() })(path.join(home, 'none'), () => ''),
    ).toEqual({
      kind: 'absent',
    });
  });

  it('does not copy a database beyond the limit', async () => {
    await writer.say('CREATE TABLE t(a)');
    expect(await read({ maxBytes: 100 })).toMatchObject({
      kind: 'unreadable',
      why: expect.stringContaining('large'),
    });
  });

  it('names what is needed when neither node:sqlite nor the program is there', async () => {
    await writer.say('CREATE TABLE t(a)');
    expect(await read({ programs: ['/nowhere/sqlite3'] })).toEqual({
      kind: 'unreadable',
      why: 'needs Node 22.13 or sqlite3',
    });
  });

  it('takes the program’s failure for what it is, never for an empty table', async () => {
    await writer.say('CREATE TABLE t(a)');
    const run = async () => ({ stdout: '', stderr: 'Error: disk I/O error\n', exitCode: 1, pid: 1 });
    expect(await read({ run })).toEqual({ kind: 'unreadable', why: 'Error: disk I/O error' });
  });

  it('prefers node:sqlite, read-only, and closes what it opened', async () => {
    await writer.say('CREATE TABLE t(a)');
    const log: string[] = [];
    const module: SqliteModule = {
      DatabaseSync: class {
        constructor(_: string, options: { readOnly: boolean }) {
          log.push(`open ${JSON.stringify(options)}`);
        }
        prepare = (sql: string) => ({
          all: () => (sql.includes('sqlite_master') ? [{ table: 't', column: 'a' }] : [{ a: 7 }]),
        });
        close = () => void log.push('close');
      },
    };
    expect(await read({ loadModule: async () => module })).toEqual(rows(7));
    expect(log).toEqual(['open {"readOnly":true}', 'close', 'open {"readOnly":true}', 'close']);
  });
});
