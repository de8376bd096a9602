import path from 'node:path';
import { parseJson } from '../decode.js';
import { SesswatchError } from '../errors.js';
import { nearest } from '../nearest.js';
import { type Account, ownAccount } from '../state/foreign-writer.js';
import type { ProtectGroup } from '../verdict/vetoes/protect.js';
import { type Candidate, projectCandidates, userCandidates } from './files/discover.js';
import { assertTrusted } from './files/trust.js';
import { protectTests } from './protect.js';
import { type Layer, type LayerName, type Resolved, resolveSettings } from './resolve.js';
import { SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from './settings.js';

export interface ConfigRequest {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** `undefined` when nothing names one: then there is no user file. */
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
  /** Flags as they were typed; of a flag that may be repeated, all of them. `false` is `--no-color`. */
  readonly flags: FlagTexts;
  /** `--config FILE`, else `SESSWATCH_CONFIG`. Relative to `cwd`. */
  readonly file?: string | undefined;
  /** Who reads; by default the user of this process. */
  readonly reader?: Account | undefined;
}

export type FlagTexts = { readonly [K in SettingKey]?: string | readonly string[] | false | undefined };

export interface ConfigFile {
  readonly from: LayerName;
  readonly file: string;
}

/** The settings, where each came from, the files that were read, and what was left out. */
export interface Config extends Resolved {
  /** The protect rules as the judge takes them. */
  readonly protect: readonly ProtectGroup[];
  readonly files: readonly ConfigFile[];
}

/**
 * Reads flags, variables and configuration files, once. Without a file nothing is imported for it: the cost is a
 * few dozen calls of stat.
 *
 * @throws SesswatchError `usage` for a flag; `config` for a variable or a file that is missing, damaged, not safe to
 *   obey, or says something unknown
 */
export async function loadConfig(request: ConfigRequest): Promise<Config> {
  const { env, cwd, home, platform } = request;
  const reader = request.reader ?? ownAccount();
  const warnings = unknownVariables(env);
  const layers: Layer[] = [];
  const files: ConfigFile[] = [];

  const read = async (from: LayerName, candidates: readonly Candidate[]): Promise<void> => {
    for (const [at, candidate] of candidates.entries()) {
      const values = await readCandidate(candidate, reader);
      if (values === undefined) continue;
      layers.push({ from, file: candidate.file, values });
      files.push({ from, file: candidate.file });
      for (const other of candidates.slice(at + 1)) {
        warnings.push(`${other.file} is not read: ${candidate.file} comes first`);
      }
      return;
    }
  };

  await read('user', userCandidates({ env, home, platform }));
  await read('project', projectCandidates(cwd, home));
  const named = request.file ?? (env.SESSWATCH_CONFIG || undefined);
  if (named !== undefined) {
    const file = path.resolve(cwd, named);
    await read('config', [{ file, base: path.dirname(file) }]);
  }
  // Empty is how a shell or a unit file unsets a variable.
  const inEnvironment = (key: SettingKey): string | undefined => env[SETTINGS[key].variable] || undefined;
  layers.push({ from: 'variable', values: await fromTexts('variable', inEnvironment) });
  layers.push({ from: 'flag', values: await fromTexts('flag', (key) => request.flags[key]) });

  const resolved = resolveSettings(layers);
  const protect = await protectTests(resolved.settings.protect, resolved.origins.protect, home);
  return { ...resolved, protect, warnings: [...warnings, ...resolved.warnings], files };
}

async function readCandidate(candidate: Candidate, reader: Account | undefined) {
  assertTrusted(candidate, reader);
  const { readSettingsFile } = await import('./files/read.js');
  return readSettingsFile(candidate.file);
}

/** What variables or flags say, each read by its own setting, and refused by its own name. */
async function fromTexts(
  from: 'variable' | 'flag',
  given: (key: SettingKey) => FlagTexts[SettingKey],
): Promise<Partial<Settings>> {
  const values: Partial<Record<SettingKey, unknown>> = {};
  for (const key of SETTING_KEYS) {
    const said = given(key);
    const texts = said === undefined ? [] : said === false ? ['never'] : [said].flat();
    if (texts.length === 0) continue;
    const name = SETTINGS[key][from];
    try {
      values[key] = await readTexts(key, texts, name);
    } catch (error) {
      if (!(error instanceof SesswatchError)) throw error;
      const code = from === 'flag' ? 'usage' : 'config';
      throw new SesswatchError(code, `${name}: ${error.message}`, error.hint, error);
    }
  }
  return values as Partial<Settings>;
}

async function readTexts(key: SettingKey, texts: readonly string[], where: string): Promise<unknown> {
  const { read } = SETTINGS[key];
  if (read !== 'json') return read(texts);
  const { readSettings } = await import('./schema.js');
  const entries = texts.flatMap((text) => {
    const value = parseJson(text);
    if (value !== undefined) return value;
    throw new SesswatchError('usage', `"${text}" is not JSON`, `give ${where} one object or a list of them`);
  });
  return readSettings({ [key]: entries }, 'its JSON')[key];
}

/** A misspelt variable would protect nothing and say nothing. */
function unknownVariables(env: ConfigRequest['env']): string[] {
  const known = new Set([...OTHER_VARIABLES, ...SETTING_KEYS.map((key) => SETTINGS[key].variable)]);
  return Object.keys(env)
    .filter((name) => name.startsWith('SESSWATCH_') && !known.has(name))
    .map((name) => {
      const [meant] = nearest(name, known, 1);
      return `${name} is no variable of sesswatch${meant === undefined ? '' : `: did you mean ${meant}?`}`;
    });
}

/**
 * Read elsewhere: the state folder, the file that takes the place of `--config`, whether faults are told in full,
 * and what `run` puts into the environment of its command.
 */
const OTHER_VARIABLES = [
  'SESSWATCH_HOME',
  'SESSWATCH_CONFIG',
  'SESSWATCH_DEBUG',
  'SESSWATCH_RUN_ID',
  'SESSWATCH_NOTICE',
];
