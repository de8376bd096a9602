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
  const findings = rules.flatMap(([topic, rule]): Finding[] => {
    const found = rule(facts);
    return found === undefined ? [] : [{ topic, ...found }];
  });
  return { schema: DOCTOR_SCHEMA, healthy: findings.every(({ level }) => level !== 'problem'), findings };
}

type Found = Omit<Finding, 'topic'>;
type Rules = readonly (readonly [Topic, (facts: EnvironmentFacts) => Found | undefined])[];

const LINUX: Rules = [
  ['process table', processTable],
  ['hidepid', hidepid],
  ['pid namespace', pidNamespace],
  ['container', container],
  ['pid 1', pidOne],
  ['WSL', wsl],
  ['sockets', sockets],
];
const EVERYWHERE: Rules = [
  ['user', user],
  ['ps', ps],
  ['tmux', tmux],
  ['sqlite', sqlite],
  ['node', node],
  ['state folder', stateFolder],
  ['configuration', configuration],
];

function ok(found: string, means?: string): Found {
  return { level: 'ok', found, means };
}

function note(found: string, means: string, mend?: string): Found {
  return { level: 'note', found, means, mend };
}

function problem(found: string, means: string, mend: string): Found {
  return { level: 'problem', found, means, mend };
}

function processTable({ procfs, ownPidListed, root }: EnvironmentFacts): Found {
  if (!procfs) {
    return problem(
      `${root} is not mounted`,
      'only what ps tells is known: no descriptors, no environment markers, no working folders',
      'mount -t proc proc /proc, or go on with --source ps',
    );
  }
  if (ownPidListed !== false) return ok(`${root} is readable`);
  return problem(
    `${root} does not list this very process`,
    'its process ids are not those that a signal would reach: every scan is incomplete, nothing is ended',
    'mount the process table of this pid namespace: mount -t proc proc /proc',
  );
}

/** proc(5), mount options: 0/off, 1/noaccess, 2/invisible, 4/ptraceable; `gid=` names who is exempt. */
function hidepid({ hidepid, user }: EnvironmentFacts): Found | undefined {
  if (hidepid === undefined) return undefined;
  const { mode, gid } = hidepid;
  if (mode === '0' || mode === 'off') return undefined;
  const found = `/proc is mounted with hidepid=${mode}${gid === undefined ? '' : `,gid=${gid}`}`;
  if (user.uid === 0 || (gid !== undefined && user.groups.includes(gid))) {
    return ok(`${found}, which does not concern this user`);
  }
  const mend = `run as root, or ${gid === undefined ? 'mount -o remount,hidepid=0 /proc' : `join group ${gid}`}`;
  if (mode === '1' || mode === 'noaccess') {
    return note(found, 'of other users’ processes only the names of their folders are seen', mend);
  }
  return problem(
    found,
    'processes of other users (sshd, services, a terminal as root) are invisible, so a live owner can look gone: ' +
      'a chain that ends at an unseen process proves nothing',
    mend,
  );
}

function pidNamespace({ nsPids, pidNamespaces }: EnvironmentFacts): Found | undefined {
  const { own, ofPid1 } = pidNamespaces;
  const foreign = (nsPids?.length ?? 1) > 1 || (own !== undefined && ofPid1 !== undefined && own !== ofPid1);
  if (!foreign) return undefined;
  return problem(
    `/proc shows another pid namespace than ours (${nsPids?.join(' is ') ?? `${ofPid1}, ours is ${own}`})`,
    'the same number names two processes: nothing may be signalled from here',
    'run outside, or mount the inner table: unshare --pid --fork --mount-proc, mount -t proc proc /proc',
  );
}

function container({ container }: EnvironmentFacts): Found | undefined {
  if (container === undefined) return undefined;
  const means =
    'processes of the host and of other containers are not seen, and terminals outside cannot be owners here';
  return note(`this is a container (${container})`, means);
}

function pidOne({ pid1 }: EnvironmentFacts): Found | undefined {
  if (pid1 === undefined || INITS.has(pid1)) return undefined;
  return note(
    `pid 1 is an application (${pid1})`,
    'a parent of 1 proves nothing here: whatever it started has that parent too',
    'in a container of your own, use an init: docker run --init, tini, dumb-init',
  );
}

/** Kernel names of programs whose work is to be pid 1. */
const INITS: ReadonlySet<string> = new Set([
  ...['systemd', 'init', 'launchd', 'runit', 'runit-init', 's6-svscan', 'openrc-init', 'procd', 'shepherd'],
  ...['dinit', 'finit', 'tini', 'dumb-init', 'catatonit', 'docker-init'],
]);

