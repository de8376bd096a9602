import { SesswatchError } from '../../../errors.js';
import type { ProcessRecord } from '../../record.js';
import {
  type ClosePart,
  liveScan,
  type Machine,
  type ProcessSource,
  type Scan,
  type ScanProblem,
  type ScanRequest,
} from '../../scan.js';
import { isEmpty, lookCloser } from './detail.js';
import { known, readBytes, readLink, readNames, readText } from './files.js';
import {
  AUXILIARY_CLOCK_TICKS,
  AUXILIARY_PAGE_SIZE,
  auxiliaryValue,
  commOfStat,
  KERNEL_THREAD_FLAG,
  parsePasswd,
  parseStat,
  parseTerminalDrivers,
  type StatRow,
  splitAtNul,
  type TerminalDriver,
  terminalName,
} from './parse.js';

export interface ProcfsOptions {
  /** Where procfs is mounted, or a recorded tree of its files. */
  readonly root?: string;
  /** A pid that a whole scan must hold: the scanner's own. `undefined` for recorded trees. */
  readonly selfPid: number | undefined;
  readonly machine: Omit<Machine, 'bootId'>;
  /** Names of environment variables that may be kept; all others are dropped unread. */
  readonly markers: ReadonlySet<string>;
  readonly now: () => number;
  /** Text of the user database, for names; asked for at most once. */
  readonly readPasswd?: () => string | undefined;
}

/** Reads the process table of Linux from procfs. Starts no process. */
export function createProcfsSource(options: ProcfsOptions): ProcessSource {
  const root = options.root ?? '/proc';
  const constants = readConstants(root);
  const toRecord = recordMaker(constants);
  /** Of processes whose main thread has exited, by pid. */
  const survivors = new Map<number, Survivor>();
  let names: ReadonlyMap<number, string> | undefined;
  const userName = (uid: number): string | undefined => {
    names ??= parsePasswd(options.readPasswd?.() ?? '');
    return names.get(uid);
  };

  return {
    name: 'procfs',
    async scan(request) {
      return scanAll(root, options, { bootId: constants.bootId, toRecord, survivors }, request);
    },
    async detail(records, wanted) {
      const parts = new Map<number, ClosePart>();
      for (const record of records) {
        const folder = `${root}/${record.pid}`;
        const part = lookCloser(
          { folder, program: survivors.get(record.pid)?.folder ?? folder },
          new Set(wanted),
          options.markers,
          userName,
        );
        if (isEmpty(part)) continue;
        // Read afterwards: what was gathered belongs to this process only if it is still the same one.
        const now = readStat(root, record.pid);
        if (now === undefined || (record.startTime !== undefined && now.startTicks !== record.startTime)) continue;
        parts.set(record.pid, part);
      }
      return parts;
    },
    async identify(pid) {
      const bytes = readText(`${root}/${pid}/stat`);
      if (bytes.kind === 'gone') return 'gone';
      const row = bytes.kind === 'read' ? parseStat(bytes.value) : undefined;
      return row === undefined ? 'unknown' : { bootId: constants.bootId, pid, startTime: row.startTicks };
    },
  };
}

/**
 * The start time of whoever has this pid now, in clock ticks: some 20 µs, for the check right before a signal.
 * `undefined` when nobody has it, or it cannot be read.
 */
export function startTimeOf(pid: number, root = '/proc'): string | undefined {
  return readStat(root, pid)?.startTicks;
}

interface Constants {
  readonly bootId: string | undefined;
  readonly bootedAtMs: number | undefined;
  readonly ticksPerSecond: number;
  readonly pageSize: number;
  readonly terminals: readonly TerminalDriver[];
}

function readConstants(root: string): Constants {
  // Both default to the values of nearly every Linux: 100 ticks (USER_HZ) and pages of 4 KiB.
  const vector = known(readBytes(`${root}/self/auxv`));
  const ticksPerSecond = (vector && auxiliaryValue(vector, AUXILIARY_CLOCK_TICKS)) ?? 100;
  const pageSize = (vector && auxiliaryValue(vector, AUXILIARY_PAGE_SIZE)) ?? 4096;
  const booted = /^btime (\d+)/m.exec(known(readText(`${root}/stat`)) ?? '');
  return {
    bootId: known(readText(`${root}/sys/kernel/random/boot_id`))?.trim(),
    bootedAtMs: booted === null ? undefined : Number(booted[1]) * 1000,
    ticksPerSecond,
    pageSize,
    terminals: parseTerminalDrivers(known(readText(`${root}/tty/drivers`)) ?? ''),
  };
}

interface Reader {
  readonly bootId: string | undefined;
  readonly toRecord: ReturnType<typeof recordMaker>;
  readonly survivors: Map<number, Survivor>;
}

