import path from 'node:path';
import { type AgentTable, isCounted, type Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';

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
}

export interface TranscriptPlace {
  /** Home folder of the user whose agents are looked at. */
  readonly home: string;
  /** Only this user's agents keep their files there. */
  readonly uid: number | undefined;
}

/**
 * When the transcript of each agent last changed, by pid, milliseconds since the epoch. Where several agents
 * share a file or a folder, the newest change stands for each of them: it may call a resting one active, never
 * the other way round. A transcript older than the process is not known to be its own, and is left out.
 */
export function readTranscriptTimes(
  agents: AgentTable,
  place: TranscriptPlace,
  filesOf: (owner: number | undefined) => TranscriptFiles,
): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (record === undefined || !isCounted(member) || member.agent === undefined) continue;
    if (place.uid !== undefined && record.uid !== undefined && record.uid !== place.uid) continue;
    const files = filesOf(record.uid ?? place.uid);
    const changed = FINDERS[member.agent]?.({ agents, member, record, home: place.home, files });
    const newest = newestOf(changed ?? []);
    if (newest === undefined || (record.startedAt !== undefined && newest < record.startedAt)) continue;
    times.set(member.pid, newest);
  }
  return times;
}

interface Search {
  readonly agents: AgentTable;
  readonly member: Membership;
  readonly record: ProcessRecord;
  readonly home: string;
  readonly files: TranscriptFiles;
}

type Times = readonly (number | undefined)[];

const FINDERS: Readonly<Record<string, (search: Search) => Times>> = {
  claude,
  codex,
  gemini,
  qwen,
  opencode,
  copilot,
};

/** `projects/SLUG/ID.jsonl`, and those of its sub-agents, which run in the same process. */
function claude(search: Search): Times {
  const { member, files } = search;
  const id = member.sessionId;
  if (id === undefined || !isPlainName(id)) return [];
  const projects = path.join(homeOf(search, 'CLAUDE_CONFIG_DIR', '.claude'), 'projects');
  const guess = search.record.detail?.cwd?.replaceAll(/[^A-Za-z0-9]/g, '-');
  const has = (slug: string): boolean => files.mtime(path.join(projects, slug, `${id}.jsonl`)) !== undefined;
  // A long path is cut and hashed, and a session may have changed its folder: then look into all of them.
  const slug = guess !== undefined && has(guess) ? guess : files.names(projects)?.find(has);
  if (slug === undefined) return [];
  const subagents = path.join(projects, slug, id, 'subagents');
  return [files.mtime(path.join(projects, slug, `${id}.jsonl`)), ...transcriptsIn(subagents, files)];
}

/** The rollout is held open: by the agent itself, or for a TUI by codex's daemon. */
function codex({ agents, member, record, files }: Search): Times {
  const own = rolloutsOf(record);
  if (own.length > 0) return own.map((file) => files.mtime(file));
  const held: string[] = [];
  for (const other of agents.members.values()) {
    if (other.agent === 'codex' && other.daemon === true) {
      held.push(...rolloutsOf(agents.table.get(other.pid)));
    }
  }
  const id = member.sessionId;
  const named = id === undefined ? [] : held.filter((file) => file.includes(id));
  return (named.length > 0 ? named : held).map((file) => files.mtime(file));
}

function rolloutsOf(record: ProcessRecord | undefined): string[] {
  return [...(record?.detail?.fds?.values() ?? [])].filter((file) =>
    /\/sessions\/.*\/rollout-[^/]*\.jsonl$/.test(file),
  );
}

/** `tmp/PROJECT/chats/`, where projects.json names the project of a folder. */
function gemini(search: Search): Times {
  const home = homeOf(search, undefined, '.gemini');
  const cwd = search.record.detail?.cwd;
  const project =
    cwd === undefined ? undefined : projectOf(search.files.readText(path.join(home, 'projects.json')), cwd);
  if (project === undefined || !isPlainName(project)) return [];
  return transcriptsIn(path.join(home, 'tmp', project, 'chats'), search.files);
}

/** `{ path: slug }`, also as the value of `projects`. */
function projectOf(text: string | undefined, cwd: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    // Missing or half written: the project is not known.
    return undefined;
  }
  const inner = field(value, 'projects') ?? value;
  const slug = field(inner, cwd);
  return typeof slug === 'string' ? slug : undefined;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function qwen(search: Search): Times {
  const slug = search.record.detail?.cwd?.replaceAll(/[^A-Za-z0-9]/g, '-');
  if (slug === undefined) return [];
  return transcriptsIn(
    path.join(homeOf(search, undefined, '.qwen'), 'projects', slug, 'chats'),
    search.files,
  );
}

/** One database for all instances. SQLite writes to the log beside it first. */
function opencode({ record, files }: Search): Times {
  const database = [...(record.detail?.fds?.values() ?? [])].find((file) => file.endsWith('/opencode.db'));
  return database === undefined ? [] : [files.mtime(database), files.mtime(`${database}-wal`)];
}

function copilot(search: Search): Times {
  const id = search.member.sessionId;
  if (id === undefined || !isPlainName(id)) return [];
  return [
    search.files.mtime(path.join(homeOf(search, undefined, '.copilot'), 'session-state', id, 'events.jsonl')),
  ];
}

function transcriptsIn(folder: string, files: TranscriptFiles): Times {
  const names = (files.names(folder) ?? []).filter((name) => name.endsWith('.jsonl'));
  return names.map((name) => files.mtime(path.join(folder, name)));
}

/** As the process's own environment moves it, which is known only where its markers were read. */
function homeOf({ record, home }: Search, variable: string | undefined, folder: string): string {
  const moved = variable === undefined ? undefined : record.detail?.markers?.[variable];
  return moved !== undefined && path.isAbsolute(moved) ? moved : path.join(home, folder);
}

/** Ids come from other programs' argv and files: they must not lead out of the folder. */
function isPlainName(name: string): boolean {
  return /^[\w.-]+$/.test(name) && !name.startsWith('.');
}

function newestOf(times: Times): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
