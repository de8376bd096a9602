import { describe, expect, it } from 'vitest';
import type { SesswatchError } from '../../../src/errors.js';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/reap/plan/policy/policy.js';
import { protectRule } from '../../verdict/rows.js';
import { evidence, HOUR, judgedTable, NOW, ORPHAN, type Row, SELF } from '../kit/judged.js';

import { agent, claudeUnder, planOf, reasonFor, trees } from '../kit/plans.js';

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
