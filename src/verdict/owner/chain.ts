import type { Adopter } from '../../process/adopters.js';
import type { ProcessRecord } from '../../process/record.js';
import type { TableContext } from '../context.js';
import type { Link } from './known-owners.js';

/** How a walk from a process to the top ended. */
export type ChainEnd =
  /** A live program that is no shell and no wrapper. */
  | { readonly at: 'owner'; readonly record: ProcessRecord; readonly link: Extract<Link, { as: 'owner' }> }
  /** Somebody who adopts orphans. */
  | { readonly at: 'adopter'; readonly record: ProcessRecord; readonly adopter: Adopter }
  /** Its parent lies outside of the pid namespace, as with `docker exec`. */
  | { readonly at: 'outside' }
  /** Its parent ended, and this platform gives it no other one (Windows). */
  | { readonly at: 'gone'; readonly pid: number }
  | { readonly at: 'unknown'; readonly why: string };

/** The way from a process to whoever it may work for. */
export interface Chain {
  /** Shells, wrappers and launchers on the way, nearest first: alive, but nobody's owner. */
  readonly passed: readonly ProcessRecord[];
  readonly end: ChainEnd;
}

/** Walks up from a process until somebody is found who can be an owner, or nobody can be any more. */
export function chainOf(context: TableContext, from: ProcessRecord): Chain {
  const passed: ProcessRecord[] = [];
  const seen = new Set([from.pid]);
  for (let at = from; ; ) {
    const parent = context.table.parent(at.pid);
    if (parent === undefined) return { passed, end: withoutParent(context, at) };
    if (seen.has(parent.pid)) return { passed, end: { at: 'unknown', why: 'its ancestors form a ring' } };
    seen.add(parent.pid);
    const adopter = context.adopter(parent);
    if (adopter !== undefined) return { passed, end: { at: 'adopter', record: parent, adopter } };
    const link = context.link(parent);
    if (link.as === 'owner') return { passed, end: { at: 'owner', record: parent, link } };
    passed.push(parent);
    at = parent;
  }
}

function withoutParent(context: TableContext, record: ProcessRecord): ChainEnd {
  const { table } = context;
  const { ppid } = record;
  if (ppid === undefined) return { at: 'unknown', why: `the parent of ${record.pid} could not be read` };
  if (ppid === 0) return { at: 'outside' };
  // Only Windows keeps the number of a parent that ended; elsewhere the kernel names another one at once, so that
  // a parent that is not in the table was not read.
  const keepsNumber = table.scan.machine.platform === 'win32' && table.scan.source === 'cim';
  if (keepsNumber && table.scan.complete) return { at: 'gone', pid: ppid };
  return { at: 'unknown', why: `the parent of ${record.pid}, ${ppid}, is not in the table` };
}
