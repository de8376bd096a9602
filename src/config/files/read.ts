import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fieldsOf } from '../../decode.js';
import { SesswatchError } from '../../errors.js';
import { readSettings } from '../schema.js';
import type { Settings } from '../settings.js';
import { jsonErrorLine } from './json-line.js';
import { unreadable } from './trust.js';

/**
 * Reads and checks one configuration file; `undefined` for a package.json without our key.
 *
 * @throws SesswatchError `config` with the file, and the line or the key where that is known
 */
export async function readSettingsFile(file: string): Promise<Partial<Settings> | undefined> {
  const input = await readConfigFile(file);
  return input === undefined ? undefined : readSettings(input, file);
}

/**
 * What stands in one configuration file. Nothing runs and nothing else is read: of cosmiconfig only the loader of YAML
 * is called. What searches would execute `./.config/config.js` when it is constructed, take search places from
 * `./.config/config.json`, follow `$import` to any file, and run what ends in .js, .cjs, .mjs or .ts.
 */
export async function readConfigFile(file: string): Promise<unknown> {
  if (/\.[cm]?[jt]sx?$/.test(file)) {
    throw new SesswatchError(
      'config',
      `${file} is a program, and configuration is never run`,
      'write it as JSON or YAML: .json, .yaml, .yml',
    );
  }
  const text = textOf(file);
  // A file of white space or comments alone says nothing, which is no fault.
  const whole = text.trim() === '' ? {} : path.extname(file) === '.json' ? json(file, text) : await yaml(file, text);
  const ours = path.basename(file) === 'package.json' ? fieldsOf(whole).sesswatch : whole;
  if (isTree(ours)) return ours;
  throw new SesswatchError('config', `${file} refers to itself or is nested too deep`, 'write it out, flat');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function json(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(file, `, line ${jsonErrorLine(text)}, is not valid JSON`);
  }
}

/**
 * Aliases are refused before they are read: ten that each name the one before ten times are 10^10 values. The test is
 * of the text without comments and quoted parts, where a star after a blank can be nothing else.
 */
async function yaml(file: string, text: string): Promise<unknown> {
  const bare = text.replaceAll(QUOTED, '');
  if (/(?:^|[\s[{,:-])\*[^\s*,\]}]/.test(bare) && /(?:^|[\s[{,:-])&[^\s&]/.test(bare)) {
    throw new SesswatchError('config', `${file} uses YAML aliases, which are not followed`, 'write it out');
  }
  const { defaultLoadersSync } = await import('cosmiconfig');
  try {
    return defaultLoadersSync['.yaml'](file, text) ?? {};
  } catch (error) {
    const mark = error instanceof Error && 'mark' in error ? fieldsOf(error.mark) : {};
    throw damaged(file, `${typeof mark.line === 'number' ? `, line ${mark.line + 1},` : ''} is not valid YAML`);
  }
}

/** Never gives up on a quotation mark, so that no text is read twice: without its end it goes on to that of the line. */
const QUOTED = /"(?:[^"\\\n]|\\.)*\\?(?:"|$)|'[^'\n]*(?:'|$)|(?<=^|\s)#.*$/gm;

/** Parsers quote the file, which may hold secrets: only the place of the fault is passed on. */
function damaged(file: string, fault: string): SesswatchError {
  return new SesswatchError('config', `${file}${fault}`, 'mend it or move it away');
}

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
