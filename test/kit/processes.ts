import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import {
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The stand-in program; see the head of the file for what a script may say. */
export const STAND_IN = path.resolve(import.meta.dirname, '../../fixtures/stand-ins/process.mjs');

/**
 * The kernel's name of a stand-in that runs under a link of this name. Node 24 and later name their main thread, and
 * with it the process.
 */
export function commOf(program: string): string {
  return Number(process.versions.node.split('.')[0]) >= 24 ? 'MainThread' : program;
}

/** What a stand-in is told to do. */
export interface Script {
  readonly name: string;
  readonly ignore?: readonly NodeJS.Signals[];
  readonly touch?: readonly NodeJS.Signals[];
  readonly onEof?: 'exit' | 'stay' | 'unread';
  readonly children?: readonly Child[];
  readonly busy?: boolean;
  readonly megabytes?: number;
}

export interface Child {
  /** Program to run: a path from {@link Stage.program}; plain node when left out. */
  readonly as?: string;
  /** How the stand-in is loaded, when not by its own path: a stub from {@link Stage.stub}, or a shell's words. */
  readonly entry?: readonly string[];
  readonly args?: readonly string[];
  readonly script: Script;
  readonly stdio?: 'pipe' | 'ignore' | 'inherit';
  readonly detached?: boolean;
  /** Its parent closes the other end of its stdin. */
  readonly abandoned?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Seen {
  readonly pid: number;
  readonly startTime: string;
}

/** A place for one test's processes. Everything that was started on it is ended, by identity, when it closes. */
export interface Stage {
  /** A folder of its own, removed at the end. */
  readonly folder: string;
  /** A link to node under this name: gives comm `name`, argv[0] `<folder>/bin/name`, exe node. */
  program(name: string): string;
  /** A file of this name that is node itself: it is the executable, as the file of a real program is. */
  executable(name: string): string;
  /** A script of this path below the stage's folder that is a stand-in too: `node_modules/.bin/mcp-server-x`. */
  stub(name: string): string;
  /** Starts a stand-in and everything below it; answers when all of them said that they are ready. */
  start(child: Child, options?: Pick<SpawnOptions, 'stdio' | 'env'>): Promise<ChildProcess>;
  /** Who a named stand-in is; throws when it never reported. */
  seen(name: string): Seen;
  /** Waits until a stand-in of that name has reported. */
  ready(name: string): Promise<Seen>;
  /** Takes a process that came about otherwise under the stage's care. */
  register(seen: Seen): void;
  /** Runs before the processes are ended, to let a program end its own; newest first. */
  onClose(end: () => Promise<void>): void;
  close(): Promise<void>;
}

export function openStage(): Stage {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-stage-'));
  const reports = path.join(folder, 'reports');
  mkdirSync(reports);
  mkdirSync(path.join(folder, 'bin'));
  const registered = new Map<string, Seen>();
  const started: ChildProcess[] = [];
  const ends: (() => Promise<void>)[] = [];

  const seen = (name: string): Seen => {
    const report = JSON.parse(readFileSync(path.join(reports, `${name}.json`), 'utf8')) as Seen;
    registered.set(name, report);
    return report;
  };
  const ready = (name: string): Promise<Seen> => eventually(() => seen(name), `stand-in ${name} to be ready`);
  return {
    folder,
    seen,
    ready,
    register: (one) => void registered.set(`${one.pid}/${one.startTime}`, one),
    onClose: (end) => void ends.push(end),
    program(name) {
      const link = path.join(folder, 'bin', name);
      try {
        symlinkSync(process.execPath, link);
      } catch (error) {
        // The same name asked for twice is the same program.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      return link;
    },
    executable(name) {
      const file = path.join(folder, 'executables', name);
      mkdirSync(path.dirname(file), { recursive: true });
      copyFileSync(process.execPath, file, constants.COPYFILE_FICLONE);
      return file;
    },
    stub(name) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `import(${JSON.stringify(STAND_IN)});\n`);
      return file;
    },
    async start(child, options) {
      const script = JSON.stringify({ report: reports, ...child.script });
      const one = spawn(child.as ?? process.execPath, [...(child.entry ?? [STAND_IN]), ...(child.args ?? [])], {
        env: { ...process.env, ...child.env, ...options?.env, STAND_IN: script },
        stdio: options?.stdio ?? ['pipe', 'pipe', 'inherit'],
        detached: child.detached ?? false,
        cwd: child.cwd,
      });
      one.stdout?.resume();
      started.push(one);
      for (const name of names(child.script)) await ready(name);
      return one;
    },
    async close() {
      for (const end of ends.splice(0).reverse()) await end();
      for (const name of reportedNames(reports)) seen(name);
      for (const one of started) one.stdin?.destroy();
      for (const one of registered.values()) endByIdentity(one);
      for (const one of started) if (one.exitCode === null && one.signalCode === null) one.kill('SIGKILL');
      await eventually(() => {
        for (const one of registered.values()) if (isAlive(one)) throw new Error(`${one.pid} is still there`);
      }, 'all processes of the stage to end');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether this very process (pid and start time) runs; a zombie does not. Linux only. */
export function isAlive(one: Seen): boolean {
  const now = statOf(one.pid);
  return now !== undefined && now.startTime === one.startTime && now.state !== 'Z';
}

/** State and start time as /proc/PID/stat has them. */
export function statOf(pid: number): { state: string; ppid: number; startTime: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', ppid: Number(fields[1]), startTime: fields[19] ?? '' };
  } catch {
    // Gone.
    return undefined;
  }
}

/** Asks again until the question no longer throws or answers false. The deadline is for faults: a busy machine is slow. */
export async function eventually<T>(ask: () => T | Promise<T>, what: string, milliseconds = 60_000): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await ask();
      if (answer !== false) return answer;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw new Error(`gave up waiting for ${what}`, { cause: failure });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function endByIdentity(one: Seen): void {
  if (!isAlive(one)) return;
  try {
    process.kill(one.pid, 'SIGKILL');
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function names(script: Script): string[] {
  return [script.name, ...(script.children ?? []).flatMap((child) => names(child.script))];
}

function reportedNames(reports: string): string[] {
  return readdirSync(reports).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -5)] : []));
}
