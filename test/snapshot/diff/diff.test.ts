import { describe, expect, it } from 'vitest';
import { diffSnapshots, hasDifference, hasLeak } from '../../../src/snapshot/diff/diff.js';
import { parseExpectation } from '../../../src/snapshot/diff/expectation.js';
import { agent, megabytes, snapshot } from '../../kit/diff-documents.js';

const pids = (rows: readonly { pid: number }[]): number[] => rows.map((row) => row.pid);

describe('diffSnapshots by identity', () => {
  it('tells what appeared, went and stayed', () => {
    const diff = diffSnapshots(snapshot('a', [agent(1), agent(2)]), snapshot('b', [agent(2), agent(3)]));
    expect(diff.schema).toBe('sesswatch/diff/1');
    expect(diff.comparison).toBe('identity');
    expect(pids(diff.appeared)).toEqual([3]);
    expect(pids(diff.gone)).toEqual([1]);
    expect(diff.stayed.map((one) => one.process.pid)).toEqual([2]);
    expect(hasDifference(diff)).toBe(true);
  });

  it('finds no difference between a snapshot and itself', () => {
    const one = snapshot('a', [agent(1), agent(2)]);
    const diff = diffSnapshots(one, one);
    expect(hasDifference(diff)).toBe(false);
    expect(hasLeak(diff)).toBe(false);
    expect(diff.notes).toEqual([]);
  });

  it('does not match a pid that was used again, and says so', () => {
    const diff = diffSnapshots(
      snapshot('a', [agent(7)]),
      snapshot('b', [agent(7, { startTime: '999', agent: 'codex' })]),
    );
    expect(diff.stayed).toEqual([]);
    expect(pids(diff.appeared)).toEqual([7]);
    expect(pids(diff.gone)).toEqual([7]);
    expect(diff.reused).toMatchObject([{ pid: 7, before: { agent: 'claude' }, after: { agent: 'codex' } }]);
  });

  it('tells how a process that stayed grew', () => {
    const [stayed] = diffSnapshots(
      snapshot('a', [agent(1)]),
      snapshot('b', [
        agent(1, { rssBytes: megabytes(260), cpuSeconds: 3.5, threads: 10, descriptors: 18 }),
        agent(2, { ppid: 1 }),
        agent(3, { ppid: 1, role: 'tool' }),
      ]),
    ).stayed;
    expect(stayed).toMatchObject({
      rssBefore: megabytes(200),
      rssDelta: megabytes(60),
      cpuDelta: 2.5,
      threadsDelta: 2,
      descriptorsDelta: -2,
      childrenDelta: 2 - 0,
    });
  });

  it('leaves a delta out where one side does not know the value', () => {
    const [stayed] = diffSnapshots(
      snapshot('a', [agent(1, { descriptors: undefined })]),
      snapshot('b', [agent(1)]),
    ).stayed;
    expect(stayed?.descriptorsDelta).toBeUndefined();
    expect(stayed?.threadsDelta).toBe(0);
  });

  it('tells from whom to whom a process was re-parented', () => {
    const host = agent(50, {
      agent: undefined,
      role: undefined,
      comm: 'node',
      argv: ['node', '/x/t3/dist/bin.mjs'],
    });
    const diff = diffSnapshots(snapshot('a', [host, agent(4, { ppid: 50 })]), snapshot('b', [agent(4, { ppid: 1 })]));
    expect(diff.stayed[0]?.parentChanged).toEqual({
      from: { pid: 50, name: 'node' },
      to: { pid: 1, name: undefined },
    });
    expect(hasDifference(diff)).toBe(true);
  });

  it.each([
    ['role', { role: 'server' as const }, { roleChanged: { from: 'session', to: 'server' } }],
    ['session', { sessionId: 'other' }, { sessionChanged: { from: 'session-1', to: 'other' } }],
    ['verdict', { verdict: 'orphan' as const }, { verdictChanged: { from: 'live', to: 'orphan' } }],
    ['program', { argv: ['/usr/bin/codex', 'exec'] }, { programChanged: { from: 'claude', to: 'codex' } }],
  ])('tells a changed %s', (_, fields, expected) => {
    const diff = diffSnapshots(
      snapshot('a', [agent(1, { verdict: 'live' })]),
      snapshot('b', [agent(1, { verdict: 'live', ...fields })]),
    );
    expect(diff.stayed[0]).toMatchObject(expected);
    expect(hasDifference(diff)).toBe(true);
  });

  it('tells a session that moved to another process', () => {
    const diff = diffSnapshots(
      snapshot('a', [agent(1, { sessionId: 's' })]),
      snapshot('b', [agent(2, { sessionId: 's' })]),
    );
    expect(diff.moved).toEqual([{ agent: 'claude', sessionId: 's', from: [1], to: [2], kept: [] }]);
    expect(diff.leaks).toEqual([]);
  });

  it('tells a session that is held twice', () => {
    const diff = diffSnapshots(
      snapshot('a', [agent(1, { sessionId: 's' })]),
      snapshot('b', [agent(1, { sessionId: 's' }), agent(2, { sessionId: 's' })]),
    );
    expect(diff.moved).toEqual([{ agent: 'claude', sessionId: 's', from: [1], to: [2], kept: [1] }]);
  });

  it('does not take what stands above an agent for gone when nothing below it holds it in the document', () => {
    const terminal = agent(50, { agent: undefined, role: undefined, comm: 'bash', argv: ['bash'] });
    const diff = diffSnapshots(snapshot('a', [terminal, agent(1, { ppid: 50 })]), snapshot('b', []));
    expect(pids(diff.gone)).toEqual([1]);
  });

  it('leaves what stands above agents out of what stayed', () => {
    const terminal = agent(50, { agent: undefined, role: undefined, comm: 'bash', argv: ['bash'] });
    const both = snapshot('a', [terminal, agent(1, { ppid: 50 })]);
    expect(diffSnapshots(both, both).stayed.map((one) => one.process.pid)).toEqual([1]);
  });

  it('compares every row of two whole tables', () => {
    const terminal = agent(50, { agent: undefined, role: undefined, comm: 'bash', argv: ['bash'] });
    const whole = (rows: Parameters<typeof snapshot>[1], processes: number) =>
      snapshot('a', rows, {
        totals: { processes, agents: 0, sessions: 0, rssBytes: 0, byAgent: {}, byRole: {}, byVerdict: {} },
      });
    expect(pids(diffSnapshots(whole([terminal], 1), whole([], 0)).gone)).toEqual([50]);
  });

  it('counts and sums per agent, role and verdict, helpers with their agent', () => {
    const helpers = agent(3, {
      agent: undefined,
      role: 'mcp-server',
      leader: 1,
      rssBytes: megabytes(50),
      sessionId: undefined,
    });
    const { totals } = diffSnapshots(
      snapshot('a', [agent(1, { verdict: 'live' }), helpers]),
      snapshot('b', [agent(1, { verdict: 'idle' }), agent(2, { agent: 'codex', rssBytes: megabytes(100) })]),
    );
    expect(totals.before.byAgent).toEqual({ claude: { count: 1, rssBytes: megabytes(250) } });
    expect(totals.delta.byAgent).toEqual({
      claude: { count: 0, rssBytes: -megabytes(50) },
      codex: { count: 1, rssBytes: megabytes(100) },
    });
    expect(totals.delta.byRole['mcp-server']).toEqual({ count: -1, rssBytes: -megabytes(50) });
    expect(totals.delta.byVerdict).toMatchObject({ live: { count: -1 }, idle: { count: 1 } });
    expect(totals).toMatchObject({ appearedBytes: megabytes(100), goneBytes: megabytes(50), grownBytes: 0 });
  });

  it('says that the order of the two is turned round', () => {
    const [early, late] = ['2026-01-15T10:00:00.000Z', '2026-01-15T11:00:00.000Z'];
    const diff = diffSnapshots(snapshot('a', [], { takenAt: late }), snapshot('b', [], { takenAt: early }));
    expect(diff.notes.join()).toMatch(/the first snapshot is the later one/);
  });

  it('says that an incomplete scan may lack what seems gone', () => {
    const diff = diffSnapshots(snapshot('a', [agent(1)]), snapshot('b', [], { complete: false }));
    expect(diff.to.notes.join()).toMatch(/incomplete/);
  });
});

