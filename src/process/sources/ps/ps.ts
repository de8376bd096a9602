import { existsSync } from 'node:fs';
import { SesswatchError } from '../../../errors.js';
import type { ProcessRecord } from '../../record.js';
import { liveScan, type Machine, type ProcessSource, type Scan, type ScanProblem, withoutSelf } from '../../scan.js';
import type { RunTool, ToolOutput } from '../run-tool.js';
import { LSTART, parseLstart } from './elapsed.js';
import {
  commandNameArguments,
  dialectOf,
  type PsDialect,
  type PsRows,
  parseCommandNames,
  parsePsRows,
  scanArguments,
} from './fields.js';

export interface PsOptions {
  readonly run: RunTool;
  readonly platform: NodeJS.Platform;
  /** Without a boot id, the start of pid 1 stands for it where starts are kept as absolute times (not Linux). */
  readonly machine: Machine;
  readonly now: () => number;
  /** The scanner's own pid, which a whole scan must hold. */
  readonly selfPid: number;
  /** Absolute. Default: /bin/ps, else /usr/bin/ps. */
  readonly psPath?: string;
  /** Whether the kernel knows a pid, for when `ps` does not show it. Default: signal 0. */
  readonly isThere?: (pid: number) => boolean;
}

/**
 * Reads the process table through the system's own `ps`: macOS, the BSDs, and Linux for comparison. One call
 * (on BSD a second one beside it, for names). Arguments are a split of joined text.
 */
export function createPsSource(options: PsOptions): ProcessSource {
  const { run, machine } = options;
  const file = options.psPath ?? findPs();
  const dialect = dialectOf(options.platform);
  const ask = (args: readonly string[]): Promise<ToolOutput> =>
    run({ file, args, env: dialect.env, timeoutMs: TIMEOUT_MS });

  return {
    name: 'ps',
    async scan() {
      const takenAt = options.now();
      const [list, names] = await Promise.all([
        ask(scanArguments(dialect)),
        dialect.asksCommandName ? askCommandNames(ask) : undefined,
      ]);
      const answer = readList(file, dialect, list, names?.stdout);
      const asked = { file, selfPid: options.selfPid, helperPids: [list.pid, names?.pid] };
      return toScan(answer, asked, { takenAt, machine: withBootId(machine, dialect, answer.rows) });
    },
    async detail() {
      return new Map();
    },
    async identify(pid) {
      const output = await ask(['-ww', '-p', `${pid},1`, '-o', 'pid=', '-o', 'lstart=']);
      const starts = parseStarts(output.stdout);
      const startTime = starts.get(pid);
      if (startTime !== undefined) {
        return { bootId: machine.bootId ?? bootIdFrom(dialect, starts.get(1)), pid, startTime };
      }
      // hidepid and its like hide a process from ps, not from the kernel's answer to a signal.
      return (options.isThere ?? kernelKnows)(pid) ? 'unknown' : 'gone';
    },
  };
}

/** The system's `ps`; by absolute path, because cron's PATH is short and anybody's PATH can be wrong. */
export function findPs(exists: (path: string) => boolean = existsSync): string {
  return PS_PATHS.find((path) => exists(path)) ?? PS_PATHS[0];
}

const PS_PATHS = ['/bin/ps', '/usr/bin/ps'] as const;

/** Some 0.25 s at 5,000 processes; a machine in trouble takes far longer, and is when people look. */
const TIMEOUT_MS = 30_000;

async function askCommandNames(ask: (args: readonly string[]) => Promise<ToolOutput>): Promise<ToolOutput | undefined> {
  try {
    return await ask(commandNameArguments());
  } catch {
    // Only argv[0]s with blanks in them need it; the list itself fails by its own call.
    return undefined;
  }
}

function readList(file: string, dialect: PsDialect, list: ToolOutput, names: string | undefined): PsRows {
  const answer = parsePsRows(dialect, list.stdout, parseCommandNames(names ?? ''));
  if (list.exitCode === 0 && answer.rows.length > 0) return answer;
  const said = firstLine(list.stderr) ?? firstLine(list.stdout) ?? 'nothing';
  throw new SesswatchError(
    'incomplete-scan',
    `${file} gave no process list: exit code ${list.exitCode}, it said ${JSON.stringify(said)}`,
    // BusyBox refuses the columns, or prints its own ones whatever was asked.
    'a ps of procps or of BSD is needed; on Linux leave --source out, elsewhere try --source portable',
  );
}

function toScan(
  answer: PsRows,
  { file, selfPid, helperPids }: { file: string; selfPid: number; helperPids: readonly (number | undefined)[] },
  about: Pick<Scan, 'takenAt' | 'machine'>,
): Scan {
  const problems: ScanProblem[] = [];
  const hint = 'its answer cannot be trusted; on Linux leave --source out';
  const twice = repeatedPids(answer.rows);
  if (twice.size > 0) {
    problems.push({ what: `${file} listed pid ${[...twice].join(', ')} twice`, hint });
  }
  if (answer.strayLines > 0) {
    // Then line ends of arguments are printed as they are, and any row may be forged.
    problems.push({ what: `${file} printed ${answer.strayLines} lines that are no rows`, hint });
  }
  problems.push(...withoutSelf(file, answer.rows, selfPid));
  return liveScan({
    ...about,
    source: 'ps',
    // Of two rows with one pid nobody can say which is the forged one, so neither stands.
    processes: answer.rows.filter((row) => !twice.has(row.pid) && !helperPids.includes(row.pid)),
    problems,
  });
}

function repeatedPids(rows: readonly ProcessRecord[]): ReadonlySet<number> {
  const seen = new Set<number>();
  const twice = new Set<number>();
  for (const { pid } of rows) {
    if (seen.has(pid)) twice.add(pid);
    seen.add(pid);
  }
  return twice;
}

function parseStarts(output: string): ReadonlyMap<number, string> {
  const starts = new Map<number, string>();
  for (const [, pid, lstart = ''] of output.matchAll(START_ROW)) {
    const wallTime = parseLstart(lstart);
    if (wallTime !== undefined) starts.set(Number(pid), `${wallTime}Z`);
  }
  return starts;
}

const START_ROW = new RegExp(`^\\s*(\\d+)\\s+(${LSTART})\\s*$`, 'gm');

function withBootId(machine: Machine, dialect: PsDialect, rows: readonly ProcessRecord[]): Machine {
  if (machine.bootId !== undefined) return machine;
  return { ...machine, bootId: bootIdFrom(dialect, rows.find((row) => row.pid === 1)?.startTime) };
}

/** Linux counts starts from a boot time that the clock's corrections move, so there it can be a second off. */
function bootIdFrom(dialect: PsDialect, startOfInit: string | undefined): string | undefined {
  return dialect.isLinux || startOfInit === undefined ? undefined : `pid1@${startOfInit}`;
}

function kernelKnows(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function firstLine(text: string): string | undefined {
  const line = text.trim().split('\n')[0]?.slice(0, 120);
  return line === '' ? undefined : line;
}
