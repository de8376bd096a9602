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
export function markedSession(
  markers: Markers | undefined,
  entry: AgentEntry | undefined,
): string | undefined {
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

/**
 * What a process that only its place or its markers give to an agent is for it. An MCP server is called so only
 * on a mark of its own, because left-over MCP servers are ended more readily than left-over tools.
 *
 * @param above what the process is a part of, where its parent is helpers already
 */
export function helperRole(
  record: ProcessRecord,
  entry: AgentEntry | undefined,
  above: 'tool' | 'mcp-server' | undefined,
): 'tool' | 'mcp-server' {
  const markers = record.detail?.markers;
  const told = entry?.markers;
  if (above === 'tool' || markers === undefined || told === undefined || isErrand(record)) return 'tool';
  if (told.tool?.some((test) => holds(markers, test)) === true) return 'tool';
  const isPresent = told.present.some((name) => isSet(markers, name));
  return isPresent && told.mcp?.some((test) => holds(markers, test)) === true ? 'mcp-server' : 'tool';
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
