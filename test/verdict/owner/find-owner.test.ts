import { describe, expect, it } from 'vitest';
import type { Stdio, StdioEnd } from '../../../src/activity/readers/stdio.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import type { Surroundings } from '../../../src/verdict/context.js';
import {
  APPLICATION,
  claude,
  type Given,
  judgeRows,
  kindsOf,
  mcp,
  minutes,
  type Row,
  runs,
  SYSTEMD,
  seenBefore,
  USER_MANAGER,
  verdictOn,
} from '../rows.js';

const BASH = runs('/usr/bin/bash');
const T3 = runs('/usr/bin/node', '/opt/t3/dist/bin.mjs', 'serve');
const agent = (ppid: number, more: Partial<ProcessRecord> = {}): Row => claude({ pid: 50, ppid, ...more });
/** The leader of its group is gone, as after its host. */
const lost = (ppid: number, more: Partial<ProcessRecord> = {}): Row => agent(ppid, { pgid: 29, ...more });
const stdin = (end: Partial<StdioEnd>): Surroundings => ({
  stdio: new Map<number, Stdio>([[50, new Map([[0, { state: 'open', target: 'pipe:[7]', holders: [], ...end }]])]]),
  logins: new Map(),
});
const fds = { fds: new Map([[0, 'pipe:[7]']]) };

describe('the nearest live owner', () => {
  it.each<[string, readonly Row[], object]>([
    ['is a host, by its script', [{ pid: 30, ppid: 20, ...T3 }, agent(30)], { kind: 'host', name: 'T3 Code', pid: 30 }],
    [
      'is a multiplexer, whatever tty the pane has',
      [{ pid: 30, ppid: 1, comm: 'tmux: server', exe: '/usr/bin/tmux', argv: ['tmux'] }, agent(30, { tty: 'pts/3' })],
      { kind: 'multiplexer', name: 'tmux', pid: 30 },
    ],
    [
      'is screen',
      [{ pid: 30, ppid: 1, comm: 'screen', exe: '/usr/bin/screen', argv: ['SCREEN', '-S', 'x'] }, agent(30)],
      { kind: 'multiplexer', name: 'screen' },
    ],
    [
      'is ssh, past a shell',
      [
        { pid: 30, ppid: 1, ...runs('/usr/sbin/sshd-session') },
        { pid: 31, ppid: 30, ...BASH, tty: 'pts/3' },
        agent(31, { tty: 'pts/3', sid: 31 }),
      ],
      { kind: 'ssh', pid: 30 },
    ],
    [
      'is a terminal by its emulator and its name',
      [
        { pid: 30, ppid: 20, ...runs('/usr/bin/kitty') },
        { pid: 31, ppid: 30, ...BASH, tty: 'pts/3' },
        agent(31, { tty: 'pts/3', sid: 31 }),
      ],
      { kind: 'terminal', name: 'kitty, pts/3', pid: 30 },
    ],
    [
      'is a terminal of an unknown emulator',
      [
        { pid: 30, ppid: 20, ...runs('/usr/bin/superterm') },
        { pid: 31, ppid: 30, ...BASH, tty: 'pts/3' },
        agent(31, { tty: 'pts/3', sid: 31 }),
      ],
      { kind: 'terminal', name: 'pts/3' },
    ],
    [
      'is its terminal although its launcher ended',
      [{ pid: 31, ppid: 1, ...BASH, tty: 'pts/3' }, agent(1, { tty: 'pts/3', sid: 31 })],
      { kind: 'terminal', name: 'pts/3' },
    ],
    [
      'is cron, past its shell',
      [
        { pid: 30, ppid: 1, ...runs('/usr/sbin/cron') },
        { pid: 31, ppid: 30, ...runs('/usr/sbin/CRON') },
        { pid: 32, ppid: 31, ...runs('/bin/sh', '-c', 'claude -p') },
        agent(32),
      ],
      { kind: 'service', name: 'cron' },
    ],
    [
      'is a live program, known or not',
      [{ pid: 30, ppid: 1, ...runs('/opt/acme/minder') }, agent(30)],
      { kind: 'program', name: 'minder', pid: 30 },
    ],
    [
      'is found past wrappers',
      [
        { pid: 29, ppid: 1, ...T3 },
        { pid: 30, ppid: 29, ...runs('/usr/bin/timeout', '60', 'x') },
        { pid: 31, ppid: 30, ...runs('/usr/bin/sudo', 'claude') },
        {
          pid: 32,
          ppid: 31,
          comm: 'npm exec @acme/x',
          exe: '/usr/bin/node',
          argv: ['npm exec @acme/x', '', ''],
        },
        agent(32),
      ],
      { kind: 'host', pid: 29 },
    ],
    ['is outside of the pid namespace for `docker exec`', [agent(0)], { kind: 'service' }],
  ])('%s', (_, rows, owner) => {
    const judgement = verdictOn(50, [SYSTEMD, USER_MANAGER, ...rows]);
    expect(judgement).toMatchObject({ verdict: 'live', owner });
  });

  it('of helpers is its agent, past whatever is between', () => {
    const rows = [
      SYSTEMD,
      { pid: 30, ppid: 1, ...T3 },
      agent(30),
      { pid: 51, ppid: 50, ...runs('/usr/bin/make') },
      { pid: 52, ppid: 51, ...runs('/bin/sleep', '9') },
    ];
    expect(verdictOn(52, rows).owner).toEqual({ kind: 'agent', name: 'claude', pid: 50 });
    expect(verdictOn(52, rows).host).toBe('T3 Code');
  });

  it('of the tools and servers of a codex TUI is codex’s daemon', () => {
    const daemon: Row = {
      pid: 40,
      ppid: 1,
      ...runs('/opt/codex', 'app-server', '--listen', 'unix://', '--managed-daemon'),
    };
    const rows = [
      SYSTEMD,
      { ...daemon, ...runs('/opt/bin/codex', 'app-server', '--listen', 'unix://', '--managed-daemon') },
      mcp({ pid: 41, ppid: 40 }),
    ];
    expect(verdictOn(41, rows)).toMatchObject({
      verdict: 'live',
      owner: { kind: 'infrastructure', pid: 40 },
    });
    expect(verdictOn(40, rows).verdict).toBe('protected');
  });
});

