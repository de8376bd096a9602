import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, type Outcome, sesswatch } from '../kit/command.js';
import { isAlive, openStage, type Seen, type Stage } from '../kit/processes.js';
import { agent } from '../verdict/stage-people.js';
import { homeOf, journalLines, orphans } from './orphaned.js';

const ID = '1c0ffee0-9b1d-4d7a-8a39-0123456789ab';

describe.runIf(process.platform === 'linux')('sessions that are ended to be gone on with', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = openStage();
  });
  afterEach(() => stage.close());

  function run(...args: readonly string[]): Promise<Outcome> {
    return sesswatch(args, { env: homeOf(stage) });
  }

  /** A session under a host that lives, whose own status file says what it does. */
  async function session(status: 'idle' | 'busy'): Promise<Seen> {
    const player = agent(stage, { name: 'sleeper' }, { args: ['--resume', ID] });
    await stage.start({ script: { name: 'live-host', children: [player] } });
    const one = stage.seen('sleeper');
    const folder = path.join(homeOf(stage).HOME, '.claude', 'sessions');
    mkdirSync(folder, { recursive: true });
    const file = {
      pid: one.pid,
      sessionId: ID,
      procStart: one.startTime,
      status,
      statusUpdatedAt: Date.now(),
    };
    writeFileSync(path.join(folder, `${one.pid}.json`), JSON.stringify(file));
    return one;
  }

  it('hibernate ends one whose turn is over, says how to go on, and resume lists it', async () => {
    const one = await session('idle');
    const dry = documentOf(await run('hibernate', `${one.pid}`, '--dry-run', '--json'));
    expect(dry).toMatchObject({
      targets: [{ cause: 'idle', subject: one.pid, resume: { command: `claude --resume ${ID}` } }],
    });
    expect(isAlive(one)).toBe(true);

    const { out, code } = await run('hibernate', `${one.pid}`, '--yes');
    expect(out).toMatch(new RegExp(`^claude ${one.pid}  .+ given back   cd .+ && claude --resume ${ID}\n$`));
    expect(code).toBe(0);
    expect(isAlive(one)).toBe(false);
    expect(isAlive(stage.seen('live-host'))).toBe(true);
    expect(journalLines(stage)[0]).toMatchObject({ kind: 'start', action: 'hibernate' });

    const listed = documentOf(await run('resume', '--last', '--json'));
    expect(listed).toMatchObject({
      schema: 'sesswatch/resume/1',
      sessions: [{ agent: 'claude', sessionId: ID, resume: { command: `claude --resume ${ID}` } }],
    });
    expect((await run('resume')).out).toMatch(/claude {2}cd .+ && claude --resume 1c0ffee0/);
  });

  it('hibernate leaves one alone that is at work, and says that it is left', async () => {
    const one = await session('busy');
    const { out, code } = await run('hibernate', `${one.pid}`, '--yes');
    expect(out).toMatch(/a live process is never ended/);
    expect(code).toBe(4);
    expect(isAlive(one)).toBe(true);
  });

  it('hibernate without names leaves orphans to reap', async () => {
    const [one] = await orphans(stage, {});
    const { out } = await run('hibernate', '--dry-run', '--json', '--idle', '0', '--min-age', '0');
    const { targets } = JSON.parse(out) as { targets: { root: { pid: number } }[] };
    expect(targets.map(({ root }) => root.pid)).not.toContain(one?.pid);
  });

  it('kill ends the tree that is named, by the pid of any of it, and nothing else', async () => {
    const [one, other] = await orphans(stage, { children: [{ script: { name: 'helper' } }] }, {});
    const helper = stage.seen('helper');
    const { code, out } = await run('kill', `${helper.pid}`, '--yes', '--grace', '1s');
    expect(out).toMatch(/^ended 2 processes in 1 tree/);
    expect(code).toBe(0);
    expect([one, helper, other].map((seen) => seen !== undefined && isAlive(seen))).toEqual([false, false, true]);
    expect(journalLines(stage)[0]).toMatchObject({ kind: 'start', action: 'kill' });
  });

  it('kill says why it leaves a live session alone, and that it is left', async () => {
    await stage.start({ script: { name: 'live-host', children: [agent(stage, { name: 'live' })] } });
    const { code, out } = await run('kill', `${stage.seen('live').pid}`, '--yes');
    expect(out).toMatch(/a live process is never ended/);
    expect(code).toBe(4);
    expect(isAlive(stage.seen('live'))).toBe(true);
  });

  it('kill does not take a word for a pid', async () => {
    expect(await run('kill', 'claude', '--yes')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/neither a pid nor a session id/),
    });
  });
});
