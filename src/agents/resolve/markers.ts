import { isWindowsPath, programName } from '../../command-line/program-name.js';
import type { ProcessRecord } from '../../process/record.js';
import type { AgentEntry, MarkerTest } from '../catalogue/entry.js';

type Markers = Readonly<Record<string, string>>;

/** What the environment of a process says of the agent that it was started by. */
export interface MarkedBy {
  readonly entry: AgentEntry;
  readonly pid?: number | undefined;
  readonly sessionId?: string | undefined;
}

/**
 * Every agent that the markers name. More than one when an agent was started by another's tool, because
 * variables are handed down; which of them was the last cannot be told from them alone.
 */
export function markedBy(markers: Markers | undefined, entries: readonly AgentEntry[]): readonly MarkedBy[] {
  if (markers === undefined) return [];
  return entries
    .filter((entry) => entry.markers?.present.some((name) => isSet(markers, name)) === true)
    .map((entry) => ({ entry, pid: markedPid(markers, entry), sessionId: markedSession(markers, entry) }));
}

/** The session that the agent's own variables name. */
export function markedSession(markers: Markers | undefined, entry: AgentEntry | undefined): string | undefined {
  if (markers === undefined) return undefined;
  for (const name of entry?.markers?.session ?? []) if (isSet(markers, name)) return markers[name];
  return undefined;
}

/** The agent's pid, written as it is or as the name of its socket. */
export function markedPid(markers: Markers | undefined, entry: AgentEntry | undefined): number | undefined {
  if (markers === undefined) return undefined;
  for (const name of entry?.markers?.pid ?? []) {
    const digits = /^(?:.*\/)?(\d+)(?:\.sock)?$/.exec(markers[name] ?? '')?.[1];
    const pid = Number(digits);
    if (Number.isSafeInteger(pid) && pid > 1) return pid;
  }
  return undefined;
}

export interface HelperFacts {
  readonly record: ProcessRecord;
  /** The agent's entry in the catalogue. */
  readonly entry: AgentEntry | undefined;
  /** The agent that it works for, where that is alive. */
  readonly leader?: ProcessRecord | undefined;
  /** What the process is a part of, where its parent is a helper already. */
  readonly partOf?: 'tool' | 'mcp-server' | undefined;
  /** By its own shape. */
  readonly shape?: 'tool' | 'mcp-server' | undefined;
}

/**
 * What a helper is for its agent. An MCP server needs a sign of its own, its shape or its agent's mark together with
 * pipes, because left-over MCP servers are ended more readily than left-over tools; what a hook or a status line
 * started is a tool whatever its shape, and may be somebody's.
 */
export function helperRole({ record, entry, leader, partOf, shape }: HelperFacts): 'tool' | 'mcp-server' {
  const markers = record.detail?.markers;
  // A server that a tool call started is what the tool call wanted, and not one of the agent's own.
  if (partOf === 'tool' || shape === 'tool') return 'tool';
  if (markers !== undefined && isOfHook(markers, entry, leader)) return 'tool';
  if (shape === 'mcp-server') return 'mcp-server';
  if (isErrand(record)) return 'tool';
  // What a server starts is a part of it, whatever its launcher is called.
  if (partOf === 'mcp-server') return 'mcp-server';
  const told = entry?.markers;
  if (markers === undefined || told === undefined || !hasPipes(record)) return 'tool';
  if (told.tool?.some((test) => holds(markers, test)) === true) return 'tool';
  const isPresent = told.present.some((name) => isSet(markers, name));
  return isPresent && told.mcp?.some((test) => holds(markers, test)) === true ? 'mcp-server' : 'tool';
}

/** A session inside another's tool hands the mark of hooks down to its servers: then the agent has it too. */
function isOfHook(markers: Markers, entry: AgentEntry | undefined, leader: ProcessRecord | undefined): boolean {
  const hook = entry?.markers?.hook;
  if (hook === undefined || !isSet(markers, hook)) return false;
  return leader?.detail?.markers === undefined || !isSet(leader.detail.markers, hook);
}

/** Whether it is spoken to, and answers, through pipes or socket pairs, as MCP over standard streams is. */
function hasPipes({ detail }: ProcessRecord): boolean {
  const isPipe = (fd: number): boolean => /^(pipe|socket):/.test(detail?.fds?.get(fd) ?? '');
  return isPipe(0) && isPipe(1);
}

/**
 * Browsers that an MCP server drives may be somebody's own; `npm view`, `npm install` are how agents update
 * themselves. Both carry the marks of an MCP server.
 */
function isErrand(record: ProcessRecord): boolean {
  const first = record.argv?.[0] ?? '';
  if (/^npm (?!exec |x )/.test(first)) return true;
  const name = programName(record.exe ?? first, isWindowsPath(first));
  return BROWSER.test(name);
}

const BROWSER = /^(google-)?chrom(e|ium)|^headless_shell$|^msedge|^firefox|^webkit|^safari|^brave/i;

function holds(markers: Markers, test: MarkerTest): boolean {
  const value = markers[test.name];
  return value !== undefined && value !== '' && (test.ends === undefined || value.endsWith(test.ends));
}

function isSet(markers: Markers, name: string): boolean {
  const value = markers[name];
  return value !== undefined && value !== '';
}