describe('nobody is left', () => {
  it.each<[string, readonly Row[]]>([
    ['for a child of systemd in a login session', [SYSTEMD, lost(1)]],
    ['for a child of somebody’s service manager', [SYSTEMD, USER_MANAGER, lost(20)]],
    [
      'for a child of that in the scope of an application',
      [
        SYSTEMD,
        USER_MANAGER,
        lost(20, { detail: { cgroup: '/user.slice/user@1000.service/app.slice/app-code-1.scope' } }),
      ],
    ],
    [
      'for a child of WSL’s relay',
      [
        { pid: 1, ppid: 0, ...runs('/init') },
        { pid: 8, ppid: 1, comm: 'Relay(9)', exe: '/init', argv: ['/init'] },
        lost(8),
      ],
    ],
    [
      'for a child of WSL’s per-session init',
      [
        { pid: 1, ppid: 0, comm: 'init(Ubuntu)', exe: '/init', argv: ['/init'] },
        { pid: 8, ppid: 1, comm: 'init', exe: '/init', argv: ['/init'] },
        lost(8),
      ],
    ],
    [
      'for a younger child of tini',
      [{ pid: 1, ppid: 0, ...runs('/usr/bin/tini', '--', 'x') }, { pid: 7, ppid: 1, ...T3 }, lost(1)],
    ],
    ['for an agent under a shell that is a child of init', [SYSTEMD, { pid: 31, ppid: 1, ...BASH }, lost(31)]],
    [
      'for an agent under a launcher that is',
      [SYSTEMD, { pid: 31, ppid: 1, pgid: 29, ...runs('/usr/bin/timeout', '9', 'claude') }, lost(31)],
    ],
    ['for one whose terminal’s leader is gone', [SYSTEMD, agent(1, { tty: 'pts/3', sid: 31 })]],
    [
      'in a container with an application as pid 1, when its group leader is gone',
      [APPLICATION, agent(1, { pgid: 31 })],
    ],
    [
      'there when its terminal is gone',
      [APPLICATION, agent(1, { detail: { fds: new Map([[0, '/dev/pts/7 (deleted)']]) } })],
    ],
    [
      'there when the shell above it lost its group leader',
      [APPLICATION, { pid: 31, ppid: 1, ...BASH, pgid: 30 }, agent(31)],
    ],
  ])('%s', (_, rows) => {
    const judgement = verdictOn(50, rows);
    expect(judgement).toMatchObject({
      verdict: 'orphan',
      owner: undefined,
      observations: 0,
      ownerlessSeconds: 0,
    });
    expect(judgement.idleSeconds).toBeUndefined();
    expect(kindsOf(judgement)).toContain('no-owner');
  });

  it.each<[string, Given]>([
    ['when its stdin is closed', { around: stdin({ state: 'closed' }) }],
    ['when its login session ended', { around: { ...stdin({}), logins: new Map([['2', 'ended']]) } }],
  ])('in a container with an application as pid 1, %s', (_, given) => {
    expect(verdictOn(50, [APPLICATION, agent(1, { detail: fds })], given).verdict).toBe('orphan');
  });

  it('on Windows, where a parent that is not there has ended', () => {
    const scan = { source: 'cim' as const, machine: { platform: 'win32' as const, bootId: 'b' } };
    expect(verdictOn(50, [agent(31, { tty: undefined })], { scan }).verdict).toBe('orphan');
    expect(verdictOn(50, [agent(31, { tty: undefined })], { scan: { ...scan, complete: false } }).verdict).toBe(
      'unknown',
    );
  });
});