describe('diffSnapshots of different machines or boots', () => {
  it.each([
    ['boots', { bootId: 'boot-2' }, /two boots of devbox/],
    ['machines', { bootId: 'boot-2', hostname: 'server' }, /two machines \(devbox, server\)/],
    ['machines without boot ids', { bootId: undefined, hostname: 'server' }, /two machines/],
  ])('compares totals only across %s, and never matches a pid', (_, machine, note) => {
    const diff = diffSnapshots(
      snapshot('a', [agent(1), agent(2)]),
      snapshot('b', [agent(1, { verdict: 'orphan' })], { machine }),
      [parseExpectation('claude=-1')],
    );
    expect(diff.comparison).toBe('totals');
    expect(diff).toMatchObject({ appeared: [], gone: [], stayed: [], moved: [], reused: [], leaks: [] });
    expect(diff.notes.join()).toMatch(note);
    expect(diff.totals.delta.byAgent.claude?.count).toBe(-1);
    expect(diff.expectations[0]?.met).toBe(true);
    expect(hasDifference(diff)).toBe(true);
  });

  it('names what is past an expectation, which needs no pair', () => {
    const diff = diffSnapshots(snapshot('a', []), snapshot('b', [agent(1)], { machine: { bootId: 'boot-2' } }), [
      parseExpectation('claude=0'),
    ]);
    expect(diff.leaks).toMatchObject([{ process: { pid: 1 }, reason: 'expectation' }]);
  });
});

