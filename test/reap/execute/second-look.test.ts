import { describe, expect, it } from 'vitest';
import { type Answer, agreedOf, mayStillSignal } from '../../../src/reap/execute/second-look.js';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY, type Policy } from '../../../src/reap/plan/policy/policy.js';
import { BOOT, evidence, helperOf, judgedTable, ORPHAN, type Row, SELF } from '../kit/judged.js';

const root: Row = { pid: 100, role: 'session', judged: ORPHAN };
const server: Row = { pid: 101, ppid: 100, role: 'mcp-server', judged: helperOf(100) };

function secondLook(
  before: readonly Row[],
  after: readonly Row[],
  policy: Partial<Policy> = {},
  bootId = BOOT,
): Answer[] {
  const whole = { ...DEFAULT_POLICY, ...policy };
  const made = plan(judgedTable(before), whole, SELF);
  return mayStillSignal(made.targets.map(agreedOf), {
    judged: judgedTable(after, { machine: { bootId, platform: 'linux' } }),
    policy: whole,
    self: SELF,
    facts: {},
    argvOf: ({ argv }) => argv,
  });
}

function pids(answer: Answer | undefined): number[] | undefined {
  return answer?.kind === 'ok' ? answer.target.processes.map(({ identity }) => identity.pid) : undefined;
}

describe('the look right before the first signal', () => {
  it('lets a tree go that is as it was', () => {
    expect(pids(secondLook([root, server], [root, server])[0])).toEqual([100, 101]);
  });

  const judged = (more: Row['judged']): Row => ({ ...root, judged: { ...ORPHAN, ...more } });
  it.each<[string, Row, string]>([
    [
      'it became live',
      { ...root, judged: { verdict: 'live', owner: { kind: 'host', pid: 40, name: 'T3 Code' } } },
      'T3 Code',
    ],
    ['an owner appeared', judged({ owner: { kind: 'terminal', name: 'pts/4' } }), 'pts/4'],
    ['its verdict is another', judged({ verdict: 'leftover' }), 'leftover now'],
    ['it is no more known', judged({ verdict: 'unknown' }), 'unknown now'],
    ['it got a veto', judged({ evidence: [evidence('supervised')] }), ''],
    ['it started to work', judged({ work: 'working' }), 'working'],
    ['it is not proven idle any more', judged({ idleSeconds: undefined }), 'idle'],
    ['its arguments are others', { ...root, argv: ['claude', '--resume', 'x'] }, 'arguments'],
    ['its arguments cannot be read any more', { ...root, argv: undefined }, 'arguments'],
    ['its start time cannot be read any more', { ...root, startTime: undefined }, 'cannot be told'],
    ['it is another user’s now', { ...root, uid: 1001 }, 'another user'],
    [
      'it hangs below sesswatch’s shell now',
      { ...root, ppid: 40, judged: { verdict: 'live', owner: { kind: 'terminal', name: 'pts/0' } } },
      'pts/0',
    ],
  ])('drops a tree when %s', (_, after, reason) => {
    const [answer] = secondLook([root, server], [after, server]);
    expect(answer?.kind).toBe('dropped');
    expect(answer?.kind === 'dropped' ? answer.reason : '').toContain(reason);
  });

  it('drops a tree that started to work even where busy orphans may go', () => {
    const [answer] = secondLook([root], [{ ...root, judged: { ...ORPHAN, work: 'working' } }], {
      include: ['busy-orphan'],
    });
    expect(answer).toMatchObject({ kind: 'dropped' });
  });

  it.each<[string, Row[]]>([
    ['is gone', []],
    ['is defunct', [{ ...root, state: 'Z' }]],
    ['has left its pid to another process, even to another orphan', [{ ...root, startTime: '999999' }]],
  ])('calls a tree ended whose root %s', (_, after) => {
    expect(secondLook([root], after)).toEqual([{ kind: 'ended' }]);
  });

  it('knows nobody again after a boot', () => {
    expect(secondLook([root], [root], {}, 'boot-2')).toEqual([{ kind: 'ended' }]);
  });

  it('takes along what was born below since', () => {
    const born: Row = { pid: 102, ppid: 101, role: 'tool', judged: helperOf(100) };
    expect(pids(secondLook([root, server], [root, server, born])[0])).toEqual([100, 101, 102]);
  });

  it('leaves out what ended since', () => {
    expect(pids(secondLook([root, server], [root])[0])).toEqual([100]);
  });

  it('drops a tree in which somebody started to work', () => {
    const born: Row = {
      pid: 102,
      ppid: 100,
      role: 'session',
      judged: { verdict: 'live', owner: { kind: 'agent', pid: 100, name: 'claude' } },
    };
    expect(secondLook([root], [root, born])[0]).toMatchObject({ kind: 'dropped' });
  });

  it('does not grow upwards beyond what was agreed to', () => {
    const bash: Row = { pid: 90, ppid: 1, comm: 'bash', argv: ['-bash'] };
    const vim: Row = { pid: 91, ppid: 90, comm: 'vim', argv: ['vim'] };
    const below = { ...root, ppid: 90 };
    expect(pids(secondLook([bash, vim, below, server], [bash, below, server])[0])).toEqual([100, 101]);
  });

  it('lets what is left of a tree go when its launcher ended by itself', () => {
    const launcher: Row = {
      pid: 95,
      ppid: 1,
      comm: 'node',
      argv: ['node', 'qwen'],
      role: 'launcher',
      judged: { verdict: 'unknown' },
    };
    const [answer] = secondLook([launcher, { ...root, ppid: 95 }, server], [root, server]);
    expect(pids(answer)).toEqual([100, 101]);
  });

  it('is not taken on an incomplete table', () => {
    const made = plan(judgedTable([root]), DEFAULT_POLICY, SELF);
    const judgedAgain = judgedTable([root], { complete: false });
    expect(() =>
      mayStillSignal(made.targets.map(agreedOf), {
        judged: judgedAgain,
        policy: DEFAULT_POLICY,
        self: SELF,
        facts: {},
        argvOf: ({ argv }) => argv,
      }),
    ).toThrow(expect.objectContaining({ code: 'incomplete-scan' }));
  });
});
