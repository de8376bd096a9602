import type pidusage from 'pidusage';
import type psList from 'ps-list';
import { messageOf, SesswatchError } from '../../errors.js';
import type { ProcessRecord } from '../record.js';
import { type ClosePart, liveScan, type Machine, type ProcessSource, type Scan, withoutSelf } from '../scan.js';
import { isSameStart } from '../start-order.js';
import { markKernelThreads, splitAtBlanks } from './ps/fields.js';

/** What of ps-list is used. */
export type ListProcesses = typeof psList;

/** What of pidusage is used: `null` stands for a pid that is gone. */
export type MeasureProcesses = (
  pids: number[],
  options: { maxage: number },
) => Promise<Readonly<Record<string, pidusage.Status | null>>>;

export interface PortableOptions {
  /** Default: imports ps-list. */
  readonly loadPsList?: () => Promise<ListProcesses>;
  /** Default: imports pidusage. */
  readonly loadPidUsage?: () => Promise<MeasureProcesses>;
  readonly machine: Machine;
  readonly now: () => number;
  /** The scanner's own pid, which a whole scan must hold. */
  readonly selfPid: number;
}

/**
 * The way that works where the others do not: ps-list for the list, pidusage for memory and CPU time of the
 * processes that are looked at closer. Knows neither process groups nor sessions, terminals, states (but
 * zombies) or threads; on Windows only pid, parent and name.
 */
export function createPortableSource(options: PortableOptions): ProcessSource {
  const list = async (): Promise<readonly ProcessRecord[]> => {
    const listProcesses = await (options.loadPsList ?? loadPsList)();
    let rows: Awaited<ReturnType<ListProcesses>>;
    try {
      rows = await withSystemPath(options.machine.platform, listProcesses);
    } catch (error) {
      const why = messageOf(error);
      throw noList(why.split('\n')[0] ?? '', error);
    }
    if (rows.length === 0) throw noList('it named no process');
    const { platform } = options.machine;
    const records = rows.filter((row) => !isHelper(row, options.selfPid)).map((row) => toRecord(row, platform));
    return platform === 'linux' ? markKernelThreads(records) : records;
  };

  return {
    name: 'portable',
    async scan() {
      const takenAt = options.now();
      return toScan(await list(), takenAt, options);
    },
    async detail(records, wanted) {
      if (!wanted.includes('memory') || records.length === 0) return new Map();
      const measureProcesses = await (options.loadPidUsage ?? loadPidUsage)();
      return withSystemPath(options.machine.platform, () => measure(records, measureProcesses));
    },
    async identify(pid) {
      const records = await list();
      const found = records.find((row) => row.pid === pid);
      if (found !== undefined) {
        if (found.startTime === undefined) return 'unknown';
        return { bootId: options.machine.bootId, pid, startTime: found.startTime };
      }
      return records.some((row) => row.pid === options.selfPid) ? 'gone' : 'unknown';
    },
  };
}

/**
 * Runs what starts `ps` or `getconf` by their bare names with a PATH of the system's own folders: what a user's PATH
 * finds first may be anybody's. Windows' programs come with ps-list.
 */
async function withSystemPath<T>(platform: NodeJS.Platform | undefined, run: () => Promise<T>): Promise<T> {
  if (platform === 'win32') return run();
  const { PATH } = process.env;
  process.env.PATH = SYSTEM_PATH;
  try {
    return await run();
  } finally {
    if (PATH === undefined) delete process.env.PATH;
    else process.env.PATH = PATH;
  }
}

const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/** Imported when a scan is asked for: no other source needs it. */
async function loadPsList(): Promise<ListProcesses> {
  return (await import('ps-list')).default;
}

/** Imported when processes are measured. */
async function loadPidUsage(): Promise<MeasureProcesses> {
  // It prints to the console where `getconf` is missing; its defaults then are right all the same.
  process.env.PIDUSAGE_SILENT = '1';
  const { default: measureProcesses } = await import('pidusage');
  return measureProcesses;
}

/**
 * At most so many at a time. On Linux pidusage opens a descriptor for each pid and keeps it (1,000 pids under
 * `ulimit -n 1024` failed); elsewhere the pids stand on a command line.
 */
const PIDS_PER_CALL = 64;

/**
 * How long pidusage keeps a reading, and on Linux its descriptor, in milliseconds. Its default is a minute; its
 * `clear()` forgets the descriptors without closing them, and 0 makes it read for ever. With a short age its
 * own timer closes them soon after each call: 64 open at most, none a moment later.
 */
const MAX_AGE_MS = 50;

