import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

function npm(...args: string[]) {
  const out = execFileSync('npm', [...args, '--silent'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(out);
}

function read(file: string) {
  return JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'));
}

interface Locked {
  readonly dev?: boolean;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
  readonly integrity?: string;
}

/** Packages by their folder, as they are locked, and those of them that users get. */
const LOCKED = Object.entries<Locked>(read('package-lock.json').packages);
const INSTALLED = LOCKED.filter(([folder, { dev }]) => folder !== '' && dev !== true);

/** What asks for no more than that its text goes along, which npm does. */
const LICENCES = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Python-2.0'];

/** All that users get, and nothing else. */
const PACKED = [
  /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^bin\/sesswatch\.js$/,
  /^bin\/package\.json$/,
  /^dist\/index\.js$/,
  /^dist\/program\/(?:start|count-alone|every-command)\.js$/,
  /^dist\/program\/package\.json$/,
];

/** Left out of the build that tests run. */
const TYPES = /^dist\/(?:[a-z-]+\/)*[a-z0-9-]+\.d\.ts$/;

describe('the package', () => {
  it('holds the program, the library, its types and the papers, and nothing else', () => {
    const [{ files, unpackedSize }] = npm('pack', '--dry-run', '--json', '--ignore-scripts');
    const names: string[] = files.map((file: { path: string }) => file.path);
    expect(names.filter((name) => !TYPES.test(name) && !PACKED.some((pattern) => pattern.test(name)))).toEqual([]);
    expect(PACKED.filter((pattern) => !names.some((name) => pattern.test(name)))).toEqual([]);
    expect(unpackedSize).toBeLessThan(3_000_000);
  });

  it('runs nothing when it is installed, and neither does anything that comes with it', () => {
    const scripts = Object.keys(read('package.json').scripts);
    expect(scripts.filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual([]);
    expect(INSTALLED.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
  });

  it('comes with packages of licences that ask for nothing but to be named', () => {
    expect(INSTALLED.length).toBeGreaterThan(10);
    expect(INSTALLED.filter(([, { license = 'none' }]) => !LICENCES.includes(license))).toEqual([]);
  });

  it('is made from packages of the public registry alone, each by its hash', () => {
    const isPublic = ({ resolved = '', integrity = '' }: Locked): boolean =>
      resolved.startsWith('https://registry.npmjs.org/') && integrity.startsWith('sha512-');
    expect(INSTALLED.filter(([, one]) => !isPublic(one))).toEqual([]);
  });

  it('has a bill of materials that names what is installed with it', () => {
    const { spdxVersion, packages } = npm('run', 'sbom');
    expect(spdxVersion).toBe('SPDX-2.3');
    const named: string[] = packages.map((one: { name: string }) => one.name);
    const installed = INSTALLED.map(([folder]) => folder.replace(/^.*node_modules\//, ''));
    expect(new Set(named)).toEqual(new Set(['sesswatch', ...installed]));
  });

  it('asks for exact versions of what it depends on', () => {
    const { dependencies, devDependencies } = read('package.json');
    const versions = Object.entries<string>({ ...dependencies, ...devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
