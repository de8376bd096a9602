import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConfigRequest, loadConfig } from '../../src/config/load.js';

let top: string;
let home: string;
let project: string;

beforeEach(() => {
  top = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'sesswatch-load-')));
  home = path.join(top, 'home');
  project = path.join(home, 'work/project');
  mkdirSync(path.join(project, 'src/deep'), { recursive: true });
});

afterEach(() => {
  rmSync(top, { recursive: true, force: true });
});

function plant(file: string, value: unknown): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  chmodSync(file, 0o644);
  return file;
}

function load(request: Partial<ConfigRequest> = {}) {
  return loadConfig({ env: {}, cwd: project, home, platform: 'linux', flags: {}, ...request });
}

describe('the configuration', () => {
  it('is the defaults without any file', async () => {
    const config = await load();
    expect(config).toMatchObject({ settings: { idle: 1800, max: 20 }, files: [], warnings: [] });
  });

  it('comes from flag, variable, --config, project and user, in this order', async () => {
    plant(path.join(home, '.config/sesswatch.json'), {
      idle: '1h',
      minAge: '1h',
      grace: '1m',
      max: 9,
      keep: 1,
    });
    plant(path.join(project, '.sesswatchrc'), 'idle: 2h\nminAge: 2h\ngrace: 2m\nmax: 8\n');
    plant(path.join(top, 'named.yaml'), 'idle: 3h\nminAge: 3h\ngrace: 3m\n');
    const { settings, files } = await load({
      env: { SESSWATCH_IDLE: '4h', SESSWATCH_MIN_AGE: '4h' },
      flags: { idle: '5h' },
      file: path.join(top, 'named.yaml'),
    });
    expect(settings).toMatchObject({ idle: 5 * 3600, minAge: 4 * 3600, grace: 180, max: 8, keep: 1 });
    expect(files.map(({ from }) => from)).toEqual(['user', 'project', 'config']);
  });

  it.each([
    '.sesswatchrc',
    '.sesswatchrc.json',
    '.sesswatchrc.yaml',
    '.sesswatchrc.yml',
    '.config/sesswatch.json',
    '.config/sesswatch.yaml',
  ])('of a project is found in %s, from a folder below it', async (name) => {
    const file = plant(path.join(project, name), '{ "idle": "1h" }');
    const config = await load({ cwd: path.join(project, 'src/deep') });
    expect(config.files).toEqual([{ from: 'project', file }]);
  });

  it('of a project is found in package.json, whose other words about us do not count', async () => {
    const file = plant(path.join(project, 'package.json'), { sesswatch: { idle: '1h' } });
    expect((await load()).files).toEqual([{ from: 'project', file }]);
    plant(file, { name: 'sesswatch', bin: { sesswatch: 'x' } });
    expect((await load()).files).toEqual([]);
  });

  it.each([
    ['package.json', 'package.json'],
    ['.git', '.git/HEAD'],
  ])('is not looked for above a folder with %s', async (_, top) => {
    plant(path.join(home, 'work/.sesswatchrc'), 'idle: 1h\n');
    plant(path.join(project, top), '{}');
    expect((await load()).files).toEqual([]);
  });

  it('of the home folder is the user’s, not a project’s', async () => {
    const file = plant(path.join(home, '.sesswatchrc'), 'include: [idle]\n');
    const config = await load();
    expect(config.files).toEqual([{ from: 'user', file }]);
    expect(config.settings.include).toEqual(['idle']);
  });

  it('of the user is under XDG_CONFIG_HOME when that is absolute', async () => {
    const file = plant(path.join(top, 'xdg/sesswatch.yaml'), 'idle: 1h\n');
    expect((await load({ env: { XDG_CONFIG_HOME: path.join(top, 'xdg') } })).files).toEqual([{ from: 'user', file }]);
    expect((await load({ env: { XDG_CONFIG_HOME: 'xdg' }, cwd: top })).files).toEqual([]);
  });

  it('of the user is not missed without a home folder', async () => {
    expect((await load({ home: undefined, cwd: project })).files).toEqual([]);
  });

  it('says which of two files it does not read', async () => {
    plant(path.join(home, '.config/sesswatch.json'), { idle: '1h' });
    const other = plant(path.join(home, '.sesswatchrc'), 'idle: 2h\n');
    const { settings, warnings } = await load();
    expect(settings.idle).toBe(3600);
    expect(warnings).toEqual([expect.stringContaining(`${other} is not read`)]);
  });

  it('names the file and the key of what a project may not say', async () => {
    const file = plant(path.join(project, '.sesswatchrc'), 'include: [idle]\n');
    const { settings, warnings } = await load();
    expect(settings.include).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(`${file}: include`)]);
  });
});

