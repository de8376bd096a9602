import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fieldsOf, parseJson } from '../decode.js';
import { compareIdentity, type ProcessIdentity } from '../process/identity.js';
import { writeFileAtomic } from './atomic-write.js';
import { openOwnFile } from './own-file.js';
import { makePrivateFolder } from './private-folder.js';
import { errnoOf, storageError } from './storage-error.js';

/** The lock is ours until `release`, or until this process ends. */
export interface Lock {
  readonly kind: 'acquired';
  /** Gives the lock back, if it still is ours. A second call does nothing. @throws SesswatchError `storage` */
  release(): void;
}

/** Another live run has the lock. */
export interface Held {
  readonly kind: 'held';
  /** `undefined` when the file does not tell, because it is damaged or just being written. */
  readonly by?: ProcessIdentity | undefined;
  /** ISO 8601, when it was taken. */
  readonly since?: string | undefined;
}

/** Who has a pid now; `unknown` when that cannot be told. As {@link ProcessSource.identify}. */
export type Identify = (pid: number) => Promise<ProcessIdentity | 'gone' | 'unknown'>;

/**
 * Takes a lock file, once, without waiting. The file holds the identity of its holder, so that the lock of a process
 * that died is known as stale however it died: its pid or its start time is another one now. A holder
 * that cannot be identified counts as alive. One that cannot be looked up from here, because it is of another pid or time
 * namespace (a container that shares the home folder) or of another boot (another machine that does), counts
 * as alive as long as it renews the time of its file.
 *
 * A new lock is created exclusively (`wx`). A stale one, S, is replaced by a rename, and only by whoever holds a
 * second lock that is named after S, once that taker has read S again. So of many takers one replaces S, and one that
 * comes late finds another lock in its place and judges that one. The second lock is taken by these same rules:
 * a taker that dies in the middle blocks nobody.
 *
 * @param now milliseconds since the epoch
 * @throws SesswatchError `storage`
 */
export async function acquireLock(
  file: string,
  holder: ProcessIdentity,
  identify: Identify,
  now: () => number = Date.now,
): Promise<Lock | Held> {
  makePrivateFolder(path.dirname(file));
  // Every further round means that another run took or released the lock meanwhile.
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const lock = create(file, newContent(holder, now()));
    if (lock !== undefined) return lock;
    const found = read(file);
    if (found === undefined) continue;
    if (!(await isStale(found, holder, identify, now()))) return held(found);
    const taken = await takeOver(file, found, holder, identify, now);
    if (taken !== undefined) return taken;
  }
  return { kind: 'held' };
}

/** What a lock file says. */
interface Content {
  readonly holder: ProcessIdentity;
  readonly since: string;
  /** Where its pid and start time mean something; absent where there are no namespaces. */
  readonly namespace?: string | undefined;
  /** Tells this lock from every other one, also of the same process. Part of a file name. */
  readonly token: string;
}

/** A lock file as found. `content` is `undefined` when it is damaged or not written yet. */
interface Found {
  readonly content: Content | undefined;
  readonly token: string;
  readonly modifiedMs: number;
}

const MAX_ROUNDS = 50;

/**
 * A lock without readable content is either about to be written, which takes microseconds, or was cut off by a
 * crash. After this time it is the latter.
 */
const UNREADABLE_IS_STALE_MS = 60_000;

const HEARTBEAT_MS = 10_000;
/** Six heartbeats: a machine that is busy skips some. */
const SILENT_IS_STALE_MS = 60_000;

const TOKEN = /^[a-z0-9-]+$/;

