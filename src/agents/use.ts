import type { AgentEntry, ForeignUse, Use } from './entry.js';

/** What an agent was told to be, and in which conversation. */
export interface ReadUse {
  readonly use: Use;
  readonly sessionId?: string | undefined;
}

/**
 * Reads the words after an agent's own name: commands in their places (options and the values they take are
 * skipped, so that `codex -c k=v app-server` is a server while `claude "daemon status"` is a session), flags that
 * decide the use, and the id of the conversation. `undefined` when only another maker's program of the same name
 * would be called so.
 *
 * @param paths paths of the program or script, with `/`
 * @param split the words are a split of joined text, in which a prompt cannot be told from options
 */
export function readUse(
  entry: AgentEntry,
  words: readonly string[],
  paths: readonly string[],
  split: boolean,
  start: {
    readonly use?: Use | undefined;
    readonly commands?: Readonly<Record<string, Use>> | undefined;
  } = {},
): ReadUse | undefined {
  let commands = start.commands ?? (start.use === undefined ? entry.commands : start.use.below);
  let use = start.use ?? entry.bare ?? PLAIN_SESSION;
  let flagged: Use | undefined;
  let positional: string | undefined;
  let awaitsId = false;
  const ids = new Map<string, string>();
  let forked = false;

  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') break;
    if (!isOption(word)) {
      positional ??= word;
      if (awaitsId) {
        if (isSessionId(word)) ids.set('', word);
        awaitsId = false;
      }
      const next = own(commands, word);
      if (next !== undefined && !isRetired(entry, word, paths)) {
        use = next;
        commands = next.below;
        awaitsId = next.sessionIdNext === true;
      } else {
        commands = undefined;
        // In joined text the words of a prompt may look like options.
        if (split && entry.commands !== undefined && use === PLAIN_SESSION) break;
      }
      continue;
    }
    if (ELECTRON_TYPE.test(word)) return undefined;
    const equals = word.indexOf('=');
    const name = equals > 0 ? word.slice(0, equals) : word;
    if (entry.foreign?.options?.includes(name) === true && !isExcepted(entry.foreign, paths))
      return undefined;
    flagged ??= own(entry.flags, name);
    if (entry.forkFlags?.includes(name) === true) forked = true;
    const following = words[at + 1];
    const value =
      equals > 0 ? word.slice(equals + 1) : following === undefined || isOption(following) ? '' : following;
    if (entry.sessionFlags?.includes(name) === true && isSessionId(value)) ids.set(name, value);
    if (equals > 0) continue;
    if (entry.values?.includes(name) === true) {
      if (following !== undefined && !isOption(following)) at += 1;
    } else if (entry.lists?.includes(name) === true) {
      while (at + 1 < words.length && !isOption(words[at + 1] ?? '') && words[at + 1] !== '--') at += 1;
    }
  }
  if (isForeign(entry.foreign, positional, paths)) return undefined;
  return { use: flagged ?? use, sessionId: sessionIdOf(entry, ids, forked) };
}

const PLAIN_SESSION: Use = { role: 'session' };

/** Chromium's helpers, in every desktop application built on Electron. */
const ELECTRON_TYPE = /^--type=(renderer|gpu-process|utility|zygote|crashpad-handler|broker|ppapi)$/;

/** `-x`, `--long`, `--long=value`; not `-`, not a dash before a sentence. */
function isOption(word: string): boolean {
  return /^--?[A-Za-z][\w:.-]*(=|$)/.test(word);
}

/** A property of its own: a prompt may be called `constructor`. */
function own(uses: Readonly<Record<string, Use>> | undefined, word: string): Use | undefined {
  return uses !== undefined && Object.hasOwn(uses, word) ? uses[word] : undefined;
}

function isRetired(entry: AgentEntry, word: string, paths: readonly string[]): boolean {
  const layout = entry.retiredCommands?.[word];
  return layout !== undefined && paths.some((path) => layout.test(path));
}

function isForeign(
  foreign: ForeignUse | undefined,
  positional: string | undefined,
  paths: readonly string[],
): boolean {
  if (foreign === undefined) return false;
  if (foreign.paths !== undefined && paths.some((path) => foreign.paths?.test(path))) return true;
  if (positional === undefined || isExcepted(foreign, paths)) return false;
  return foreign.commands?.includes(positional) === true || foreign.positional?.test(positional) === true;
}

function isExcepted(foreign: ForeignUse, paths: readonly string[]): boolean {
  return foreign.exceptPaths !== undefined && paths.some((path) => foreign.exceptPaths?.test(path));
}

/** One word; `latest`, `3` and the like choose a conversation without naming it. */
function isSessionId(value: string): boolean {
  return /^[^\s-][^\s]*$/.test(value) && !/^(latest|last|true|false|\d{1,4})$/.test(value);
}

/** The id that the agent was told to take goes before one that it was told to go on with. */
function sessionIdOf(
  entry: AgentEntry,
  ids: ReadonlyMap<string, string>,
  forked: boolean,
): string | undefined {
  const given = ids.get('--session-id');
  if (given !== undefined) return given;
  if (forked) return undefined;
  for (const flag of entry.sessionFlags ?? []) {
    const id = ids.get(flag);
    if (id !== undefined) return id;
  }
  return ids.get('');
}
