import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';

/** Who runs the program; `undefined` where the OS has no such ids. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Why something is not to be believed: another user could have written it. */
export interface ForeignWriter {
  readonly path: string;
  /** Reads after the path: `belongs to user 1001, not to you (1000) or root; mode 0755`. */
  readonly what: string;
  readonly mend: string;
}

/** The account that this process acts with. */
export function ownAccount(): Account | undefined {
  const uid = process.geteuid?.();
  const gid = process.getegid?.();
  // Windows reports no owner, and every mode as writable.
  return uid === undefined || gid === undefined || process.platform === 'win32' ? undefined : { uid, gid };
}

/** Who else than this account and root could have written a file, or put files into a folder. */
export function foreignWriter(
  one: string,
  { uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>,
  account: Account,
): ForeignWriter | undefined {
  const foreign = foreignOwner(one, { uid, mode }, account);
  if (foreign !== undefined) return foreign;
  const shown = inOctal(mode);
  if ((mode & 0o002) !== 0) {
    return { path: one, what: `may be written by everybody; ${shown}`, mend: `chmod go-w ${one}` };
  }
  if ((mode & 0o020) !== 0 && !isPrivateGroup(gid, account)) {
    return { path: one, what: `may be written by group ${gid}; ${shown}`, mend: `chmod g-w ${one}` };
  }
  return undefined;
}

/**
 * Who else could put another file or folder in the place of this one: by owning a folder on the way to it, or a link, or
 * by a folder on the way that everybody may write (but for /tmp and the like, where only the owner of a thing may
 * move it). Groups are let pass: whoever administers the machine gave them these folders. Parts that are not there
 * are for nobody to replace.
 */
export function foreignOnTheWay(target: string, account: Account): ForeignWriter | undefined {
  let links = 0;
  let rest = path.resolve(target).split(path.sep).slice(1);
  let folder: string = path.sep;
  const rootOwner = lstatSync(folder).uid;
  while (rest.length > 0) {
    const [name = '', ...after] = rest;
    const one = path.join(folder, name);
    const stat = lstatSync(one, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    const foreign = foreignOwner(one, stat, account, rootOwner);
    if (foreign !== undefined) return foreign;
    rest = after;
    if (stat.isSymbolicLink()) {
      links += 1;
      // The kernel's own limit, path_resolution(7); whoever opens the path is told so by it.
      if (links > 40) return undefined;
      const to = path.resolve(folder, readlinkSync(one));
      rest = [...to.split(path.sep).slice(1), ...after].filter((part) => part !== '');
      folder = path.sep;
      continue;
    }
    const isOpen = (stat.mode & 0o002) !== 0 && (stat.mode & STICKY) === 0;
    if (isOpen && rest.length > 0) {
      return {
        path: one,
        what: `may be written by everybody; ${inOctal(stat.mode)}`,
        mend: `chmod o-w ${one}`,
      };
    }
    folder = one;
  }
  return undefined;
}

const STICKY = 0o1000;

function foreignOwner(
  one: string,
  { uid, mode }: Pick<Stats, 'uid' | 'mode'>,
  account: Account,
  rootOwner = 0,
): ForeignWriter | undefined {
  // In a user namespace of its own, root outside is "nobody" inside: whoever owns `/` can write everything anyway.
  if (uid === account.uid || uid === 0 || uid === rootOwner) return undefined;
  return {
    path: one,
    what: `belongs to user ${uid}, not to you (${account.uid}) or root; ${inOctal(mode)}`,
    mend: `run as its owner, or move it away, or make it yours: chown ${account.uid} ${one}`,
  };
}

function inOctal(mode: number): string {
  return `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`;
}

/**
 * Distributions that give each user a group of their own (same number) also give them umask 002, so that every
 * clone of theirs is writable by "the group", which is them. Not believed of root, whose group may have members.
 */
function isPrivateGroup(gid: number, account: Account): boolean {
  return account.uid !== 0 && gid === account.gid && gid === account.uid;
}
