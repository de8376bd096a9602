import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Membership, Role } from '../../../src/agents/membership.js';
import type { ProcessSource } from '../../../src/process/scan.js';
import { createProcfsSource } from '../../../src/process/sources/procfs/procfs.js';
import { createProcessTable, type ProcessTable, withDetail } from '../../../src/process/table.js';
import { procfsChildren, procfsLook } from '../../../src/reap/execute/process-now.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/reap/plan/policy/policy.js';
import type { ReapDeps } from '../../../src/reap/reap.js';
import type { JudgedTable, Judgement } from '../../../src/verdict/judgement.js';
import { HOUR } from './judged.js';

/** What a test says of one real process; whatever hangs below it is taken for its tools. */
interface Mark {
  readonly pid: number;
  readonly role?: Role;
  readonly judged?: Partial<Judgement>;
}

export interface World {
  readonly marks: Mark[];
  /** Called before each survey with its number, 1 for the first; may throw, kill, or wait. */
  beforeSurvey: (number: number) => void | Promise<void>;
  /** Called before each signal. */
  beforeSignal: (pid: number, signal: NodeJS.Signals) => void;
  readonly signals: { readonly pid: number; readonly signal: NodeJS.Signals }[];
  readonly deps: ReapDeps;
}

/**
 * Reaping with everything real but the judge: processes, scans, signals, files. Never signals a process that does not
 * carry the folder's path in its environment, so that a fault in what is tested cannot reach a stranger.
 */
export function openWorld(folder: string, more: Partial<ReapDeps> = {}): World {
  const source = createProcfsSource({
    selfPid: process.pid,
    machine: { hostname: 'devbox', platform: 'linux' },
    markers: new Set(),
    now: Date.now,
  });
  let surveys = 0;
  const world: World = {
    marks: [],
    beforeSurvey: () => {},
    beforeSignal: () => {},
    signals: [],
    deps: {
      source,
      async survey() {
        surveys += 1;
        await world.beforeSurvey(surveys);
        return judgeByMarks(source, world.marks);
      },
      lookNow: procfsLook(),
      childrenNow: procfsChildren(),
      kill(pid, signal) {
        world.beforeSignal(pid, signal);
        assertOurs(pid, folder);
        world.signals.push({ pid, signal });
        process.kill(pid, signal);
      },
      now: () => performance.now(),
      wallClock: Date.now,
      wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      self: { pid: process.pid, uid: process.getuid?.() },
      facts: {},
      stateFolder: path.join(folder, 'state'),
      version: '0.0.0-test',
      redact: ({ argv }) => argv?.map((word) => word.replace(/secret\S*/, '***')),
      pace: { agentsMs: 400, settleMs: 60, killedMs: 2000, interruptedMs: 1000 },
      ...more,
    },
  };
  return world;
}

/** Everything that hangs on age and time of observation is waived: made-up verdicts stand for it. */
export const NOW_POLICY: Policy = { ...DEFAULT_POLICY, idleSeconds: 0, minAgeSeconds: 0, graceSeconds: 0.4 };

/** A real scan in which the marked processes are what the marks say, by default idle orphans. */
async function judgeByMarks(source: ProcessSource, marks: readonly Mark[]): Promise<JudgedTable> {
  const plain = createProcessTable(await source.scan());
  const wanted = new Set(marks.flatMap(({ pid }) => [pid, ...below(plain, pid)]));
  for (const { pid } of marks) for (const above of plain.ancestors(pid)) wanted.add(above.pid);
  const records = plain.all.filter(({ pid }) => wanted.has(pid));
  const table = withDetail(plain, await source.detail(records, ['user', 'memory', 'fds', 'argv']));
  const members = new Map<number, Membership>();
  const judgements = new Map<number, Judgement>();
  for (const { pid, role = 'session', judged } of marks) {
    if (table.get(pid) === undefined) continue;
    members.set(pid, { pid, agent: 'claude', role, leader: pid, via: 'self', because: 'a mark' });
    judgements.set(pid, {
      pid,
      verdict: 'orphan',
      idleSeconds: HOUR,
      ownerlessSeconds: HOUR,
      evidence: [],
      traces: [],
      vetoes: [],
      work: 'not known',
      observations: 2,
      reason: 'orphan by a mark',
      ...judged,
    });
  }
  for (const { pid: leader } of marks) {
    for (const pid of below(table, leader)) {
      if (members.has(pid)) continue;
      members.set(pid, { pid, role: 'tool', leader, via: 'ancestry', because: 'below a mark' });
      judgements.set(pid, {
        pid,
        verdict: 'live',
        owner: { kind: 'agent', pid: leader, name: 'claude' },
        evidence: [],
        traces: [],
        vetoes: [],
        work: 'not known',
        observations: 2,
        reason: 'works for a mark',
      });
    }
  }
  return { table, members, judgements, notes: [] };
}

function below(table: ProcessTable, pid: number): number[] {
  return table.descendants(pid).map((record) => record.pid);
}

function assertOurs(pid: number, folder: string): void {
  let environment = '';
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch (error) {
    // It ended between the look and the signal: kill(2) will say so.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw error;
  }
  // Empty while a process exits.
  if (environment !== '' && !environment.includes(folder)) {
    throw new Error(`the test would signal a stranger: ${pid}`);
  }
}
