import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive, openStage, type Seen, type Stage } from '../kit/processes.js';
import { journalLines, now, orphans, reapOn } from './orphaned.js';

let stage: Stage;
beforeEach(() => {
  stage = openStage();
});
afterEach(() => stage.close());

async function orphan(): Promise<Seen> {
  const [one] = await orphans(stage, {});
  if (one === undefined) throw new Error('no orphan was started');
  return one;
}

it('a dry run without a word and a terminal, as a timer makes it, leaves a report in the journal', async () => {
  const one = await orphan();
  const none = await reapOn(stage, ['--dry-run', '--quiet', '--pid', String(one.pid)]);
  expect(none).toMatchObject({ out: '', code: 0 });
  await reapOn(stage, ['--dry-run', '--quiet', ...now(one)]);
  await reapOn(stage, ['--dry-run', ...now(one)]);
  expect(journalLines(stage)).toMatchObject([
    { kind: 'report', trees: 0, kept: 1 },
    { kind: 'report', trees: 1, processes: 1 },
  ]);
  const history = await reapOn(stage, ['--history']);
  expect(history.out).toMatch(/report +1 tree to end/);
  expect(history.out).toMatch(/\n1 run with nothing to end \(--all\)/);
  expect((await reapOn(stage, ['--history', '--all'])).out).toMatch(/report +nothing to end/);
  expect((await reapOn(stage, ['--last'])).out).toMatch(/1 tree to end/);
  await reapOn(stage, ['--yes', ...now(one)]);
  await reapOn(stage, ['--dry-run', '--quiet']);
  expect((await reapOn(stage, ['--last'])).out).toMatch(
    /1 tree, 1 process ended[\s\S]*since then: report at .*: nothing to end\n/,
  );
});

it.runIf(existsSync('/dev/full'))('says where it is told what it did when its output has no room', async () => {
  const one = await orphan();
  const { err, code } = await reapOn(stage, ['--yes', ...now(one)], { outTo: '/dev/full' });
  expect(err).toMatch(/^sesswatch: standard output cannot be written: .*reap --last\)\n$/);
  expect(code).toBe(2);
  expect(isAlive(one)).toBe(false);
});
