import type { Seen } from '../kit/processes.js';

/**
 * What has to be asked for before a process of the stage may be ended; `stays` is not among it. `no-proof`: nothing tells
 * whether it is idle, so that only who waives the proof, or asks for busy orphans, ends it.
 */
export type Needs = 'nothing' | 'busy-orphan' | 'no-proof' | 'burning' | 'leftover' | 'superseded' | 'idle' | 'pid';

/** One of the stage: what it is there for, and what ends it. Helpers shares the fate of its tree. */
export interface Role {
  readonly name: string;
  readonly agent?: string | undefined;
  readonly needs: Needs | 'stays';
  /** When it is no player that tells itself who it is. */
  readonly seen?: Seen | undefined;
}

export interface Run {
  readonly title: string;
  /** Behind `reap`. `PIDS` and `SESSIONS` stand for those of the look-alikes. */
  readonly flags: readonly string[];
  /** Whom it has to end of those that are still there; nobody when left out. Everybody else has to live. */
  readonly ends?: (role: Role) => boolean;
}

/** The first one on the stage that nothing has to be asked for. */
export const OLDEST = 'ignores EOF';
const ALL_KINDS = 'idle,busy-orphan,superseded,disowned,leftover';
const BUDGETS = ['--budget-tree-memory=1MB', '--budget-descriptors=1', '--budget-sessions=1', '--budget-cpu=1%/1s'];
const NOW = ['--idle=0', '--min-age=0'];
/** The shortest time that still has to be proven by two looks. */
const PROVEN = ['--idle=1s', '--min-age=1s'];
const MANY = '--max=1000';
const isPlain = ({ needs }: Role): boolean => needs === 'nothing';

/**
 * Runs one after the other over one stage, from the most careful to the boldest. All that is allowed without
 * --force-pid: kinds alone and together, waived conditions alone and together, limits, selections, budgets.
 */
export const RUNS: readonly Run[] = [
  { title: 'without flags, at first sight', flags: ['--yes'] },
  { title: 'all kinds and budgets, nothing waived', flags: ['--yes', `--include=${ALL_KINDS}`, ...BUDGETS] },
  {
    title: 'everything at once, dry',
    flags: ['--dry-run', '--json', `--include=${ALL_KINDS}`, ...NOW, ...BUDGETS, MANY],
  },
  {
    title: 'all kinds, however idle, old enough',
    flags: ['--yes', `--include=${ALL_KINDS}`, '--idle=0', MANY],
  },
  {
    title: 'all kinds, however old, idle enough',
    flags: ['--yes', `--include=${ALL_KINDS}`, '--min-age=0', MANY],
  },
  {
    title: 'each look-alike by its pid',
    flags: ['--yes', '--pid=PIDS', `--include=${ALL_KINDS}`, ...NOW, ...BUDGETS, MANY],
  },
  {
    title: 'each look-alike by its session',
    flags: ['--yes', '--session=SESSIONS', `--include=${ALL_KINDS}`, ...NOW, MANY],
  },
  {
    title: 'an agent of which all live',
    flags: ['--yes', '--agent=crush', `--include=${ALL_KINDS}`, ...NOW],
  },
  {
    title: 'one agent of which it is not known whether it works',
    flags: ['--yes', '--agent=gemini', '--include=busy-orphan', ...PROVEN],
    ends: (role) => role.needs === 'busy-orphan' && role.agent === 'gemini',
  },
  {
    title: 'two agents, now',
    flags: ['--yes', '--agent=codex,qwen', ...NOW],
    ends: (role) => isPlain(role) && (role.agent === 'codex' || role.agent === 'qwen'),
  },
  {
    title: 'ownerless trees that burn',
    flags: ['--yes', '--budget-cpu=1%/1s', '--min-age=0'],
    ends: ({ needs }) => needs === 'burning',
  },
  { title: 'one tree', flags: ['--yes', '--max=1', ...NOW], ends: ({ name }) => name === OLDEST },
  { title: 'all that is proven idle', flags: ['--yes', MANY, ...PROVEN], ends: isPlain },
  {
    title: 'superseded ones',
    flags: ['--yes', '--include=superseded', ...NOW],
    ends: ({ needs }) => needs === 'superseded' || needs === 'no-proof',
  },
  {
    title: 'leftover tools, ownerless for long enough',
    flags: ['--yes', '--include=leftover', ...PROVEN],
    ends: ({ needs }) => needs === 'leftover',
  },
  {
    title: 'idle ones, for longer than was watched',
    flags: ['--yes', '--include=idle', '--idle=30m', '--min-age=0'],
  },
  {
    title: 'disowned ones, and budgets that want something idle for longer than was watched',
    flags: ['--yes', '--include=disowned', '--idle=30m', '--min-age=0', ...BUDGETS.slice(0, 3)],
  },
  {
    title: 'busy orphans',
    flags: ['--yes', '--include=busy-orphan', ...PROVEN],
    ends: ({ needs }) => needs === 'busy-orphan',
  },
  {
    title: 'idle ones, now',
    flags: ['--yes', '--include=idle', ...NOW],
    ends: ({ needs }) => needs === 'idle',
  },
  {
    title: 'what was left on purpose, by its pid',
    flags: ['--yes', '--pid=LEFT', ...NOW],
    ends: ({ needs }) => needs === 'pid',
  },
  { title: 'everything at once', flags: ['--yes', `--include=${ALL_KINDS}`, ...NOW, ...BUDGETS, MANY] },
];

/** What happened in one run. */
export interface RunReport {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** Names of whom it ended; processes of the stage without a role by pid and command line. */
  readonly ended: readonly string[];
  /** The same for whom its plan names; only of dry runs. */
  readonly planned: readonly string[];
}

export interface StageReport {
  readonly roles: readonly Role[];
  readonly runs: readonly RunReport[];
  /** Whoever of those without a role was there at the first run: shells, multiplexers, hosts, pid 1. */
  readonly bystanders: number;
  readonly seconds: number;
}