describe('a file that was named', () => {
  it('is relative to the current folder', async () => {
    const file = plant(path.join(project, 'ci.json'), { include: ['idle'] });
    const config = await load({ file: 'ci.json' });
    expect(config.files).toEqual([{ from: 'config', file }]);
    expect(config.settings.include).toEqual(['idle']);
  });

  it('may be named by a variable', async () => {
    const file = plant(path.join(top, 'ci.json'), {});
    expect((await load({ env: { SESSWATCH_CONFIG: file } })).files).toEqual([{ from: 'config', file }]);
  });

  it('has to exist', async () => {
    await expect(load({ file: 'nowhere.json' })).rejects.toMatchObject({
      code: 'config',
      message: `${path.join(project, 'nowhere.json')} does not exist`,
    });
  });

  it('cannot be a program', async () => {
    plant(path.join(project, 'sesswatch.config.js'), 'export default {}');
    await expect(load({ file: 'sesswatch.config.js' })).rejects.toMatchObject({ code: 'config' });
  });
});

describe('a file that others may write', () => {
  it.skipIf(process.platform === 'win32').each([
    ['the user', () => path.join(home, '.config/sesswatch.json')],
    ['a project', () => path.join(project, '.sesswatchrc.json')],
    ['package.json', () => path.join(project, 'package.json')],
  ])('is refused for %s', async (_, place) => {
    const file = plant(place(), { sesswatch: {} });
    chmodSync(file, 0o666);
    await expect(load()).rejects.toMatchObject({ code: 'config', hint: `chmod go-w ${file}` });
  });
});

describe('variables', () => {
  it.each([
    ['SESSWATCH_INCLUDE', 'superseded, leftover', { include: ['superseded', 'leftover'] }],
    ['SESSWATCH_PROTECT', 'agent=claude; cwd=/srv/**', { protect: [{ agent: 'claude' }, { cwd: '/srv/**' }] }],
    ['SESSWATCH_BUDGET_TREE_MEMORY', '2G', { budgetTreeMemory: 2_000_000_000 }],
    ['SESSWATCH_BUDGET_CPU', '80%/10m', { budgetCpu: { percent: 80, seconds: 600 } }],
    ['SESSWATCH_SOURCE', 'ps', { source: 'ps' }],
    ['SESSWATCH_AGENTS', '[{"name":"a","executables":["a"]}]', { agents: [{ name: 'a', executables: ['a'] }] }],
  ])('%s=%s is understood', async (name, value, settings) => {
    expect((await load({ env: { [name]: value } })).settings).toMatchObject(settings);
  });

  it('that are empty say nothing', async () => {
    expect((await load({ env: { SESSWATCH_IDLE: '' } })).origins.idle).toEqual([{ from: 'default' }]);
  });

  it.each([
    ['SESSWATCH_IDLE', '30', /^SESSWATCH_IDLE: "30" is not a duration/],
    ['SESSWATCH_MAX', 'many', /^SESSWATCH_MAX: /],
    ['SESSWATCH_AGENTS', '{', /^SESSWATCH_AGENTS: "\{" is not JSON/],
    ['SESSWATCH_AGENTS', '{"nmae":"a"}', /^SESSWATCH_AGENTS: its JSON: .*did you mean name/],
  ])('%s=%s is refused by name', async (name, value, message) => {
    await expect(load({ env: { [name]: value } })).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(message),
    });
  });

  it('that are misspelt are told with what was meant', async () => {
    const { warnings } = await load({ env: { SESSWATCH_PROTEC: 'agent=claude', SESSWATCH_HOME: '/x' } });
    expect(warnings).toEqual(['SESSWATCH_PROTEC is no variable of sesswatch: did you mean SESSWATCH_PROTECT?']);
  });
});

describe('flags', () => {
  it('that are repeated count together where they are lists', async () => {
    const flags = { include: ['idle,leftover', 'superseded'], protect: ['agent=a', 'agent=b'] };
    expect((await load({ flags })).settings).toMatchObject({
      include: ['idle', 'leftover', 'superseded'],
      protect: [{ agent: 'a' }, { agent: 'b' }],
    });
  });

  it('that are wrong are faults of usage, by name', async () => {
    await expect(load({ flags: { idle: 'soon' } })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^--idle: /),
    });
    await expect(load({ flags: { agents: '{}' } })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^--add-agent: /),
    });
  });

  it('say no to colour as --no-color does', async () => {
    expect((await load({ flags: { color: false } })).settings.color).toBe('never');
  });
});
