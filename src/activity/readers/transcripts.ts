import path from 'node:path';
import { type AgentTable, isCounted } from '../../agents/membership.js';
import type { RegistryEntry } from '../../agents/resolve/registry.js';
import { sharedSessions } from '../../agents/same-session.js';
import type { ProcessRecord } from '../../process/record.js';
import { codexThreadsOf } from './codex-threads.js';
import {
  type FoundTranscripts,
  findTranscripts,
  type TranscriptFiles,
  type TranscriptSearch,
} from './find-transcripts.js';
import { CLOSED, entriesOf, type ReadTurn, type Turn } from './turns/turn.js';

export interface TranscriptPlace {
  /** Home folder of whoever asks. */
  readonly home: string;
  /** Only this user's agents keep their files there. */
  readonly uid: number | undefined;
  /** What Claude Code wrote down about its live sessions, by pid. */
  readonly registry: ReadonlyMap<number, RegistryEntry>;
}

/** What its transcripts tell of one agent. */
export interface TranscriptReading {
  /** When one of them last changed, milliseconds since the epoch; absent where none did since the agent started. */
  readonly changedAt?: number | undefined;
  /** Absent: not known. */
  readonly turn?: Turn | undefined;
  /** Ids of the conversations that may be its own, where a daemon holds those of several agents. */
  readonly sessions?: readonly string[] | undefined;
}

/**
 * What the transcripts of each agent tell, by pid. Where several files may be an agent's own, the newest change and
 * any open turn stand for it: that may call a resting one active, never the other way round. A transcript that
 * has not changed since the process started says nothing of it. A conversation that a younger process holds too is
 * written by that one.
 */
export function readTranscripts(
  agents: AgentTable,
  place: TranscriptPlace,
  filesOf: (owner: number | undefined) => TranscriptFiles,
): ReadonlyMap<number, TranscriptReading> {
  // Their transcripts may be written by the other.
  const shared = new Set([...sharedSessions(agents).keys()].map(({ pid }) => pid));
  const turns = new Map<string, Turn | undefined>();
  const filesFor = memo((owner: number | undefined) => listedOnce(filesOf(owner)));
  const found = new Map<number, TranscriptReading>();
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (record === undefined || !isCounted(member) || member.agent === undefined) continue;
    if (shared.has(member.pid)) continue;
    const home = homeOf(record, place);
    if (home === undefined) continue;
    const files = filesFor(record.uid ?? place.uid);
    const registered = place.registry.get(member.pid);
    const search: TranscriptSearch = { agents, member, record, home, files, registered };
    const transcripts = member.agent === 'codex' ? codexThreadsOf(agents, member, record) : findTranscripts(search);
    if (transcripts === undefined) continue;
    const turnOf = (file: string): Turn | undefined => {
      if (!turns.has(file)) turns.set(file, readTail(files, file, transcripts.read));
      return turns.get(file);
    };
    const reading = conclude(record, transcripts, files, registered?.status === undefined ? turnOf : undefined);
    found.set(member.pid, { ...reading, sessions: transcripts.ids });
  }
  return found;
}

/** Its own by its environment; else that of whoever asks, where it is of the same user. */
function homeOf(record: ProcessRecord, place: TranscriptPlace): TranscriptSearch['home'] | undefined {
  const own = record.detail?.home;
  if (own !== undefined && path.isAbsolute(own)) return { folder: own, isKnown: true };
  const isOthers = place.uid !== undefined && record.uid !== undefined && record.uid !== place.uid;
  return isOthers ? undefined : { folder: place.home, isKnown: false };
}

function conclude(
  record: ProcessRecord,
  { paths, isEverything }: FoundTranscripts,
  files: TranscriptFiles,
  turnOf: ((file: string) => Turn | undefined) | undefined,
): TranscriptReading {
  const changes = paths.flatMap((file) => {
    const at = files.mtime(file);
    const isOlder = at !== undefined && record.startedAt !== undefined && at < record.startedAt;
    return at === undefined || isOlder ? [] : [{ file, at }];
  });
  if (changes.length === 0) return isEverything ? { turn: CLOSED.none } : {};
  const changedAt = Math.max(...changes.map(({ at }) => at));
  if (turnOf === undefined || changes.length > MOST_FILES) return { changedAt };
  const turns = changes.map(({ file }) => turnOf(file));
  const open = turns.find((turn) => turn?.state === 'open');
  return { changedAt, turn: open ?? (turns.includes(undefined) ? undefined : turns[0]) };
}

/** Ours: more conversations than one process has at a time; the time that reading them takes is bounded. */
const MOST_FILES = 50;

function readTail(files: TranscriptFiles, file: string, read: ReadTurn): Turn | undefined {
  for (const maxBytes of TAILS) {
    const tail = files.readTail(file, maxBytes);
    if (tail === undefined) return undefined;
    const entries = entriesOf(tail.text, tail.isTail);
    const turn = entries === undefined ? undefined : read(entries, tail.isTail);
    if (turn !== undefined || !tail.isTail) return turn;
  }
  return undefined;
}

/** Bytes: what a few messages have; with a picture or a long result in one of them, more. */
const TAILS = [64 * 1024, 1024 * 1024];

/** Many agents of one folder keep their transcripts in one: it is listed once a look. */
function listedOnce(files: TranscriptFiles): TranscriptFiles {
  return { ...files, names: memo(files.names) };
}

function memo<K, V>(read: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (known.has(key)) return known.get(key) as V;
    const value = read(key);
    known.set(key, value);
    return value;
  };
}
