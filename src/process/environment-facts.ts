import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import path from 'node:path';

/** What `doctor` wants to know of a machine; all of it comes from the request or from files below its roots. */
export interface EnvironmentFacts {
  readonly platform: NodeJS.Platform;
  /** Where the process table is: `/proc`. */
  readonly root: string;
  readonly procfs: boolean;
  /** `undefined` without procfs. */
  readonly ownPidListed: boolean | undefined;
  /** As the mount options say it; `undefined` where there is none. */
  readonly hidepid: { readonly mode: string; readonly gid?: number | undefined } | undefined;
  /** Our pid in each namespace from that of /proc inwards. */
  readonly nsPids: readonly number[] | undefined;
  /** `pid:[4026531836]`; of pid 1 only root may know. */
  readonly pidNamespaces: { readonly own?: string | undefined; readonly ofPid1?: string | undefined };
  /** How it was recognised: `/.dockerenv`, `kubepods`. */
  readonly container: string | undefined;
  /** Kernel name of pid 1. */
  readonly pid1: string | undefined;
  readonly wsl: boolean;
  readonly user: { readonly uid: number | undefined; readonly groups: readonly number[] };
  /** `undefined`: there is none. */
  readonly psKind: 'procps' | 'busybox' | 'bsd' | 'unknown' | undefined;
  readonly ss: boolean;
  readonly tmuxSockets: readonly string[];
  readonly sqlite: 'node:sqlite' | 'sqlite3' | undefined;
  /** Without the `v`. */
  readonly nodeVersion: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly stateHome: StateFolderFacts;
  readonly configFiles: readonly string[];
}

interface StateFolderFacts {
  readonly folder: string | undefined;
  readonly state?: 'there' | 'to-be-made' | 'not-writable' | undefined;
  /** Permission bits. */
  readonly mode?: number | undefined;
  readonly freeBytes?: number | undefined;
}

export interface EnvironmentRequest {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateHome: string | undefined;
  readonly configFiles: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The process table; `/proc` unless a test has its own. */
  readonly root?: string;
  /** The file system's root, for everything that is not under `root`. */
  readonly fileRoot?: string;
  readonly pid?: number;
  readonly uid?: number | undefined;
  readonly groups?: readonly number[];
  readonly nodeVersion?: string;
  /** Runs a program by absolute path and answers with all that it printed. */
  readonly run?: (program: string, args: readonly string[]) => Promise<string>;
}

/** Reads the facts. What cannot be read is absent. */
export async function readEnvironment(request: EnvironmentRequest): Promise<EnvironmentFacts> {
  const { platform, env, stateHome, configFiles, now } = request;
  const root = request.root ?? '/proc';
  const fileRoot = request.fileRoot ?? '/';
  const pid = request.pid ?? process.pid;
  const uid = 'uid' in request ? request.uid : process.getuid?.();
  const nodeVersion = request.nodeVersion ?? process.versions.node;
  const at = (file: string): string => path.join(fileRoot, file);
  const status = text(path.join(root, 'self/status'));
  const procfs = status !== undefined;
  return {
    platform,
    root,
    procfs,
    ownPidListed: procfs ? Number(link(path.join(root, 'self'))) === pid : undefined,
    hidepid: hidepidOf(text(path.join(root, 'self/mounts')), root),
    nsPids: numbers(/^NSpid:\s*(.+)$/m.exec(status ?? '')?.[1]),
    pidNamespaces: { own: link(path.join(root, 'self/ns/pid')), ofPid1: link(path.join(root, '1/ns/pid')) },
    container: containerOf(at, text(path.join(root, '1/cgroup'))),
    pid1: text(path.join(root, '1/comm'))?.trim(),
    wsl: /microsoft|wsl/i.test(text(path.join(root, 'sys/kernel/osrelease')) ?? ''),
    user: { uid, groups: request.groups ?? process.getgroups?.() ?? [] },
    psKind: await psKindOf(at, request.run ?? runProgram),
    ss: programIn(at, 'ss') !== undefined,
    tmuxSockets: uid === undefined ? [] : tmuxSocketsOf(env.TMUX_TMPDIR ?? at('tmp'), uid),
    sqlite: hasNodeSqlite(nodeVersion) ? 'node:sqlite' : programIn(at, 'sqlite3') === undefined ? undefined : 'sqlite3',
    nodeVersion,
    now,
    stateHome: stateFolder(stateHome, platform),
    configFiles,
  };
}

