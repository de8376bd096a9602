import { isThere, type SeenOwner } from '../../activity/ledger/ledger.js';
import { recogniseHost } from '../../hosts/catalogue.js';
import type { Adopter } from '../../process/adopters.js';
import type { ProcessRecord } from '../../process/record.js';
import { isHelper, type TableContext } from '../context.js';
import type { Owner } from '../judgement.js';
import type { Trace } from '../traces/trace.js';
import { agentAbove, agentOwner } from './agent-owner.js';
import { byAdopter } from './by-adopter.js';
import { type Chain, type ChainEnd, chainOf, type Job } from './chain.js';
import {
  type Finding,
  type FindOwner,
  type OwnerFinding,
  owned,
  ownerless,
  type Search,
  showsLoss,
  terminalOf,
  tracesOf,
  unknown,
} from './finding.js';
import { isHalfRead, lossOfJob } from './lost-job.js';

/** The search over one table; an owner that is an agent is asked for its own, once. */
export function ownerSearch(context: TableContext): FindOwner {
  const found = new Map<number, OwnerFinding>();
  const find: FindOwner = (record, member) => {
    const before = found.get(record.pid);
    if (before !== undefined) return before;
    const finding = findOwner({ context, record, member, chain: chainOf(context, record), find });
    found.set(record.pid, finding);
    return finding;
  };
  return find;
}

function findOwner(search: Search): OwnerFinding {
  const { context, record, chain } = search;
  const finding = byNearest(search);
  const traces = finding.traces ?? (finding.state === 'owned' ? [] : tracesOf(search, [record]));
  return { ...finding, traces, chain, host: hostAbove(context, record) };
}

function byNearest(search: Search): Finding {
  const { context, record, member } = search;
  if (member.nameOnly === true) return unknown(`only its name can be read here: ${record.comm}`);
  const agent = agentAbove(context, record, member);
  return agent === undefined ? byChain(search) : owned(agentOwner(context, agent));
}

function byChain(search: Search): Finding {
  const { chain } = search;
  const adopter = adoptedBy(search);
  if (adopter !== undefined) return adopter;
  const { end } = chain;
  if (end.at === 'owner') return byOwner(search, end);
  if (chain.jobs.length > 0) {
    return end.at === 'adopter' ? byTopmostJob(search) : owned(jobOwner(search));
  }
  switch (end.at) {
    case 'outside':
      return owned({ kind: 'service', name: 'a program outside this pid namespace' });
    case 'unknown':
      return unknown(end.why);
    case 'gone':
      return byGoneParent(search, end.pid);
    case 'adopter':
      return byAdopter(search, end);
  }
}

/** Windows keeps the number of a parent that ended: the kernel's own word for a loss. */
function byGoneParent({ record }: Search, pid: number): Finding {
  const lost = { pid, name: 'its parent' };
  const trace: Trace = { kind: 'owner-lost', value: `${pid}`, lost, seenAt: record.startedAt ?? 0 };
  return { state: 'ownerless', because: `its parent ${pid} ended`, traces: [{ of: record, trace }] };
}

/** A terminal, a host, an agent above it. An agent that lost its own owner owns nobody. */
function byOwner(search: Search, end: Extract<ChainEnd, { at: 'owner' }>): Finding {
  const { context, chain, find } = search;
  const tty = terminalOf(search);
  if (end.link.kind === 'agent' && typeof tty !== 'string') {
    const member = context.agents.members.get(end.record.pid);
    const above = member === undefined ? undefined : find(end.record, member);
    if (above?.state === 'ownerless' && above.traces.some(showsLoss)) {
      const name = `${end.link.name}(${end.record.pid})`;
      const hidden = chain.jobs.find(({ record }) => isHalfRead(context, record));
      if (hidden !== undefined) return unknown(`${hidden.owner.name}(${hidden.record.pid}) above it could not be read`);
      return ownerless(`${name} above it has no owner itself: ${above.because}`, above.traces);
    }
  }
  if (chain.jobs.some(({ record }) => context.link(record).as === 'owner')) return owned(jobOwner(search));
  const { kind, name } = end.link;
  const isTerminal = kind === 'terminal' && typeof tty === 'string';
  return owned({ kind, pid: end.record.pid, name: isTerminal ? `${name}, ${tty}` : name });
}

