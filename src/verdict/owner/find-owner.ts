import type { SeenOwner } from '../../activity/ledger/ledger.js';
import { isThere } from '../../activity/ledger/ledger.js';
import type { Membership } from '../../agents/membership.js';
import { recogniseHost } from '../../hosts/catalogue.js';
import type { Adopter } from '../../process/adopters.js';
import type { ProcessRecord } from '../../process/record.js';
import { nameOf } from '../../process/record.js';
import { heldTerminal, isHelper, type TableContext } from '../context.js';
import type { Owner } from '../judgement.js';
import {
  closedStdio,
  deadMarker,
  endedLogin,
  goneAgent,
  goneLeader,
  goneTerminal,
  isLeftoverShell,
  lostOwner,
} from '../traces/traces.js';
import { agentAbove, agentOwner, byStdin } from './agent-owner.js';
import { unitOf } from './cgroup.js';
import { type Chain, type ChainEnd, chainOf } from './chain.js';

/** Who a process works for, as far as it can be told. */
export interface OwnerFinding {
  readonly state: 'owned' | 'ownerless' | 'unknown';
  readonly owner?: Owner | undefined;
  readonly chain: Chain;
  /** Why it is not known, or what the chain ended at, in words. */
  readonly because: string;
  /** The host application that it runs under. */
  readonly host?: string | undefined;
  /** A supervised service that this process is of by itself, not by anybody above it: a veto. */
  readonly service?: string | undefined;
  /** pid 1 or an adopter that is an application, where that mattered. */
  readonly application?: string | undefined;
  /** Whoever was seen to adopt it, though not known as one who does. */
  readonly adopter?: ProcessRecord | undefined;
}

/** The nearest live owner of a process, what kind it is, or where the chain to it breaks. */
export function findOwner(context: TableContext, record: ProcessRecord, member: Membership): OwnerFinding {
  const agent = agentAbove(context, record, member);
  const chain = chainOf(context, record);
  const host = hostAbove(context, record);
  if (member.nameOnly === true) {
    return { ...unknown(`only its name can be read here: ${record.comm}`), chain, host };
  }
  if (agent !== undefined) {
    const owner = agentOwner(context, agent);
    return { state: 'owned', owner, chain, because: `works for ${owner.name}(${agent.pid})`, host };
  }
  return { ...byChain(context, record, member, chain), chain, host };
}

type Finding = Omit<OwnerFinding, 'chain' | 'host'>;

function byChain(context: TableContext, record: ProcessRecord, member: Membership, chain: Chain): Finding {
  const { end } = chain;
  switch (end.at) {
    case 'owner':
      return byOwner(context, record, member, chain, end);
    case 'outside':
      return owned({ kind: 'service', name: 'a program outside this pid namespace' });
    case 'unknown':
      return unknown(end.why);
    case 'gone':
      return ownerless(`its parent ${end.pid} ended`);
    case 'adopter':
      return byAdopter(context, record, member, chain, end);
  }
}

function byOwner(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
  chain: Chain,
  end: Extract<ChainEnd, { at: 'owner' }>,
): Finding {
  const { pid } = end.record;
  const { kind, name } = end.link;
  if (kind === 'program' && wasAdoptedBy(context, record, member, chain, end.record)) {
    // Half a row could hide a host, which stays an owner whatever it adopts.
    const { argv, comm, exe } = end.record;
    if (argv === undefined || comm === undefined || exe === undefined) {
      return unknown(`${name}(${pid}) may have adopted it, and what that is could not be read`);
    }
    const adopter: Adopter = { kind: 'application', name };
    return {
      ...byAdopter(context, record, member, chain, { at: 'adopter', record: end.record, adopter }),
      adopter: end.record,
    };
  }
  const tty = terminalOf(context, record, chain);
  if (kind === 'program' && typeof tty === 'string') return owned({ kind: 'terminal', name: tty });
  return owned({
    kind,
    pid,
    name: kind === 'terminal' && typeof tty === 'string' ? `${name}, ${tty}` : name,
  });
}

/**
 * A live program that is no owner of this process after all: the owner that was seen before it ended, and only a
 * child subreaper gets the children of others. prctl(2), PR_SET_CHILD_SUBREAPER.
 */
function wasAdoptedBy(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
  chain: Chain,
  parent: ProcessRecord,
): boolean {
  const entry = context.entry(record);
  if (entry === undefined) return false;
  const above = chain.passed[0] ?? parent;
  const { parent: before, owner } = entry;
  if (before !== undefined && before.pid !== above.pid && isThere(before, context.presence) === 'no')
    return true;
  // Helpers was given to its agent, past all programs between them: one of those is no adopter.
  return (
    !isHelper(member) &&
    owner?.pid !== undefined &&
    owner.pid !== parent.pid &&
    isThere({ ...owner, pid: owner.pid }, context.presence) === 'no'
  );
}

