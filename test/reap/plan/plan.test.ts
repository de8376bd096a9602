import { describe, expect, it } from 'vitest';
import type { SesswatchError } from '../../../src/errors.js';
import type { PlanFacts } from '../../../src/reap/plan/context.js';
import { type Plan, plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/reap/plan/policy.js';
import { protectRule } from '../../verdict/rows.js';
import { evidence, HOUR, helperOf, judgedTable, NOW, ORPHAN, type Row, SELF } from '../kit/judged.js';

function planOf(rows: readonly Row[], policy: Partial<Policy> = {}, facts: PlanFacts = {}): Plan {
  return plan(judgedTable(rows), { ...DEFAULT_POLICY, ...policy }, SELF, facts);
}

function trees(made: Plan): number[][] {
  return made.targets.map(({ processes }) => processes.map(({ identity }) => identity.pid));
}

function reasonFor(made: Plan, pid: number): string | undefined {
  return made.kept.find(({ identity }) => identity.pid === pid)?.reason;
}

const agent = (pid: number, more: Partial<Row> = {}): Row => ({
  pid,
  role: 'session',
  judged: ORPHAN,
  ...more,
});
const claudeUnder = (owner: Row['judged']): Row => agent(100, { judged: { ...ORPHAN, ...owner } });

describe('which processes are a reason to end a tree', () => {
  const idle = {
    verdict: 'idle',
    idleSeconds: 2 * HOUR,
    owner: { kind: 'terminal', name: 'pts/1' },
  } as const;
  const young = { startedAt: NOW - 60_000 };
  it.each<[string, Row, Partial<Policy>, boolean]>([
    ['an orphan that is proven idle', agent(100), {}, true],
    ['an orphan that is idle for too short', claudeUnder({ idleSeconds: 600 }), {}, false],
    ['an orphan not proven idle', claudeUnder({ idleSeconds: undefined }), {}, false],
    ['an orphan not proven idle, with --idle 0', claudeUnder({ idleSeconds: undefined }), { idleSeconds: 0 }, true],
    ['an orphan ownerless for too short', claudeUnder({ ownerlessSeconds: 600 }), {}, false],
    ['an orphan seen for the first time', claudeUnder({ observations: 0 }), {}, false],
    ['an orphan seen for the first time, with --idle 0', claudeUnder({ observations: 0 }), { idleSeconds: 0 }, true],
    ['a busy orphan', claudeUnder({ work: 'working' }), {}, false],
    ['a busy orphan, with --idle 0', claudeUnder({ work: 'working' }), { idleSeconds: 0 }, false],
    ['a busy orphan when asked for', claudeUnder({ work: 'working' }), { include: ['busy-orphan'] }, true],
    [
      'an orphan at first sight although busy ones are asked for',
      claudeUnder({ work: 'working', observations: 0, ownerlessSeconds: 0 }),
      { include: ['busy-orphan'] },
      false,
    ],
    [
      'an orphan that contradicts itself by an owner',
      claudeUnder({ owner: { kind: 'host', pid: 9, name: 'T3' } }),
      {},
      false,
    ],
    ['a young orphan', agent(100, young), {}, false],
    ['a young orphan, with --min-age 0', agent(100, young), { minAgeSeconds: 0 }, true],
    ['an orphan of unknown age', agent(100, { startedAt: undefined }), {}, false],
    ['an orphan whose registry says busy', claudeUnder({ evidence: [evidence('registry-busy')] }), {}, false],
    [
      'the same when busy orphans are asked for',
      claudeUnder({ evidence: [evidence('registry-busy')] }),
      { include: ['busy-orphan'] },
      true,
    ],
    ['an orphaned MCP server, ownerless for long', agent(100, { role: 'mcp-server', judged: ORPHAN }), {}, true],
    [
      'a leftover MCP server',
      agent(100, {
        role: 'mcp-server',
        judged: { verdict: 'leftover', ownerlessSeconds: HOUR, idleSeconds: HOUR },
      }),
      {},
      true,
    ],
    [
      'a leftover MCP server of now',
      agent(100, { role: 'mcp-server', judged: { verdict: 'leftover', ownerlessSeconds: 60 } }),
      {},
      false,
    ],
    [
      'a leftover tool',
      agent(100, {
        role: 'tool',
        judged: { verdict: 'leftover', ownerlessSeconds: HOUR, idleSeconds: HOUR },
      }),
      {},
      false,
    ],
    [
      'a leftover tool when asked for',
      agent(100, {
        role: 'tool',
        judged: { verdict: 'leftover', ownerlessSeconds: HOUR, idleSeconds: HOUR },
      }),
      { include: ['leftover'] },
      true,
    ],
    ['an ownerless tool', agent(100, { role: 'tool' }), {}, false],
    ['an idle session', agent(100, { judged: idle }), {}, false],
    ['an idle session when asked for', agent(100, { judged: idle }), { include: ['idle'] }, true],
    ['a superseded session', agent(100, { judged: { ...idle, verdict: 'superseded' } }), {}, false],
    [
      'a superseded session when asked for',
      agent(100, { judged: { ...idle, verdict: 'superseded' } }),
      { include: ['superseded'] },
      true,
    ],
    [
      'a superseded session that is not idle',
      agent(100, { judged: { ...idle, verdict: 'superseded', idleSeconds: undefined } }),
      { include: ['superseded'] },
      false,
    ],
    [
      'a disowned session when asked for',
      agent(100, { judged: { ...idle, verdict: 'disowned' } }),
      { include: ['disowned'] },
      true,
    ],
    [
      'a live session',
      agent(100, { judged: { ...idle, verdict: 'live' } }),
      { include: ['idle', 'busy-orphan', 'superseded', 'disowned', 'leftover'], idleSeconds: 0 },
      false,
    ],
    ['an unknown one', agent(100, { judged: { verdict: 'unknown' } }), { idleSeconds: 0 }, false],
    ['a zombie', agent(100, { state: 'Z', judged: { verdict: 'zombie' } }), { idleSeconds: 0 }, false],
    ['a protected one', agent(100, { judged: { ...ORPHAN, verdict: 'protected' } }), { idleSeconds: 0 }, false],
    ['another user’s orphan', agent(100, { uid: 1001 }), {}, false],
    ['an orphan of unknown user', agent(100, { uid: undefined }), {}, false],
    ['an orphan without a start time', agent(100, { startTime: undefined }), {}, false],
    ['an orphan that a debugger holds', agent(100, { state: 't' }), {}, false],
    ['a daemon of its agent', agent(100, { role: 'infrastructure', daemon: true }), {}, false],
    ['an orphan of another agent than asked for', agent(100), { agents: ['codex'] }, false],
  ])('%s', (_, row, policy, goes) => {
    expect(trees(planOf([row], policy))).toEqual(goes ? [[100]] : []);
  });

  it('a protect rule keeps an orphan and is named', () => {
    const made = planOf([agent(100)], {}, { protect: [[protectRule('agent', 'claude')]] });
    expect(trees(made)).toEqual([]);
    expect(reasonFor(made, 100)).toBe('the protect rule agent=claude covers it');
  });

  it('every veto of the judge keeps an orphan, and its text is the reason', () => {
    const made = planOf([claudeUnder({ evidence: [evidence('supervised')] })]);
    expect(trees(made)).toEqual([]);
    expect(made.kept).toHaveLength(1);
  });
});

describe('processes asked for by name', () => {
  const live = { verdict: 'live', owner: { kind: 'terminal', name: 'pts/1' } } as const;
  it.each<[string, Row, Partial<Policy>, boolean]>([
    ['a live session is not ended by --pid', agent(100, { judged: live }), { pids: [100] }, false],
    ['a busy orphan is', claudeUnder({ work: 'working' }), { pids: [100] }, true],
    [
      'a busy orphan is by --session',
      agent(100, { sessionId: 'abcdef0123456789', judged: { ...ORPHAN, work: 'working' } }),
      { sessions: ['abcdef01'] },
      true,
    ],
    ['a protected one is not', agent(100, { judged: { ...ORPHAN, verdict: 'protected' } }), { pids: [100] }, false],
    ['a live session is by --force-pid', agent(100, { judged: live }), { forcePids: [100] }, true],
    [
      'a protected one is by --force-pid',
      agent(100, { judged: { ...ORPHAN, verdict: 'protected', evidence: [evidence('protect-rule')] } }),
      { forcePids: [100] },
      true,
    ],
    ['another user’s is not even by --force-pid', agent(100, { uid: 1001 }), { forcePids: [100] }, false],
    ['a kernel thread is not even by --force-pid', agent(100, { kernelThread: true }), { forcePids: [100] }, false],
    ['a zombie is not even by --force-pid', agent(100, { state: 'Z' }), { forcePids: [100] }, false],
  ])('%s', (_, row, policy, goes) => {
    const made = planOf([row], policy);
    expect(trees(made)).toEqual(goes ? [[100]] : []);
    expect(reasonFor(made, 100) === undefined).toBe(goes);
  });

  it.each([
    ['sesswatch itself', SELF.pid],
    ['an ancestor of sesswatch', 40],
    ['pid 1', 1],
  ])('%s is refused even by --force-pid', (_, pid) => {
    const made = planOf([agent(100)], { forcePids: [pid] });
    expect(made.targets).toEqual([]);
    expect(reasonFor(made, pid)).toBeDefined();
  });

  it('only what is named is a target', () => {
    expect(trees(planOf([agent(100), agent(200)], { pids: [200] }))).toEqual([[200]]);
  });

  it.each<[string, Partial<Policy>]>([
    ['a pid that is not there', { pids: [4321] }],
    ['a session that nobody holds', { sessions: ['nobody-holds-it'] }],
  ])('%s is a usage error', (_, policy) => {
    expect(() => planOf([agent(100)], policy)).toThrow(expect.objectContaining({ code: 'usage' }) as SesswatchError);
  });
});

describe('the tree of a target', () => {
  it('holds the root and all descendants, parents first', () => {
    const made = planOf([
      agent(100),
      { pid: 103, ppid: 101, role: 'mcp-server', judged: helperOf(100) },
      { pid: 101, ppid: 100, role: 'mcp-server', judged: helperOf(100) },
      { pid: 102, ppid: 100, role: 'tool', judged: helperOf(100), sid: 102 },
    ]);
    expect(trees(made)).toEqual([[100, 101, 102, 103]]);
  });

  it('leaves out zombies, which nobody can end', () => {
    expect(
      trees(planOf([agent(100), { pid: 101, ppid: 100, role: 'tool', state: 'Z', judged: { verdict: 'zombie' } }])),
    ).toEqual([[100]]);
  });

  it('does not hold a process older than its parent: that pid was used again', () => {
    expect(trees(planOf([agent(100), { pid: 101, ppid: 100, startTime: '7', role: 'tool' }]))).toEqual([[100]]);
  });

  const inTmux = { kind: 'multiplexer', pid: 110, name: 'tmux' } as const;
  it.each<[string, Row[], number]>([
    [
      'a tmux server started by a tool shell',
      [
        {
          pid: 110,
          ppid: 102,
          comm: 'tmux: server',
          argv: ['tmux', 'new', '-d'],
          role: 'tool',
          judged: helperOf(100),
        },
        { pid: 111, ppid: 110, role: 'session', judged: { verdict: 'live', owner: inTmux } },
      ],
      110,
    ],
    [
      'a session that a live host outside owns',
      [
        {
          pid: 110,
          ppid: 102,
          role: 'session',
          judged: { verdict: 'live', owner: { kind: 'host', pid: 40, name: 'T3 Code' } },
        },
      ],
      110,
    ],
    [
      'a service',
      [
        {
          pid: 110,
          ppid: 102,
          role: 'tool',
          judged: {
            verdict: 'protected',
            owner: { kind: 'service', name: 'db.service' },
            evidence: [evidence('supervised')],
          },
        },
      ],
      110,
    ],
    [
      'a daemon of its agent',
      [{ pid: 110, ppid: 102, role: 'infrastructure', daemon: true, judged: { verdict: 'live' } }],
      110,
    ],
    [
      'a program that others in the tree live under',
      [
        { pid: 110, ppid: 102, comm: 'node', argv: ['node', 'host.js'], role: 'tool', judged: helperOf(100) },
        {
          pid: 111,
          ppid: 110,
          role: 'session',
          judged: { verdict: 'live', owner: { kind: 'host', pid: 110, name: 'my host' } },
        },
      ],
      110,
    ],
  ])('is cut at %s, which is refused with everything below it left alone', (_, rows, cut) => {
    const made = planOf([agent(100), { pid: 102, ppid: 100, role: 'tool', judged: helperOf(100) }, ...rows]);
    expect(trees(made)).toEqual([[100, 102]]);
    expect(reasonFor(made, cut)).toBeDefined();
    expect(made.targets[0]?.leftOut.map(({ identity }) => identity.pid)).toEqual([cut]);
  });

  it.each<[string, Partial<Row>]>([
    ['another user’s process', { uid: 0, role: 'tool', judged: helperOf(100) }],
    ['a process of unknown user', { uid: undefined, role: 'tool', judged: helperOf(100) }],
    ['a protected process', { role: 'tool', judged: { verdict: 'protected' } }],
    ['a process that a debugger holds', { state: 't', role: 'tool', judged: helperOf(100) }],
    ['an agent that is at work', { role: 'session', judged: { ...ORPHAN, work: 'working' } }],
    [
      'an agent that is not proven idle',
      { role: 'session', judged: { verdict: 'live', owner: { kind: 'agent', pid: 100, name: 'claude' } } },
    ],
    ['an agent that nobody judged', { role: 'session', judged: { verdict: 'unknown' } }],
    [
      'an agent whose registry says busy',
      { role: 'session', judged: { ...ORPHAN, evidence: [evidence('registry-busy')] } },
    ],
  ])('stays whole for the sake of %s: its agent would take it along', (_, child) => {
    const made = planOf([agent(100), { ...child, pid: 110, ppid: 100 }]);
    expect(made.targets).toEqual([]);
    expect(reasonFor(made, 100)).toContain('(110)');
  });

  it('takes an idle agent below along', () => {
    const below = {
      verdict: 'idle',
      idleSeconds: 2 * HOUR,
      owner: { kind: 'agent', pid: 100, name: 'claude' },
    } as const;
    expect(trees(planOf([agent(100), agent(110, { ppid: 100, judged: below })]))).toEqual([[100, 110]]);
  });

  it('is one tree for two orphans of which one is below the other', () => {
    const made = planOf([
      agent(100),
      agent(110, { ppid: 105 }),
      { pid: 105, ppid: 100, role: 'tool', judged: helperOf(100) },
    ]);
    expect(trees(made)).toEqual([[100, 105, 110]]);
    expect(made.targets[0]?.becauseOf.map(({ identity }) => identity.pid)).toEqual([100, 110]);
  });

  it('due agents below a part that was cut out are trees of their own', () => {
    const made = planOf(
      [
        agent(100),
        { pid: 110, ppid: 100, comm: 'tmux: server', argv: ['tmux'], role: 'tool', judged: helperOf(100) },
        agent(120, { ppid: 110, judged: { verdict: 'idle', idleSeconds: 2 * HOUR, owner: inTmux } }),
      ],
      { include: ['idle'] },
    );
    expect(trees(made)).toEqual([[100], [120]]);
    expect(reasonFor(made, 110)).toContain('tmux');
  });

  it('does not contain sesswatch: a tree above it is refused', () => {
    const moved = judgedTable([
      agent(39, { startTime: '1', startedAt: NOW - 9 * HOUR * 1000 }),
      { pid: 40, ppid: 39, comm: 'bash', argv: ['bash'] },
    ]);
    const made = plan(moved, DEFAULT_POLICY, SELF);
    expect(made.targets).toEqual([]);
    expect(reasonFor(made, 39)).toContain('this program runs below it');
  });
});

describe('what an orphan’s helpers is refused for', () => {
  it('an ownerless MCP server stays with the busy orphan that uses it', () => {
    const made = planOf([
      claudeUnder({ work: 'working' }),
      { pid: 101, ppid: 100, role: 'mcp-server', leader: 100, judged: ORPHAN },
    ]);
    expect(made.targets).toEqual([]);
    expect(reasonFor(made, 101)).toContain('works for claude(100)');
  });

  it('an ownerless MCP server stays with the agent that a marker names', () => {
    const made = planOf([
      claudeUnder({ work: 'working' }),
      { pid: 101, ppid: 1, role: 'mcp-server', leader: 100, judged: ORPHAN },
    ]);
    expect(made.targets).toEqual([]);
  });

  it('an orphan below a busy orphan stays', () => {
    expect(trees(planOf([claudeUnder({ work: 'working' }), agent(110, { ppid: 100 })]))).toEqual([]);
  });
});

describe('the root of a target', () => {
  const bash = (more: Partial<Row> = {}): Row => ({
    pid: 90,
    ppid: 1,
    comm: 'bash',
    argv: ['-bash'],
    sid: 90,
    ...more,
  });
  const launcher: Row = {
    pid: 95,
    ppid: 90,
    comm: 'node',
    argv: ['node', 'gemini'],
    role: 'launcher',
    judged: { verdict: 'unknown' },
  };
  it.each<[string, Row[], number[]]>([
    ['its launcher', [launcher, agent(100, { ppid: 95 })], [95, 100]],
    ['its launcher and the ownerless shell above', [bash(), launcher, agent(100, { ppid: 95 })], [90, 95, 100]],
    ['the ownerless shell that has nothing else below', [bash(), agent(100, { ppid: 90 })], [90, 100]],
    [
      'not the shell that has something else below',
      [bash(), agent(100, { ppid: 90 }), { pid: 91, ppid: 90, comm: 'vim', argv: ['vim'] }],
      [100],
    ],
    ['not a shell that runs a script', [bash({ argv: ['bash', 'nightly.sh'] }), agent(100, { ppid: 90 })], [100]],
    ['a shell that runs one command', [bash({ argv: ['sh', '-c', 'claude'] }), agent(100, { ppid: 90 })], [90, 100]],
    ['not a shell whose arguments could not be read', [bash({ argv: undefined }), agent(100, { ppid: 90 })], [100]],
    ['not another user’s shell', [bash({ uid: 0 }), agent(100, { ppid: 90 })], [100]],
    ['not a program', [bash({ comm: 'node', argv: ['node', 'host.js'] }), agent(100, { ppid: 90 })], [100]],
    [
      'not the shell above when a part of the tree stays',
      [
        bash(),
        agent(100, { ppid: 90 }),
        { pid: 110, ppid: 100, comm: 'tmux: server', argv: ['tmux'], role: 'tool', judged: helperOf(100) },
      ],
      [100],
    ],
  ])('is %s', (_, rows, expected) => {
    expect(trees(planOf(rows))).toEqual([expected]);
  });

  it('is the shell above two orphans that both go', () => {
    expect(trees(planOf([bash(), agent(100, { ppid: 90 }), agent(110, { ppid: 90 })]))).toEqual([[90, 100, 110]]);
  });

  it('is not the shell above an orphan that goes and one that stays', () => {
    expect(
      trees(
        planOf([bash(), agent(100, { ppid: 90 }), agent(110, { ppid: 90, judged: { ...ORPHAN, work: 'working' } })]),
      ),
    ).toEqual([[100]]);
  });

  it('is never the terminal’s shell above an idle session', () => {
    const idle = {
      verdict: 'idle',
      idleSeconds: 2 * HOUR,
      owner: { kind: 'terminal', name: 'pts/1' },
    } as const;
    expect(trees(planOf([bash(), agent(100, { ppid: 90, judged: idle })], { include: ['idle'] }))).toEqual([[100]]);
  });
});

describe('the plan as a whole', () => {
  it('takes the oldest trees up to the limit and says which are left for later', () => {
    const rows = [100, 110, 120].map((pid, index) => agent(pid, { startedAt: NOW - (index + 1) * HOUR * 1000 }));
    const made = planOf(rows, { maxTrees: 2 });
    expect(trees(made)).toEqual([[120], [110]]);
    expect(reasonFor(made, 100)).toContain('over the limit of 2 trees');
    expect(made.totals).toMatchObject({ trees: 2, processes: 2, deferred: 1 });
  });

  it('counts memory by share and with swap where that could be read', () => {
    const made = planOf([agent(100, { detail: { pssBytes: 300, swapBytes: 50 }, rssBytes: 900 })]);
    expect(made.targets[0]?.resources).toMatchObject({
      memoryBytes: 350,
      memoryFrom: 'pss+swap',
      rssBytes: 900,
    });
  });

  it('says what else would go if it were asked for, but does not list idle sessions', () => {
    const owner = { kind: 'terminal', name: 'pts/1' } as const;
    const made = planOf([
      agent(100, { judged: { verdict: 'superseded', owner, idleSeconds: HOUR } }),
      agent(110, { judged: { verdict: 'idle', owner, idleSeconds: HOUR } }),
    ]);
    expect(made.kept.map(({ identity }) => identity.pid)).toEqual([100]);
    expect(made.kept[0]).toMatchObject({ kind: 'on-request', liftedBy: '--include superseded' });
  });

  it.each([
    [
      'the scan is incomplete',
      { complete: false, problems: [{ what: '/proc/7/stat', hint: 'look' }] },
      SELF,
      'incomplete-scan',
    ],
    ['the table was recorded', { source: 'recorded' as const }, SELF, 'usage'],
    ['sesswatch itself is missing', {}, { pid: 77, uid: 1000 }, 'incomplete-scan'],
  ])('is refused when %s', (_, scan, self, code) => {
    expect(() => plan(judgedTable([agent(100)], scan), DEFAULT_POLICY, self)).toThrow(
      expect.objectContaining({ code }) as SesswatchError,
    );
  });
});

describe('budgets', () => {
  const owner = { kind: 'terminal', name: 'pts/1' } as const;
  const idleFor = (pid: number, hours: number): Row =>
    agent(pid, {
      judged: { verdict: 'idle', owner, idleSeconds: hours * HOUR },
      rssBytes: pid * 1000,
      detail: {
        fds: new Map([
          [0, '/dev/null'],
          [3, 'socket:[1]'],
        ]),
      },
    });
  const busy: Row = agent(90, { judged: { verdict: 'live', owner }, rssBytes: 1e9 });

  it.each<[string, Policy['budgets'], number[], string | undefined]>([
    ['no budget proposes nothing', {}, [], undefined],
    ['a tree over its memory', { treeMemoryBytes: 150_000 }, [200], 'over-memory'],
    ['a tree over its descriptors', { descriptors: 1 }, [100, 200], 'over-descriptors'],
    ['sessions over their number, the longest idle first', { sessions: 2 }, [100], 'over-sessions'],
    ['sessions within their number', { sessions: 3 }, [], undefined],
  ])('%s', (_, budgets, expected, cause) => {
    const made = planOf([busy, idleFor(100, 3), idleFor(200, 1)], { budgets });
    expect(made.targets.map(({ root }) => root.identity.pid).sort()).toEqual(expected);
    expect(made.targets[0]?.cause).toBe(cause);
  });

  it.each([
    ['an ownerless tree that burns', 80, 600, [100]],
    ['not for long enough', 80, 60, []],
    ['not hot enough', 20, 600, []],
  ])('cpu: %s', (_, percent, seconds, expected) => {
    const made = planOf(
      [claudeUnder({ work: 'working' })],
      { budgets: { cpuPercentFor: { percent: 50, seconds: 300 } } },
      { cpuUse: () => ({ percent, seconds }) },
    );
    expect(made.targets.map(({ root }) => root.identity.pid)).toEqual(expected);
  });

  it('cpu: never a tree with an owner', () => {
    const made = planOf(
      [busy],
      { budgets: { cpuPercentFor: { percent: 1, seconds: 1 } } },
      { cpuUse: () => ({ percent: 100, seconds: 999 }) },
    );
    expect(made.targets).toEqual([]);
  });
});
