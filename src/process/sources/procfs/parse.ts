/** A row of /proc/PID/stat, in the kernel's units. proc_pid_stat(5). */
export interface StatRow {
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /** Device number of the controlling terminal; 0 is none. */
  readonly ttyNumber: number;
  readonly flags: number;
  /** User plus system time in clock ticks. */
  readonly cpuTicks: number;
  readonly threads: number;
  /** Clock ticks since boot. */
  readonly startTicks: string;
  readonly rssPages: number;
}

/**
 * Parses /proc/PID/stat. The name stands in parentheses and may itself hold `)`, blanks and line ends, so
 * everything is counted from the last `)`. `undefined` when the text is cut or foreign.
 */
export function parseStat(text: string): StatRow | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  // Positions are those of the manual page less three: the first field after the name is number 3.
  const fields = text.slice(close + 2).split(' ', 22);
  const startTicks = fields[19];
  const state = fields[0];
  if (startTicks === undefined || state === undefined || fields[21] === undefined) return undefined;
  return {
    comm: text.slice(open + 1, close),
    state,
    ppid: Number(fields[1]),
    pgid: Number(fields[2]),
    sid: Number(fields[3]),
    ttyNumber: Number(fields[4]),
    flags: Number(fields[6]),
    cpuTicks: Number(fields[11]) + Number(fields[12]),
    threads: Number(fields[17]),
    startTicks,
    rssPages: Number(fields[21]),
  };
}

/** The name alone; '' when the text is cut or foreign. */
export function commOfStat(text: string): string {
  return text.slice(text.indexOf('(') + 1, Math.max(0, text.lastIndexOf(')')));
}

/** PF_KTHREAD of include/linux/sched.h: a thread of the kernel, no program. */
export const KERNEL_THREAD_FLAG = 0x0020_0000;

/**
 * Splits /proc/PID/cmdline (or environ) at its NULs. Empty elements are real (`--setting-sources ""`) or the
 * padding of a process title; both are kept.
 */
export function splitAtNul(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

/**
 * The name of a terminal from its device number (Documentation/admin-guide/devices.txt): 136–143 are
 * pseudo-terminals, 4 consoles and serial lines; others by /proc/tty/drivers.
 */
export function terminalName(device: number, drivers: readonly TerminalDriver[]): string | null {
  if (device === 0) return null;
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${minor + (major - 136) * 256}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  const driver = drivers.find((one) => one.major === major && minor >= one.first && minor <= one.last);
  if (driver === undefined) return `${major}:${minor}`;
  return driver.first === driver.last ? driver.name : `${driver.name}${minor - driver.first}`;
}

export interface TerminalDriver {
  readonly name: string;
  readonly major: number;
  readonly first: number;
  readonly last: number;
}

/** Rows of /proc/tty/drivers: name, device path, major, minor or range, kind. */
export function parseTerminalDrivers(text: string): TerminalDriver[] {
  const drivers: TerminalDriver[] = [];
  for (const line of text.split('\n')) {
    const match = /^\S+\s+\/dev\/(\S+)\s+(\d+)\s+(\d+)(?:-(\d+))?\s/.exec(line);
    if (match === null) continue;
    const [, name = '', major, first, last] = match;
    drivers.push({ name, major: Number(major), first: Number(first), last: Number(last ?? first) });
  }
  return drivers;
}

/** The path of a process in the unified hierarchy, or in systemd's own on cgroup v1. cgroups(7). */
export function parseCgroup(text: string): string | undefined {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) paths.set(match[1], match[2]);
  }
  const unified = paths.get('');
  return unified === undefined || unified === '/' ? (paths.get('name=systemd') ?? unified) : unified;
}

/** Effective user id from /proc/PID/status: the second of the four on the `Uid:` line. */
export function parseUid(status: string): number | undefined {
  const match = /^Uid:\s+\d+\s+(\d+)/m.exec(status);
  return match === null ? undefined : Number(match[1]);
}

/** Pid of the tracer from /proc/PID/status; the kernel's 0 is none. */
export function parseTracer(status: string): number | undefined {
  const match = /^TracerPid:\s+([1-9]\d*)$/m.exec(status);
  return match === null ? undefined : Number(match[1]);
}

/** The pids in nested namespaces from the `NSpid:` line, which begins with that of ours. */
export function parseInnerPids(status: string): number[] | undefined {
  const match = /^NSpid:\s+\d+\s+(\d[\d\t ]*)$/m.exec(status);
  return match?.[1]?.trim().split(/\s+/).map(Number);
}

/** `Name: 123 kB` of status, smaps_rollup and their like, in bytes. */
export function parseKilobytes(text: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return match === null ? undefined : Number(match[1]) * 1024;
}

/** `name: 123` of /proc/PID/io. */
export function parseCounter(text: string, name: string): number | undefined {
  const match = new RegExp(`^${name}: (\\d+)`, 'm').exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** Names by user id from /etc/passwd. */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name !== undefined && uid !== undefined && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

/**
 * A small value of the auxiliary vector (getauxval(3)): pairs of 64-bit words, little endian on all ports of
 * Node; the upper halves of what is asked for here are zero.
 */
export function auxiliaryValue(bytes: Buffer, type: number): number | undefined {
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    if (bytes.readUInt32LE(at) === type) return bytes.readUInt32LE(at + 8);
  }
  return undefined;
}

/** AT_PAGESZ and AT_CLKTCK of <elf.h>. */
export const AUXILIARY_PAGE_SIZE = 6;
export const AUXILIARY_CLOCK_TICKS = 17;
