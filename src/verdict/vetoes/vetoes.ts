import { AGENTS } from '../../agents/catalogue/catalogue.js';
import type { AgentTable, Membership } from '../../agents/membership.js';
import type { HostWord } from '../../hosts/compare/beliefs.js';
import type { ProcessRecord } from '../../process/record.js';
import { veto } from '../evidence/words.js';
import type { Evidence } from '../judgement.js';
import type { OwnerFinding } from '../owner/finding.js';

/** Who runs this program. */
export interface Self {
  readonly pid: number;
  /** `undefined` where there are no user ids (Windows). */
  readonly uid: number | undefined;
  /** Pids of everything above us. */
  readonly ancestors: ReadonlySet<number>;
}

export function isSelf(record: ProcessRecord, self: Self | undefined): Evidence | undefined {
  if (self === undefined) return undefined;
  if (record.pid === self.pid) return veto('self', `${record.pid}`, 'it is this program');
  return self.ancestors.has(record.pid) ? veto('self', `${record.pid}`, 'this program runs below it') : undefined;
}

export function isFirst(record: ProcessRecord): Evidence | undefined {
  return record.pid === 1 ? veto('pid-1', '1', 'it is pid 1') : undefined;
}

export function isKernelThread(record: ProcessRecord): Evidence | undefined {
  return record.kernelThread === true
    ? veto('kernel', record.comm ?? `${record.pid}`, 'it is a thread of the kernel')
    : undefined;
}

/** Another user's. A user that could not be read may be another one. */
export function isOthers(record: ProcessRecord, self: Self | undefined, allUsers: boolean): Evidence | undefined {
  if (allUsers || self?.uid === undefined || record.uid === self.uid) return undefined;
  if (record.uid === undefined) return veto('other-user', 'not known', 'its user could not be read');
  const user = record.user ?? `${record.uid}`;
  return veto('other-user', user, `it belongs to another user, ${user}`);
}

/** Somebody looks into it: a debugger, `strace`. */
export function isTraced({ state, detail }: ProcessRecord): Evidence | undefined {
  const tracer = detail?.tracerPid;
  if (tracer !== undefined) return veto('traced', `${tracer}`, `a debugger or tracer (${tracer}) is attached to it`);
  return state === 't' ? veto('traced', 'stopped by a tracer', 'a debugger or tracer is attached to it') : undefined;
}

/** Parentless by design, and started again by its agent when it is killed; what a daemon kept is its agent's to end. */
export function isAgentDaemon({ members, table }: AgentTable, member: Membership): Evidence | undefined {
  if (member.role !== 'infrastructure') return undefined;
  const { uid } = table.get(member.pid) ?? {};
  const isKept = [...members.values()].some(
    ({ agent, daemon, pid }) => agent === member.agent && daemon === true && table.get(pid)?.uid === uid,
  );
  const ends = AGENTS.find(({ name }) => name === member.agent)?.endsWorker;
  const text =
    member.daemon !== 'worker' || isKept
      ? 'it is a daemon of its agent, parentless by design'
      : `the daemon of its agent that kept it is gone${ends === undefined ? '' : `; what ends it is ${ends}`}`;
  return veto('agent-daemon', member.because, text);
}

/** Of a service that a service manager looks after, not by way of a live parent. */
export function isSupervised(finding: OwnerFinding): Evidence | undefined {
  return finding.service === undefined
    ? undefined
    : veto('supervised', finding.service, `it is supervised as ${finding.service}`);
}

/** Somebody's own word for it that it works: holds unless busy orphans are asked for. */
export function saysBusy(statusIsBusy: boolean, host: HostWord | undefined): Evidence | undefined {
  if (host !== undefined) {
    return veto('registry-busy', host.host, `${host.host} says that it works: ${host.detail}`);
  }
  return statusIsBusy ? veto('registry-busy', 'busy', 'its own session file says that it works') : undefined;
}
