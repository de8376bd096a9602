import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { isFields, parseJson } from '../../decode.js';
import { readOthersFile } from '../../state/others-file.js';

/** A file that may hold configuration, and the folder that the search found it from. */
export interface Candidate {
  readonly file: string;
  /** Every folder from here down to the file must be safe too. */
  readonly base: string;
}

export interface Place {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `undefined` when nothing names one, as under some crons. */
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Bytes; larger than any configuration that somebody wrote. */
export const LARGEST_FILE = 1024 * 1024;

const NAMES = ['sesswatch.json', 'sesswatch.yaml', 'sesswatch.yml'];
const HIDDEN_NAMES = ['.sesswatchrc', '.sesswatchrc.json', '.sesswatchrc.yaml', '.sesswatchrc.yml'];
const SUBFOLDER = '.config/';
/** In a project's folder, in the order in which they are tried. */
const PROJECT_NAMES = ['package.json', ...HIDDEN_NAMES, ...NAMES.map((name) => SUBFOLDER + name)];
const PROJECT_TOPS = ['package.json', '.git'];

/**
 * The user's files that exist, the one that counts first: `sesswatch.json|yaml|yml` in `$XDG_CONFIG_HOME` (else
 * `~/.config`; Windows: `%APPDATA%`), then `~/.sesswatchrc[.json|.yaml|.yml]`.
 */
export function userCandidates(place: Place): Candidate[] {
  return [...existing(configFolder(place), NAMES), ...existing(place.home, HIDDEN_NAMES)];
}

/**
 * The project's files that exist: those of the nearest folder that has any, from `cwd` up to the first folder with
 * `package.json` or `.git`. The home folder and what lies above it are no project: its files are the user's.
 */
export function projectCandidates(cwd: string, home: string | undefined): Candidate[] {
  for (let folder = path.resolve(cwd); folder !== home; folder = path.dirname(folder)) {
    const found = existing(folder, PROJECT_NAMES).filter(({ file }) => speaksOfUs(file));
    if (found.length > 0) return found;
    if (folder === path.dirname(folder) || PROJECT_TOPS.some((name) => exists(folder, name))) return [];
  }
  return [];
}

/** Where the user's file would lie; `undefined` without a home folder. */
export function newUserFile(place: Place): string | undefined {
  const folder = configFolder(place);
  return folder === undefined ? undefined : path.join(folder, 'sesswatch.yaml');
}

function configFolder({ env, home, platform }: Place): string | undefined {
  if (platform === 'win32') return env.APPDATA || (home && path.join(home, 'AppData', 'Roaming'));
  // The XDG specification: a relative path in an XDG variable is to be ignored.
  if (env.XDG_CONFIG_HOME !== undefined && path.isAbsolute(env.XDG_CONFIG_HOME)) return env.XDG_CONFIG_HOME;
  return home === undefined ? undefined : path.join(home, '.config');
}

function existing(base: string | undefined, names: readonly string[]): Candidate[] {
  if (base === undefined) return [];
  const hasSubfolder = exists(base, SUBFOLDER);
  return names
    .filter((name) => (hasSubfolder || !name.startsWith(SUBFOLDER)) && exists(base, name))
    .map((name) => ({ file: path.join(base, name), base }));
}

/**
 * What lies in a folder that we may not enter is not there: it cannot be meant for us. Asked about some ten times
 * per folder on the way up, on every start: so no path.join, and no exceptions for what is missing.
 */
function exists(base: string, name: string): boolean {
  try {
    return statSync(`${base}${path.sep}${name}`, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Nearly every project has a package.json; only one that may have our key is worth loading a parser for. A damaged one
 * that names us is read, to say so; one that cannot be read is first of all somebody else's.
 */
function speaksOfUs(file: string): boolean {
  if (path.basename(file) !== 'package.json') return true;
  try {
    // What its link leads to counts: it is checked when it is read. A pipe would make us wait for ever.
    const answer = readOthersFile(realpathSync(file), { owner: undefined, maxBytes: LARGEST_FILE });
    if (answer.kind !== 'read' || !/"sesswatch"\s*:/.test(answer.text)) return false;
    const value = parseJson(answer.text);
    return value === undefined || (isFields(value) && Object.hasOwn(value, 'sesswatch'));
  } catch {
    return false;
  }
}
