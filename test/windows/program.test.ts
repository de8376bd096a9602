import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWine, type Wine } from '../kit/wine.js';

const opened = await openWine();
const wine = opened as Wine;
afterAll(() => 'missing' in opened || wine.close());

describe.skipIf('missing' in opened)(`on Windows${'missing' in opened ? `: ${opened.missing}` : ', by wine'}`, () => {
  beforeAll(async () => {
    await Promise.all([wine.standIn('claude.exe'), wine.standIn('claude.exe')]);
  });

  it('the version is told', async () => {
    expect(await wine.sesswatch('--version')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\S*\r?\n$/),
    });
  });

  it('doctor says what is true there, and nothing of ps, procfs or tmux', async () => {
    const { code, out } = await wine.sesswatch('doctor');
    expect(code).toBe(0);
    expect(out).toMatch(/^ok +node +Node 22/m);
    expect(out).toMatch(/^problem +process table +\d+ processes by \w+, .*powershell/m);
    expect(out).not.toMatch(/\bps\b|\/proc|tmux|sqlite3/);
  });

  it('programs whose arguments nobody can read are listed with a question mark and judged unknown', async () => {
    const { code, out, err } = await wine.sesswatch('ps');
    expect(out.match(/^ *\d+ +claude\? +session +unknown /gm)).toHaveLength(2);
    expect([code, err]).toEqual([3, expect.stringContaining('the scan is incomplete')]);
  });

  it('a count of what could not be read is no zero that passes for an answer', async () => {
    expect(await wine.sesswatch('count')).toMatchObject({ code: 3, err: expect.stringContaining('incomplete') });
  });

  it('nothing is planned and nothing ended on such a scan', async () => {
    const dry = await wine.sesswatch('reap', '--dry-run', '--idle', '0', '--min-age', '0');
    expect(dry).toMatchObject({ code: 3, err: expect.stringContaining('nothing was ended') });
    const real = await wine.sesswatch('reap', '--yes', '--idle', '0', '--min-age', '0');
    expect(real.code).toBe(3);
    const { out } = await wine.sesswatch('ps', '--json');
    expect(JSON.parse(out).processes).toHaveLength(2);
  });

  it('snapshots are saved, listed as incomplete, and compared', async () => {
    expect((await wine.sesswatch('snapshot', '--label', 'early')).code).toBe(3);
    expect(await wine.sesswatch('snapshots')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/early.*incomplete/),
    });
    const { code, out } = await wine.sesswatch('diff', 'early', '@now');
    expect([code, out]).toEqual([3, expect.stringMatching(/0 appeared · 0 gone · 2 stayed/)]);
  });

  it('two runs at once both keep what they saved', async () => {
    const both = await Promise.all([wine.sesswatch('snapshot', '-l', 'one'), wine.sesswatch('snapshot', '-l', 'two')]);
    expect(both.map(({ code }) => code)).toEqual([3, 3]);
    const { out } = await wine.sesswatch('snapshots', '--json');
    const labels = (JSON.parse(out) as { snapshots: { label: string }[] }).snapshots.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['one', 'two']));
  });

  it('config names where each setting is from', async () => {
    expect(await wine.sesswatch('config')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^idle +30m +default/m),
    });
  });

  it('schedule --print shows the task that would be made', async () => {
    const { code, out } = await wine.sesswatch('schedule', 'install', '--every', '1h', '--print');
    expect([code, out]).toEqual([0, expect.stringMatching(/schtasks|<Task/)]);
  });

  it('run answers with the exit code of its command', async () => {
    expect((await wine.sesswatch('run', '--', 'cmd', '/c', 'exit 7')).code).toBe(7);
    expect(await wine.sesswatch('run', '--', 'cmd', '/c', 'echo hi')).toMatchObject({
      code: 0,
      out: expect.stringContaining('hi'),
    });
  });

  it('a snapshot is read from a path with blanks and umlauts', async () => {
    const saved = await wine.sesswatch('snapshots', '--json');
    const { snapshots } = JSON.parse(saved.out) as { snapshots: { file?: string; id: string }[] };
    const file = `${wine.windowsFolder}\\state\\snapshots\\${snapshots[0]?.id}.json`;
    const { code, out } = await wine.sesswatch('ps', '--from', file);
    expect([code, out.includes('claude?')]).toEqual([3, true]);
    expect(path.win32.isAbsolute(file)).toBe(true);
  });
});
