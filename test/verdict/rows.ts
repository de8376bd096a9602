import { NO_READINGS } from '../../src/activity/agent-reading.js';
import { EMPTY_LEDGER, type Ledger } from '../../src/activity/ledger/ledger.js';
import type { Moment } from '../../src/activity/moment.js';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import type { AgentTable } from '../../src/agents/membership.js';
import { resolveAgents } from '../../src/agents/resolve/resolve.js';
import { type Conclusion, conclude } from '../../src/observe/conclude.js';
import type { ProcessRecord } from '../../src/process/record.js';
import type { Scan } from '../../src/process/scan.js';
import { createProcessTable } from '../../src/process/table.js';
import { NOTHING_AROUND } from '../../src/verdict/context.js';
import { DEFAULT_JUDGE_POLICY, type JudgeInput } from '../../src/verdict/input.js';
import type { Judgement } from '../../src/verdict/judgement.js';
import { type ProtectRule, protectPattern } from '../../src/verdict/vetoes/protect.js';

/** Made-up rows, told by what matters; everything else is as procfs would have it. */

export const T0 = Date.UTC(2026, 0, 15, 10, 0, 0);
export const minutes = (count: number): Moment => ({ at: T0 + count * 60_000, awakeSeconds: count * 60 });

export type Row = Partial<ProcessRecord> & Pick<ProcessRecord, 'pid' | 'ppid'>;

const SCOPE = '/user.slice/user-1000.slice/session-2.scope';

/** A row of procfs whose stdin is /dev/null, without a terminal, leader of its own group and session. */
function row(given: Row): ProcessRecord {
  const { detail, ...fields } = given;
  return {
    startTime: `${given.pid}00`,
    startedAt: T0 - 7200_000 + given.pid,
    uid: 1000,
    pgid: given.pid,
    sid: given.pid,
    tty: null,
    state: 'S',
    cpuSeconds: 1,
    rssBytes: 50_000_000,
    ...fields,
    detail: { cwd: '/home/u/app', cgroup: SCOPE, fds: new Map([[0, '/dev/null']]), markers: {}, ...detail },
  };
}

/** comm, exe and argv of a program, from its command line. */
export function runs(...argv: string[]): Pick<ProcessRecord, 'comm' | 'exe' | 'argv'> {
  const [exe = ''] = argv;
  return { comm: exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15), exe, argv };
}

export const SYSTEMD: Row = { pid: 1, ppid: 0, uid: 0, ...runs('/usr/lib/systemd/systemd', '--system') };
export const USER_MANAGER: Row = { pid: 20, ppid: 1, ...runs('/usr/lib/systemd/systemd', '--user') };
export const APPLICATION: Row = { pid: 1, ppid: 0, ...runs('/usr/bin/boxd', '--serve') };

/** An agent in a headless run. */
export function claude(given: Row): Row {
  return {
    comm: 'claude',
    exe: '/home/u/.local/share/claude/versions/2.1.328',
    argv: ['claude', '-p'],
    ...given,
  };
}

export function mcp(given: Row): Row {
  return { ...runs('/usr/bin/node', '/opt/node_modules/.bin/mcp-server-filesystem', '/home/u'), ...given };
}

export function agentsOf(rows: readonly Row[], scan: Partial<Scan> = {}): AgentTable {
  const table = createProcessTable({
    ...{ source: 'procfs', takenAt: T0, complete: true, problems: [] },
    ...scan,
    machine: { platform: 'linux', bootId: 'b', ...scan.machine },
    processes: rows.map(row),
  });
  return resolveAgents(table, CATALOGUE);
}

export type Given = Partial<Omit<JudgeInput, 'agents'>> & { readonly scan?: Partial<Scan> };

export function judgeRows(rows: readonly Row[], input: Given = {}): Conclusion {
  const { scan, ...given } = input;
  return conclude({
    ledger: EMPTY_LEDGER,
    readings: NO_READINGS,
    around: NOTHING_AROUND,
    policy: DEFAULT_JUDGE_POLICY,
    now: minutes(0),
    ...given,
    agents: agentsOf(rows, scan),
  });
}

export function verdictOn(pid: number, rows: readonly Row[], given: Given = {}): Judgement {
  const judgement = judgeRows(rows, given).judged.judgements.get(pid);
  if (judgement === undefined) throw new Error(`${pid} was not judged`);
  return judgement;
}

/** The ledger of a look at these rows. */
export function seenBefore(rows: readonly Row[], given: Given = {}): Ledger {
  return judgeRows(rows, given).ledger;
}

export function kindsOf({ evidence }: Judgement): string[] {
  return evidence.map(({ kind }) => kind);
}

/** A rule of one part, with home folder `/home/u`. */
export function protectRule(kind: ProtectRule['kind'], value: string): ProtectRule {
  return {
    kind,
    text: `${kind}=${value}`,
    pattern: protectPattern(kind, value, '/home/u', (text) => new RegExp(text)),
  };
}
