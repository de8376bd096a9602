import { identityKey } from '../process/identity.js';
import { nameOf, type ProcessRecord } from '../process/record.js';
import { identityOf, type ProcessTable } from '../process/table.js';
import type { FoundBy } from './document.js';

/** A process that descends from the command, as it was last seen. */
export interface Descendant {
  readonly record: ProcessRecord;
  readonly foundBy: FoundBy;
  /** By whom it was found: its parent then, or a member of its group or session. */
  readonly through: { readonly pid: number; readonly name: string } | undefined;
}

interface Origin {
  /** All processes that existed before the command was started. */
  readonly before: ProcessTable;
  /** `undefined` when it could not be started. */
  readonly commandPid: number | undefined;
  /** Who started it: its parent for as long as it runs. */
  readonly starterPid: number;
  /** The child subreaper that started the command, if one did. */
  readonly subreaperPid?: number | undefined;
}

/** Everything that descends from one command, gathered from one look at the process table after the other. */
export interface Descent {
  /**
   * What one look changed. `strangers`: new processes of nobody known; the cookie can tell more of them.
   *
   * @param askAgain name strangers of earlier looks too: one may have been in the middle of an execve then.
   */
  look(table: ProcessTable, askAgain?: boolean): { came: number; went: number; strangers: readonly ProcessRecord[] };
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
export function openDescent({ before, commandPid, starterPid, subreaperPid }: Origin): Descent {
  let table = before;
  const keyOf = (record: ProcessRecord): string => identityKey(identityOf(table, record));
  const old = new Set(before.all.map(keyOf));
  // The group and the session of the shell that started us are everybody's in that terminal.
  const oldMemberships = new Set(before.all.flatMap(membershipsOf).map(({ name }) => name));
  const known = new Map<string, Descendant>();
  const asked = new Set<string>();
  let alive = new Set<string>();
  let strangers: readonly ProcessRecord[] = [];
  let mates = new Map<string, ProcessRecord>();

  const isStranger = (record: ProcessRecord): boolean => {
    const key = keyOf(record);
    return !old.has(key) && !known.has(key) && record.pid !== subreaperPid;
  };

  /** With all that is below it, down to the last grandchild. */
  const add = (first: ProcessRecord, foundBy: FoundBy, mate?: ProcessRecord): void => {
    const waiting: [ProcessRecord, FoundBy, ProcessRecord | undefined][] = [[first, foundBy, mate]];
    for (const [record, way, by] of waiting) {
      if (!isStranger(record)) continue;
      const through = by === undefined ? undefined : { pid: by.pid, name: nameOf(by) };
      known.set(keyOf(record), { record, foundBy: way, through });
      for (const child of table.children(record.pid)) waiting.push([child, 'tree', record]);
    }
  };

  const living = (): ProcessRecord[] => table.all.filter((record) => record.state !== 'Z' && known.has(keyOf(record)));

  const findMates = (): void => {
    mates = new Map(
      living().flatMap((record) => membershipsOf(record).map(({ name }): [string, ProcessRecord] => [name, record])),
    );
    for (const name of oldMemberships) mates.delete(name);
  };

  const markAlive = (): { came: number; went: number } => {
    findMates();
    const last = alive;
    alive = new Set();
    for (const record of living()) {
      const key = keyOf(record);
      const descendant = known.get(key);
      if (descendant !== undefined) known.set(key, { ...descendant, record });
      alive.add(key);
    }
    const stayed = [...alive].filter((key) => last.has(key)).length;
    return { came: alive.size - stayed, went: last.size - stayed };
  };

  return {
    look(next, askAgain = false) {
      table = next;
      const command = commandPid === undefined ? undefined : table.get(commandPid);
      // Its pid may be somebody else's after it ended.
      if (command?.ppid === starterPid) add(command, 'tree');
      if (subreaperPid !== undefined) for (const child of table.children(subreaperPid)) add(child, 'subreaper');
      for (const record of living()) for (const child of table.children(record.pid)) add(child, 'tree', record);
      const lastMates = mates;
      findMates();
      for (const record of table.all) {
        for (const { foundBy, name } of membershipsOf(record)) {
          const mate = mates.get(name) ?? lastMates.get(name);
          if (mate !== undefined) add(record, foundBy, mate);
        }
      }
      strangers = table.all.filter((record) => isStranger(record) && (askAgain || !asked.has(keyOf(record))));
      for (const record of strangers) asked.add(keyOf(record));
      return { ...markAlive(), strangers };
    },
    adopt(pids) {
      const ours = new Set(pids);
      for (const record of strangers) if (ours.has(record.pid)) add(record, 'cookie');
      return markAlive().came;
    },
    alive: () => [...alive].flatMap((key) => known.get(key) ?? []),
    seen: () => known.size,
  };
}

/** The process group and the session that a process is in. */
function membershipsOf({ pgid, sid }: ProcessRecord): { foundBy: 'group' | 'session'; name: string }[] {
  return [
    ...(pgid === undefined ? [] : [{ foundBy: 'group' as const, name: `group ${pgid}` }]),
    ...(sid === undefined ? [] : [{ foundBy: 'session' as const, name: `session ${sid}` }]),
  ];
}
