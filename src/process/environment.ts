import { counted, formatBytes, MEGABYTE } from '../units.js';
import { type EnvironmentFacts, type EnvironmentRequest, readEnvironment } from './environment-facts.js';

export type FindingLevel = 'ok' | 'note' | 'problem';

/** One thing about this machine that decides what can be seen or ended. */
export interface Finding {
  readonly topic: Topic;
  readonly level: FindingLevel;
  /** What was found. */
  readonly found: string;
  /** What follows from it. */
  readonly means?: string | undefined;
  /** What to do about it. */
  readonly mend?: string | undefined;
}

export type Topic =
  | 'process table'
  | 'hidepid'
  | 'pid namespace'
  | 'container'
  | 'pid 1'
  | 'WSL'
  | 'user'
  | 'ps'
  | 'sockets'
  | 'tmux'
  | 'sqlite'
  | 'node'
  | 'state folder'
  | 'timer'
  | 'configuration';

const DOCTOR_SCHEMA = 'sesswatch/doctor/1';

/** `sesswatch doctor --json`. */
export interface EnvironmentReport {
  readonly schema: typeof DOCTOR_SCHEMA;
  /** No finding is a problem. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

/** Looks at the machine and says what that means. Reads only; starts `ps --version` at most. */
export async function examineEnvironment(request: EnvironmentRequest): Promise<EnvironmentReport> {
  return judgeEnvironment(await readEnvironment(request));
}

/** The findings that facts amount to. Pure. */
export function judgeEnvironment(facts: EnvironmentFacts): EnvironmentReport {
  const rules = facts.platform === 'linux' ? [...LINUX, ...EVERYWHERE] : EVERYWHERE;
  const findings = rules.flatMap((rule) => rule(facts) ?? []);
  return { schema: DOCTOR_SCHEMA, healthy: findings.every(({ level }) => level !== 'problem'), findings };
}

type Rule = (facts: EnvironmentFacts) => Finding | undefined;

const EVERYWHERE: readonly Rule[] = [user, ps, tmux, sqlite, node, stateFolder, configuration];
const LINUX: readonly Rule[] = [processTable, hidepid, pidNamespace, container, pidOne, wsl, sockets];

function processTable({ procfs, ownPidListed, root }: EnvironmentFacts): Finding {
  const topic = 'process table';
  if (!procfs) {
    return {
      topic,
      level: 'problem',
      found: `${root} is not mounted`,
      means: 'only what ps tells is known: no descriptors, no environment markers, no working folders',
      mend: 'mount -t proc proc /proc, or go on with --source ps',
    };
  }
  if (ownPidListed === false) {
    return {
      topic,
      level: 'problem',
      found: `${root} does not list this very process`,
      means: 'its process ids are not those that a signal would reach: every scan is incomplete, nothing is ended',
      mend: 'mount the process table of this pid namespace: mount -t proc proc /proc',
    };
  }
  return { topic, level: 'ok', found: `${root} is readable` };
}

/** proc(5), mount options: 0/off, 1/noaccess, 2/invisible, 4/ptraceable; `gid=` names who is exempt. */
function hidepid({ hidepid, user }: EnvironmentFacts): Finding | undefined {
  if (hidepid === undefined) return undefined;
  const topic = 'hidepid';
  const { mode, gid } = hidepid;
  if (mode === '0' || mode === 'off') return undefined;
  const found = `/proc is mounted with hidepid=${mode}${gid === undefined ? '' : `,gid=${gid}`}`;
  if (user.uid === 0 || (gid !== undefined && user.groups.includes(gid))) {
    return { topic, level: 'ok', found: `${found}, which does not concern this user` };
  }
  const exempt = gid === undefined ? 'mount -o remount,hidepid=0 /proc' : `join group ${gid}`;
  if (mode === '1' || mode === 'noaccess') {
    return {
      topic,
      level: 'note',
      found,
      means: 'of other users’ processes only the names of their folders are seen',
      mend: `run as root, or ${exempt}`,
    };
  }
  return {
    topic,
    level: 'problem',
    found,
    means:
      'processes of other users (sshd, services, a terminal as root) are invisible, so a live owner can look gone: ' +
      'a chain that ends at an unseen process proves nothing',
    mend: `run as root, or ${exempt}`,
  };
}

function pidNamespace({ nsPids, pidNamespaces }: EnvironmentFacts): Finding | undefined {
  const topic = 'pid namespace';
  const { own, ofPid1 } = pidNamespaces;
  const foreign = (nsPids?.length ?? 1) > 1 || (own !== undefined && ofPid1 !== undefined && own !== ofPid1);
  if (!foreign) return undefined;
  return {
    topic,
    level: 'problem',
    found: `/proc shows another pid namespace than ours (${nsPids?.join(' is ') ?? `${ofPid1}, ours is ${own}`})`,
    means: 'the same number names two processes: nothing may be signalled from here',
    mend: 'run outside, or mount the inner table: unshare --pid --fork --mount-proc, mount -t proc proc /proc',
  };
}

function container({ container }: EnvironmentFacts): Finding | undefined {
  if (container === undefined) return undefined;
  return {
    topic: 'container',
    level: 'note',
    found: `this is a container (${container})`,
    means: 'processes of the host and of other containers are not seen, and terminals outside cannot be owners here',
  };
}

function pidOne({ pid1 }: EnvironmentFacts): Finding | undefined {
  if (pid1 === undefined || INITS.has(pid1)) return undefined;
  return {
    topic: 'pid 1',
    level: 'note',
    found: `pid 1 is an application (${pid1})`,
    means: 'a parent of 1 proves nothing here: whatever it started has that parent too',
    mend: 'in a container of your own, use an init: docker run --init, tini, dumb-init',
  };
}

/** Kernel names of programs whose work is to be pid 1. */
const INITS: ReadonlySet<string> = new Set([
  ...['systemd', 'init', 'launchd', 'runit', 'runit-init', 's6-svscan', 'openrc-init', 'procd', 'shepherd'],
  ...['dinit', 'finit', 'tini', 'dumb-init', 'catatonit', 'docker-init'],
]);

function wsl({ wsl }: EnvironmentFacts): Finding | undefined {
  if (!wsl) return undefined;
  return {
    topic: 'WSL',
    level: 'note',
    found: 'this is the Windows Subsystem for Linux',
    means: 'orphans get Relay(n) or a /init per session as parent instead of pid 1; processes of Windows are not seen',
  };
}

function user({ user, platform }: EnvironmentFacts): Finding {
  if (user.uid === undefined) return { topic: 'user', level: 'ok', found: `${platform} has no user ids` };
  if (user.uid === 0) {
    return {
      topic: 'user',
      level: 'note',
      found: 'running as root',
      means: 'all users’ processes are seen; only root’s own are ended unless asked',
    };
  }
  return {
    topic: 'user',
    level: 'ok',
    found: `running as user ${user.uid}`,
    means: 'descriptors, working folders and markers are read of this user’s processes only',
  };
}

function ps({ psKind, platform, procfs }: EnvironmentFacts): Finding | undefined {
  // There the processes are asked of PowerShell.
  if (platform === 'win32') return undefined;
  const needed = !procfs;
  switch (psKind) {
    case 'procps':
    case 'bsd':
      return { topic: 'ps', level: 'ok', found: psKind === 'procps' ? 'ps is procps’' : 'ps is BSD’s' };
    case 'busybox':
      return {
        topic: 'ps',
        level: needed ? 'problem' : 'note',
        found: 'ps is BusyBox’',
        means: 'it ignores the columns that --source ps needs',
        mend: needed ? 'install procps' : undefined,
      };
    case 'unknown':
      return {
        topic: 'ps',
        level: 'note',
        found: 'ps does not say which it is',
        means: '--source ps may fail',
      };
    case undefined:
      return {
        topic: 'ps',
        level: needed ? 'problem' : 'ok',
        found: 'there is no ps',
        mend: needed ? 'install procps' : undefined,
      };
  }
}

function sockets({ ss }: EnvironmentFacts): Finding {
  if (ss) return { topic: 'sockets', level: 'ok', found: 'ss is there' };
  return {
    topic: 'sockets',
    level: 'note',
    found: 'ss is not there',
    means: 'who holds the other end of an agent’s stdin socket stays unknown',
    mend: 'install iproute2',
  };
}

function tmux({ tmuxSockets }: EnvironmentFacts): Finding | undefined {
  if (tmuxSockets.length === 0) return undefined;
  return {
    topic: 'tmux',
    level: 'ok',
    found: `${counted(tmuxSockets.length, 'tmux socket')}: ${tmuxSockets.join(', ')}`,
  };
}

function sqlite({ sqlite }: EnvironmentFacts): Finding {
  switch (sqlite) {
    case 'node:sqlite':
    case 'sqlite3':
      return { topic: 'sqlite', level: 'ok', found: `registries in SQLite are read by ${sqlite}` };
    case undefined:
      return {
        topic: 'sqlite',
        level: 'note',
        found: 'registries in SQLite cannot be read',
        means: 'what T3 Code and claude-mem believe is not known',
        mend: 'Node 22.13 or newer, or the sqlite3 program',
      };
  }
}

/** nodejs/Release schedule.json, as of 2026-11. */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};

