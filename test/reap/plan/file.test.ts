import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toPlanDocument } from '../../../src/reap/plan/document.js';
import { parsePlanDocument } from '../../../src/reap/plan/file.js';
import { plan } from '../../../src/reap/plan/plan.js';
import { DEFAULT_POLICY } from '../../../src/reap/plan/policy/policy.js';
import { type ReapResult, reap } from '../../../src/reap/reap.js';
import { isAlive, openStage, type Stage, statOf } from '../../kit/processes.js';
import { helperOf, judgedTable, ORPHAN, SELF } from '../kit/judged.js';
import { startTree } from '../kit/trees.js';
import { NOW_POLICY, openWorld, type World } from '../kit/world.js';

const rendering = {
  dryRun: true,
  version: '1.2.3',
  redact: ({ argv }: { argv?: readonly string[] | undefined }) => argv?.map((word) => word.replace(/token-\w+/, '***')),
};

describe('the plan document', () => {
  const made = plan(
    judgedTable([
      { pid: 100, role: 'session', argv: ['claude', 'token-abc'], judged: { ...ORPHAN, work: 'working' } },
      { pid: 101, ppid: 100, role: 'mcp-server', judged: helperOf(100) },
      {
        pid: 200,
        role: 'session',
        judged: {
          ...ORPHAN,
          verdict: 'protected',
          evidence: [{ kind: 'no-owner', argues: 'orphan', strength: 2, value: '', text: '' }],
        },
      },
    ]),
    { ...DEFAULT_POLICY, include: ['busy-orphan'], idleSeconds: 0 },
    SELF,
  );
  const document = toPlanDocument(made, rendering);

  it('says what would go and what stays, why, and which conditions were waived', () => {
    expect(document).toMatchObject({
      schema: 'sesswatch/plan/1',
      dryRun: true,
      totals: { trees: 1, processes: 2, kept: 1 },
      targets: [{ root: { pid: 100, agent: 'claude', verdict: 'orphan' }, cause: 'busy-orphan', becauseOf: [100] }],
      kept: [{ process: { pid: 200 }, reason: expect.any(String) }],
    });
    expect(document.waived).toEqual([expect.stringContaining('--idle 0')]);
  });

  it('holds no secret of a command line', () => {
    expect(JSON.stringify(document)).not.toContain('token-abc');
  });

  it('reads back as the identities and the policy that it was made of', () => {
    const reviewed = parsePlanDocument(JSON.stringify(document), 'plan.json');
    expect(reviewed.policy).toEqual({ ...made.policy, maxTrees: 1 });
    expect(reviewed.agreed[0]?.root).toEqual(made.targets[0]?.root.identity);
    expect(reviewed.agreed[0]?.becauseOf[0]?.argv).toEqual(['claude', '***']);
  });

  const whole = JSON.parse(JSON.stringify(document));
  it.each<[string, string]>([
    ['no JSON', '{"schema": "sesswatch/pl'],
    ['another document', JSON.stringify({ schema: 'sesswatch/snapshot/1' })],
    ['a plan of a newer version', JSON.stringify({ ...whole, schema: 'sesswatch/plan/2' })],
    ['without a boot', JSON.stringify({ ...whole, machine: {} })],
    ['without a policy', JSON.stringify({ ...whole, policy: undefined })],
    ['with pid 1', JSON.stringify(whole).replaceAll('"pid":100', '"pid":1')],
    ['with a process without a start time', JSON.stringify(whole).replaceAll('"startTime":"1100",', '')],
    ['with a reason outside of its tree', JSON.stringify(whole).replace('"becauseOf":[100]', '"becauseOf":[200]')],
    ['with a tree without a reason', JSON.stringify(whole).replace('"becauseOf":[100]', '"becauseOf":[]')],
    ['with an unknown cause', JSON.stringify(whole).replace('"cause":"busy-orphan"', '"cause":"because"')],
  ])('is kept: %s', (_, text) => {
    expect(() => parsePlanDocument(text, 'plan.json')).toThrow(
      expect.objectContaining({ code: 'format', message: expect.stringContaining('plan.json') }),
    );
  });
});

describe('executing a reviewed plan', () => {
  let stage: Stage;
  let world: World;
  beforeEach(() => {
    stage = openStage();
    world = openWorld(stage.folder);
  });
  afterEach(() => stage.close());

  async function reviewed(change: (text: string) => string = (text) => text) {
    const dry = await reap(world.deps, NOW_POLICY, { dryRun: true });
    return parsePlanDocument(change(JSON.stringify(dry.document)), 'plan.json');
  }
  const execute = async (plan: Awaited<ReturnType<typeof reviewed>>): Promise<ReapResult> =>
    reap(world.deps, NOW_POLICY, { dryRun: false, choice: { kind: 'reviewed', plan: plan } });
  const aliveNow = (pid: number): boolean =>
    statOf(pid) !== undefined && isAlive({ pid, startTime: statOf(pid)?.startTime ?? '' });

  it('ends exactly what was reviewed, and no orphan that came since', async () => {
    const [first = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: first });
    const agreed = await reviewed();
    const [second = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: second });
    const result = await execute(agreed);
    expect(result.document).toMatchObject({ schema: 'sesswatch/reap/1', survivors: 0 });
    expect([first, second].map(aliveNow)).toEqual([false, true]);
  });

  it('drops what is live by now', async () => {
    const [root = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: root });
    const agreed = await reviewed();
    world.marks[0] = { pid: root, judged: { verdict: 'live', owner: { kind: 'terminal', name: 'pts/1' } } };
    const result = await execute(agreed);
    expect(result).toMatchObject({ kind: 'planned', dropped: [{ root }] });
    expect(aliveNow(root)).toBe(true);
  });

  it('ends nobody whose start time was changed in the file', async () => {
    const [root = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: root });
    const startTime = statOf(root)?.startTime ?? '';
    const result = await execute(await reviewed((text) => text.replaceAll(`"${startTime}"`, '"1"')));
    expect(result).toMatchObject({ kind: 'planned', dropped: [{ reason: 'ended by itself' }] });
    expect(aliveNow(root)).toBe(true);
  });

  it('is a usage error for a plan of another boot', async () => {
    const [root = 0] = await startTree(stage, 'sleep 120 & wait', 1);
    world.marks.push({ pid: root });
    const agreed = await reviewed();
    await expect(execute({ ...agreed, bootId: 'another' })).rejects.toMatchObject({ code: 'usage' });
    expect(aliveNow(root)).toBe(true);
  });
});