/** The nearest of those that wait for it; on a terminal of an unknown program the terminal. */
function jobOwner(search: Search): Owner {
  const { context, chain } = search;
  const job = chain.jobs.find(({ record }) => context.link(record).as === 'owner') ?? chain.jobs[0];
  if (job === undefined) throw new Error('a chain without a job has none for an owner');
  const tty = terminalOf(search);
  return job.owner.kind === 'program' && typeof tty === 'string' ? { kind: 'terminal', name: tty } : job.owner;
}

/** The topmost program below the adopter decides: it lost its owner, and all below it too, or it is somebody's job. */
function byTopmostJob(search: Search): Finding {
  const { context, record, chain } = search;
  const top = chain.jobs.at(-1);
  const tty = terminalOf(search);
  if (top === undefined || typeof tty === 'string') return owned(jobOwner(search));
  const loss = lossOfJob(context, top, chain);
  if (loss.length === 0) return owned(jobOwner(search));
  if (tty === undefined) return unknown('its terminal could not be read');
  const name = `${top.owner.name}(${top.record.pid})`;
  const because = `it waits below ${name}, which lost its own owner`;
  return ownerless(because, [...loss, ...tracesOf(search, [record])]);
}

/**
 * A live program that is no owner of this process after all: the owner that was seen before it ended, and only a
 * child subreaper gets the children of others. prctl(2), PR_SET_CHILD_SUBREAPER.
 */
function adoptedBy(search: Search): Finding | undefined {
  const [job] = search.chain.jobs;
  if (job?.owner.kind !== 'program' || !wasAdoptedBy(search, job)) return undefined;
  const { record, owner } = job;
  // Half a row could hide a host, which stays an owner whatever it adopts.
  if (record.argv === undefined || record.comm === undefined || record.exe === undefined) {
    return unknown(`${owner.name}(${owner.pid}) may have adopted it, and what that is could not be read`);
  }
  const adopter: Adopter = { kind: 'application', name: owner.name };
  const upToIt = search.chain.above.slice(0, search.chain.above.indexOf(record));
  const chain: Chain = { above: upToIt, jobs: [], end: { at: 'adopter', record, adopter } };
  return { ...byAdopter({ ...search, chain }, { at: 'adopter', record, adopter }), adopter: record };
}

function wasAdoptedBy({ context, record, member, chain }: Search, job: Job): boolean {
  const entry = context.entry(record);
  if (entry === undefined) return false;
  const above = chain.above[0] ?? job.record;
  const { parent: before, owner } = entry;
  if (before !== undefined && before.pid !== above.pid && isThere(before, context.presence) === 'no') return true;
  // A helper was given to its agent, past all programs between them: one of those is no adopter.
  return (
    !isHelper(member) &&
    owner?.pid !== undefined &&
    owner.pid !== job.record.pid &&
    isThere({ ...owner, pid: owner.pid }, context.presence) === 'no'
  );
}

function hostAbove(context: TableContext, record: ProcessRecord): string | undefined {
  for (const above of context.table.ancestors(record.pid)) {
    const link = context.link(above);
    if (link.as === 'owner' && link.kind === 'host') return link.host ?? recogniseHost(above)?.name ?? link.name;
  }
  return undefined;
}

/** The owner as the ledger keeps it. */
export function seenOwner(context: TableContext, owner: Owner): SeenOwner {
  const record = owner.pid === undefined ? undefined : context.table.get(owner.pid);
  return { kind: owner.kind, name: owner.name, pid: owner.pid, startTime: record?.startTime };
}
