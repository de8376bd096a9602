import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentOf, type Outcome, sesswatch } from '../kit/command.js';
import { eventually, isAlive, openStage, type Seen, type Stage } from '../kit/processes.js';
import { canUnshare } from '../live/namespace.js';
import { agent, toolShell } from '../verdict/stage-people.js';
import { homeOf, journalLines, now, orphans, PROGRAM, reapOn } from './orphaned.js';

interface PlanDocument {
  readonly targets: {
    root: { pid: number; startTime: string };
    processes: { pid: number; startTime: string; argv: string[] }[];
  }[];
  readonly kept: { process: { pid: number }; reason: string }[];
  readonly waived: string[];
  readonly machine: { bootId: string };
}

const CAPTURE = path.resolve(import.meta.dirname, '../../fixtures/corpus/captures/capture-ready.txt');

describe.runIf(process.platform === 'linux')('reap', () => {
  let stage: Stage;
  /** With a host that lives. */
  let live: Seen;
  beforeAll(async () => {
    stage = openStage();
    await stage.start({ script: { name: 'live-host', children: [agent(stage, { name: 'live' })] } });
    live = stage.seen('live');
  });
  afterAll(() => stage.close());

  describe('without a terminal', () => {
    it.each([
      ['as text', []],
      ['as JSON', ['--json']],
    ])('does not start without being told to, %s, and says how', async (_, flags) => {
      const { code, err } = await reapOn(stage, flags);
      expect(err).toMatch(/^sesswatch: .*terminal.*--yes.*--dry-run.*\n$/);
      expect(code).toBe(2);
    });

    it('of recorded processes is refused', async () => {
      const { code, err } = await reapOn(stage, ['--from', CAPTURE, '--dry-run']);
      expect(err).toMatch(/nothing recorded can be reaped/);
      expect(code).toBe(2);
    });

    it('of a process that is not there is refused', async () => {
      expect(await reapOn(stage, ['--yes', '--pid', '4194304'])).toMatchObject({
        err: expect.stringMatching(/there is no process 4194304/),
        code: 2,
      });
    });
  });

  describe('with --dry-run', () => {
    it('--json is the plan, without secrets; nothing is ended and no run is written down', async () => {
      const [one] = await orphans(stage, {});
      const state = path.join(stage.folder, 'dry-state');
      const outcome = await reapOn(stage, ['--dry-run', '--json', ...now(...some(one))], {
        env: { SESSWATCH_HOME: state },
      });
      const plan = documentOf<PlanDocument>(outcome);
      expect(plan).toMatchObject({
        schema: 'sesswatch/plan/1',
        dryRun: true,
        targets: [{ root: { pid: one?.pid, verdict: 'orphan' }, cause: 'orphan' }],
        waived: [expect.stringContaining('--idle 0'), expect.stringContaining('--min-age 0')],
      });
      expect(outcome.out).toContain('opus');
      expect(outcome.out).not.toContain('s3cr3t');
      expect(outcome.code).toBe(0);
      expect(isThere(one)).toBe(true);
      expect(existsSync(path.join(state, 'reap.jsonl'))).toBe(false);
    });

    it('the text says what would go, why, what is waived, and what is refused', async () => {
      const [one] = await orphans(stage, {});
      const { out } = await reapOn(stage, ['--dry-run', ...now(...some(one), live)]);
      expect(out).toMatch(/^Would end 1 tree, 1 process, /);
      expect(out).toMatch(/waived: idle/);
      expect(out).toMatch(new RegExp(`^ +1 claude ${one?.pid} `, 'm'));
      expect(out).toMatch(/nobody is at the other end/);
      expect(out).toMatch(new RegExp(`Kept 1:\\n +${live.pid} .*a live process is never ended`));
    });

    it('says of a first sight that a second look is needed', async () => {
      const [one] = await orphans(stage, {});
      const { out } = await reapOn(stage, ['--dry-run', '--min-age=0', `--pid=${one?.pid}`]);
      expect(out).toMatch(/^Nothing to end yet: 1 process waits, .*\(--idle 0: now\)\n/);
      expect(out).toMatch(/first time/);
    });
  });

  it('--yes ends the tree, says so, and writes it down for its owner alone, without secrets', async () => {
    const [one] = await orphans(stage, {});
    const { code, out, err } = await reapOn(stage, ['--yes', ...now(...some(one))]);
    expect(out).toMatch(/^ended 1 process in 1 tree, .+ given back\n/);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(isThere(one)).toBe(false);

    const folder = homeOf(stage).SESSWATCH_HOME;
    const journal = path.join(folder, 'reap.jsonl');
    expect(statSync(journal).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const lines = journalLines(stage);
    expect(JSON.stringify(lines)).not.toContain('s3cr3t');
    expect(lines.map(({ kind }) => kind)).toEqual(['start', 'target', 'signal', 'outcome', 'end']);

    const last = await reapOn(stage, ['--last']);
    expect(last.out).toMatch(
      new RegExp(`target +${one?.pid} [\\s\\S]*signal +${one?.pid} +SIGTERM[\\s\\S]*outcome +${one?.pid} +gone`),
    );
    const history = documentOf<{ runs: unknown[] }>(await reapOn(stage, ['--history', '--json']));
    expect(history).toMatchObject({
      schema: 'sesswatch/journal/1',
      runs: [{ end: { ended: 1, survivors: 0 } }],
    });
    expect((await reapOn(stage, ['--history'])).out).toMatch(/1 process ended/);
  });

  it('--yes --json tells the outcome of every process, and what it gave back', async () => {
    const [one] = await orphans(stage, {});
    const document = documentOf(await reapOn(stage, ['--yes', '--json', ...now(...some(one))]));
    expect(document).toMatchObject({
      schema: 'sesswatch/reap/1',
      outcomes: [{ process: { pid: one?.pid, startTime: one?.startTime }, signal: 'SIGTERM', result: 'gone' }],
      reclaimedBytes: expect.any(Number),
      survivors: 0,
    });
    expect(document.reclaimedBytes).toBeGreaterThan(1_000_000);
  });

  describe('--plan', () => {
    it('ends what the file names and nothing else, and drops what ended by itself', async () => {
      const [one, gone, unplanned] = await orphans(stage, {}, {}, {});
      const file = path.join(stage.folder, 'plan.json');
      const planned = await reapOn(stage, ['--dry-run', '--json', ...now(...some(one), ...some(gone))]);
      writeFileSync(file, planned.out);
      if (gone !== undefined) process.kill(gone.pid, 'SIGKILL');
      await eventually(() => !isThere(gone), 'one to end by itself');
      const document = documentOf<{ dropped: unknown }>(await reapOn(stage, ['--plan', file, '--yes', '--json']));
      expect(document).toMatchObject({
        outcomes: [{ process: { pid: one?.pid }, result: 'gone' }],
        dropped: [{ root: gone?.pid, reason: 'ended by itself' }],
      });
      expect([isThere(one), isThere(unplanned)]).toEqual([false, true]);
    });

    it('from standard input leaves alone what has changed since: another process, or one that lives', async () => {
      const [one] = await orphans(stage, {});
      const { out } = await reapOn(stage, ['--dry-run', '--json', ...now(...some(one))]);
      const as = (seen: Pick<Seen, 'pid' | 'startTime'>): string => {
        const plan = JSON.parse(out) as PlanDocument & { targets: { becauseOf: number[] }[] };
        for (const target of plan.targets) {
          Object.assign(target.root, seen);
          for (const process of target.processes) Object.assign(process, seen);
          target.becauseOf = [seen.pid];
        }
        return JSON.stringify(plan);
      };
      const younger = await reapOn(stage, ['--plan', '-', '--yes'], {
        input: as({ pid: one?.pid ?? 0, startTime: '1' }),
      });
      expect(younger).toMatchObject({
        out: expect.stringMatching(/nothing was ended\nleft alone: \d+: ended by itself/),
        code: 0,
      });
      const other = await reapOn(stage, ['--plan', '-', '--yes'], { input: as(live) });
      expect(other).toMatchObject({ out: expect.stringMatching(/nothing was ended\nleft alone: /), code: 0 });
      expect([isThere(one), isThere(live)]).toEqual([true, true]);
    });

    it.each<[string, (text: string) => string, RegExp]>([
      ['is no JSON', (text) => text.slice(0, 100), /not valid JSON/],
      ['is no plan', () => '{"schema":"sesswatch/snapshot/1"}', /is not a plan/],
      ['is of a newer version', (text) => text.replace('sesswatch/plan/1', 'sesswatch/plan/2'), /newer/],
      ['lacks a part', (text) => text.replace('"cause"', '"course"'), /damaged: targets\[0\]\.cause/],
      ['names pid 1', (text) => text.replaceAll(/"pid": \d+/g, '"pid": 1'), /damaged/],
      [
        'is of another boot',
        (text) => text.replace(/"bootId": "[^"]+"/, '"bootId": "another"'),
        /another machine|last boot/,
      ],
    ])('a file that %s is refused', async (_, spoil, expected) => {
      const file = path.join(stage.folder, 'spoilt.json');
      writeFileSync(file, spoil(await samplePlan()));
      const { code, err } = await reapOn(stage, ['--plan', file, '--yes']);
      expect(err).toMatch(expected);
      expect(code).toBe(2);
    });

    it('a file that is not there is refused', async () => {
      expect(await reapOn(stage, ['--plan', 'nowhere.json', '--yes'])).toMatchObject({ code: 2 });
    });

    let sample: Promise<string> | undefined;
    function samplePlan(): Promise<string> {
      sample ??= orphans(stage, {}).then(async ([one]) => {
        return (await reapOn(stage, ['--dry-run', '--json', ...now(...some(one))])).out;
      });
      return sample;
    }
  });

  describe('--quiet', () => {
    it('is silent when there was nothing to do', async () => {
      expect(await reapOn(stage, ['--yes', '-q', ...now(live)])).toEqual({
        code: 0,
        signal: null,
        out: '',
        err: '',
      });
    });

    it('tells what it did in one line', async () => {
      const [one] = await orphans(stage, {});
      const { out } = await reapOn(stage, ['--yes', '-q', ...now(...some(one))]);
      expect(out).toMatch(/^ended 1 process in 1 tree, [^\n]+\n$/);
    });
  });

  it('works as cron calls it: PATH alone, no HOME, no TERM, no terminal, a session of its own', async () => {
    const [one] = await orphans(stage, {});
    const outcome = await bare(['reap', '--yes', '-q', ...now(...some(one))], {
      SESSWATCH_HOME: homeOf(stage).SESSWATCH_HOME,
    });
    expect(outcome).toMatchObject({ code: 0, out: expect.stringMatching(/^ended 1 process/), err: '' });
    expect(isThere(one)).toBe(false);
  });

  it('refuses to end anything where it can write nothing down', async () => {
    const [one] = await orphans(stage, {});
    const file = path.join(stage.folder, 'a-file');
    writeFileSync(file, '');
    const { code, err } = await reapOn(stage, ['--yes', ...now(...some(one))], {
      env: { SESSWATCH_HOME: path.join(file, 'state') },
    });
    expect(err).toMatch(/^sesswatch: .+ \(.+\)\n/);
    expect(code).toBe(2);
    expect(isThere(one)).toBe(true);
  });

  describe('protect rules', () => {
    it.each<[string, (flags: string[], file: string) => Promise<Outcome>]>([
      ['a flag', (flags) => reapOn(stage, [...flags, '--protect', 'argv=opus'])],
      ['a variable', (flags) => reapOn(stage, flags, { env: { SESSWATCH_PROTECT: 'argv=opus' } })],
      ['a named file', (flags, file) => reapOn(stage, [...flags, '--config', file])],
      ["the user's file", (flags, file) => reapOn(stage, flags, { env: { XDG_CONFIG_HOME: path.dirname(file) } })],
    ])('from %s keep an orphan', async (_, run) => {
      const [one] = await orphans(stage, {});
      const folder = path.join(stage.folder, 'config');
      mkdirSync(folder, { recursive: true });
      const file = path.join(folder, 'sesswatch.json');
      writeFileSync(file, JSON.stringify({ protect: [{ argv: 'opus' }] }), { mode: 0o600 });
      const { out, code } = await run(['--yes', ...now(...some(one))], file);
      expect(out).toMatch(/Kept 1:\n.*protect rule argv=opus/);
      expect(code).toBe(0);
      expect(isThere(one)).toBe(true);
    });
  });

  describe('--force-pid', () => {
    it('goes past the owner of the process that it names', async () => {
      await stage.start({ script: { name: 'forced-host', children: [agent(stage, { name: 'forced' })] } });
      const { code } = await reapOn(stage, ['--yes', '--grace=1s', `--force-pid=${stage.seen('forced').pid}`]);
      expect(code).toBe(0);
      expect([isThere(stage.seen('forced')), isThere(stage.seen('forced-host'))]).toEqual([false, true]);
    });

    it.each([
      ['pid 1', 1, /pid 1|neither an agent/],
      ['what it runs below', process.pid, /sesswatch runs below it|neither an agent/],
    ])('does not go past %s', async (_, pid, expected) => {
      const { out, code } = await reapOn(stage, ['--yes', `--force-pid=${pid}`]);
      expect(out).toMatch(expected);
      expect(code).toBe(0);
    });
  });

  it('never ends the agent whose tool runs it', async () => {
    const report = path.join(stage.folder, 'from-below.txt');
    const command = `"$0" ${PROGRAM} reap --yes --idle 0 --min-age 0 --include busy-orphan --pid $CLAUDE_PID > ${report}.part 2>&1; mv ${report}.part ${report}; exit`;
    const shell = toolShell('tool');
    const entry = [
      '-c',
      `export CLAUDE_PID=$PPID CLAUDECODE=1; "$0" "$1" & sleep 0; until [ -e ${stage.folder}/go ]; do sleep 0.05; done; ${command}`,
    ];
    const children = [{ ...shell, entry, env: homeOf(stage) }];
    await stage.start({
      script: { name: 'host-of-self', children: [agent(stage, { name: 'self', children })] },
    });
    process.kill(stage.seen('host-of-self').pid, 'SIGKILL');
    await eventually(() => !isThere(stage.seen('host-of-self')), 'the host to end');
    writeFileSync(path.join(stage.folder, 'go'), '');
    await eventually(() => existsSync(report), 'the run from below');
    expect(readFileSync(report, 'utf8')).toMatch(
      /it is this program|this program runs below it|sesswatch runs below it/,
    );
    expect(isThere(stage.seen('self'))).toBe(true);
  });

  it('exits 3 and ends nothing when /proc is that of another pid namespace', async (context) => {
    if (!canUnshare()) context.skip('needs root and a pid namespace of its own');
    const [one] = await orphans(stage, {});
    // A namespace whose /proc is that of another: our pid is somebody else's there.
    const words = ['--pid', '--fork', '--kill-child', process.execPath, PROGRAM, 'reap', '--yes', ...now(...some(one))];
    const outcome = await new Promise<{ code: number | null; err: string }>((resolve) => {
      const child = spawn('unshare', words, {
        env: { ...process.env, ...homeOf(stage) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let err = '';
      child.stderr.on('data', (text) => {
        err += text;
      });
      child.on('close', (code) => resolve({ code, err }));
    });
    expect(outcome.err).toMatch(/^sesswatch: .+ \(.+\)\n/);
    expect(outcome.code).toBe(3);
    expect(isThere(one)).toBe(true);
  });
});

/** With nothing in its environment but PATH and what is given. */
function bare(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  const cleared = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  return sesswatch(args, { env: { ...cleared, PATH: '/usr/bin:/bin', ...env } });
}

function some(one: Seen | undefined): Seen[] {
  return one === undefined ? [] : [one];
}

function isThere(one: Seen | undefined): boolean {
  if (one === undefined) throw new Error('it never was');
  return isAlive(one);
}
