import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, isAlive, openStage, type Seen, type Stage } from '../kit/processes.js';
import { TMUX } from '../verdict/stage-people.js';
import { homeOf, now, orphans, PROGRAM } from './orphaned.js';

/** In a pane of a private terminal multiplexer, as a person would. */
describe.runIf(process.platform === 'linux' && TMUX !== undefined).concurrent('reap on a terminal', () => {
  let stage: Stage;
  let runs = 0;
  beforeAll(() => {
    stage = openStage();
    stage.onClose(async () => {
      try {
        tmux('kill-server');
      } catch {
        // No test came so far as to start it.
      }
    });
  });
  afterAll(() => stage.close());

  it.each<[string, string[], (people: readonly Seen[]) => readonly Seen[]]>([
    ['a ends all', ['a', 'Enter'], (people) => people],
    ['yes is no answer to this question, so it asks again', ['y', 'Enter', 'n', 'Enter'], () => []],
    ['d shows all and asks again', ['d', 'Enter', 'a', 'Enter'], (people) => people],
    ['n ends nobody', ['n', 'Enter'], () => []],
    ['Enter alone ends nobody', ['Enter'], () => []],
    ['Ctrl-C ends nobody', ['C-c'], () => []],
    ['Ctrl-D ends nobody', ['C-d'], () => []],
  ])('%s', async (_, keys, expected) => {
    const people = await orphans(stage, {}, {});
    const run = await ask(people);
    tmux('send-keys', '-t', run.pane, ...keys);
    expect(await run.code()).toBe('0');
    expect(people.filter((one) => !isAlive(one))).toEqual(expected(people));
    const left = expected(people).length === 0;
    expect(run.journalEnds()).toBe(1);
    expect(run.screen()).toMatch(left ? /nothing was ended/ : /ended 2 processes in 2 trees/);
  });

  it.each<[string, string, readonly number[]]>([
    ['one number ends that tree', '2', [1]],
    ['several numbers end those', '1, 2', [0, 1]],
    ['nothing ends nobody', '', []],
  ])('c asks which: %s', async (_, numbers, expected) => {
    const people = await orphans(stage, {}, {});
    const run = await ask(people);
    tmux('send-keys', '-t', run.pane, 'c', 'Enter');
    await eventually(() => run.screen().includes('Numbers to end'), 'the second question');
    tmux('send-keys', '-t', run.pane, numbers, 'Enter');
    expect(await run.code()).toBe('0');
    expect(people.flatMap((one, at) => (isAlive(one) ? [] : [at]))).toEqual(expected);
  });

  it.each([
    ['SIGTERM', '143'],
    ['SIGINT', '130'],
  ] as const)('%s at the question ends nobody, and it ends by exit code %s', async (signal, expected) => {
    const people = await orphans(stage, {}, {});
    const run = await ask(people);
    process.kill(run.pid(), signal);
    expect(await run.code()).toBe(expected);
    expect(people.every(isAlive)).toBe(true);
  });

  /** Starts a run that would end these, and waits for its question. */
  async function ask(people: readonly Seen[]) {
    const at = runs++;
    const exit = path.join(stage.folder, `exit-${at}`);
    const pidFile = path.join(stage.folder, `pid-${at}`);
    const home = homeOf(stage);
    const words = [process.execPath, PROGRAM, 'reap', ...now(...people)].join(' ');
    const line = `export HOME=${home.HOME} SESSWATCH_HOME=${home.SESSWATCH_HOME}-${at}; sh -c 'echo $$ > ${pidFile}; exec ${words}'; echo $? > ${exit}.part; mv ${exit}.part ${exit}; exec sleep 600`;
    const pane = tmux('new-session', '-d', '-P', '-F', '#{pane_id}', '-x', '160', '-y', '50', line).trim();
    const screen = (): string => tmux('capture-pane', '-p', '-t', pane);
    await eventually(() => screen().includes('End 2 trees?'), 'the question');
    return {
      pane,
      screen,
      pid: () => Number(readFileSync(pidFile, 'utf8')),
      journalEnds: () =>
        readFileSync(`${home.SESSWATCH_HOME}-${at}/reap.jsonl`, 'utf8').split('"kind":"end"').length - 1,
      code: async () => {
        await eventually(() => existsSync(exit), 'the end of the run');
        return readFileSync(exit, 'utf8').trim();
      },
    };
  }

  function tmux(...args: string[]): string {
    return execFileSync(TMUX ?? '', ['-S', path.join(stage.folder, 'tmux'), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, TMUX: '' },
    });
  }
});
