import type { ProcessRecord } from '../process/record.js';
import { isHelper, type TableContext } from './context.js';
import type { Trace } from './traces/trace.js';

/** A sign that somebody left a process running on purpose. */
export interface Purpose {
  readonly kind: 'output-to-file' | 'listens';
  readonly value: string;
  /** One line for people. */
  readonly text: string;
}

/**
 * What says that a process was left running on purpose: its output goes to a file while no standard stream leads to
 * a terminal that is gone or a pipe that is closed, or it listens on a port that its own arguments name. That SIGHUP
 * is ignored or that it leads a session says nothing: so do agents in panes.
 */
export function purposeOf(context: TableContext, record: ProcessRecord): Purpose | undefined {
  const port = listenedPort(context, record);
  if (port !== undefined) {
    const text = `it listens on port ${port}, as its arguments say`;
    return { kind: 'listens', value: `${port}`, text };
  }
  const file = outputFile(context, record);
  if (file === undefined) return undefined;
  return { kind: 'output-to-file', value: file, text: `its output goes to a file, ${file}` };
}

/** What a host lost is lost wherever its output goes: hosts write logs too. */
export function mayBeLeftOnPurpose(context: TableContext, record: ProcessRecord, traces: readonly Trace[]): boolean {
  const member = context.agents.members.get(record.pid);
  if (member !== undefined && (member.role === 'adapter' || (isHelper(member) && member.role === 'tool'))) return false;
  return !traces.some(
    (trace) =>
      trace.kind === 'seen-under' ||
      (trace.kind === 'owner-lost' && 'kind' in trace.lost && STARTS_AGENTS.has(trace.lost.kind)),
  );
}

/** Owners that start agents for themselves; from terminals, scripts and services people start them. */
const STARTS_AGENTS: ReadonlySet<string> = new Set(['host', 'agent', 'infrastructure', 'program']);

function outputFile(context: TableContext, record: ProcessRecord): string | undefined {
  const fds = record.detail?.fds;
  const output = fds?.get(1);
  if (output === undefined || !output.startsWith('/') || NO_FILE.test(output)) return undefined;
  const isLost = context
    .traces(record)
    .some(({ kind, value }) => kind === 'stdio-closed' || (kind === 'terminal-gone' && isStream(fds, value)));
  return isLost ? undefined : output;
}

const NO_FILE = /^\/(dev|proc)\/|^\/memfd:/;

function isStream(fds: ReadonlyMap<number, string> | undefined, target: string): boolean {
  return [0, 1, 2].some((fd) => fds?.get(fd) === target);
}

function listenedPort(context: TableContext, record: ProcessRecord): number | undefined {
  const listened = context.around.listeners?.get(record.pid) ?? [];
  if (listened.length === 0) return undefined;
  const named = namedPorts(record.argv ?? []);
  return listened.find((port) => named.has(port));
}

/** Ports that arguments name: `--port 4096`, `--listen ws://127.0.0.1:4500`, `--addr=:8080`. */
function namedPorts(argv: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  for (const [at, word] of argv.entries()) {
    const before = argv[at - 1] ?? '';
    const digits =
      /^--?[\w-]*port[=:]?(\d{1,5})$/i.exec(word)?.[1] ??
      (/^(--?[\w-]*port|-P)$/i.test(before) ? /^\d{1,5}$/.exec(word)?.[0] : undefined) ??
      /:(\d{1,5})\/?$/.exec(word.slice(-LONGEST_ADDRESS))?.[1];
    if (digits !== undefined && Number(digits) > 0) found.add(Number(digits));
  }
  return found;
}

/** Characters; a host name has 253 at most. */
const LONGEST_ADDRESS = 300;
