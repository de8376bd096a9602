import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';
import { openStage } from '../kit/processes.js';
import { agent } from '../verdict/stage-people.js';
import { homeOf, now, orphans, reapOn } from './orphaned.js';

const stage = openStage();
const folder = path.join(stage.folder, 'textfile');
const file = path.join(folder, 'sesswatch.prom');
const metrics = (...args: string[]) => sesswatch(['metrics', ...args], { env: homeOf(stage) });

beforeAll(async () => {
  mkdirSync(folder);
  await stage.start({ script: { name: 'host', children: [agent(stage, { name: 'owned' })] } });
});
afterAll(() => stage.close());

describe.runIf(process.platform === 'linux')('sesswatch metrics', () => {
  it('prints what runs', async () => {
    const { code, out } = await metrics();
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^sesswatch_sessions\{agent="claude",verdict="\w+"\} \d+$/m),
    ]);
  });

  it('--textfile replaces a file that everybody can read, and prints nothing', async () => {
    expect(await metrics('--textfile', folder)).toMatchObject({ code: 0, out: '', err: '' });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readFileSync(file, 'utf8')).toMatch(/^sesswatch_scan_complete 1$/m);
  });

  it.each([
    ['a name that the collector would not read', ['--textfile', '/tmp/metrics.txt'], /\.prom/],
    ['the newer form in a textfile', ['--textfile', '/tmp', '--format', 'openmetrics'], /prometheus format/],
    ['a recorded table', ['--from', '/dev/null'], /this machine/],
    ['a document', ['--json'], /no JSON/],
  ])('%s is refused', async (_, args, why) => {
    const { code, err } = await metrics(...args);
    expect([code, err]).toEqual([2, expect.stringMatching(why)]);
  });

  it('reap --textfile writes what is left, with what was ended', async () => {
    const [lost] = await orphans(stage, {});
    if (lost === undefined) throw new Error('no orphan started');
    expect((await reapOn(stage, ['--yes', '--textfile', folder, ...now(lost)])).code).toBe(0);
    expect((await metrics('--textfile', folder)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^sesswatch_reaped_total\{agent="claude",outcome="gone"\} 1$/m);
  });

  it('schedule install --textfile names the file to the timer by its whole path', async () => {
    const { out } = await sesswatch(
      ['schedule', 'install', '--every', '15m', '--with', 'cron', '--print', '--textfile', 'textfile'],
      { env: homeOf(stage), cwd: stage.folder },
    );
    expect(out).toContain(`--textfile ${file}`);
  });
});