function node({ nodeVersion, now }: EnvironmentFacts): Finding {
  const major = Number.parseInt(nodeVersion, 10);
  const found = `Node ${nodeVersion}`;
  if (major < 20) {
    return {
      topic: 'node',
      level: 'problem',
      found,
      means: 'older than sesswatch needs',
      mend: 'install Node 24',
    };
  }
  // Odd lines live half a year, each of them already over when the next even one is out.
  const end = END_OF_LIFE[major];
  const isOver = end !== undefined && now > Date.parse(`${end}T23:59:59Z`);
  if (!isOver) return { topic: 'node', level: 'ok', found };
  return {
    topic: 'node',
    level: 'note',
    found: `${found}, whose support ended on ${end}`,
    means: 'it works, and gets no security fixes',
    mend: 'install a newer one',
  };
}

/** A snapshot of a thousand processes is about half a megabyte. */
const LITTLE_SPACE = 50 * MEGABYTE;

function stateFolder({ stateHome }: EnvironmentFacts): Finding {
  const topic = 'state folder';
  const means = 'no snapshot, no ledger and no journal can be kept; without a journal nothing is ended';
  if (stateHome.folder === undefined) {
    return {
      topic,
      level: 'problem',
      found: 'nothing says where it is',
      means,
      mend: 'set HOME or SESSWATCH_HOME',
    };
  }
  const { folder, freeBytes, mode, state } = stateHome;
  if (state === 'not-writable') {
    const mend = 'mend its permissions, or set SESSWATCH_HOME';
    return { topic, level: 'problem', found: `${folder} cannot be written`, means, mend };
  }
  if (mode !== undefined && (mode & 0o077) !== 0 && state === 'there') {
    return {
      topic,
      level: (mode & 0o002) === 0 ? 'note' : 'problem',
      found: `${folder} is open to others (mode ${mode.toString(8).padStart(4, '0')})`,
      means: 'others may read what runs here, or write what is believed',
      mend: `chmod 700 ${folder}`,
    };
  }
  if (freeBytes !== undefined && freeBytes < LITTLE_SPACE) {
    const found = `${folder} is on a disk that is nearly full (${formatBytes(freeBytes)} free)`;
    return { topic, level: 'problem', found, means, mend: 'free some space, or set SESSWATCH_HOME' };
  }
  return { topic, level: 'ok', found: state === 'there' ? folder : `${folder} (made when needed)` };
}

function configuration({ configFiles }: EnvironmentFacts): Finding {
  const found = configFiles.length === 0 ? 'no file; defaults hold' : configFiles.join(', ');
  return { topic: 'configuration', level: 'ok', found };
}