/** The options of the mount that is the process table. */
function hidepidOf(mounts: string | undefined, root: string): EnvironmentFacts['hidepid'] {
  const lines = (mounts ?? '').split('\n').map((line) => line.split(' '));
  // A later mount on the same place covers the earlier one.
  const options = lines.findLast(([, place, type]) => type === 'proc' && (place === '/proc' || place === root))?.[3];
  const value = (name: string): string | undefined =>
    options
      ?.split(',')
      .find((option) => option.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const mode = value('hidepid');
  if (mode === undefined) return undefined;
  const gid = value('gid');
  return { mode, gid: gid === undefined ? undefined : Number(gid) };
}

function containerOf(at: (file: string) => string, cgroup: string | undefined): string | undefined {
  for (const mark of ['/.dockerenv', '/run/.containerenv']) if (existsSync(at(mark))) return mark;
  return /docker|containerd|kubepods|libpod|\blxc\b/.exec(cgroup ?? '')?.[0];
}

/** Where programs are on every system; PATH may name a folder of somebody else. */
const PROGRAM_FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

function programIn(at: (file: string) => string, name: string): string | undefined {
  return PROGRAM_FOLDERS.map((folder) => at(path.join(folder, name))).find((file) => existsSync(file));
}

async function psKindOf(
  at: (file: string) => string,
  run: (program: string, args: readonly string[]) => Promise<string>,
): Promise<EnvironmentFacts['psKind']> {
  const program = programIn(at, 'ps');
  if (program === undefined) return undefined;
  if (path.basename(realPath(program)) === 'busybox') return 'busybox';
  const said = await run(program, ['--version']);
  if (/procps/i.test(said)) return 'procps';
  if (/busybox/i.test(said)) return 'busybox';
  // BSD's has no long options: it complains and prints its usage.
  return /illegal option|usage: ps/i.test(said) ? 'bsd' : 'unknown';
}

function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: 2000, env: { LC_ALL: 'C' } };
    // The exit code says nothing: BSD's ps fails by telling its usage, which is what we want to read.
    execFile(program, args, options, (_, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
}

/** tmux(1): one socket per server in `tmux-UID`, below TMUX_TMPDIR or /tmp. */
function tmuxSocketsOf(folder: string, uid: number): string[] {
  try {
    return readdirSync(path.join(folder, `tmux-${uid}`)).sort();
  } catch {
    // No server ever ran, or the folder is not ours to read.
    return [];
  }
}

/** Without a flag since 22.13.0 (Node's own changelog). */
function hasNodeSqlite(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 13);
}

function stateFolder(folder: string | undefined, platform: NodeJS.Platform): StateFolderFacts {
  if (folder === undefined) return { folder };
  // What is not there yet is made in the nearest folder that is.
  let nearest = folder;
  while (!existsSync(nearest) && nearest !== path.dirname(nearest)) nearest = path.dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
    if (!statSync(nearest).isDirectory()) return { folder, state: 'not-writable' };
    const { bavail, bsize } = statfsSync(nearest);
    return {
      folder,
      state: nearest === folder ? 'there' : 'to-be-made',
      // Windows has no mode bits.
      mode: platform === 'win32' ? undefined : statSync(nearest).mode & 0o7777,
      freeBytes: bavail * bsize,
    };
  } catch {
    // Read-only file system, no permission, or a file in the way: all of them mean that nothing can be kept.
    return { folder, state: 'not-writable' };
  }
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Absent or not ours to read: the fact is absent, which each rule knows what to make of.
    return undefined;
  }
}

function link(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function numbers(list: string | undefined): number[] | undefined {
  return list?.trim().split(/\s+/).map(Number);
}
