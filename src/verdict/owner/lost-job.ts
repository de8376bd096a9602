import type { ProcessRecord } from '../../process/record.js';
import type { TableContext } from '../context.js';
import { purposeOf } from '../purpose.js';
import type { Trace } from '../traces/trace.js';
import { unitOf } from './cgroup.js';
import type { Chain, Job } from './chain.js';
import type { FoundTrace } from './finding.js';

/**
 * What shows that the topmost program on the way up lost its own owner, so that all that waits below it is lost with
 * it; nothing when it is somebody's. Somebody's is what a service manager looks after, what was left running on
 * purpose, what others may connect to, and an unknown program that has more to do than to wait for agents.
 */
export function lossOfJob(context: TableContext, top: Job, { above, end }: Chain): readonly FoundTrace[] {
  const { record } = top;
  if (above.some((one) => isHalfRead(context, one))) return [];
  const cgroup = record.detail?.cgroup;
  const isRecorded = context.table.scan.source === 'recorded';
  const mayTell = record.detail?.fds !== undefined || isRecorded;
  if (cgroup !== undefined && unitOf(cgroup) !== undefined) return [];
  // Without its cgroup a service of the manager looks the same.
  if (cgroup === undefined && !isRecorded && end.at === 'adopter' && end.adopter.kind === 'manager') return [];
  if ((context.around.listeners?.get(record.pid)?.length ?? 0) > 0) return [];
  if (purposeOf(context, record) !== undefined) return [];
  if (!top.onlyWaits && !onlyHasAgents(context, record)) return [];
  // Shells and launchers between it and the adopter share its fate.
  const lost = [record, ...above.slice(above.indexOf(record) + 1)].flatMap((of) =>
    context.traces(of).map((trace) => ({ of, trace })),
  );
  // Where no streams are told nobody can say that it was not left on purpose: what a shell started in the background
  // outlives the leader of its group. Of a recorded table nothing is ended.
  const traces = lost.map(({ trace }) => trace).filter(({ kind }) => kind !== 'leader-gone' || mayTell);
  return isEnough(traces, top.onlyWaits) ? lost : [];
}

/**
 * An input may just have been read to its end, and what a person leaves running when the login ends goes on with its
 * work: such a trace is enough for what only waits.
 */
function isEnough(traces: readonly Trace[], onlyWaits: boolean): boolean {
  return traces.some((trace) => isPlain(trace) || (onlyWaits && trace.kind === 'login-ended'));
}

function isPlain(trace: Trace): boolean {
  switch (trace.kind) {
    case 'terminal-gone':
    case 'owner-lost':
    case 'seen-under':
    case 'agent-gone':
    case 'leader-gone':
      return true;
    case 'stdio-closed':
      return trace.streams === 'both';
    case 'marker-names-dead':
    case 'login-ended':
      return false;
  }
}

/**
 * Whether what could not be read of a process may hide a host, which stays an owner whatever became of its own.
 * Elsewhere than on Linux no source tells executables of all processes.
 */
export function isHalfRead({ table }: TableContext, { argv, comm, exe }: ProcessRecord): boolean {
  if (argv === undefined) return true;
  return table.scan.source === 'procfs' && (comm === undefined || exe === undefined);
}

/** Whether all that lives right below it, past shells, are agents and their helpers. */
function onlyHasAgents(context: TableContext, record: ProcessRecord): boolean {
  return context.table.children(record.pid).every((child) => {
    if (child.state === 'Z' || context.agents.members.has(child.pid)) return true;
    const link = context.link(child);
    return link.as !== 'owner' && onlyHasAgents(context, child);
  });
}
