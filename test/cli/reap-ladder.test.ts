import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf } from '../kit/command.js';
import { eventually, isAlive, openStage, type Seen, type Stage } from '../kit/processes.js';
import { homeOf, journalLines, now, orphans, reapOn, startReap } from './orphaned.js';

const STUBBORN = { ignore: ['SIGTERM'] } as const;

/** What a run does while it waits for somebody who ignores SIGTERM; each with a state folder, so side by side. */
describe.runIf(process.platform === 'linux').concurrent('reap, while it waits', () => {
  const stages: Stage[] = [];
  const open = (): Stage => {
    const stage = openStage();
    stages.push(stage);
    return stage;
  };
  let warm: Stage;
  beforeAll(() => {
    warm = open();
  });
  afterAll(() => Promise.all(stages.map((stage) => stage.close())));

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is told to end by %s: no further signal, all of it written down, exit %i', async (signal, expected) => {
    const stage = open();
    const [one] = await orphans(stage, STUBBORN);
    const running = startReap(stage, ['--yes', ...now(...some(one))]);
    await signalled(stage);

    const second = await reapOn(stage, ['--yes', ...now(...some(one))]);
    expect(second).toMatchObject({
      code: 5,
      err: expect.stringMatching(/another run \(\d+\) is reaping since .+wait/),
    });
    const dry = await reapOn(stage, ['--dry-run', ...now(...some(one))]);
    expect(dry.code).toBe(0);

    running.child.kill(signal);
    const { code, out } = await running.ended;
    expect(out).toMatch(/1 survivor\n/);
    expect(out).toContain(`stopped early: ${signal}`);
    expect(code).toBe(expected);
    expect(one !== undefined && isAlive(one)).toBe(true);
    expect(journalLines(stage).at(-1)).toMatchObject({
      kind: 'end',
      survivors: 1,
      stopped: `interrupted: ${signal}`,
    });
    expect((await reapOn(stage, ['--last'])).out).toMatch(/outcome +\d+ +survived/);
  });

  it('leaves alone who says in the meantime that it works, and exits 4', async () => {
    const stage = open();
    const [one] = await orphans(stage, STUBBORN);
    const { pid = 0, startTime = '' } = one ?? {};
    const run = reapOn(stage, ['--yes', '--json', ...now(...some(one))]);
    await signalled(stage);
    const sessions = path.join(homeOf(stage).HOME, '.claude/sessions');
    mkdirSync(sessions, { recursive: true });
    const status = { pid, procStart: startTime, status: 'busy', statusUpdatedAt: Date.now() };
    writeFileSync(path.join(sessions, `${pid}.json`), JSON.stringify(status));
    const outcome = await run;
    expect(documentOf(outcome)).toMatchObject({
      survivors: 1,
      outcomes: [{ result: 'survived', detail: expect.any(String) }],
    });
    expect(outcome.code).toBe(4);
  });

  it('ends who ignores SIGTERM by SIGKILL after the grace, and whom that one had below it', async () => {
    const [one] = await orphans(warm, {
      ...STUBBORN,
      children: [{ script: { name: 'below', ...STUBBORN, onEof: 'stay' } }],
    });
    const document = documentOf<{ outcomes: { signal: string; result: string }[] }>(
      await reapOn(warm, ['--yes', '--json', ...now(...some(one))]),
    );
    expect(document.outcomes).toMatchObject([
      { signal: 'SIGKILL', result: 'gone' },
      { signal: 'SIGKILL', result: 'gone' },
    ]);
  });
});

async function signalled(stage: Stage): Promise<void> {
  await eventually(() => journalLines(stage).some(({ kind }) => kind === 'signal'), 'the first signal');
}

function some(one: Seen | undefined): Seen[] {
  return one === undefined ? [] : [one];
}