describe('pid 1 that is an application', () => {
  it('owns its children as long as nothing says otherwise, and that is said', () => {
    const { judged } = judgeRows([APPLICATION, agent(1)]);
    const judgement = judged.judgements.get(50);
    expect(judgement).toMatchObject({
      verdict: 'live',
      owner: { kind: 'service', name: 'this container (boxd)' },
    });
    expect(judgement?.evidence.map(({ kind }) => kind)).toContain('application-init');
    expect(judged.notes.join()).toContain('boxd takes in orphans');
  });

  it('that is a host is that host', () => {
    expect(verdictOn(50, [{ ...APPLICATION, ...T3 }, agent(1)]).owner).toEqual({
      kind: 'host',
      name: 'T3 Code',
      pid: 1,
    });
  });

  it('of tini is the oldest child', () => {
    const tini: Row = { pid: 1, ppid: 0, ...runs('/usr/bin/tini', '--', 'claude') };
    expect(verdictOn(50, [tini, agent(1), { pid: 60, ppid: 1, ...T3 }]).verdict).toBe('live');
  });
});

describe('a service', () => {
  const inUnit = (cgroup: string) => verdictOn(50, [SYSTEMD, USER_MANAGER, lost(1, { detail: { cgroup } })]);
  it.each([
    ['of the system', '/system.slice/agent.service', 'agent.service'],
    ['of a person', '/user.slice/user-1000.slice/user@1000.service/app.slice/opencode.service', 'opencode.service'],
    ['with groups of its own below', '/system.slice/agent.service/worker', 'agent.service'],
    ['of OpenRC', '/openrc.agent', 'openrc.agent'],
    ['that runs people’s programs, for an agent', '/system.slice/cron.service', 'cron.service'],
  ])('%s is an owner and a veto', (_, cgroup, name) => {
    expect(inUnit(cgroup)).toMatchObject({ verdict: 'protected', owner: { kind: 'service', name } });
  });

  it.each([
    ['a login session', '/user.slice/user-1000.slice/session-2.scope'],
    ['the person’s own service manager', '/user.slice/user-1000.slice/user@1000.service/init.scope'],
    ['the init scope', '/init.scope'],
  ])('is not %s', (_, cgroup) => {
    expect(inUnit(cgroup).verdict).toBe('orphan');
  });

  it('of cron does not keep an MCP server that a run left behind', () => {
    const left = mcp({ pid: 51, ppid: 1, detail: { cgroup: '/system.slice/cron.service', ...fds } });
    const around: Surroundings = {
      stdio: new Map([[51, new Map([[0, { state: 'closed', target: 'pipe:[7]', holders: [] }]])]]),
      logins: new Map(),
    };
    expect(verdictOn(51, [SYSTEMD, left], { around }).verdict).toBe('leftover');
  });

  it('that is a host does not protect what the host lost', () => {
    const cgroup = '/system.slice/t3.service';
    const rows = [SYSTEMD, { pid: 30, ppid: 1, ...T3, detail: { cgroup } }, agent(30, { detail: { cgroup } })];
    expect(verdictOn(50, rows)).toMatchObject({ verdict: 'live', owner: { kind: 'host' } });
  });
});