function wsl({ wsl }: EnvironmentFacts): Found | undefined {
  if (!wsl) return undefined;
  return note(
    'this is the Windows Subsystem for Linux',
    'orphans get Relay(n) or a /init per session as parent instead of pid 1; processes of Windows are not seen',
  );
}

function user({ user, platform }: EnvironmentFacts): Found {
  if (user.uid === undefined) return ok(`${platform} has no user ids`);
  if (user.uid === 0) {
    return note('running as root', 'all users’ processes are seen; only root’s own are ended unless asked');
  }
  const means = 'descriptors, working folders and markers are read of this user’s processes only';
  return ok(`running as user ${user.uid}`, means);
}

function ps({ psKind, platform, procfs }: EnvironmentFacts): Found | undefined {
  // There the processes are asked of PowerShell.
  if (platform === 'win32') return undefined;
  const mend = procfs ? undefined : 'install procps';
  switch (psKind) {
    case 'procps':
      return ok('ps is procps’');
    case 'bsd':
      return ok('ps is BSD’s');
    case 'busybox': {
      const means = 'it ignores the columns that --source ps needs';
      return { level: procfs ? 'note' : 'problem', found: 'ps is BusyBox’', means, mend };
    }
    case 'unknown':
      return note('ps does not say which it is', '--source ps may fail');
    case undefined:
      return { level: procfs ? 'ok' : 'problem', found: 'there is no ps', mend };
  }
}

function sockets({ ss }: EnvironmentFacts): Found {
  if (ss) return ok('ss is there');
  const means = 'who holds the other end of an agent’s stdin socket stays unknown';
  return note('ss is not there', means, 'install iproute2');
}

function tmux({ tmuxSockets }: EnvironmentFacts): Found | undefined {
  if (tmuxSockets.length === 0) return undefined;
  return ok(`${counted(tmuxSockets.length, 'tmux socket')}: ${tmuxSockets.join(', ')}`);
}

function sqlite({ sqlite }: EnvironmentFacts): Found {
  if (sqlite !== undefined) return ok(`registries in SQLite are read by ${sqlite}`);
  return note(
    'registries in SQLite cannot be read',
    'what T3 Code and claude-mem believe is not known',
    'Node 22.13 or newer, or the sqlite3 program',
  );
}

/** nodejs/Release schedule.json, as of 2026-11. */
const END_OF_LIFE: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};

function node({ nodeVersion, now }: EnvironmentFacts): Found {
  const major = Number.parseInt(nodeVersion, 10);
  const found = `Node ${nodeVersion}`;
  if (major < 20) return problem(found, 'older than sesswatch needs', 'install Node 24');
  // Odd lines live half a year, each of them already over when the next even one is out.
  const end = END_OF_LIFE[major];
  const isOver = end !== undefined && now > Date.parse(`${end}T23:59:59Z`);
  if (!isOver) return ok(found);
  const means = 'it works, and gets no security fixes';
  return note(`${found}, whose support ended on ${end}`, means, 'install a newer one');
}

/** A snapshot of a thousand processes is about half a megabyte. */
const LITTLE_SPACE = 50 * MEGABYTE;

function stateFolder({ stateHome }: EnvironmentFacts): Found {
  const { folder, freeBytes, mode, state } = stateHome;
  const means = 'no snapshot, no ledger and no journal can be kept; without a journal nothing is ended';
  if (folder === undefined) return problem('nothing says where it is', means, 'set HOME or SESSWATCH_HOME');
  if (state === 'not-writable') {
    return problem(`${folder} cannot be written`, means, 'mend its permissions, or set SESSWATCH_HOME');
  }
  if (mode !== undefined && (mode & 0o077) !== 0 && state === 'there') {
    return {
      level: (mode & 0o002) === 0 ? 'note' : 'problem',
      found: `${folder} is open to others (mode ${mode.toString(8).padStart(4, '0')})`,
      means: 'others may read what runs here, or write what is believed',
      mend: `chmod 700 ${folder}`,
    };
  }
  if (freeBytes !== undefined && freeBytes < LITTLE_SPACE) {
    const found = `${folder} is on a disk that is nearly full (${formatBytes(freeBytes)} free)`;
    return problem(found, means, 'free some space, or set SESSWATCH_HOME');
  }
  return ok(state === 'there' ? folder : `${folder} (made when needed)`);
}

function configuration({ configFiles }: EnvironmentFacts): Found {
  return ok(configFiles.length === 0 ? 'no file; defaults hold' : configFiles.join(', '));
}