describe('diffSnapshots of text captures', () => {
  const captured = { source: 'recorded' as const, bootId: undefined, hostname: undefined };
  const row = (pid: number, at: string, fields: Parameters<typeof agent>[1] = {}) =>
    agent(pid, {
      startTime: undefined,
      startedAt: `2026-01-15T10:00:${at}.000Z`,
      argv: ['claude', '--resume', 'x'],
      argvIsSplitText: true,
      ...fields,
    });

  it.each([
    ['the same second', '10', {}, true],
    ['three seconds apart', '13', {}, true],
    ['a start that rounding cannot explain', '14', {}, false],
    ['another command', '10', { argv: ['claude', '--resume', 'y'] }, false],
    ['a command cut by the terminal', '10', { argv: ['claude', '--res'] }, true],
  ])('with %s', (_, at, fields, stays) => {
    const diff = diffSnapshots(
      snapshot('a', [row(1, '10')], { machine: captured }),
      snapshot('b', [row(1, at, fields)], { machine: captured }),
    );
    expect(diff.comparison).toBe('approximate');
    expect(diff.stayed).toHaveLength(stays ? 1 : 0);
    expect(diff.reused).toHaveLength(stays ? 0 : 1);
  });

  it('says on each side that starts are not exact, and how many were matched so', () => {
    const diff = diffSnapshots(
      snapshot('a', [row(1, '10')], { machine: captured }),
      snapshot('b', [agent(1, { startedAt: '2026-01-15T10:00:11.200Z', argv: ['claude', '--resume', 'x'] })]),
    );
    expect(diff.stayed).toHaveLength(1);
    expect(diff.from.notes.join()).toMatch(/no exact start times/);
    expect(diff.to.notes.join()).not.toMatch(/no exact start times/);
    expect(diff.notes.join()).toMatch(/1 of 1 that stayed/);
  });
});
