import type { ProcessTable } from '../process/table.js';

/** Whether a process has lost the parent that started it, as far as the table alone can tell. */
export function isAdopted(table: ProcessTable, pid: number): boolean {
  const parent = table.parent(pid);
  return parent === undefined || parent.pid === 1 || ADOPTERS.has(parent.comm ?? '');
}

/** Programs that adopt orphans as child subreapers, by kernel name: prctl(2), PR_SET_CHILD_SUBREAPER. */
const ADOPTERS: ReadonlySet<string> = new Set([
  'systemd',
  'init',
  'tini',
  'dumb-init',
  'catatonit',
  'docker-init',
]);
