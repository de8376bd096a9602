import type { AgentEntry, ForeignUse, Mode } from '../catalogue/entry.js';

/** What an agent was told to be, and in which conversation. */
export interface ReadMode {
  readonly mode: Mode;
  readonly sessionId?: string | undefined;
}

/** Where a program of an agent starts to read its words, when not at the agent's own beginning. */
export interface ModeStart {
  readonly mode?: Mode | undefined;
  readonly commands?: Readonly<Record<string, Mode>> | undefined;
}

/**
 * Reads the words after an agent's own name: commands in their places (options and the values they take are
 * skipped, so that `codex -c k=v app-server` is a server while `claude "daemon status"` is a session), flags that
 * decide the mode, and the id of the conversation. `undefined` when only another maker's program of the same name
 * would be called so.
 *
 * @param paths paths of the program or script, with `/`
 * @param split the words are a split of joined text, in which a prompt cannot be told from options
 */
export function readMode(
  entry: AgentEntry,
  words: readonly string[],
  paths: readonly string[],
  split: boolean,
  start: ModeStart = {},
): ReadMode | undefined {
  let mode = start.mode ?? entry.bare ?? PLAIN_SESSION;
  let flagged: Mode | undefined;
  let positional: string | undefined;
  let forked = false;
  const ids = new Map<string, string>();

  for (const part of partsOf(entry, words, paths, start)) {
    switch (part.kind) {
      case 'command':
        mode = part.mode;
        positional ??= part.word;
        break;
      case 'id':
        if (isSessionId(part.word)) ids.set('', part.word);
        break;
      case 'positional':
        positional ??= part.word;
        break;
      case 'option':
        if (ELECTRON_TYPE.test(part.word)) return undefined;
        if (entry.foreign?.options?.includes(part.name) === true && !isExcepted(entry.foreign, paths)) {
          return undefined;
        }
        flagged ??= own(entry.flags, part.name);
        if (entry.forkFlags?.includes(part.name) === true) forked = true;
        if (part.value !== undefined) noteId(entry, part.name, part.value, ids);
        break;
      case 'value':
        noteId(entry, part.of, part.word, ids);
        break;
      case 'rest':
        break;
    }
    // In joined text the words of a prompt may look like options.
    if (split && startsPrompt(part, entry, mode)) break;
  }
  if (isForeign(entry.foreign, positional, paths)) return undefined;
  return { mode: flagged ?? mode, sessionId: sessionIdOf(entry, ids, forked) };
}

/** What one word of a command line is. */
export type Part =
  | { readonly kind: 'command'; readonly word: string; readonly mode: Mode }
  /** The id that a command before it asks for. */
  | { readonly kind: 'id'; readonly word: string }
  | { readonly kind: 'positional'; readonly word: string }
  /** `value` where it stands in the same word, after `=`. */
  | { readonly kind: 'option'; readonly word: string; readonly name: string; readonly value?: string }
  | { readonly kind: 'value'; readonly word: string; readonly of: string }
  /** `--` and everything behind it. */
  | { readonly kind: 'rest'; readonly words: readonly string[] };

/** Every word after an agent's own name, in order, with what it is. */
export function partsOf(
  entry: AgentEntry,
  words: readonly string[],
  paths: readonly string[],
  start: ModeStart = {},
): readonly Part[] {
  const parts: Part[] = [];
  let commands = start.commands ?? (start.mode === undefined ? entry.commands : start.mode.below);
  let awaitsId = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      parts.push({ kind: 'rest', words: words.slice(at) });
      break;
    }
    if (isOption(word)) {
      const equals = word.indexOf('=');
      if (equals > 0) {
        parts.push({ kind: 'option', word, name: word.slice(0, equals), value: word.slice(equals + 1) });
        continue;
      }
      parts.push({ kind: 'option', word, name: word });
      const most = entry.values?.includes(word) === true ? 1 : entry.lists?.includes(word) === true ? words.length : 0;
      for (let taken = 0; taken < most; taken += 1) {
        const value = words[at + 1];
        // Optional values are left out, and required ones rarely look like an option.
        if (value === undefined || value === '--' || isOption(value)) break;
        parts.push({ kind: 'value', word: value, of: word });
        at += 1;
      }
      continue;
    }
    if (awaitsId) {
      parts.push({ kind: 'id', word });
      awaitsId = false;
      commands = undefined;
      continue;
    }
    const next = own(commands, word);
    if (next === undefined || isRetired(entry, word, paths)) {
      commands = undefined;
      parts.push({ kind: 'positional', word });
    } else {
      commands = next.below;
      awaitsId = next.sessionIdNext === true;
      parts.push({ kind: 'command', word, mode: next });
    }
  }
  return parts;
}

