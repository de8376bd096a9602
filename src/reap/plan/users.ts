import { compareIdentity } from '../../process/identity.js';
import type { ProcessRecord } from '../../process/record.js';
import type { ProcessSource } from '../../process/scan.js';
import { createProcessTable, identityOf, withDetail } from '../../process/table.js';
import type { JudgedTable } from '../../verdict/judgement.js';

/**
 * The table with the users of some processes. A survey looks closer at agents and their helpers only, and what has just
 * lost its parent may be known for neither; whose it is must be known all the same before it gets a signal. Whoever
 * has ended since the scan is left out of the table: trees at work hold many that live for milliseconds, and a
 * process that is gone is no reason to spare one that is not.
 */
export async function withUsers(
  judged: JudgedTable,
  pids: Iterable<number>,
  source: Pick<ProcessSource, 'detail' | 'identify'>,
): Promise<JudgedTable> {
  const wanted = new Map<number, ProcessRecord>();
  for (const pid of pids) {
    const record = judged.table.get(pid);
    if (record !== undefined && record.uid === undefined && record.state !== 'Z') wanted.set(pid, record);
  }
  if (wanted.size === 0) return judged;
  const parts = await source.detail([...wanted.values()], ['user', 'argv', 'cwd', 'memory']);
  const gone = new Set<number>();
  for (const [pid, record] of wanted) {
    // It may also end while it is looked at.
    if (parts.get(pid)?.uid !== undefined) continue;
    const now = await source.identify(pid);
    const isGone =
      now === 'gone' || (now !== 'unknown' && compareIdentity(now, identityOf(judged.table, record)) === 'different');
    if (isGone) gone.add(pid);
  }
  const { scan, all } = judged.table;
  const table =
    gone.size === 0
      ? judged.table
      : createProcessTable({ ...scan, processes: all.filter(({ pid }) => !gone.has(pid)) });
  return { ...judged, table: withDetail(table, parts) };
}

/** Everybody whom a plan could name: agents, their helpers, and what is below or above them. */
export function aroundAgents({ members, table }: JudgedTable): ReadonlySet<number> {
  const below = new Set<number>();
  const waiting = [...members.keys()];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (below.has(pid)) continue;
    below.add(pid);
    for (const child of table.children(pid)) waiting.push(child.pid);
  }
  const found = new Set(below);
  for (const pid of members.keys()) {
    for (let above = table.parent(pid); above !== undefined; above = table.parent(above.pid)) {
      // What is above it is in already, or comes with the member that it is below.
      if (found.has(above.pid)) break;
      found.add(above.pid);
    }
  }
  return found;
}
