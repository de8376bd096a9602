import path from 'node:path';
import type { AgentTable, Membership } from '../../agents/membership.js';
import type { RegistryEntry } from '../../agents/resolve/registry.js';
import { fieldsOf, isFields, parseJson, textOf } from '../../decode.js';
import type { ProcessRecord } from '../../process/record.js';
import { claudeTurn } from './turns/claude.js';
import { copilotTurn } from './turns/copilot.js';
import { geminiTurn, qwenTurn } from './turns/gemini.js';
import type { ReadTurn } from './turns/turn.js';

/**
 * What looking for transcripts needs of the disk. Whatever cannot be read, or belongs to another user than the
 * agent, is absent.
 */
export interface TranscriptFiles {
  /** Last change of a file, milliseconds since the epoch. */
  mtime(file: string): number | undefined;
  /** Names in a folder. */
  names(folder: string): readonly string[] | undefined;
  /** Text of a small file. */
  readText(file: string): string | undefined;
  /** The last bytes of a file, and whether there are more before them. */
  readTail(file: string, maxBytes: number): { readonly text: string; readonly isTail: boolean } | undefined;
}

/** One agent whose transcripts are looked for. */
export interface TranscriptSearch {
  readonly agents: AgentTable;
  readonly member: Membership;
  readonly record: ProcessRecord;
  /** Home folder; `isKnown`: by its own environment, not only by whoever asks. */
  readonly home: { readonly folder: string; readonly isKnown: boolean };
  readonly files: TranscriptFiles;
  /** What it wrote down of itself, for Claude Code. */
  readonly registered: RegistryEntry | undefined;
}

/** The files that may be transcripts of one agent. */
export interface FoundTranscripts {
  readonly paths: readonly string[];
  /** A conversation of this process that is in none of them cannot have had a turn. */
  readonly isEverything: boolean;
  /** Ids of the conversations, where a daemon holds those of several agents. */
  readonly ids?: readonly string[] | undefined;
  readonly read: ReadTurn;
}

/** `undefined`: where this agent keeps its transcripts is not known. */
export function findTranscripts(search: TranscriptSearch): FoundTranscripts | undefined {
  return FINDERS[search.member.agent ?? '']?.(search);
}

const FINDERS: Readonly<Record<string, (search: TranscriptSearch) => FoundTranscripts | undefined>> = {
  claude,
  gemini,
  qwen,
  copilot,
};

/** `projects/SLUG/ID.jsonl`, and those of its sub-agents, which run in the same process. */
function claude(search: TranscriptSearch): FoundTranscripts | undefined {
  const { member, record, files, registered } = search;
  const words = record.argv ?? [];
  const id = member.sessionId;
  const projects = path.join(homeOf(search, 'CLAUDE_CONFIG_DIR', '.claude'), 'projects');
  const guess = record.detail?.cwd?.replaceAll(/[^A-Za-z0-9]/g, '-');
  // What names its start was written by itself into the same folder; others may write elsewhere or nothing.
  const isEverything = registered?.procStart !== undefined && !words.includes('--no-session-persistence');
  if (id === undefined) {
    if (guess === undefined) return undefined;
    // A session that does not tell its id may have been started in another folder since.
    return { paths: transcriptsIn(path.join(projects, guess), files), isEverything: false, read: claudeTurn };
  }
  if (!isPlainName(id)) return undefined;
  const has = (slug: string): boolean => files.mtime(path.join(projects, slug, `${id}.jsonl`)) !== undefined;
  // A long path is cut and hashed, and a session may have changed its folder: then look into all of them.
  const slug = guess !== undefined && has(guess) ? guess : files.names(projects)?.find(has);
  if (slug === undefined) return { paths: [], isEverything, read: claudeTurn };
  const subagents = transcriptsIn(path.join(projects, slug, id, 'subagents'), files);
  return { paths: [path.join(projects, slug, `${id}.jsonl`), ...subagents], isEverything, read: claudeTurn };
}

/** `tmp/PROJECT/chats/`, where projects.json names the project of a folder. */
function gemini(search: TranscriptSearch): FoundTranscripts | undefined {
  const home = path.join(movedTo(search, 'GEMINI_CLI_HOME') ?? search.home.folder, '.gemini');
  const tmp = path.join(home, 'tmp');
  const cwd = search.record.detail?.cwd;
  const project =
    cwd === undefined ? undefined : projectOf(search.files.readText(path.join(home, 'projects.json')), cwd);
  return inProjects(search, { folder: tmp, project, read: geminiTurn });
}

/** `projects/SLUG/chats/`. */
function qwen(search: TranscriptSearch): FoundTranscripts | undefined {
  const folder = path.join(movedTo(search, 'QWEN_RUNTIME_DIR') ?? homeOf(search, 'QWEN_HOME', '.qwen'), 'projects');
  const project = search.record.detail?.cwd?.replaceAll(/[^A-Za-z0-9]/g, '-');
  return inProjects(search, { folder, project, read: qwenTurn });
}

/** A server's conversations may be in any folder, each as its client says. */
function inProjects(
  { member, files, home }: TranscriptSearch,
  { folder, project, read }: { folder: string; project: string | undefined; read: ReadTurn },
): FoundTranscripts | undefined {
  const isServer = member.role === 'server';
  const projects = isServer ? files.names(folder) : project === undefined ? undefined : [project];
  if (projects === undefined || !projects.every(isPlainName)) return undefined;
  const chats = projects.map((name) => path.join(folder, name, 'chats'));
  const paths = chats.flatMap((chat) => transcriptsIn(chat, files));
  const isEverything = home.isKnown && (isServer || chats.every((chat) => files.names(chat) !== undefined));
  const id = isServer ? undefined : member.sessionId?.slice(0, 8);
  const named = id === undefined ? [] : paths.filter((file) => path.basename(file).includes(id));
  return { paths: named.length > 0 ? named : paths, isEverything, read };
}

/** `{ path: slug }`, also as the value of `projects`. */
function projectOf(text: string | undefined, cwd: string): string | undefined {
  const value = fieldsOf(parseJson(text ?? ''));
  const projects = isFields(value.projects) ? value.projects : value;
  // A folder may be called `constructor`.
  return Object.hasOwn(projects, cwd) ? textOf(projects[cwd]) : undefined;
}

function copilot(search: TranscriptSearch): FoundTranscripts | undefined {
  const id = search.member.sessionId;
  if (id === undefined || !isPlainName(id)) return undefined;
  const events = path.join(homeOf(search, 'COPILOT_HOME', '.copilot'), 'session-state', id, 'events.jsonl');
  return { paths: [events], isEverything: search.home.isKnown, read: copilotTurn };
}

function transcriptsIn(folder: string, files: TranscriptFiles): string[] {
  const names = (files.names(folder) ?? []).filter((name) => name.endsWith('.jsonl'));
  return names.map((name) => path.join(folder, name));
}

/** As the process's own environment moves it, which is known only where its markers were read. */
function homeOf(search: TranscriptSearch, variable: string, folder: string): string {
  return movedTo(search, variable) ?? path.join(search.home.folder, folder);
}

function movedTo({ record }: TranscriptSearch, variable: string): string | undefined {
  const moved = record.detail?.markers?.[variable];
  return moved !== undefined && path.isAbsolute(moved) ? moved : undefined;
}

/** Ids come from other programs' argv and files: they must not lead out of the folder. */
function isPlainName(name: string): boolean {
  return /^[\w.-]+$/.test(name) && !name.startsWith('.');
}
