import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SesswatchError } from '../../errors.js';
import { jsonErrorLine } from './json-line.js';

/**
 * Reads one configuration file by cosmiconfig; `undefined` for a package.json without our key.
 *
 * Held so that nothing runs and nothing else is read. cosmiconfig 9 would otherwise execute `./.config/config.js`
 * when it is constructed, take search places from `./.config/config.json`, follow `$import` to any file, and run
 * what ends in .js, .cjs, .mjs or .ts:
 * - it is constructed while this package's own folder is the current one;
 * - its loaders of programs only throw, and the others refuse `$import`;
 * - only static names are search places, and nothing is searched: the one file is named.
 *
 * @throws SesswatchError `config` with the file, and the line where it is known
 */
export async function readConfigFile(file: string): Promise<unknown> {
  const { cosmiconfigSync, defaultLoadersSync } = await import('cosmiconfig');
  if (PROGRAMS.includes(path.extname(file))) refuseProgram(file);
  const json = staticLoader(defaultLoadersSync['.json'], jsonFault);
  const yaml = staticLoader(withoutAliases(defaultLoadersSync['.yaml']), yamlFault);
  const programs = Object.fromEntries(PROGRAMS.map((extension) => [extension, refuseProgram]));
  const explorer = inOwnFolder(() =>
    cosmiconfigSync('sesswatch', {
      cache: false,
      searchPlaces: ['package.json', '.sesswatchrc'],
      loaders: { ...programs, '.json': json, '.yaml': yaml, '.yml': yaml, noExt: yaml },
    }),
  );
  try {
    const found = explorer.load(file);
    if (found === null) return undefined;
    // A file of white space alone says nothing, which is no fault.
    return found.isEmpty === true ? {} : found.config;
  } catch (error) {
    const code = property(error, 'code');
    if (error instanceof SesswatchError || typeof code !== 'string') throw error;
    throw new SesswatchError('config', `${file} cannot be read: ${code}`, 'check its permissions', error);
  }
}

const PROGRAMS = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.jsx', '.tsx'];

function refuseProgram(file: string): never {
  throw new SesswatchError(
    'config',
    `${file} is a program, and configuration is never run`,
    'write it as JSON or YAML: .json, .yaml, .yml',
  );
}

type Loader = (file: string, content: string) => unknown;

/** Refuses `$import`, by which another file, which nobody checked, would become part of this one. */
function staticLoader(load: Loader, faultOf: (error: unknown, content: string) => string): Loader {
  return (file, content) => {
    let loaded: unknown;
    try {
      loaded = load(file, content);
    } catch (error) {
      if (error instanceof SesswatchError) throw error;
      // Parsers quote the file, which may hold secrets: only the place of the fault is passed on.
      throw new SesswatchError('config', `${file}${faultOf(error, content)}`, 'mend it or move it away');
    }
    const ours = path.basename(file) === 'package.json' ? property(loaded, 'sesswatch') : loaded;
    if (!isTree(ours)) {
      throw new SesswatchError('config', `${file} refers to itself or is nested too deep`, 'write it out, flat');
    }
    if (property(ours, '$import') === undefined) return loaded;
    throw new SesswatchError('config', `${file} uses $import, which is not followed`, 'copy what it needs into it');
  };
}

/**
 * Aliases are refused before they are read: ten that each name the one before ten times are 10^10 values. The test is
 * of the text without comments and quoted parts, where a star after a blank can be nothing else.
 */
function withoutAliases(load: Loader): Loader {
  return (file, content) => {
    const bare = content.replaceAll(QUOTED, '');
    if (/(?:^|[\s[{,:-])\*[^\s*,\]}]/.test(bare) && /(?:^|[\s[{,:-])&[^\s&]/.test(bare)) {
      throw new SesswatchError('config', `${file} uses YAML aliases, which are not followed`, 'write it out');
    }
    // A file of comments alone says nothing, which is no fault.
    return load(file, content) ?? {};
  };
}

/** Never gives up on a quotation mark, so that no text is read twice: without its end it goes on to that of the line. */
const QUOTED = /"(?:[^"\\\n]|\\.)*\\?(?:"|$)|'[^'\n]*(?:'|$)|(?<=^|\s)#.*$/gm;

/** Whether every object in a value stands in it once, and none deeper than any setting is. */
function isTree(value: unknown): boolean {
  const seen = new Set<object>();
  const waiting: [value: unknown, depth: number][] = [[value, 0]];
  for (const [one, depth] of waiting) {
    if (typeof one !== 'object' || one === null) continue;
    if (seen.has(one) || depth > DEEPEST) return false;
    seen.add(one);
    for (const inner of Object.values(one)) waiting.push([inner, depth + 1]);
  }
  return true;
}

const DEEPEST = 20;

function jsonFault(_: unknown, content: string): string {
  return `, line ${jsonErrorLine(content)}, is not valid JSON`;
}

function yamlFault(error: unknown): string {
  const line = property(property(error, 'mark'), 'line');
  return `${typeof line === 'number' ? `, line ${line + 1},` : ''} is not valid YAML`;
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** Runs something short and synchronous while this file's folder is the current one, which holds no `.config`. */
function inOwnFolder<T>(run: () => T): T {
  const before = currentFolder();
  process.chdir(path.dirname(fileURLToPath(import.meta.url)));
  try {
    return run();
  } finally {
    process.chdir(before);
  }
}

/** The root where the current folder was deleted: there is no way back into that one. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return path.parse(fileURLToPath(import.meta.url)).root;
  }
}
