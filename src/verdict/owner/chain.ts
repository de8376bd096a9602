import type { Adopter } from '../../process/adopters.js';
import type { ProcessRecord } from '../../process/record.js';
import type { TableContext } from '../context.js';
import type { Owner } from '../judgement.js';
import type { Link } from './known-owners.js';

/** How a walk from a process to the top ended. */
export type ChainEnd =
  /** A terminal, a multiplexer, a host, a service, an agent: it needs nobody above it. */
  | { readonly at: 'owner'; readonly record: ProcessRecord; readonly link: Extract<Link, { as: 'owner' }> }
  /** Somebody who adopts orphans. */
  | { readonly at: 'adopter'; readonly record: ProcessRecord; readonly adopter: Adopter }
  /** Its parent lies outside of the pid namespace, as with `docker exec`. */
  | { readonly at: 'outside' }
  /** Its parent ended, and this platform gives it no other one (Windows). */
  | { readonly at: 'gone'; readonly pid: number }
  | { readonly at: 'unknown'; readonly why: string };

/** A live program on the way up that waits for what it started: a script, `make`, `timeout`, an unknown program. */
export interface Job {
  readonly record: ProcessRecord;
  readonly owner: Owner;
  /** Only waits: whatever became of whoever started it became of this one too. */
  readonly onlyWaits: boolean;
}

/** The way from a process to whoever it may work for. */
export interface Chain {
  /** Everybody on the way, nearest first. */
  readonly above: readonly ProcessRecord[];
  /** Those among them that may be its owner, nearest first; the rest are shells and launchers. */
  readonly jobs: readonly Job[];
  readonly end: ChainEnd;
}

/** Walks up from a process until somebody is found who is an owner for sure, or nobody can be any more. */
export function chainOf(context: TableContext, from: ProcessRecord): Chain {
  const above: ProcessRecord[] = [];
  const jobs: Job[] = [];
  const seen = new Set([from.pid]);
  const chain = (end: ChainEnd): Chain => ({ above, jobs, end });
  for (let at = from; ; ) {
    const parent = context.table.parent(at.pid);
    if (parent === undefined) return chain(withoutParent(context, at));
    if (seen.has(parent.pid)) return chain({ at: 'unknown', why: 'its ancestors form a ring' });
    seen.add(parent.pid);
    const adopter = context.adopter(parent);
    if (adopter !== undefined) return chain({ at: 'adopter', record: parent, adopter });
    const link = context.link(parent);
    const job = jobOf(parent, link);
    if (job !== undefined) jobs.push(job);
    else if (link.as === 'owner') return chain({ at: 'owner', record: parent, link });
    above.push(parent);
    at = parent;
  }
}

function jobOf(record: ProcessRecord, link: Link): Job | undefined {
  const { pid } = record;
  switch (link.as) {
    case 'shell':
      return undefined;
    case 'wrapper':
      return link.isJob ? { record, owner: { kind: 'script', pid, name: link.name }, onlyWaits: true } : undefined;
    case 'owner':
      return link.kind === 'program' || link.kind === 'script'
        ? { record, owner: { kind: link.kind, pid, name: link.name }, onlyWaits: link.kind === 'script' }
        : undefined;
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
