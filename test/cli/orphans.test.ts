import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, type Outcome, sesswatch } from '../kit/command.js';
import { type Child, commOf, eventually, openStage, type Seen, type Stage, statOf } from '../kit/processes.js';
import { agent, leave, mcpServer, parentOf, startAlone, toolShell } from '../verdict/stage-people.js';
import { homeOf, PROGRAM } from './orphaned.js';

interface Entry {
  readonly pid: number;
  readonly verdict: string;
  readonly busy?: boolean;
  readonly evidence: readonly { readonly kind: string; readonly text: string }[];
}

const U = '22222222-0000-4000-8000-000000000001';
const RESTING = '22222222-0000-4000-8000-000000000002';

/** One stage with one process of each verdict, looked at as text, as JSON and twice in one run. */
describe.runIf(process.platform === 'linux')('orphans and why', () => {
  let stage: Stage;
  const people = new Map<string, Seen>();
  let first: readonly Entry[];
  let text: string;
  let sampled: readonly Entry[];
  beforeAll(async () => {
    stage = openStage();
    await setStage();
    const look = (...args: string[]): Promise<Outcome> => sesswatch(['orphans', ...args], { env: homeOf(stage) });
    first = entriesOf(await look('--json'));
    text = (await look('--wide')).out;
    const env = { ...homeOf(stage), SESSWATCH_IDLE: '1s' };
    sampled = entriesOf(await sesswatch(['ps', '--json', '--sample', '2s'], { env }));
  });
  afterAll(() => stage.close());

  describe('orphans', () => {
    it.each([
      ['an agent whose host was killed', 'orphan', 'orphan', 'stdio-closed'],
      ['an agent in a session of its own whose host was killed', 'detached', 'orphan', 'stdio-closed'],
      ['an agent below a shell that was left alone', 'below a shell', 'orphan', 'no-owner'],
      ['an MCP server whose agent is gone', 'mcp left', 'leftover', 'stdio-closed'],
      ['a tool shell of its own session whose agent is gone', 'shell left', 'leftover', 'marker-names-dead'],
      ['what such a shell runs', 'tool left', 'leftover', 'marker-names-dead'],
      ['an agent whose session a younger one holds', 'older', 'superseded', 'younger-holder'],
    ])('shows %s (%s) as %s by %s', (_, name, verdict, kind) => {
      const entry = first.find(({ pid }) => pid === people.get(name)?.pid);
      expect(entry, name).toMatchObject({ verdict });
      expect(
        entry?.evidence.map((one) => one.kind),
        name,
      ).toContain(kind);
      // What such a shell runs goes with it, and has no lines of its own.
      if (name === 'tool left') return;
      expect(text).toMatch(new RegExp(`^ *${entry?.pid}  \\S+  ${verdict} [\\s\\S]*?\\n +for +\\S`, 'm'));
    });

    it.each([
      ['an agent with a live host', 'live'],
      ['the younger holder of a session', 'younger'],
      ['an agent in a tool call', 'at work'],
      ['an agent that has rested for two minutes, at first sight', 'resting'],
      ['a daemon of an agent', 'daemon'],
    ])('does not show %s', (_, name) => {
      expect(first.map(({ pid }) => pid)).not.toContain(people.get(name)?.pid);
    });

    it('--sample looks twice, and so proves idleness in one run', () => {
      const entry = sampled.find(({ pid }) => pid === people.get('resting')?.pid);
      expect(entry).toMatchObject({ verdict: 'idle', idleSeconds: expect.any(Number) });
      expect(entry?.evidence.map(({ kind }) => kind)).toContain('status-idle');
    });

    it('--exit-code finds dead weight, and only that', async () => {
      const env = homeOf(stage);
      expect((await sesswatch(['orphans', '--exit-code'], { env })).code).toBe(1);
      expect((await sesswatch(['orphans'], { env })).code).toBe(0);
      expect(await sesswatch(['orphans', '--exit-code', '--agent', 'crush'], { env })).toMatchObject({
        code: 0,
        out: '',
      });
    });
  });

  describe('why', () => {
    it('gives the whole case of an orphan: identity, chain, evidence, vetoes, and that it would be reaped when', async () => {
      const { pid = 0, startTime } = people.get('orphan') ?? {};
      const { out, code } = await why(pid, '--idle', '0');
      expect(out).toMatch(new RegExp(`^${pid} claude session · orphan`));
      for (const row of ['because', 'reap', 'runs', 'started', 'owner', 'above', 'for', 'unknown']) {
        expect(out).toMatch(new RegExp(`^  ${row}\\b`, 'm'));
      }
      expect(out).toContain(`start time ${startTime}`);
      expect(out).toMatch(/reap +would leave it: is \d+s old, younger than 5m/);
      expect(out).not.toContain('s3cr3t');
      expect(code).toBe(0);
    });

    it('names what would be ended along with it, once it is old enough for the settings', async () => {
      const { pid = 0 } = people.get('orphan') ?? {};
      const env = { ...homeOf(stage), SESSWATCH_MIN_AGE: '0', SESSWATCH_IDLE: '0' };
      const outcome = await sesswatch(['why', `${pid}`, '--json'], { env });
      expect(documentOf(outcome)).toMatchObject({
        schema: 'sesswatch/why/1',
        process: { pid, verdict: 'orphan' },
        reap: { would: true, reason: expect.stringMatching(/\S/) },
      });
    });

    it.each([
      ['a live agent', 'live', /live [\s\S]*would leave it[\s\S]*owner +\S+\(\d+\), a program/],
      ['an agent in a tool call', 'at work', /a tool runs/],
      ['a daemon', 'daemon', /protected [\s\S]*would leave it[\s\S]*against +it is a daemon/],
      [
        'a superseded one',
        'older',
        /superseded · .*session 22222222[\s\S]*would leave it[\s\S]*is younger and holds the same session/,
      ],
      ['an MCP server', 'mcp left', /leftover [\s\S]*would leave it/],
    ])('says of %s what it is and why it stays', async (_, name, expected) => {
      const { out, code } = await why(people.get(name)?.pid ?? 0);
      expect(out).toMatch(expected);
      expect(code).toBe(0);
    });

    it.each([
      ['a process of no agent', () => process.pid, /belongs to no agent, so it is not judged[\s\S]*would leave it/],
      ['pid 1', () => 1, /^1 [\s\S]*would leave it/],
    ])('of %s says so', async (_, pid, expected) => {
      const { out, code } = await why(pid());
      expect(out).toMatch(expected);
      expect(code).toBe(0);
    });

    it('of itself says so', () => {
      const out = execFileSync('/bin/sh', ['-c', 'exec "$0" "$1" why $$', process.execPath, PROGRAM], {
        encoding: 'utf8',
        env: { ...process.env, ...homeOf(stage) },
      });
      expect(out).toMatch(/^\d+ belongs to no agent, so it is not judged/);
    });

    // All that is left of a zombie is the name that the kernel kept, which from Node 24 on is none of an agent's.
    it.skipIf(commOf('claude') !== 'claude')(
      'of a zombie names the parent that has to fetch its exit status',
      async () => {
        const { pid } = people.get('zombie') ?? { pid: 0 };
        const { out, code } = await why(pid);
        expect(out).toMatch(/zombie [\s\S]*would leave it[\s\S]*has not fetched its exit status/);
        expect(code).toBe(0);
      },
    );

    it('of a pid that is gone tells what was last known of it, with exit code 2', async () => {
      const one = people.get('ends') ?? { pid: 0, startTime: '' };
      await why(one.pid);
      process.kill(one.pid, 'SIGKILL');
      await eventually(() => statOf(one.pid)?.startTime !== one.startTime, 'it to be gone');
      const { err, code } = await why(one.pid);
      expect(err).toMatch(new RegExp(`^sesswatch: there is no process ${one.pid} any more.*claude.*\\n$`));
      expect(code).toBe(2);
    });

    it('of a pid that never was says so, with exit code 2', async () => {
      const { err, code, out } = await why(4194304, '--json');
      expect(err).toMatch(/^sesswatch: there is no process 4194304 \(.+\)\n$/);
      expect(JSON.parse(out)).toMatchObject({ schema: 'sesswatch/error/1', code: 'usage' });
      expect(code).toBe(2);
    });

    const why = (pid: number, ...flags: string[]): Promise<Outcome> =>
      sesswatch(['why', `${pid}`, '--wide', ...flags], { env: homeOf(stage) });
  });

  async function setStage(): Promise<void> {
    const claude = (name: string, more: Partial<Child> = {}): Child =>
      agent(stage, { name }, { args: ['--settings', '{"token":"s3cr3t"}'], ...more });
    const shell = { as: '/bin/bash', entry: ['-c', '"$0" "$1"; exit'] };
    const tool = toolShell('tool left');
    const lost = agent(stage, { name: 'lost', children: [mcpServer(stage, { name: 'mcp left' }), tool] });
    const sessions = path.join(homeOf(stage).HOME, '.claude/sessions');
    mkdirSync(sessions, { recursive: true });
    await Promise.all([
      stage.start({
        script: {
          name: 'dead host',
          children: [
            claude('orphan'),
            claude('detached', { detached: true }),
            claude('below a shell', { ...shell, args: [stage.program('claude'), stage.stub('agent.js')] }),
          ],
        },
      }),
      stage.start({
        script: {
          name: 'host',
          children: [
            claude('live'),
            claude('resting', { args: ['--session-id', RESTING] }),
            claude('older', { args: ['--session-id', U] }),
            claude('ends'),
            agent(stage, { name: 'at work', children: [toolShell('works')] }),
            lost,
          ],
        },
      }),
      startAlone(stage, { ...claude('daemon', { args: ['daemon', 'run'] }) }),
    ]);
    await stage.start({
      script: {
        name: 'younger host',
        children: [claude('younger', { as: stage.executable('claude'), args: ['--resume', U] })],
      },
    });
    for (const name of [
      'orphan',
      'detached',
      'below a shell',
      'live',
      'resting',
      'older',
      'ends',
      'at work',
      'mcp left',
      'tool left',
      'daemon',
      'younger',
    ]) {
      people.set(name, stage.seen(name));
    }
    const left = parentOf(stage.seen('tool left'));
    stage.register(left);
    people.set('shell left', left);
    const below = parentOf(stage.seen('below a shell'));
    stage.register(below);
    await leave(stage.seen('dead host'), below);
    await leave(stage.seen('lost'), left);
    const { pid, startTime } = stage.seen('resting');
    const status = { pid, procStart: startTime, status: 'idle', statusUpdatedAt: Date.now() - 120_000 };
    writeFileSync(path.join(sessions, `${pid}.json`), JSON.stringify(status));
    await makeZombie();
  }

  /** An agent that ended below a shell that was replaced, by a program that knows of no children. */
  async function makeZombie(): Promise<void> {
    const script = JSON.stringify({
      name: 'zombie',
      onEof: 'unread',
      report: path.join(stage.folder, 'reports'),
    });
    const careless = '"$0" "$1" & exec sleep 600';
    const parent = spawn('/bin/bash', ['-c', careless, stage.program('claude'), stage.stub('agent.js')], {
      env: { ...process.env, STAND_IN: script },
      stdio: 'ignore',
    });
    const one = await stage.ready('zombie');
    const { pid = 0 } = parent;
    stage.register({ pid, startTime: statOf(pid)?.startTime ?? '' });
    process.kill(one.pid, 'SIGKILL');
    await eventually(() => statOf(one.pid)?.state === 'Z', 'it to be a zombie');
    people.set('zombie', one);
  }
});

function entriesOf(outcome: Outcome): readonly Entry[] {
  return documentOf<{ processes: readonly Entry[] }>(outcome).processes;
}