async function measure(
  records: readonly ProcessRecord[],
  measureProcesses: MeasureProcesses,
): Promise<ReadonlyMap<number, ClosePart>> {
  const parts = new Map<number, ClosePart>();
  for (let from = 0; from < records.length; from += PIDS_PER_CALL) {
    const some = records.slice(from, from + PIDS_PER_CALL);
    const readings = await readSome(
      some.map((record) => record.pid),
      measureProcesses,
    );
    for (const record of some) {
      const reading = readings[record.pid];
      if (reading === undefined || reading === null || !isSameProcess(record, reading)) continue;
      // Not `cpu`: of a first reading it is 0, or an average over the whole life, by platform.
      parts.set(record.pid, { cpuSeconds: finite(reading.ctime / 1000), rssBytes: finite(reading.memory) });
    }
  }
  return parts;
}

async function readSome(
  pids: number[],
  measureProcesses: MeasureProcesses,
): Promise<Readonly<Record<string, pidusage.Status | null>>> {
  try {
    return await measureProcesses(pids, { maxage: MAX_AGE_MS });
  } catch {
    // All of them gone, or the helper behind it failed: either way nothing is known of them, and nothing is said.
    return {};
  }
}

/** pidusage knows bare pids; the age that it tells shows whether the pid was given to another process. */
function isSameProcess(record: ProcessRecord, reading: pidusage.Status): boolean {
  if (record.startedAt === undefined || !Number.isFinite(reading.elapsed)) return true;
  return isSameStart(reading.timestamp - reading.elapsed, record.startedAt);
}

type ListedProcess = Awaited<ReturnType<ListProcesses>>[number];

function toRecord(row: ListedProcess, platform: NodeJS.Platform | undefined): ProcessRecord {
  const startedAt = row.startTime?.getTime();
  const zombie = row.cmd === undefined ? null : ZOMBIE.exec(row.cmd);
  const hasPath = row.path !== undefined && row.path !== '';
  return {
    pid: row.pid,
    // To the second: the digits that `ps` prints.
    startTime: startedAt === undefined ? undefined : `${new Date(startedAt).toISOString().slice(0, 19)}Z`,
    startedAt,
    ppid: row.ppid,
    uid: row.uid,
    state: zombie === null ? undefined : 'Z',
    // Where ps-list found the executable, its name is that of the file and not the kernel's.
    comm: hasPath ? undefined : (zombie?.[1] ?? nameOf(row.name)),
    // Only on Linux is it the OS that tells the path; elsewhere it is guessed from the arguments.
    exe: hasPath && platform === 'linux' ? row.path : undefined,
    ...(zombie === null ? argvOf(row, platform) : { argv: [] }),
  };
}

const ZOMBIE = /^\[(.*)\] <defunct>$/s;

function argvOf(
  row: ListedProcess,
  platform: NodeJS.Platform | undefined,
): Pick<ProcessRecord, 'argv' | 'argvIsSplitText'> {
  if (row.cmd === undefined || row.cmd === '') return {};
  // Linux: the name in brackets stands for arguments that are none, as threads of the kernel have.
  if (platform === 'linux' && row.path === '' && /^\[.*\]$/s.test(row.cmd)) return { argv: [] };
  // ps-list tried the disk for it, so it may hold blanks.
  if (row.path !== undefined && row.path !== '' && `${row.cmd} `.startsWith(`${row.path} `)) {
    return { argv: [row.path, ...splitAtBlanks(row.cmd.slice(row.path.length))], argvIsSplitText: true };
  }
  return { argv: splitAtBlanks(row.cmd), argvIsSplitText: true };
}

/** BSD prints argv[0] there, path and all. */
function nameOf(name: string): string | undefined {
  return name === '' ? undefined : name.slice(name.lastIndexOf('/') + 1);
}

/** The `ps` of ps-list itself: a child of ours with its flags. */
function isHelper(row: ListedProcess, selfPid: number): boolean {
  return row.ppid === selfPid && /^(\S*\/)?ps awwxo /.test(row.cmd ?? '');
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function noList(why: string, cause?: unknown): SesswatchError {
  return new SesswatchError('incomplete-scan', `ps-list gave no process list: ${why}`, 'see sesswatch doctor', cause);
}

function toScan(records: readonly ProcessRecord[], takenAt: number, { machine, selfPid }: PortableOptions): Scan {
  const namesOnly = {
    what: 'of Windows’ processes ps-list tells the names alone: what they do is not known',
    hint: 'leave --source out',
  };
  const problems = [...withoutSelf('ps-list', records, selfPid), ...(machine.platform === 'win32' ? [namesOnly] : [])];
  return liveScan({ source: 'portable', takenAt, machine, processes: records, problems });
}
