import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, type Outcome, sesswatch } from '../kit/command.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-settings-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = (args: readonly string[], env: Record<string, string> = {}, cwd = home): Promise<Outcome> =>
  sesswatch(args, {
    cwd,
    env: {
      HOME: home,
      XDG_CONFIG_HOME: path.join(home, '.config'),
      SESSWATCH_HOME: path.join(home, 'state'),
      ...env,
    },
  });
function put(name: string, value: unknown): string {
  const file = path.join(home, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  chmodSync(file, 0o600);
  return file;
}
const lineOf = (outcome: Outcome, key: string): string | undefined =>
  outcome.out.split('\n').find((line) => line.startsWith(`${key} `));

describe('config', () => {
  it('tells each value with where it came from', async () => {
    const user = put('.config/sesswatch.json', { idle: '2h', grace: '20s' });
    const named = put('named.json', { grace: '30s' });
    const outcome = await run(['config', '--config', named], { SESSWATCH_MAX: '7' });
    expect(lineOf(outcome, 'minAge')).toMatch(/^minAge +5m +default /);
    expect(lineOf(outcome, 'idle')).toMatch(/^idle +2h +user /);
    expect(lineOf(outcome, 'grace')).toMatch(/^grace +30s +--config .*named\.json/);
    expect(lineOf(outcome, 'max')).toMatch(/^max +7 +SESSWATCH_MAX /);
    expect(outcome.out).toContain(user);
    expect(outcome.code).toBe(0);
  });

  it('--json tells the same to scripts', async () => {
    const document = documentOf<{
      schema: string;
      settings: { key: string; value: unknown; origins: unknown[] }[];
    }>(await run(['config', '--json'], { SESSWATCH_IDLE: '1h' }));
    expect(document.schema).toBe('sesswatch/config/1');
    expect(document.settings.find(({ key }) => key === 'idle')).toMatchObject({
      value: 3600,
      origins: [{ from: 'variable' }],
    });
  });

  it('of a project does not widen what may be ended', async () => {
    const file = put('project/.sesswatchrc.json', { idle: '1m', include: ['idle'], minAge: '1h' });
    const outcome = await run(['config'], {}, path.dirname(file));
    expect(outcome.err).toMatch(/idle 1m is not used/);
    expect(outcome.err).toMatch(/include idle is not used/);
    expect(lineOf(outcome, 'idle')).toMatch(/^idle +30m +default /);
    expect(lineOf(outcome, 'minAge')).toMatch(/^minAge +1h +project /);
  });

  it.each<[string, readonly string[], Record<string, string>, RegExp]>([
    [
      'a variable that is no duration',
      ['config'],
      { SESSWATCH_IDLE: 'soon' },
      /SESSWATCH_IDLE: "soon" is not a duration/,
    ],
    ['a file that is not there', ['count', '--config', 'nowhere.json'], {}, /nowhere\.json/],
  ])('refuses %s', async (_, args, env, expected) => {
    const { err, code } = await run(args, env);
    expect(err).toMatch(expected);
    expect(code).toBe(2);
  });

  it.each<[string, unknown, RegExp]>([
    ['a setting that is none', { idel: '1h' }, /idel is not a setting/],
    ['text that is no JSON', '{ "idle": ', /wrong\.json/],
  ])('refuses a file with %s', async (_, value, expected) => {
    const { err, code } = await run(['count', '--config', put('wrong.json', value)]);
    expect(err).toMatch(expected);
    expect(err).toMatch(/^sesswatch: .+ \(.+\)\n$/);
    expect(code).toBe(2);
  });

  it('the setting color decides whatever the variables of the field say', async () => {
    expect((await run(['config'], { SESSWATCH_COLOR: 'always' })).out).toContain('\u001b[');
    expect((await run(['config'], { SESSWATCH_COLOR: 'never', FORCE_COLOR: '1' })).out).not.toContain('\u001b[');
  });
});

describe('variables', () => {
  it('of its own are no misspelt settings', async () => {
    expect((await run(['count'], { SESSWATCH_DEBUG: '1', SESSWATCH_RUN_ID: 'x' })).err).toBe('');
    expect((await run(['count'], { SESSWATCH_IDEL: '1h' })).err).toMatch(
      /SESSWATCH_IDEL is no variable .*SESSWATCH_IDLE/,
    );
  });
});

describe('doctor', () => {
  it('says where files are kept and which configuration was read', async () => {
    const user = put('.config/sesswatch.json', { idle: '2h' });
    const { out, code } = await run(['doctor']);
    expect(out).toMatch(new RegExp(`state folder +${home}/state`));
    expect(out).toContain(user);
    expect(code).toBe(0);
  });

  it('--json has a level for each finding', async () => {
    const { findings } = documentOf<{ findings: { level: string; topic: string }[] }>(await run(['doctor', '--json']));
    expect(findings.map(({ topic }) => topic)).toEqual(expect.arrayContaining(['process table', 'state folder']));
    for (const { level } of findings) expect(['ok', 'note', 'problem']).toContain(level);
  });
});

describe('schedule', () => {
  // Nothing of these may reach the machine: --print writes nothing, and the home folder is the test's own.
  it.each([
    ['systemd', /^\[Timer\]$/m],
    ['cron', /^(\d+-59|\*)\/15 \* \* \* \* /m],
    ['launchd', /<key>StartInterval<\/key>|<key>StartCalendarInterval<\/key>/],
    ['task-scheduler', /<Task |schtasks/],
  ])('install --print shows what %s would be told, and writes nothing', async (mechanism, expected) => {
    const { out, err, code } = await run(['schedule', 'install', '--every', '15m', '--with', mechanism, '--print']);
    expect(err).toBe('');
    expect(out).toMatch(expected);
    expect(out).toContain('sesswatch.js');
    expect(code).toBe(0);
    expect(filesIn(home)).toEqual([]);
  });

  it('takes flags for the scheduled reap behind --', async () => {
    const args = ['schedule', 'install', '--every', '1h', '--action', 'reap', '--with', 'cron', '--print', '--json'];
    const outcome = await run([...args, '--', '--idle', '2h']);
    const document = documentOf<{ schema: string; written: boolean }>(outcome);
    expect(document).toMatchObject({ schema: 'sesswatch/schedule-install/1', written: false });
    expect(outcome.out).toMatch(/reap .*--idle 2h/);
  });

  it('hook prints what goes into the settings of Claude Code', async () => {
    const { out, code } = await run(['schedule', 'hook']);
    expect(out).toMatch(/SessionEnd/);
    expect(code).toBe(0);
  });

  it.each([
    ['no time', ['schedule', 'install', '--print'], /--every <time>/],
    ['a time that is none', ['schedule', 'install', '--every', 'x', '--print'], /not a duration/],
    ['a timer that is none', ['schedule', 'install', '--every', '1h', '--with', 'at', '--print'], /systemd, cron/],
  ])('refuses %s', async (_, args, expected) => {
    const { err, code } = await run(args);
    expect(err).toMatch(expected);
    expect(code).toBe(2);
  });
});

describe('settings by flag and variable', () => {
  const home = () => mkdtempSync(path.join(os.homedir(), 'settings-'));
  const settingOf = async (key: string, args: readonly string[], env: Record<string, string> = {}) => {
    const outcome = await sesswatch(['config', '--json', ...args], {
      env: { SESSWATCH_HOME: home(), ...env },
    });
    const { settings } = documentOf<{ settings: { key: string; value: unknown }[] }>(outcome);
    return settings.find((one) => one.key === key)?.value;
  };
  const AGENT = '{"name":"acme","executables":["acme"]}';

  it.each<[string, readonly string[], unknown]>([
    ['agents', ['--add-agent', AGENT], [{ name: 'acme', executables: ['acme'] }]],
    ['mcpServers', ['--add-mcp-server', '{"names":["m"]}'], [{ names: ['m'] }]],
    ['color', ['--color', 'always'], 'always'],
    ['color', ['--no-color'], 'never'],
  ])('%s by %j', async (key, args, value) => {
    expect(await settingOf(key, args)).toEqual(value);
  });

  it.each<[string, string, string, unknown]>([
    ['idle', 'SESSWATCH_IDLE', '1h', 3600],
    ['minAge', 'SESSWATCH_MIN_AGE', '2m', 120],
    ['grace', 'SESSWATCH_GRACE', '3s', 3],
    ['max', 'SESSWATCH_MAX', '4', 4],
    ['include', 'SESSWATCH_INCLUDE', 'leftover', ['leftover']],
    ['protect', 'SESSWATCH_PROTECT', 'agent=claude', [{ agent: 'claude' }]],
    ['agents', 'SESSWATCH_AGENTS', AGENT, [{ name: 'acme', executables: ['acme'] }]],
    ['mcpServers', 'SESSWATCH_MCP_SERVERS', '{"names":["m"]}', [{ names: ['m'] }]],
    ['source', 'SESSWATCH_SOURCE', 'ps', 'ps'],
    ['keep', 'SESSWATCH_KEEP', '5', 5],
    ['olderThan', 'SESSWATCH_OLDER_THAN', '6d', 518_400],
    ['budgets.treeMemory', 'SESSWATCH_BUDGET_TREE_MEMORY', '1G', 1e9],
    ['budgets.descriptors', 'SESSWATCH_BUDGET_DESCRIPTORS', '7', 7],
    ['budgets.sessions', 'SESSWATCH_BUDGET_SESSIONS', '8', 8],
    ['budgets.cpu', 'SESSWATCH_BUDGET_CPU', '9%/1m', { percent: 9, seconds: 60 }],
    ['color', 'SESSWATCH_COLOR', 'never', 'never'],
  ])('%s by %s', async (key, variable, text, value) => {
    expect(await settingOf(key, [], { [variable]: text })).toEqual(value);
  });

  it('stand as comments in a file that config init writes, once', async () => {
    const env = { XDG_CONFIG_HOME: home() };
    const first = await sesswatch(['config', 'init'], { env });
    expect([first.code, first.err]).toEqual([0, '']);
    expect((await sesswatch(['config', '--json'], { env })).code).toBe(0);
    expect((await sesswatch(['config', 'init'], { env })).code).toBe(2);
  });
});

/** All but what Node keeps of what V8 compiled. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('compiled'))
    .map(({ name }) => name);
}
