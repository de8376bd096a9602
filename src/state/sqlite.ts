import { access, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { firstExecutable, type RunTool, runTool } from '../process/sources/run-tool.js';
import { type CopyOptions, copyDatabase } from './sqlite-image.js';

export type SqliteRow = Readonly<Record<string, unknown>>;

type SqliteAnswer =
  | { readonly kind: 'rows'; readonly rows: readonly SqliteRow[] }
  | { readonly kind: 'absent' }
  /** A sentence's end: `registry not readable: <why>`. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** The columns of each table that a database has. */
export type SqliteColumns = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Asks one question of a database that others may be writing to. `choose` sees the columns and answers with
 * SQL that they can answer, or `undefined` when the schema is foreign. Never throws for what the file holds.
 */
export type ReadSqlite = (
  file: string,
  choose: (columns: SqliteColumns) => string | undefined,
) => Promise<SqliteAnswer>;

export interface SqliteOptions extends CopyOptions {
  /** A folder for temporary files. */
  readonly temporary: string;
  readonly run?: RunTool;
  /** `undefined` when this Node has no `node:sqlite`. */
  readonly loadModule?: () => Promise<SqliteModule | undefined>;
  /** Where the `sqlite3` program may be; absolute paths. */
  readonly programs?: readonly string[];
}

/** What is used of `node:sqlite` (Node 22.13 and later without a flag). */
export interface SqliteModule {
  readonly DatabaseSync: new (
    file: string,
    options: { readonly readOnly: boolean },
  ) => { prepare(sql: string): { all(): unknown[] }; close(): void };
}

/**
 * Reads through a private copy (see {@link copyDatabase}) with `node:sqlite`, else with the `sqlite3` program.
 * The copy lies in a folder that only this user may enter and is gone when the answer is there.
 */
export function createSqliteReader(options: SqliteOptions): ReadSqlite {
  return async (file, choose) => {
    try {
      await access(file);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
      return code === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', why: code };
    }
    const ask = await findEngine(options);
    if (ask === undefined) return { kind: 'unreadable', why: 'needs Node 22.13 or sqlite3' };
    const folder = await mkdtemp(path.join(options.temporary, 'sesswatch-registry-'));
    try {
      const copied = await copyDatabase(file, folder, options);
      if (copied.kind !== 'copied') return copied;
      const sql = choose(columnsOf(await ask(copied.file, ALL_COLUMNS)));
      if (sql === undefined) return { kind: 'unreadable', why: 'its tables are not those of a known version' };
      return { kind: 'rows', rows: await ask(copied.file, sql) };
    } catch (error) {
      // Damaged, encrypted, or no database at all: SQLite's own words say which.
      return { kind: 'unreadable', why: (error as Error).message };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

type Ask = (file: string, sql: string) => Promise<readonly SqliteRow[]>;

const PROGRAMS = ['/usr/bin/sqlite3', '/usr/local/bin/sqlite3', '/opt/homebrew/bin/sqlite3'];

async function findEngine(options: SqliteOptions): Promise<Ask | undefined> {
  const module = await (options.loadModule ?? loadNodeSqlite)();
  if (module !== undefined) return async (file, sql) => askModule(module, file, sql);
  const program = firstExecutable(options.programs ?? PROGRAMS);
  if (program === undefined) return undefined;
  return (file, sql) => askProgram(options.run ?? runTool, program, file, sql);
}

function askModule(module: SqliteModule, file: string, sql: string): SqliteRow[] {
  const database = new module.DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all().map(toRow);
  } finally {
    database.close();
  }
}

async function askProgram(run: RunTool, program: string, file: string, sql: string): Promise<SqliteRow[]> {
  // -init: no ~/.sqliterc of the user's may change the output.
  const args = ['-batch', '-bail', '-init', '/dev/null', '-readonly', '-json', toUri(file), sql];
  const answer = await run({ file: program, args, env: { LC_ALL: 'C.UTF-8' }, timeoutMs: TIMEOUT_MS });
  if (answer.exitCode !== 0) throw new Error(answer.stderr.trim().split('\n')[0] ?? 'sqlite3 failed');
  // No rows print nothing.
  const rows: unknown = answer.stdout.trim() === '' ? [] : JSON.parse(answer.stdout);
  if (!Array.isArray(rows)) throw new Error('sqlite3 answered with something else than rows');
  return rows.map(toRow);
}

const TIMEOUT_MS = 10_000;

/**
 * `node:sqlite`, without its warning that it is experimental (until Node 25); all other warnings pass. The name
 * is not written in the import, so that bundlers and Node 20's types leave it alone.
 */
async function loadNodeSqlite(): Promise<SqliteModule | undefined> {
  const name = 'node:sqlite';
  const emit = process.emitWarning;
  process.emitWarning = ((...words: Parameters<typeof process.emitWarning>) => {
    if (!/SQLite is an experimental feature/.test(String(words[0]))) emit.apply(process, words);
  }) as typeof process.emitWarning;
  try {
    const module: unknown = await import(name);
    return isSqliteModule(module) ? module : undefined;
  } catch {
    // This Node has none, or hides it behind a flag: the program is asked instead.
    return undefined;
  } finally {
    process.emitWarning = emit;
  }
}

function isSqliteModule(module: unknown): module is SqliteModule {
  return typeof module === 'object' && module !== null && 'DatabaseSync' in module;
}

const ALL_COLUMNS = `SELECT m.name AS "table", p.name AS "column"
  FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'`;

function columnsOf(rows: readonly SqliteRow[]): SqliteColumns {
  const tables = new Map<string, Set<string>>();
  for (const { table, column } of rows) {
    const columns = tables.get(String(table)) ?? new Set();
    tables.set(String(table), columns.add(String(column)));
  }
  return tables;
}

function toRow(row: unknown): SqliteRow {
  return typeof row === 'object' && row !== null ? { ...row } : {};
}

function toUri(file: string): string {
  return `file:${encodeURI(file).replaceAll('?', '%3f').replaceAll('#', '%23')}?mode=ro`;
}
