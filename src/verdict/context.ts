import type { Ledger, LedgerEntry, Presence } from '../activity/ledger/ledger.js';
import type { LoginSessionState } from '../activity/readers/login-sessions.js';
import type { Stdio } from '../activity/readers/stdio.js';
import type { AgentTable, Membership, Role } from '../agents/membership.js';
import type { Adopter } from '../process/adopters.js';
import type { ProcessRecord } from '../process/record.js';
import { identityOf, type ProcessTable } from '../process/table.js';
import type { Link } from './owner/known-owners.js';
import type { Trace } from './traces/trace.js';

/** What was looked at around the process table; what could not be read is missing. */
export interface Surroundings {
  /** Where the standard streams of suspects lead, by pid. */
  readonly stdio: ReadonlyMap<number, Stdio>;
  /** State of login sessions, by id. */
  readonly logins: ReadonlyMap<string, LoginSessionState>;
  /** TCP ports on which suspects listen, by pid; a process without any is missing. */
  readonly listeners?: ReadonlyMap<number, readonly number[]> | undefined;
}

export const NOTHING_AROUND: Surroundings = { stdio: new Map(), logins: new Map() };

/** One table with all that verdicts are drawn from, values only. */
export interface TableContext {
  readonly agents: AgentTable;
  readonly table: ProcessTable;
  readonly ledger: Ledger;
  readonly presence: Presence;
  readonly around: Surroundings;
  /** Whether an ancestor adopts orphans; remembered, as is all that follows. */
  adopter(record: ProcessRecord): Adopter | undefined;
  /** What an ancestor is to those below it: many agents share their ancestors. */
  link(record: ProcessRecord): Link;
  /** Every sign that an owner of a process ended. */
  traces(record: ProcessRecord): readonly Trace[];
  entry(record: ProcessRecord): LedgerEntry | undefined;
}

/**
 * Who is there; a zombie is not. A table without pid 1 on POSIX hides processes (hidepid, a sandbox): nobody in it
 * is missed.
 */
export function presenceOf(table: ProcessTable): Presence {
  const hides = table.scan.machine.platform !== 'win32' && table.get(1) === undefined;
  return {
    bootId: table.scan.machine.bootId,
    complete: table.scan.complete && !hides,
    lookup(pid) {
      const record = liveOne(table, pid);
      return record === undefined ? undefined : identityOf(table, record);
    },
  };
}

/** The process with this pid, unless it has ended and only waits for its parent to notice. */
export function liveOne(table: ProcessTable, pid: number): ProcessRecord | undefined {
  const record = table.get(pid);
  return record?.state === 'Z' || record?.state === 'X' ? undefined : record;
}

/** Works for an agent and not on its own: without the agent it is of no use, or a tool's result that is wanted. */
export function isHelper(member: Membership): boolean {
  return HELPER_ROLES.has(member.role);
}
const HELPER_ROLES: ReadonlySet<Role> = new Set(['mcp-server', 'tool']);

/** The controlling terminal, when a live session leader holds it. `undefined`: not known. */
export function heldTerminal(table: ProcessTable, record: ProcessRecord): string | null | undefined {
  const { tty, sid } = record;
  if (tty === null || tty === undefined) return tty;
  // 0: the leader is outside of this pid namespace, as with `docker exec -t`.
  if (sid === undefined || sid === 0 || sid === record.pid) return tty;
  return liveOne(table, sid) === undefined && presenceOf(table).complete ? null : tty;
}
