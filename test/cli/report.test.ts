import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sesswatch } from '../kit/command.js';
import { openStage } from '../kit/processes.js';
import { agent } from '../verdict/stage-people.js';
import { homeOf } from './orphaned.js';

const stage = openStage();
const run = (...args: string[]) => sesswatch(args, { env: homeOf(stage), cwd: stage.folder });
const page = path.join(stage.folder, 'page.html');

beforeAll(async () => {
  await stage.start({ script: { name: 'host', children: [agent(stage, { name: 'owned' })] } });
  for (let at = 0; at < 2; at++) expect((await run('snapshot', '-q', '-l', 'day')).code).toBe(0);
});
afterAll(() => stage.close());

describe.runIf(process.platform === 'linux')('sesswatch report', () => {
  it('prints a page into a pipe', async () => {
    const { code, out } = await run('report');
    expect([code, out]).toEqual([0, expect.stringMatching(/^<!doctype html>[\s\S]*<\/html>\n$/)]);
  });

  it('--out writes it where only its owner reads it, and says where', async () => {
    expect(await run('report', '--out', 'page.html')).toMatchObject({ code: 0, out: `Wrote ${page}\n` });
    expect(statSync(page).mode & 0o777).toBe(0o600);
    expect(readFileSync(page, 'utf8')).toContain('Agents over time');
  });

  it('--markdown --anonymous is text without folders', async () => {
    const { code, out } = await run('report', '--markdown', '--anonymous');
    expect([code, out]).toEqual([0, expect.stringMatching(/^# Coding agents on machine-1\n/)]);
    expect(out).not.toContain(stage.folder);
  });

  it.each([
    ['as JSON', ['--json']],
    ['of a recorded table', ['--from', '/dev/null']],
    ['since a time that is none', ['--since', 'soon']],
  ])('%s is refused', async (_, args) => {
    expect(await run('report', ...args)).toMatchObject({ code: 2 });
  });

  it.runIf(existsSync('/usr/bin/chromium'))(
    'is shown by a browser without an error and without asking for anything',
    async () => {
      await run('report', '--out', 'page.html');
      const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--enable-logging=stderr',
      ];
      const profile = `--user-data-dir=${path.join(stage.folder, 'profile')}`;
      const script = `chromium ${flags.join(' ')} ${profile} --dump-dom file://${page} 2>&1 >/dev/null | grep CONSOLE || true`;
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8', timeout: 60_000 })).toBe('');
    },
  );
});