function startsPrompt(part: Part, entry: AgentEntry, mode: Mode): boolean {
  if (part.kind === 'value') return entry.promptFlags?.includes(part.of) === true;
  return part.kind === 'positional' && entry.commands !== undefined && mode === PLAIN_SESSION;
}

const PLAIN_SESSION: Mode = { role: 'session' };

/** Chromium's helpers, in every desktop application built on Electron. */
const ELECTRON_TYPE = /^--type=(renderer|gpu-process|utility|zygote|crashpad-handler|broker|ppapi)$/;

/** `-x`, `--long`, `--long=value`; not `-`, not a dash before a sentence. */
function isOption(word: string): boolean {
  return word.startsWith('-') && /^--?[A-Za-z][\w:.-]*(=|$)/.test(word);
}

/** A property of its own: a prompt may be called `constructor`. */
function own(uses: Readonly<Record<string, Mode>> | undefined, word: string): Mode | undefined {
  return uses !== undefined && Object.hasOwn(uses, word) ? uses[word] : undefined;
}

function isRetired(entry: AgentEntry, word: string, paths: readonly string[]): boolean {
  const layout = entry.retiredCommands?.[word];
  return layout !== undefined && paths.some((path) => layout.test(path));
}

function isForeign(foreign: ForeignUse | undefined, positional: string | undefined, paths: readonly string[]): boolean {
  if (foreign === undefined) return false;
  if (foreign.paths !== undefined && paths.some((path) => foreign.paths?.test(path))) return true;
  if (positional === undefined || isExcepted(foreign, paths)) return false;
  return foreign.commands?.includes(positional) === true || foreign.positional?.test(positional) === true;
}

function isExcepted(foreign: ForeignUse, paths: readonly string[]): boolean {
  return foreign.exceptPaths !== undefined && paths.some((path) => foreign.exceptPaths?.test(path));
}

function noteId(entry: AgentEntry, option: string, value: string, ids: Map<string, string>): void {
  if (entry.sessionFlags?.includes(option) === true && isSessionId(value)) ids.set(option, value);
}

/**
 * An id as agents make them: hexadecimal with hyphens, a time, or letters with a mark in front (`ses_…`, `T-…`). Names
 * of conversations, `latest`, `3` and the like choose one without telling its id.
 */
export function isSessionId(value: string): boolean {
  return value.length <= 80 && /\d/.test(value) && SESSION_ID.test(value);
}

const SESSION_ID =
  /^(?:[\da-f]{6,}(?:-[\da-f]+)*|[\da-f]+(?:-[\da-f]+)+|\d{6,}[\d_-]*[\w-]*|(?:ses|sess|session|thread|T)[-_][\w-]{3,})$/i;

/** The id that the agent was told to take goes before one that it was told to go on with. */
function sessionIdOf(entry: AgentEntry, ids: ReadonlyMap<string, string>, forked: boolean): string | undefined {
  const given = ids.get('--session-id');
  if (given !== undefined) return given;
  if (forked) return undefined;
  for (const flag of entry.sessionFlags ?? []) {
    const id = ids.get(flag);
    if (id !== undefined) return id;
  }
  return ids.get('');
}
