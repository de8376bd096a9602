import { identityKey } from '../process/identity.js';
import type { ProcessRecord } from '../process/record.js';
import { identityOf, type ProcessTable } from '../process/table.js';
import type { FoundBy } from './document.js';

/** A process that descends from the command, as it was last seen. */
export interface Descendant {
  readonly record: ProcessRecord;
  readonly foundBy: FoundBy;
  /** By whom it was found: its parent then, or a member of its group or session. */
  readonly through: { readonly pid: number; readonly name: string } | undefined;
}

export interface Origin {
  /** All processes that existed before the command was started. */
  readonly before: ProcessTable;
  /** `undefined` when it could not be started. */
  readonly commandPid: number | undefined;
  /** Who started it: its parent for as long as it runs. */
  readonly starterPid: number;
  /** The child subreaper that started the command, if one did. */
  readonly subreaperPid?: number | undefined;
}

/** What one look changed. */
interface Looked {
  readonly came: number;
  readonly went: number;
  /** New processes of nobody known: the cookie can tell more of them. */
  readonly strangers: readonly ProcessRecord[];
}

/** Everything that descends from one command, gathered from one look at the process table after the other. */
export interface Descent {
  /** @param askAgain name strangers of earlier looks too: one may have been in the middle of an execve then. */
  look(table: ProcessTable, askAgain?: boolean): Looked;
  /** Strangers of the last look that carry the cookie, and what is below them; how many were new. */
  adopt(pids: Iterable<number>): number;
  /** In the last table, zombies left out. */
  alive(): Descendant[];
  /** How many distinct ones there were. */
  seen(): number;
}

/**
 * Follows a command's descendants. Whatever existed before is none. A process is one when its parent is,
 * when the subreaper adopted it, when it is in a process group or session that a descendant was in at this look
 * or the one before (a number that nobody uses any more may come back as a stranger's), or by its cookie.
 */
export function openDescent(origin: Origin): Descent {
  const { before, commandPid, starterPid, subreaperPid } = origin;
  const keyOf = (table: ProcessTable, record: ProcessRecord): string => identityKey(identityOf(table, record));
  const old = new Set(before.all.map((record) => keyOf(before, record)));
  const oldGroups = new Set(before.all.map((record) => record.pgid));
  const oldSessions = new Set(before.all.map((record) => record.sid));
  const known = new Map<string, Descendant>();
  let table = before;
  let alive = new Set<string>();
  let strangers = new Map<number, ProcessRecord>();
  const asked = new Set<string>();
  let groups = new Map<number, ProcessRecord>();
  let sessions = new Map<number, ProcessRecord>();

  const add = (record: ProcessRecord, foundBy: FoundBy, through: ProcessRecord | undefined): boolean => {
    const key = keyOf(table, record);
    if (old.has(key) || record.pid === subreaperPid || known.has(key)) return false;
    known.set(key, {
      record,
      foundBy,
      through: through === undefined ? undefined : { pid: through.pid, name: nameOf(through) },
    });
    return true;
  };

  /** Adds what is below these, down to the last grandchild. */
  const follow = (from: readonly ProcessRecord[]): void => {
    const queue = [...from];
    for (let parent = queue.pop(); parent !== undefined; parent = queue.pop()) {
      for (const child of table.children(parent.pid)) {
        if (child.pid === subreaperPid || old.has(keyOf(table, child))) continue;
        if (add(child, 'tree', parent)) queue.push(child);
      }
    }
  };

  const living = (): ProcessRecord[] =>
    table.all.filter((record) => known.has(keyOf(table, record)) && record.state !== 'Z');

  const markAlive = (): { came: number; went: number } => {
    const now = new Set<string>();
    for (const record of table.all) {
      const key = keyOf(table, record);
      const descendant = known.get(key);
      if (descendant === undefined || record.state === 'Z') continue;
      known.set(key, { ...descendant, record });
      now.add(key);
    }
    const came = [...now].filter((key) => !alive.has(key)).length;
    const went = [...alive].filter((key) => !now.has(key)).length;
    alive = now;
    return { came, went };
  };

  return {
    look(next, askAgain = false) {
      table = next;
      const command = commandPid === undefined ? undefined : table.get(commandPid);
      // Its pid may be somebody else's after it ended.
      if (command?.ppid === starterPid) add(command, 'tree', undefined);
      if (subreaperPid !== undefined) {
        for (const child of table.children(subreaperPid)) add(child, 'subreaper', undefined);
      }
      follow(living());
      const [lastGroups, lastSessions] = [groups, sessions];
      [groups, sessions] = membershipsOf(living(), oldGroups, oldSessions);
      for (const record of table.all) {
        const inGroup = find(record.pgid, groups, lastGroups);
        const inSession = find(record.sid, sessions, lastSessions);
        if (inGroup !== undefined && add(record, 'group', inGroup)) follow([record]);
        else if (inSession !== undefined && add(record, 'session', inSession)) follow([record]);
      }
      [groups, sessions] = membershipsOf(living(), oldGroups, oldSessions);
      strangers = new Map();
      for (const record of table.all) {
        const key = keyOf(table, record);
        if (old.has(key) || known.has(key) || record.pid === subreaperPid) continue;
        if (asked.has(key) && !askAgain) continue;
        asked.add(key);
        strangers.set(record.pid, record);
      }
      return { ...markAlive(), strangers: [...strangers.values()] };
    },
    adopt(pids) {
      const adopted: ProcessRecord[] = [];
      for (const pid of pids) {
        const record = strangers.get(pid);
        if (record !== undefined && add(record, 'cookie', undefined)) adopted.push(record);
      }
      follow(adopted);
      [groups, sessions] = membershipsOf(living(), oldGroups, oldSessions);
      return markAlive().came;
    },
    alive: () => [...alive].flatMap((key) => known.get(key) ?? []),
    seen: () => known.size,
  };
}

function membershipsOf(
  records: readonly ProcessRecord[],
  oldGroups: ReadonlySet<number | undefined>,
  oldSessions: ReadonlySet<number | undefined>,
): [Map<number, ProcessRecord>, Map<number, ProcessRecord>] {
  const groups = new Map<number, ProcessRecord>();
  const sessions = new Map<number, ProcessRecord>();
  for (const record of records) {
    // The group and the session of the shell that started us are everybody's in that terminal.
    if (record.pgid !== undefined && !oldGroups.has(record.pgid)) groups.set(record.pgid, record);
    if (record.sid !== undefined && !oldSessions.has(record.sid)) sessions.set(record.sid, record);
  }
  return [groups, sessions];
}

function find(
  number: number | undefined,
  ...maps: readonly ReadonlyMap<number, ProcessRecord>[]
): ProcessRecord | undefined {
  if (number === undefined) return undefined;
  for (const map of maps) {
    const found = map.get(number);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameOf(record: ProcessRecord): string {
  return record.comm ?? record.argv?.[0] ?? '?';
}