function newContent(holder: ProcessIdentity, nowMs: number): Content {
  const token = `${holder.pid}-${nowMs.toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  return { holder, since: new Date(nowMs).toISOString(), namespace: ownNamespace(), token };
}

/** namespaces(7): a pid means something in its pid namespace, a start time in its time namespace. */
function ownNamespace(): string | undefined {
  const links = ['pid', 'time'].flatMap((kind) => {
    try {
      return [readlinkSync(`/proc/self/ns/${kind}`)];
    } catch {
      // No Linux, or one older than time namespaces.
      return [];
    }
  });
  return links.length === 0 ? undefined : links.join(' ');
}

/** A new lock, or `undefined` when there is one already. */
function create(file: string, content: Content): Lock | undefined {
  try {
    const fd = openSync(file, 'wx', 0o600);
    try {
      writeFileSync(fd, JSON.stringify(content));
    } catch (error) {
      unlinkSync(file);
      throw error;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return undefined;
    throw storageError(error, 'lock', file);
  }
  // Had this process been stopped for long between the two steps, the empty file may have been taken for stale.
  return read(file)?.token === content.token ? ours(file, content.token) : undefined;
}

function ours(file: string, token: string): Lock {
  const heartbeat = setInterval(() => renew(file, token), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    kind: 'acquired',
    release() {
      clearInterval(heartbeat);
      if (read(file)?.token !== token) return;
      try {
        unlinkSync(file);
      } catch (error) {
        throw storageError(error, 'remove', file);
      }
    },
  };
}

function renew(file: string, token: string): void {
  try {
    const now = new Date();
    if (read(file)?.token === token) utimesSync(file, now, now);
  } catch {
    // Whoever looks from our own namespace sees that we live; for others the next beat may get through.
  }
}

function held({ content }: Found): Held {
  return content === undefined ? { kind: 'held' } : { kind: 'held', by: content.holder, since: content.since };
}

async function isStale(found: Found, self: ProcessIdentity, identify: Identify, nowMs: number): Promise<boolean> {
  const age = Math.abs(nowMs - found.modifiedMs);
  if (found.content === undefined) return age > UNREADABLE_IS_STALE_MS;
  const { holder, namespace } = found.content;
  const isOtherBoot = holder.bootId !== undefined && self.bootId !== undefined && holder.bootId !== self.bootId;
  const here = ownNamespace();
  const isOtherNamespace = namespace !== undefined && here !== undefined && namespace !== here;
  if (isOtherBoot || isOtherNamespace) return age > SILENT_IS_STALE_MS;
  const current = await identify(holder.pid);
  if (current === 'gone') return true;
  if (current === 'unknown') return false;
  return compareIdentity(holder, current) === 'different';
}

/** Replaces a stale lock. `undefined`: it is not there any more, look again. */
async function takeOver(
  file: string,
  stale: Found,
  holder: ProcessIdentity,
  identify: Identify,
  now: () => number,
): Promise<Lock | Held | undefined> {
  const guard = await acquireLock(`${file}.${stale.token}`, holder, identify, now);
  if (guard.kind === 'held') return guard;
  try {
    if (read(file)?.token !== stale.token) return undefined;
    const content = newContent(holder, now());
    writeFileAtomic(file, JSON.stringify(content), { durable: false });
    return ours(file, content.token);
  } finally {
    guard.release();
  }
}

function read(file: string): Found | undefined {
  try {
    const fd = openOwnFile(file, 'read');
    const { text, ino, mtimeMs } = readOpened(fd);
    const content = parse(text);
    return { content, token: content?.token ?? `damaged-${ino}-${Math.floor(mtimeMs)}`, modifiedMs: mtimeMs };
  } catch (error) {
    // Released between our attempt to create it and this look.
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw storageError(error, 'read', file);
  }
}

function readOpened(fd: number): { text: string; ino: number; mtimeMs: number } {
  try {
    const { ino, mtimeMs } = fstatSync(fd);
    return { text: readFileSync(fd, 'utf8'), ino, mtimeMs };
  } finally {
    closeSync(fd);
  }
}

function parse(text: string): Content | undefined {
  // Judged by its age instead where it is damaged.
  const value = fieldsOf(parseJson(text));
  const { since, token, namespace } = value;
  const { pid, startTime, bootId } = fieldsOf(value.holder);
  if (typeof since !== 'string' || typeof token !== 'string' || !TOKEN.test(token)) return undefined;
  if (typeof pid !== 'number' || !isOptionalString(startTime) || !isOptionalString(bootId)) return undefined;
  if (!isOptionalString(namespace)) return undefined;
  return { holder: { bootId, pid, startTime }, since, namespace, token };
}

function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