describe('who owns it is not known', () => {
  it.each<[string, readonly Row[], Given?]>([
    ['without its parent’s number', [SYSTEMD, agent(1, { ppid: undefined })]],
    ['when its parent was not read', [SYSTEMD, agent(44)]],
    ['when its terminal was not read', [SYSTEMD, agent(1, { tty: undefined })]],
    ['when its cgroup was not read under systemd', [SYSTEMD, agent(1, { detail: { cgroup: undefined } })]],
    ['when its descriptors were not read', [SYSTEMD, agent(1, { detail: { fds: undefined } })]],
    [
      'when somebody else holds the other end of its stdin',
      [SYSTEMD, { pid: 30, ppid: 1, ...T3 }, agent(1, { detail: fds })],
      { around: stdin({ holders: [30] }) },
    ],
    [
      'when pid 1 is an application and the other end of its stdin is not known',
      [APPLICATION, agent(1, { detail: fds })],
      { around: stdin({ state: 'not-known' }) },
    ],
    [
      'under launchd, which starts services of its own',
      [{ pid: 1, ppid: 0, ...runs('/sbin/launchd') }, agent(1)],
      { scan: { source: 'ps', machine: { platform: 'darwin', bootId: 'b' } } },
    ],
  ])('%s', (_, rows, given) => {
    const judgement = verdictOn(50, rows, given);
    expect(judgement).toMatchObject({ verdict: 'unknown', owner: undefined });
    expect(judgement.reason).toContain('its owner is not known');
  });

  it('under launchd only until its group leader is known to be gone', () => {
    const scan = { source: 'ps' as const, machine: { platform: 'darwin' as const, bootId: 'b' } };
    const rows = [{ pid: 1, ppid: 0, ...runs('/sbin/launchd') }, agent(1, { pgid: 31 })];
    expect(verdictOn(50, rows, { scan }).verdict).toBe('orphan');
  });

  it('takes nobody’s absence for death in an incomplete scan, or in one that hides pid 1', () => {
    const rows = [APPLICATION, agent(1, { pgid: 31 })];
    expect(verdictOn(50, rows, { scan: { complete: false } }).verdict).toBe('unknown');
    expect(kindsOf(verdictOn(50, [agent(44, { pgid: 31 })]))).not.toContain('leader-gone');
  });
});

describe('what an earlier look saw', () => {
  const host: Row = { pid: 30, ppid: 1, ...T3 };
  const minder: Row = { pid: 10, ppid: 1, ...runs('/opt/minder') };

  it('proves the loss of an owner, with when and who', () => {
    const ledger = seenBefore([APPLICATION, host, agent(30)]);
    const judgement = verdictOn(50, [APPLICATION, agent(1)], { ledger, now: minutes(20) });
    expect(judgement).toMatchObject({ verdict: 'orphan', observations: 1 });
    expect(judgement.reason).toBe('worked for T3 Code(30) at 10:00 UTC, which ended; its parent is 1 now');
  });

  it('tells an adopter from an owner, for this process and the next', () => {
    const ledger = seenBefore([SYSTEMD, minder, { ...host, ppid: 10 }, agent(30)]);
    const after = judgeRows([SYSTEMD, minder, agent(10)], { ledger, now: minutes(20) });
    expect(after.judged.judgements.get(50)?.verdict).toBe('orphan');
    const other = claude({ pid: 60, ppid: 10 });
    const next = { ledger: after.ledger, now: minutes(40) };
    expect(verdictOn(60, [SYSTEMD, minder, other], next).verdict).toBe('live');
    expect(verdictOn(60, [SYSTEMD, minder, { ...other, pgid: 59 }], next).verdict).toBe('orphan');
  });

  it('leaves an agent with the host that adopted it', () => {
    const ledger = seenBefore([SYSTEMD, host, { pid: 31, ppid: 30, ...runs('/usr/bin/make') }, agent(31)]);
    expect(verdictOn(50, [SYSTEMD, host, agent(30)], { ledger })).toMatchObject({
      verdict: 'live',
      owner: { kind: 'host' },
    });
  });

  it('does not take a zombie for its living self', () => {
    const ledger = seenBefore([SYSTEMD, minder, { ...host, ppid: 10 }, agent(30)]);
    const dead: Row = { pid: 30, ppid: 10, startTime: '3000', state: 'Z', argv: [], exe: undefined };
    expect(verdictOn(50, [SYSTEMD, minder, dead, agent(10)], { ledger }).verdict).toBe('orphan');
  });

  it('does not take a later process with its owner’s pid for its owner', () => {
    const ledger = seenBefore([APPLICATION, host, agent(30)]);
    const rows = [APPLICATION, { pid: 30, ppid: 1, startTime: '999999', ...runs('/usr/bin/vi') }, agent(1)];
    expect(verdictOn(50, rows, { ledger }).verdict).toBe('orphan');
  });
});
