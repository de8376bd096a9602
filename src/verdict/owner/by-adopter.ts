import { nameOf, type ProcessRecord } from '../../process/record.js';
import { isHelper, type TableContext } from '../context.js';
import { traceOf } from '../traces/trace.js';
import { unitOf } from './cgroup.js';
import type { ChainEnd } from './chain.js';
import { type Finding, owned, ownerless, type Search, showsLoss, terminalOf, tracesOf, unknown } from './finding.js';
import { byStdin } from './stdin.js';

/** Who owns a process on whose way up nobody waits for it before somebody who adopts orphans. */
export function byAdopter(search: Search, end: Extract<ChainEnd, { at: 'adopter' }>): Finding {
  const { context, record, member, chain } = search;
  const { adopter } = end;
  const own = context.traces(record);
  const isAgentGone = traceOf(own, 'seen-under') !== undefined || traceOf(own, 'marker-names-dead')?.by === 'pid';
  const tty = terminalOf(search);
  // A terminal shows a process to somebody, whatever became of its parent.
  if (typeof tty === 'string') return owned({ kind: 'terminal', name: tty });

  const unit = record.detail?.cgroup === undefined ? undefined : unitOf(record.detail.cgroup);
  if (unit !== undefined && !(unit.kind === 'starts-others' && isHelper(member))) {
    return { ...owned({ kind: 'service', name: unit.name }), service: unit.name };
  }
  if (tty === undefined) return unknown('its terminal could not be read');

  const where = `its parent is ${adopter.name}(${end.record.pid})`;
  const traces = tracesOf(search, [record, ...chain.above]);
  if (!isAgentGone && traceOf(own, 'owner-lost') === undefined) {
    const held = byStdin(context, record, member);
    if (held !== undefined) return 'unknown' in held ? unknown(held.unknown) : owned(held);
  }
  // Whoever adopts orphans below a host or an agent does so for that one.
  const above = hostOf(context, end.record);
  if (above !== undefined) return unknown(`${where}, which runs below ${nameOf(above)}(${above.pid})`);
  switch (adopter.kind) {
    case 'manager':
      // Without its cgroup a service of the manager looks the same, but for a trace in a table that has none.
      return record.detail?.cgroup === undefined && !(isRecorded(context) && traces.some(showsLoss))
        ? unknown('its cgroup could not be read')
        : ownerless(where, traces);
    case 'init':
      // launchd and the init of other systems run services of their own, and say nowhere which.
      if (context.table.scan.machine.platform === 'linux' || traces.some(showsLoss)) return ownerless(where, traces);
      return unknown(`${where}, and what that one runs by itself is not known`);
    case 'caretaker':
      return isOldestChild(context, chain.above.at(-1) ?? record, end.record)
        ? owned({ kind: 'service', pid: end.record.pid, name: `this container (${adopter.name})` })
        : ownerless(where, traces);
    case 'application':
      return { ...byApplication(search, end), application: adopter.name };
  }
}

function hostOf(context: TableContext, adopter: ProcessRecord): ProcessRecord | undefined {
  return context.table.ancestors(adopter.pid).find((one) => {
    const link = context.link(one);
    return link.as === 'owner' && !OF_NO_ONE.has(link.kind);
  });
}

/** A service manager belongs to the machine or to a person, and so do others that it runs below. */
const OF_NO_ONE: ReadonlySet<string> = new Set(['service', 'program', 'script', 'infrastructure']);

function isRecorded({ table }: TableContext): boolean {
  return table.scan.source === 'recorded';
}

/** Such a parent may have started it or adopted it: a trace of an owner that ended has to tell which. */
function byApplication(search: Search, end: Extract<ChainEnd, { at: 'adopter' }>): Finding {
  const { context, record, chain } = search;
  const { record: parent, adopter } = end;
  // An adopter may itself run below the agent that this process works for.
  if (!isRooted(context, parent)) return unknown(`what ${adopter.name}(${parent.pid}) runs below could not be read`);
  const traces = tracesOf(search, [record, ...chain.above]);
  if (traces.some(showsLoss)) return ownerless(`${adopter.name}(${parent.pid}) adopted it`, traces);
  const blind = unreadTrace(context, record);
  if (blind !== undefined) return unknown(`its parent is ${adopter.name}(${parent.pid}), and ${blind}`);
  const link = context.link(parent);
  if (link.as === 'owner' && link.kind !== 'program') {
    return owned({ kind: link.kind, pid: parent.pid, name: link.name });
  }
  if (parent.pid === 1) return owned({ kind: 'service', pid: 1, name: `this container (${adopter.name})` });
  return owned({ kind: 'program', pid: parent.pid, name: nameOf(parent) });
}

/** Whether everything above a process was read. */
function isRooted(context: TableContext, record: ProcessRecord): boolean {
  const top = context.table.ancestors(record.pid).at(-1) ?? record;
  return top.pid === 1 || top.ppid === 0;
}

/** What could not be read, so that the absence of traces says nothing. */
function unreadTrace(context: TableContext, record: ProcessRecord): string | undefined {
  const stdin = context.around.stdio.get(record.pid)?.get(0);
  if (record.detail?.fds === undefined) return 'where its standard streams lead could not be read';
  if (stdin?.state === 'not-known') return 'who is at the other end of its stdin could not be read';
  if (record.sid === undefined || record.pgid === undefined) return 'its process group could not be read';
  return context.presence.complete ? undefined : 'not all processes could be read';
}

/** Without all starts nobody can say which one is the oldest: then any may be. */
function isOldestChild(context: TableContext, record: ProcessRecord, parent: ProcessRecord): boolean {
  const { startedAt } = record;
  if (startedAt === undefined) return true;
  return context.table
    .children(parent.pid)
    .every((child) => child.startedAt === undefined || child.startedAt >= startedAt);
}
