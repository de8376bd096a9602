import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
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

/** Names in a project's folder, in the order in which they are tried. */
const PROJECT_PLACES = [
  'package.json',
  '.sesswatchrc',
  '.sesswatchrc.json',
  '.sesswatchrc.yaml',
  '.sesswatchrc.yml',
  '.config/sesswatch.json',
  '.config/sesswatch.yaml',
  '.config/sesswatch.yml',
];

const USER_PLACES = ['sesswatch.json', 'sesswatch.yaml', 'sesswatch.yml'];
const HOME_PLACES = ['.sesswatchrc', '.sesswatchrc.json', '.sesswatchrc.yaml', '.sesswatchrc.yml'];

/**
 * The user's files that exist, the one that counts first: `sesswatch.json|yaml|yml` in `$XDG_CONFIG_HOME` (else
 * `~/.config`; Windows: `%APPDATA%`), then `~/.sesswatchrc[.json|.yaml|.yml]`.
 */
export function userCandidates({ env, home, platform }: Place): Candidate[] {
  const folder = configFolder(env, home, platform);
  return [
    ...(folder === undefined ? [] : existing(folder, USER_PLACES)),
    ...(home === undefined ? [] : existing(home, HOME_PLACES)),
  ];
}

/**
 * The project's files that exist: those of the nearest folder that has any, from `cwd` up to the first folder with
 * `package.json` or `.git`. The home folder and what lies above it are no project: its files are the user's.
 */
export function projectCandidates(cwd: string, home: string | undefined): Candidate[] {
  for (let folder = path.resolve(cwd); folder !== home; folder = path.dirname(folder)) {
    const found = existing(folder, PROJECT_PLACES).filter(({ file }) => speaksOfUs(file));
    if (found.length > 0) return found;
    if (PROJECT_TOPS.some((name) => exists(folder, name))) return [];
    if (folder === path.dirname(folder)) return [];
  }
  return [];
}

const PROJECT_TOPS = ['package.json', '.git'];

/** Where the user's file would lie; `undefined` without a home folder. */
export function newUserFile({ env, home, platform }: Place): string | undefined {
  const folder = configFolder(env, home, platform);
  return folder === undefined ? undefined : path.join(folder, 'sesswatch.yaml');
}

function configFolder(env: Place['env'], home: string | undefined, platform: NodeJS.Platform): string | undefined {
  if (platform === 'win32') return env.APPDATA || (home && path.join(home, 'AppData', 'Roaming'));
  // The XDG specification: a relative path in an XDG variable is to be ignored.
  if (env.XDG_CONFIG_HOME !== undefined && path.isAbsolute(env.XDG_CONFIG_HOME)) return env.XDG_CONFIG_HOME;
  return home === undefined ? undefined : path.join(home, '.config');
}

function existing(base: string, places: readonly string[]): Candidate[] {
  const hasSubfolder = exists(base, SUBFOLDER);
  return places
    .filter((place) => (hasSubfolder || !place.startsWith(SUBFOLDER)) && exists(base, place))
    .map((place) => ({ file: path.join(base, place), base }));
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

const SUBFOLDER = '.config/';

/** Bytes; larger than any that somebody wrote. */
const LARGEST = 1024 * 1024;

/** Nearly every project has a package.json; only one that may have our key is worth loading a parser for. */
function speaksOfUs(file: string): boolean {
  if (path.basename(file) !== 'package.json') return true;
  try {
    // What its link leads to counts: it is checked when it is read. A pipe would make us wait for ever.
    const answer = readOthersFile(realpathSync(file), { owner: undefined, maxBytes: LARGEST });
    const text = answer.kind === 'read' ? answer.text : '';
    return /"sesswatch"\s*:/.test(text) && Object.hasOwn(JSON.parse(text), 'sesswatch');
  } catch (error) {
    // A damaged one that names us is read, to say so; one that cannot be read is first of all somebody else's.
    return error instanceof SyntaxError;
  }
}
