import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, type Outcome, sesswatch } from '../kit/command.js';
import { isAlive, openStage, type Seen, type Stage, statOf } from '../kit/processes.js';

interface Report {
  readonly schema: string;
  readonly end: unknown;
  readonly leftovers: readonly { readonly process: Seen & { readonly agent?: string } }[];
  readonly reaped?: { readonly ended: number };
  readonly saved?: { readonly before: string; readonly after: string };
}

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});
afterEach(() => stage.close());

const run = (...args: string[]): Promise<Outcome> =>
  sesswatch(['run', '--settle', '0', ...args], {
    env: { SESSWATCH_HOME: path.join(stage.folder, 'state') },
  });
/** Leaves a process with a session of its own behind, and says which. */
const leave = (): readonly string[] => [
  'sh',
  '-c',
  `setsid sleep 1000 >/dev/null 2>&1 & echo $! > '${stage.folder}/pid'; ${UNTIL_ASLEEP}`,
];
/** Not before it is what it will be: half of a fork would be another name. */
const UNTIL_ASLEEP = 'until grep -qs sleep /proc/$!/comm; do :; done';
function left(): Seen {
  const pid = Number(readFileSync(path.join(stage.folder, 'pid'), 'utf8'));
  const one = { pid, startTime: statOf(pid)?.startTime ?? 'gone' };
  stage.register(one);
  return one;
}

describe('run', () => {
  it('of a command that leaves nothing passes its output through and says so', async () => {
    const { out, err, code } = await run('--', 'sh', '-c', 'echo hello; echo oh >&2');
    expect(out).toBe('hello\n');
    expect(err).toMatch(/^oh\ndone after \d+s, nothing left behind.*\n$/);
    expect(code).toBe(0);
  });

  it('gives the command its own words and standard input', async () => {
    const input = 'given\n';
    const { out } = await sesswatch(['run', '--settle', '0', '--', 'sh', '-c', 'cat; echo "$1"', 'x', '--json'], {
      input,
    });
    expect(out).toBe('given\n--json\n');
  });

  it.each<[string, readonly string[], Partial<Outcome>, RegExp]>([
    ['that fails', ['sh', '-c', 'exit 7'], { code: 7 }, /^failed with 7 after/],
    ['that is not there', ['no-such-command'], { code: 127 }, /^not started: no-such-command: not found/],
    ['that is no program', ['/etc/passwd'], { code: 126 }, /^not started: \/etc\/passwd cannot be executed/],
    ['that a signal ends', ['sh', '-c', 'kill -TERM $$'], { signal: 'SIGTERM' }, /^ended by SIGTERM/],
  ])('of a command %s ends as that did', async (_, command, outcome, said) => {
    const seen = await run('--', ...command);
    expect(seen).toMatchObject(outcome);
    expect(seen.err).toMatch(said);
  });

  it('of a command that leaks exits 1 and names what is left', async () => {
    const { err, code } = await run('--', ...leave());
    const { pid } = left();
    expect(err).toMatch(/^done after \d+s, 1 process left behind/);
    expect(err).toMatch(new RegExp(`^ +${pid} +sleep .* sleep 1000$`, 'm'));
    expect(code).toBe(1);
  });

  it('--json prints one document, whatever the command prints', async () => {
    const outcome = await run('--json', '--', 'sh', '-c', `echo hello; ${leave()[2]}`);
    const report = documentOf<Report>(outcome);
    const { pid } = left();
    expect(report).toMatchObject({ schema: 'sesswatch/run/1', end: { kind: 'exited', code: 0 } });
    expect(report.leftovers.map(({ process }) => process.pid)).toEqual([pid]);
    expect(outcome.err).toBe('hello\n');
    expect(outcome.code).toBe(1);
  });

  it('--reap ends what is left, and still says that it leaked', async () => {
    const outcome = await run('--json', '--reap', '--', ...leave());
    const report = documentOf<Report>(outcome);
    expect(report.reaped).toMatchObject({ ended: 1 });
    const [one] = report.leftovers;
    expect(one !== undefined && isAlive(one.process)).toBe(false);
    expect(outcome.code).toBe(1);
  });

  it('--expect allows an agent, and no other', async () => {
    const as = stage.program('claude');
    const script = `setsid '${as}' -e 'setInterval(() => {}, 1e6)' claude >/dev/null 2>&1 & echo $! > '${stage.folder}/pid'; until [ /proc/$!/exe -ef '${process.execPath}' ]; do :; done`;
    const allowed = await run('--expect', 'claude=1', '--', 'sh', '-c', script);
    expect(allowed.err).toMatch(/ 1 process left behind, .*, as expected\n/);
    const { pid } = left();
    expect(allowed.err).toMatch(new RegExp(`^ +${pid} +claude \\(expected\\) `, 'm'));
    expect(allowed.code).toBe(0);
    const missing = await run('--expect', 'claude=1', '--', 'true');
    expect(missing.err).toMatch(/^0 left, expected claude=1$/m);
    expect(missing.code).toBe(1);
  });

  it('--save keeps both snapshots, which diff takes', async () => {
    const { err } = await run('--save', '--label', 'Nightly CI', '--', 'true');
    const pair = /^saved: sesswatch (diff \S+-nightly-ci-before \S+-nightly-ci-after)$/m.exec(err)?.[1] ?? '';
    const env = { SESSWATCH_HOME: path.join(stage.folder, 'state') };
    expect(await sesswatch(pair.split(' '), { env })).toMatchObject({ code: 0 });
    expect(await sesswatch(['diff', 'nightly-ci-before', 'nightly-ci-after'], { env })).toMatchObject({
      code: 0,
    });
  });

  it('--quiet says nothing when there is nothing to say', async () => {
    expect(await run('-q', '--', 'true')).toMatchObject({ out: '', err: '', code: 0 });
    expect((await run('-q', '--', 'no-such-command')).err).toMatch(/not found/);
  });

  it('--verbose says how it looked', async () => {
    expect((await run('-v', '--', 'true')).err).toMatch(/^ +looked by tree/m);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a command that does not stand behind --', ['run', 'ls', '-l', 'x'], /stands behind --/],
    ['no command', ['run', '--'], /missing required argument 'command'/],
    ['an option of its own that is none', ['run', '--frobnicate', '--', 'true'], /unknown option '--frobnicate'/],
    ['a time that is none', ['run', '--settle', 'soon', '--', 'true'], /not a duration/],
  ])('refuses %s', async (_, args, expected) => {
    const { err, code } = await sesswatch(args);
    expect(err).toMatch(expected);
    expect(err).toMatch(/^sesswatch: .+ \(.+\)\n$/);
    expect(code).toBe(2);
  });
});
