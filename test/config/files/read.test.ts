import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfigFile, readSettingsFile } from '../../../src/config/files/read.js';

let folder: string;
let before: string;
/** A program that prints what a file holds, and then its current folder. */
let reader: string;
let readerFolder: string;

beforeAll(async () => {
  const root = path.resolve(import.meta.dirname, '../../..');
  readerFolder = mkdtempSync(path.join(os.tmpdir(), 'sesswatch-reader-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(readerFolder, 'node_modules'));
  reader = path.join(readerFolder, 'reader.mjs');
  await build({
    stdin: {
      contents: `import { readConfigFile } from './src/config/files/read.ts';
        console.log(JSON.stringify(await readConfigFile(process.argv[2])), process.cwd());`,
      resolveDir: root,
    },
    outfile: reader,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['cosmiconfig'],
  });
});

afterAll(() => {
  rmSync(readerFolder, { recursive: true, force: true });
});

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'sesswatch-config-')));
  before = process.cwd();
});

afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

function plant(name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** A program that leaves a file behind when it runs. */
function trap(): string {
  const write = `require('node:fs').writeFileSync(${JSON.stringify(path.join(folder, 'SPRUNG'))}, '')`;
  return `${write};\nmodule.exports = { idle: '1s' };\n`;
}

function sprung(): boolean {
  return existsSync(path.join(folder, 'SPRUNG'));
}

describe('a configuration file', () => {
  it.each([
    ['.sesswatchrc', 'idle: 1h\n'],
    ['.sesswatchrc', '{ "idle": "1h" }'],
    ['.sesswatchrc.json', '{ "idle": "1h" }'],
    ['.sesswatchrc.yaml', 'idle: 1h\n'],
    ['.sesswatchrc.yml', 'idle: 1h\n'],
    ['.config/sesswatch.json', '{ "idle": "1h" }'],
    ['package.json', '{ "name": "x", "sesswatch": { "idle": "1h" } }'],
  ])('%s with %j is read', async (name, text) => {
    expect(await readConfigFile(plant(name, text))).toEqual({ idle: '1h' });
  });

  it('says nothing when it holds only white space', async () => {
    expect(await readConfigFile(plant('.sesswatchrc', '\n  \n'))).toEqual({});
  });

  it('is none when package.json has no such key', async () => {
    expect(await readConfigFile(plant('package.json', '{ "name": "x" }'))).toBeUndefined();
  });

  it.each([
    ['.sesswatchrc.json', '{\n  "idle": ,\n}', 'line 2'],
    ['.sesswatchrc.yaml', 'max: 1\nidle: [\nb: }\n', 'line 3'],
    ['package.json', '{\n"sesswatch": {', 'line 2'],
  ])('%s that is damaged is refused with its line, and without what stands in it', async (name, text, line) => {
    const file = plant(name, text);
    await expect(readConfigFile(file)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(new RegExp(`${name}, ${line}, is not valid (JSON|YAML)$`)),
    });
  });

  it.each(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts'])('that ends in %s is refused and not run', async (ending) => {
    await expect(readConfigFile(plant(`sesswatch${ending}`, trap()))).rejects.toMatchObject({
      code: 'config',
    });
    expect(sprung()).toBe(false);
  });
});

describe('the current folder', () => {
  // Each of these makes cosmiconfig 9 run code or read elsewhere when nobody holds it: some of it only later, when
  // the call has long returned. So a process of its own reads the file, and has ended before we look.
  it.each([
    ['a program in .config', '.config/config.js', trap],
    ['a CommonJS program in .config', '.config/config.cjs', trap],
    ['a TypeScript program in .config', '.config/config.ts', trap],
    ['search places in .config/config.json', '.config/config.json', redirect],
    ['search places in package.json', 'package.json', redirect],
    ['search places in .config/config.yaml', '.config/config.yaml', redirect],
    ['loaders in .config/config.json', '.config/config.json', () => '{ "cosmiconfig": { "loaders": {} } }'],
  ])('cannot run anything by %s', (_, name, text) => {
    plant(name, text());
    plant('evil.cjs', trap());
    const file = plant('.sesswatchrc.json', '{ "idle": "1h" }');
    const run = spawnSync(process.execPath, [reader, file], { cwd: folder, encoding: 'utf8' });
    expect(run).toMatchObject({ status: 0, stdout: `{"idle":"1h"} ${folder}\n` });
    expect(sprung()).toBe(false);
  });

  it.each([
    ['a CommonJS program', '.sesswatchrc.json', '{ "$import": "./evil.cjs" }'],
    ['a program among others', '.sesswatchrc.json', '{ "$import": ["./fine.json", "./evil.cjs"] }'],
    ['a file of values', '.sesswatchrc.json', '{ "$import": "./fine.json" }'],
    ['a program, from YAML', '.sesswatchrc', '$import: ./evil.cjs\n'],
    ['a program, from package.json', 'package.json', '{ "sesswatch": { "$import": "./evil.cjs" } }'],
  ])('cannot bring in %s by $import', async (_, name, text) => {
    plant('evil.cjs', trap());
    plant('fine.json', '{ "idle": "1s" }');
    process.chdir(folder);
    await expect(readSettingsFile(plant(name, text))).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('$import'),
    });
    expect(sprung()).toBe(false);
  });

  it('may have been deleted', async () => {
    const gone = path.join(folder, 'gone');
    mkdirSync(gone);
    const file = plant('.sesswatchrc.json', '{ "idle": "1h" }');
    process.chdir(gone);
    rmSync(gone, { recursive: true });
    expect(await readConfigFile(file)).toEqual({ idle: '1h' });
  });
});

function redirect(): string {
  return JSON.stringify({ cosmiconfig: { searchPlaces: ['evil.cjs'], mergeSearchPlaces: false } });
}

describe('a hostile file', () => {
  const laughs = ['a0: &a0 [x,x]', ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i},*a${i}]`)];

  it.each([
    ['aliases that stand for ten to the ninth values', laughs.join('\n'), /aliases/],
    ['an alias to itself', 'protect: &p [*p]', /aliases/],
    ['an alias hidden behind an apostrophe', "a: &a [it's]\nb: {c: it's, d: *a}", /aliases|refers to itself/],
    ['lists in lists', `protect: ${'['.repeat(5000)}${']'.repeat(5000)}`, /nested too deep|not valid YAML/],
    ['a million escaped quotation marks', `a: "${'\\"'.repeat(400_000)}`, /not valid YAML/],
  ])('of %s is refused at once', async (_, text, why) => {
    const file = plant('.sesswatchrc.yaml', text);
    await expect(readConfigFile(file)).rejects.toMatchObject({
      code: 'config',
      message: expect.stringMatching(why),
    });
  });

  it('may hold stars and ampersands where they are no aliases', async () => {
    const file = plant('.sesswatchrc.yaml', `protect:\n  - cwd: "~/a &b *c" # &x *y\n  - cwd: /srv/**\n`);
    expect(await readConfigFile(file)).toEqual({ protect: [{ cwd: '~/a &b *c' }, { cwd: '/srv/**' }] });
  });
});