function scanAll(
  root: string,
  options: ProcfsOptions,
  { bootId, toRecord, survivors }: Reader,
  request: ScanRequest | undefined,
): Scan {
  if (request?.isWanted === undefined) survivors.clear();
  const entries = readNames(root);
  if (entries.kind !== 'read') {
    throw new SesswatchError('incomplete-scan', `${root} cannot be read`, 'mount procfs, or try --source ps');
  }
  const takenAt = options.now();
  const problems: ScanProblem[] = [];
  const processes: ProcessRecord[] = [];
  let sawSelf = false;
  for (const name of entries.value) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    if (pid === options.selfPid) sawSelf = true;
    if (request?.isWanted?.(pid) === false) continue;
    const folder = `${root}/${name}`;

    const bytes = readText(`${folder}/stat`);
    if (bytes.kind === 'gone') continue;
    if (request?.dropSkipped === true && bytes.kind === 'read') {
      if (request.skipProgram?.(commOfStat(bytes.value)) === true) continue;
    }
    const main = bytes.kind === 'read' ? parseStat(bytes.value) : undefined;
    if (main === undefined) {
      const why = bytes.kind === 'failed' ? bytes.error.message : 'not in the kernel’s form, or not ours to read';
      problems.push({ what: `${folder}/stat: ${why}`, hint: 'see sesswatch doctor' });
      continue;
    }
    const survivor = main.state === 'Z' && main.threads > 1 ? survivorIn(folder, name) : undefined;
    if (survivor !== undefined) survivors.set(pid, survivor);
    const row = survivor === undefined ? main : { ...main, state: survivor.state, rssPages: survivor.rssPages };
    const program = survivor?.folder ?? folder;
    const isProgram = (row.flags & KERNEL_THREAD_FLAG) === 0 && request?.skipProgram?.(row.comm) !== true;
    const argv = isProgram ? readArgv(program, problems) : undefined;
    const exe = isProgram ? known(readLink(`${program}/exe`)) : undefined;
    processes.push(toRecord(pid, row, argv, exe));
  }
  // Under a procfs of another pid namespace our number may be somebody else's: its own word tells.
  const isOurs = options.root !== undefined || known(readLink(`${root}/self`)) === String(options.selfPid);
  if (options.selfPid !== undefined && !(sawSelf && isOurs)) {
    problems.push({ what: `${root} does not show this process itself`, hint: 'see sesswatch doctor' });
  }
  return liveScan({ source: 'procfs', takenAt, machine: { ...options.machine, bootId }, processes, problems });
}

function readArgv(folder: string, problems: ScanProblem[]): string[] | undefined {
  const bytes = readText(`${folder}/cmdline`);
  switch (bytes.kind) {
    case 'read':
      return splitAtNul(bytes.value);
    case 'gone':
    case 'denied':
      return undefined;
    case 'failed':
      problems.push({ what: `${folder}/cmdline: ${bytes.error.message}`, hint: 'see sesswatch doctor' });
      return undefined;
  }
}

function recordMaker(constants: Constants) {
  const terminals = new Map<number, string | null>();
  return (pid: number, row: StatRow, argv: string[] | undefined, exe: string | undefined): ProcessRecord => {
    let tty = terminals.get(row.ttyNumber);
    if (tty === undefined) {
      tty = terminalName(row.ttyNumber, constants.terminals);
      terminals.set(row.ttyNumber, tty);
    }
    const isKernel = (row.flags & KERNEL_THREAD_FLAG) !== 0;
    return {
      pid,
      startTime: row.startTicks,
      startedAt:
        constants.bootedAtMs === undefined
          ? undefined
          : constants.bootedAtMs + (Number(row.startTicks) * 1000) / constants.ticksPerSecond,
      ppid: row.ppid,
      pgid: row.pgid,
      sid: row.sid,
      tty,
      state: row.state,
      comm: row.comm,
      exe,
      argv,
      cpuSeconds: row.cpuTicks / constants.ticksPerSecond,
      rssBytes: row.rssPages * constants.pageSize,
      threads: row.threads,
      kernelThread: isKernel ? true : undefined,
    };
  };
}

function readStat(root: string, pid: number): StatRow | undefined {
  const bytes = readText(`${root}/${pid}/stat`);
  return bytes.kind === 'read' ? parseStat(bytes.value) : undefined;
}

/**
 * A thread of a process whose main thread has exited: the process itself reads as a zombie then, without arguments,
 * memory or descriptors, and runs on.
 */
interface Survivor extends Pick<StatRow, 'state' | 'rssPages'> {
  readonly folder: string;
}

function survivorIn(folder: string, main: string): Survivor | undefined {
  for (const thread of known(readNames(`${folder}/task`)) ?? []) {
    if (thread === main) continue;
    const place = `${folder}/task/${thread}`;
    const row = parseStat(known(readText(`${place}/stat`)) ?? '');
    if (row !== undefined && row.state !== 'Z') return { folder: place, state: row.state, rssPages: row.rssPages };
  }
  return undefined;
}
