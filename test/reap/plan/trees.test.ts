import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY } from '../../../src/reap/plan/policy/policy.js';
import { evidence, HOUR, helperOf, judgedTable, NOW, ORPHAN, type Row, SELF } from '../kit/judged.js';

import { agent, claudeUnder, planOf, reasonFor, trees } from '../kit/plans.js';

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
