import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';
import { eventually, isAlive, openStage, type Seen } from '../kit/processes.js';
import { homeOf, orphans, PROGRAM } from './orphaned.js';

const hasTmux = isInstalled('tmux');
const stage = openStage();
const socket = path.join(stage.folder, 'tmux');
let lost: Seen;

beforeAll(async () => {
  const [one] = await orphans(stage, { name: 'lost' });
  if (one === undefined) throw new Error('no orphan started');
  lost = one;
});
afterAll(() => stage.close());

const watch = (...args: string[]) => sesswatch(['watch', ...args], { env: homeOf(stage) });

describe.runIf(process.platform === 'linux')('sesswatch watch without a terminal', () => {
  it('is refused, and says what works', async () => {
    expect(await watch()).toMatchObject({ code: 2, err: expect.stringMatching(/--once.*--json/) });
  });

  it('--once prints a frame', async () => {
    const { code, out } = await watch('--once');
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^.. +${lost.pid} claude`, 'm'))]);
  });

  it('--json --once prints a document on one line', async () => {
    const { code, out } = await watch('--json', '--once');
    expect([code, out.split('\n').length]).toEqual([0, 2]);
    expect(JSON.parse(out)).toMatchObject({ schema: 'sesswatch/snapshot/1' });
  });

  it.each(['0', '10ms', 'often'])('--every %s is refused', async (every) => {
    expect(await watch('--every', every, '--once')).toMatchObject({ code: 2 });
  });
});

describe.runIf(hasTmux && process.platform === 'linux')(
  `sesswatch watch on a terminal${hasTmux ? '' : ' (no tmux here)'}`,
  () => {
    beforeAll(() => {
      stage.onClose(async () => void tmux('kill-server'));
      const { HOME, SESSWATCH_HOME } = homeOf(stage);
      const env = `env HOME=${HOME} SESSWATCH_HOME=${SESSWATCH_HOME} TERM=xterm-256color PS1=ready: bash --norc`;
      tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '24', env);
    });

    /** Starts it anew, filtered to the one orphan of this test. */
    async function start(): Promise<void> {
      keys(`${process.execPath} ${PROGRAM} watch --every 1s`, 'Enter');
      await shows(/WHAT/);
      keys('/', String(lost.pid), 'Enter');
      await shows(new RegExp(`filter ${lost.pid}`));
    }

    it('shows the session, its details and the help, and leaves the screen as it was', async () => {
      await start();
      await shows(new RegExp(`^>. +${lost.pid} claude`, 'm'));
      keys('Enter');
      await shows(/^ {2}because /m);
      keys('Escape');
      await shows(/WHAT/);
      keys('?');
      await shows(/What x will not end/);
      keys('q', 'q');
      await isRestored();
    });

    it.each([
      ['control-C', () => keys('C-c'), 0],
      ['SIGTERM', () => process.kill(viewPid(), 'SIGTERM'), 143],
      ['SIGHUP', () => process.kill(viewPid(), 'SIGHUP'), 129],
    ])('leaves the screen as it was at %s', async (_, leave, code) => {
      await start();
      leave();
      await isRestored();
      keys('echo code $?', 'Enter');
      await shows(new RegExp(`^code ${code}$`, 'm'));
      keys('clear', 'Enter');
    });

    it('stops at control-Z, and goes on where it was', async () => {
      await start();
      keys('C-z');
      await isRestored();
      keys('fg', 'Enter');
      await shows(new RegExp(`^>. +${lost.pid} claude`, 'm'));
      keys('q');
      await isRestored();
    });

    it('draws anew for another size', async () => {
      await start();
      tmux('resize-window', '-x', '120', '-y', '12');
      await eventually(() => expect(screen().trimEnd().split('\n')).toHaveLength(12), 'the new size');
      await shows(/REAP/);
      keys('q');
      await isRestored();
    });

    it('ends by SIGTERM also while a question is open, and ends nobody', async () => {
      await start();
      keys('x');
      await shows(/End 1 tree\?/);
      process.kill(viewPid(), 'SIGTERM');
      await isRestored();
      keys('echo code $?', 'Enter');
      await shows(/^code 143$/m);
      expect(isAlive(lost)).toBe(true);
      keys('clear', 'Enter');
    });

    it('every other key does what the help says', async () => {
      await start();
      for (const sort of ['memory', 'cpu', 'age', 'idle', 'agent', 'pid', 'verdict']) {
        keys('>');
        await shows(new RegExp(`by ${sort} `));
      }
      keys('<');
      await shows(/by pid /);
      keys('y');
      await shows(/how to resume it is not known/);
      keys('s');
      await shows(/saved 20\d+T\d+Z-watch/);
      keys('p');
      await shows(/PAUSED/);
      keys('p');
      await eventually(() => expect(screen()).not.toContain('PAUSED'), 'it to go on');
      keys('Space');
      await shows(/^>\*/m);
      keys('z');
      await shows(/Enter goes back to the view/);
      expect(isAlive(lost)).toBe(true);
      keys('Enter');
      await shows(/WHAT/);
      keys('C-l', 'Down', 'Up', 'Home', 'End', 'Right', 'Left', 'Tab', 'Escape');
      await eventually(() => expect(screen()).not.toContain(`filter ${lost.pid}`), 'the filter to go');
      keys('q');
      await isRestored();
    });

    it('x shows the plan of this one tree, asks, ends it, and comes back', async () => {
      await start();
      keys('x');
      await shows(/End 1 tree\?/);
      expect(isAlive(lost)).toBe(true);
      keys('a', 'Enter');
      await shows(/ended 1 process[\s\S]*Enter goes back to the view/);
      expect(isAlive(lost)).toBe(false);
      keys('Enter');
      await shows(new RegExp(`nothing matches ${lost.pid}`));
      keys('q');
      await isRestored();
    });
  },
);

function tmux(...args: readonly string[]): string {
  return execFileSync('tmux', ['-S', socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function keys(...names: readonly string[]): void {
  tmux('send-keys', ...names);
}

function screen(): string {
  return tmux('capture-pane', '-p');
}

function shows(what: RegExp): Promise<unknown> {
  return eventually(() => expect(screen()).toMatch(what), `the screen to show ${what}`);
}

/** The shell's own screen and cursor are back, and it reads keys. */
async function isRestored(): Promise<void> {
  await eventually(
    () =>
      expect(tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{pane_current_command}').trim()).toBe('0 1 bash'),
    'the terminal to be as it was',
  );
}

/** The child of the pane's shell. */
function viewPid(): number {
  const shell = tmux('display', '-p', '#{pane_pid}').trim();
  return Number(execFileSync('ps', ['-o', 'pid=', '--ppid', shell], { encoding: 'utf8' }).trim());
}

function isInstalled(name: string): boolean {
  try {
    execFileSync(name, ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
