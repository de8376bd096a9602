import type { SnapshotDocument } from './document.js';

/**
 * A document that may be given to strangers: folders, the machine's name, users and session ids are replaced, the same
 * one always by the same word. Programs and packages stay. Pure.
 */
export function anonymous(document: SnapshotDocument): SnapshotDocument {
  const folders = new Map<string, string>();
  const words = new Map<string, string>();
  const named = (text: string | undefined, kind: string): void => {
    if (text !== undefined && text.length > 1 && !words.has(text)) words.set(text, `${kind}-${words.size + 1}`);
  };
  named(document.machine.hostname, 'machine');
  for (const { user, sessionId } of document.processes) {
    named(user === 'root' ? undefined : user, 'user');
    named(sessionId, 'session');
  }
  const known = [...words.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const pattern = known.length === 0 ? undefined : new RegExp(`(?<![\\w-])(?:${known.join('|')})(?![\\w-])`, 'g');
  const clean = (text: string): string => {
    // Whole, where nothing else stands in it: a folder's name may have blanks.
    const isPath = WHOLE_PATH.test(text);
    const pathless = isPath
      ? withoutFolders(text, folders)
      : text.replace(PATH, (path) => withoutFolders(path, folders));
    return pattern === undefined ? pathless : pathless.replace(pattern, (word) => words.get(word) ?? word);
  };
  return mapStrings(document, clean) as SnapshotDocument;
}

const WHOLE_PATH = /^(?:~|[A-Za-z]:)?[\\/][^:]*$/u;
/** An absolute path, or one below the home folder, within other words. */
const PATH = /(?<![\p{L}\p{N}_.:/-])(?:~|[A-Za-z]:)?(?:[\\/][\p{L}\p{N}_.@+=%,~-]+)+/gu;
/** What every machine has. */
const SYSTEM = /^\/(?:usr|s?bin|lib\w*|proc|dev|sys|etc|run)(?:\/|$)/;

function withoutFolders(path: string, folders: Map<string, string>): string {
  if (SYSTEM.test(path)) return path;
  const at = path.lastIndexOf('/node_modules/');
  const folder = at < 0 ? path : path.slice(0, at);
  let name = folders.get(folder);
  if (name === undefined) {
    name = `/folder-${folders.size + 1}`;
    folders.set(folder, name);
  }
  return at < 0 ? name : `${name}${path.slice(at)}`;
}

/** Fields whose text is a word of ours, a number, or a time. */
const PLAIN: ReadonlySet<string> = new Set([
  'schema',
  'takenAt',
  'startedAt',
  'startTime',
  'bootId',
  'release',
  'platform',
  'source',
]);

function mapStrings(value: unknown, clean: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') return PLAIN.has(key) ? value : clean(value);
  if (Array.isArray(value)) return value.map((one) => mapStrings(one, clean, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapStrings(one, clean, name)]));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
