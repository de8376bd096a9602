import fc from 'fast-check';
import type { Stdio, StdioEnd } from '../../src/activity/readers/stdio.js';
import { CATALOGUE } from '../../src/agents/catalogue/catalogue.js';
import type { AgentTable } from '../../src/agents/membership.js';
import { resolveAgents } from '../../src/agents/resolve/resolve.js';
import type { ProcessRecord } from '../../src/process/record.js';
import { createProcessTable } from '../../src/process/table.js';

/** A made-up machine: who started whom, who lives, and what a scan of it would show. */
export interface World {
  readonly platform: NodeJS.Platform;
  readonly people: readonly Person[];
}

interface Person {
  readonly pid: number;
  readonly kind: Kind;
  /** Who really started it. */
  readonly startedBy: number;
  readonly ownGroup: boolean;
  readonly ownSession: boolean;
  readonly stdin: 'null' | 'socket' | 'inherit';
  readonly survives: boolean;
  /** Not known at the other end of its stdin. */
  readonly isHidden: boolean;
}

const KINDS = [
  'shell',
  'login-shell',
  'wrapper',
  'program',
  'subreaper',
  'host',
  'sshd',
  'tmux',
  'manager',
  'claude',
  'codex',
  'mcp',
  'tool-shell',
] as const;
type Kind = (typeof KINDS)[number] | 'init' | 'application' | 'caretaker';

const BOOT = 'b00t';
export const NOW = Date.UTC(2026, 0, 15, 10, 0, 0);
const TICK = 10;

/** Machines of some twenty processes, each with any parent that is older. */
export const worlds: fc.Arbitrary<World> = fc
  .record({
    platform: fc.constantFrom<NodeJS.Platform>('linux', 'linux', 'darwin'),
    first: fc.constantFrom<Kind>('init', 'application', 'caretaker'),
    rest: fc.array(
      fc.record({
        kind: fc.constantFrom<Kind>(...KINDS),
        above: fc.nat(30),
        ownGroup: fc.boolean(),
        ownSession: fc.boolean(),
        stdin: fc.constantFrom('null', 'socket', 'inherit'),
        survives: fc.boolean(),
        isHidden: fc.boolean(),
      }),
      { minLength: 3, maxLength: 24 },
    ),
  })
  .map(({ platform, first, rest }) => {
    const people: Person[] = [
      {
        ...{ pid: 1, kind: first, startedBy: 0, ownGroup: true, ownSession: true },
        ...{ stdin: 'null', survives: true, isHidden: false },
      },
    ];
    for (const one of rest) {
      const { above, ...facts } = one;
      // The process before it is the likeliest parent, so that chains get long.
      const parent = people[above < 15 ? people.length - 1 : above % people.length];
      people.push({ ...facts, pid: 100 + people.length, startedBy: parent?.pid ?? 1 } as Person);
    }
    return { platform, people };
  });

/** The machine before anybody ended, or after all who do not survive have. */
export function rowsOf(world: World, when: 'before' | 'after'): ProcessRecord[] {
  return world.people.filter((one) => isThere(one, when)).map((one) => rowOf(world, one, when));
}

export function agentsIn(world: World, rows: readonly ProcessRecord[]): AgentTable {
  const table = createProcessTable({
    source: world.platform === 'linux' ? 'procfs' : 'ps',
    takenAt: NOW,
    machine: { platform: world.platform, bootId: BOOT },
    processes: rows,
    complete: true,
    problems: [],
  });
  return resolveAgents(table, CATALOGUE);
}

/** What a look at the other ends of standard streams would find, where descriptors can be read. */
export function stdioIn(world: World, when: 'before' | 'after'): ReadonlyMap<number, Stdio> {
  const found = new Map<number, Stdio>();
  if (world.platform !== 'linux') return found;
  for (const one of world.people) {
    if (!isThere(one, when)) continue;
    const target = stdinOf(world, one);
    const holder = holderOf(world, one);
    const end: StdioEnd =
      target === '/dev/null'
        ? { state: 'elsewhere', target, holders: [] }
        : one.isHidden
          ? { state: 'not-known', target, holders: [] }
          : holder !== undefined && isThere(holder, when)
            ? { state: 'open', target, holders: [holder.pid] }
            : { state: 'closed', target, holders: [] };
    found.set(one.pid, new Map([[0, end]]));
  }
  return found;
}

/**
 * Whether somebody whom a process works for really is there: it is on a terminal whose leader lives; or its own
 * starter lives, and so do those above, up to one that needs nobody above it. Whoever lost an owner owns nobody.
 */
export function hasOwner(world: World, pid: number, when: 'before' | 'after'): boolean {
  const one = personOf(world, pid);
  // Nobody talks to an MCP server over a terminal.
  const onTerminal = (other: Person): boolean => one.kind !== 'mcp' && terminalOf(world, other, when) !== null;
  if (onTerminal(one)) return true;
  let isSomebodysJob = false;
  for (let at = one; at.startedBy !== 0; ) {
    const starter = personOf(world, at.startedBy);
    if (!isThere(starter, when)) return false;
    // The text of a tool call is only ever run by an agent.
    if (at.kind === 'tool-shell' && starter.kind !== 'claude' && starter.kind !== 'codex') return false;
    if (onTerminal(starter)) return true;
    switch (starter.kind) {
      case 'shell':
      case 'login-shell':
      case 'tool-shell':
      // A service manager that somebody started is lost with that one.
      case 'manager':
        break;
      case 'init':
      case 'caretaker':
        return isSomebodysJob;
      case 'wrapper':
      case 'program':
      case 'subreaper':
      case 'claude':
      case 'codex':
      case 'mcp':
        isSomebodysJob = true;
        break;
      case 'application':
      case 'host':
      case 'sshd':
      case 'tmux':
        return true;
    }
    at = starter;
  }
  return false;
}