function byAdopter(
  context: TableContext,
  record: ProcessRecord,
  member: Membership,
  chain: Chain,
  end: Extract<ChainEnd, { at: 'adopter' }>,
): Finding {
  const { adopter } = end;
  const proof = agentIsGone(context, record, member);
  const tty = terminalOf(context, record, chain);
  // A terminal shows a process to somebody, whatever became of its parent; but nobody talks to an MCP server there.
  if (typeof tty === 'string' && !(member.role === 'mcp-server' && proof))
    return owned({ kind: 'terminal', name: tty });

  const unit = record.detail?.cgroup === undefined ? undefined : unitOf(record.detail.cgroup);
  if (unit !== undefined && !(unit.kind === 'starts-others' && isHelper(member))) {
    return { ...owned({ kind: 'service', name: unit.name }), service: unit.name };
  }
  if (tty === undefined && !(member.role === 'mcp-server' && proof))
    return unknown('its terminal could not be read');

  const where = `its parent is ${adopter.name}(${end.record.pid})`;
  const trace = hasTrace(context, member, [record, ...chain.passed]);
  if (!proof && lostOwner(context, record) === undefined) {
    const held = byStdin(context, record, member);
    if (held !== undefined) return 'unknown' in held ? unknown(held.unknown) : owned(held);
  }
  switch (adopter.kind) {
    case 'manager':
      // Without its cgroup a service of the manager looks the same.
      return record.detail?.cgroup === undefined ? unknown('its cgroup could not be read') : ownerless(where);
    case 'init':
      // launchd and the init of other systems run services of their own, and say nowhere which.
      if (context.table.scan.machine.platform === 'linux' || trace) return ownerless(where);
      return unknown(`${where}, and what that one runs by itself is not known`);
    case 'caretaker':
      return isOldestChild(context, chain.passed.at(-1) ?? record, end.record)
        ? owned({ kind: 'service', pid: end.record.pid, name: `this container (${adopter.name})` })
        : ownerless(where);
    case 'application':
      return { ...byApplication(context, record, end.record, adopter, trace), application: adopter.name };
  }
}

/** Such a parent may have started it or adopted it: a trace of an owner that ended has to tell which. */
function byApplication(
  context: TableContext,
  record: ProcessRecord,
  parent: ProcessRecord,
  adopter: Adopter,
  trace: boolean,
): Finding {
  // An adopter may itself run below the agent that this process works for.
  if (!isRooted(context, parent))
    return unknown(`what ${adopter.name}(${parent.pid}) runs below could not be read`);
  if (trace) return ownerless(`${adopter.name}(${parent.pid}) adopted it`);
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

function hasTrace(context: TableContext, member: Membership, records: readonly ProcessRecord[]): boolean {
  return records.some(
    (one) =>
      (isHelper(member) && goneAgent(context, one) !== undefined) ||
      isLeftoverShell(context, one) ||
      lostOwner(context, one) !== undefined ||
      goneLeader(context, one) !== undefined ||
      closedStdio(context, one) !== undefined ||
      goneTerminal(context, one) !== undefined ||
      endedLogin(context, one) !== undefined,
  );
}

/** What could not be read, so that the absence of traces says nothing. */
function unreadTrace(context: TableContext, record: ProcessRecord): string | undefined {
  const stdin = context.around.stdio.get(record.pid)?.get(0);
  if (record.detail?.fds === undefined) return 'where its standard streams lead could not be read';
  if (stdin?.state === 'not-known') return 'who is at the other end of its stdin could not be read';
  if (record.sid === undefined || record.pgid === undefined) return 'its process group could not be read';
  return context.presence.complete ? undefined : 'not all processes could be read';
}

function agentIsGone(context: TableContext, record: ProcessRecord, member: Membership): boolean {
  return goneAgent(context, record) !== undefined || deadMarker(context, record, member)?.by === 'pid';
}

/** Its own terminal, or that of a shell above it. `undefined`: it could not be read. */
function terminalOf(context: TableContext, record: ProcessRecord, chain: Chain): string | null | undefined {
  const terminals = [record, ...chain.passed].map((one) => heldTerminal(context.table, one));
  return (
    terminals.find((one) => typeof one === 'string') ?? (terminals.includes(undefined) ? undefined : null)
  );
}

/** Without all starts nobody can say which one is the oldest: then any may be. */
function isOldestChild(context: TableContext, record: ProcessRecord, parent: ProcessRecord): boolean {
  const { startedAt } = record;
  if (startedAt === undefined) return true;
  return context.table
    .children(parent.pid)
    .every((child) => child.startedAt === undefined || child.startedAt >= startedAt);
}

function hostAbove(context: TableContext, record: ProcessRecord): string | undefined {
  for (const above of context.table.ancestors(record.pid)) {
    const link = context.link(above);
    if (link.as === 'owner' && link.kind === 'host')
      return link.host ?? recogniseHost(above)?.name ?? link.name;
  }
  return undefined;
}

/** The owner as the ledger keeps it. */
export function seenOwner(context: TableContext, owner: Owner): SeenOwner {
  const record = owner.pid === undefined ? undefined : context.table.get(owner.pid);
  return { kind: owner.kind, name: owner.name, pid: owner.pid, startTime: record?.startTime };
}

function owned(owner: Owner): Finding {
  const name = owner.pid === undefined ? owner.name : `${owner.name}(${owner.pid})`;
  return { state: 'owned', owner, because: `works for ${name}` };
}

function ownerless(because: string): Finding {
  return { state: 'ownerless', because };
}

function unknown(because: string): Finding {
  return { state: 'unknown', because };
}