function personOf(world: World, pid: number): Person {
  const one = world.people.find((other) => other.pid === pid);
  if (one === undefined) throw new Error(`nobody is ${pid}`);
  return one;
}

function isThere(one: Person, when: 'before' | 'after'): boolean {
  return when === 'before' || one.survives;
}

/** The kernel gives an orphan to the nearest live ancestor that adopts, else to pid 1. */
function parentOf(world: World, one: Person, when: 'before' | 'after'): number {
  if (one.startedBy === 0) return 0;
  const starter = personOf(world, one.startedBy);
  if (isThere(starter, when)) return starter.pid;
  for (let at = starter; at.startedBy !== 0; ) {
    at = personOf(world, at.startedBy);
    const adopts = at.kind === 'subreaper' || at.kind === 'manager';
    if (isThere(at, when) && adopts) return at.pid;
  }
  return 1;
}

function leaderOf(world: World, one: Person, own: 'ownGroup' | 'ownSession'): Person {
  for (let at = one; ; at = personOf(world, at.startedBy)) {
    const leads = at[own] || at.ownSession || at.kind === 'login-shell' || at.startedBy === 0;
    if (leads) return at;
  }
}

/** Login shells are on a terminal of their own; it is all of their session's while they live. */
function terminalOf(world: World, one: Person, when: 'before' | 'after'): string | null {
  const leader = leaderOf(world, one, 'ownSession');
  return leader.kind === 'login-shell' && isThere(leader, when) ? `pts/${leader.pid}` : null;
}

function stdinOf(world: World, one: Person): string {
  if (one.stdin === 'null' || one.startedBy === 0) return '/dev/null';
  return one.stdin === 'socket' ? `socket:[${one.pid}]` : stdinOf(world, personOf(world, one.startedBy));
}

function holderOf(world: World, one: Person): Person | undefined {
  if (one.stdin === 'null' || one.startedBy === 0) return undefined;
  const starter = personOf(world, one.startedBy);
  return one.stdin === 'socket' ? starter : holderOf(world, starter);
}

function rowOf(world: World, one: Person, when: 'before' | 'after'): ProcessRecord {
  const isLinux = world.platform === 'linux';
  const start = one.pid * 100;
  const startedAt = NOW - 36_000_000 + start * TICK;
  return {
    pid: one.pid,
    ppid: parentOf(world, one, when),
    startTime: isLinux ? `${start}` : new Date(startedAt).toISOString(),
    startedAt,
    uid: 1000,
    pgid: leaderOf(world, one, 'ownGroup').pid,
    sid: isLinux ? leaderOf(world, one, 'ownSession').pid : undefined,
    tty: terminalOf(world, one, when),
    state: 'S',
    cpuSeconds: 1,
    rssBytes: 1_000_000,
    ...programOf(one),
    detail: isLinux
      ? {
          cwd: '/home/u',
          cgroup: '/user.slice/user-1000.slice/session-1.scope',
          fds: new Map([[0, stdinOf(world, one)]]),
          markers: one.kind === 'tool-shell' ? markersOf(world, one) : {},
        }
      : undefined,
  };
}

/** A tool shell that no claude started carries none. */
function markersOf(world: World, one: Person): Record<string, string> {
  for (let at = one; at.startedBy !== 0; ) {
    at = personOf(world, at.startedBy);
    if (at.kind === 'claude') return { CLAUDECODE: '1', CLAUDE_PID: `${at.pid}` };
    if (at.kind === 'codex') return {};
  }
  return {};
}

function programOf(one: Person): Pick<ProcessRecord, 'comm' | 'exe' | 'argv'> {
  const run = (exe: string, ...words: string[]) => ({
    comm: exe.slice(exe.lastIndexOf('/') + 1).slice(0, 15),
    exe,
    argv: [exe, ...words],
  });
  switch (one.kind) {
    case 'init':
      return run('/usr/lib/systemd/systemd', '--system');
    case 'application':
      return run('/usr/bin/boxd', '--serve');
    case 'caretaker':
      return run('/usr/bin/tini', '--');
    case 'shell':
      return run('/usr/bin/bash', '-c', 'run it');
    case 'login-shell':
      return { ...run('/usr/bin/bash'), argv: ['-bash'] };
    case 'wrapper':
      return run('/usr/bin/timeout', '3600', 'claude');
    case 'program':
      return run('/usr/bin/make', 'agents');
    case 'subreaper':
      return run('/usr/bin/minder', '--adopt');
    case 'host':
      return run('/usr/bin/node', '/opt/t3/dist/bin.mjs', 'serve');
    case 'sshd':
      return run('/usr/sbin/sshd', '-D');
    case 'tmux':
      return { comm: 'tmux: server', exe: '/usr/bin/tmux', argv: ['tmux', 'new-session'] };
    case 'manager':
      return run('/usr/lib/systemd/systemd', '--user');
    case 'claude':
      return { comm: 'claude', exe: '/home/u/.local/share/claude/versions/2.1.328', argv: ['claude', '-p'] };
    case 'codex':
      return { comm: 'codex', exe: '/opt/codex/bin/codex', argv: ['/opt/codex/bin/codex', 'app-server'] };
    case 'mcp':
      return run('/usr/bin/node', '/opt/node_modules/.bin/mcp-server-filesystem', '/home/u');
    case 'tool-shell':
      return run('/usr/bin/bash', '-c', "source /home/u/.claude/shell-snapshots/snapshot-bash-1-a.sh && eval 'make'");
  }
}
