import type { Ledger } from '../activity/ledger/ledger.js';
import { type LoginSessionState, loginSessionOf, parseLoginSession } from '../activity/readers/login-sessions.js';
import { collectPipeHolders, type PipeEnd, type PipeHolder } from '../activity/readers/pipes.js';
import { readLocalSockets } from '../activity/readers/sockets.js';
import { isChannel, type OtherEnds, type Stdio, stdioOf } from '../activity/readers/stdio.js';
import type { ActivityFiles } from '../activity/readers/system-files.js';
import type { AgentTable } from '../agents/membership.js';
import type { ProcessRecord } from '../process/record.js';
import type { DetailField, ProcessSource } from '../process/scan.js';
import type { RunTool } from '../process/sources/run-tool.js';
import { type ProcessTable, withDetail } from '../process/table.js';
import { NOTHING_AROUND, type Surroundings } from '../verdict/context.js';
import type { JudgeInput } from '../verdict/input.js';
import { openContext } from '../verdict/open-context.js';
import { chainOf } from '../verdict/owner/chain.js';
import { readListeners } from './listeners.js';
import { withRememberedHelpers } from './remembered-helpers.js';

/** What is read around a process table. */
export interface SurroundingEdges {
  readonly source: ProcessSource;
  /** Starts `ss`, when the standard streams of a suspect are sockets. */
  readonly run: RunTool;
  readonly files: ActivityFiles;
  /** Default /proc. */
  readonly procRoot?: string;
  /** Where systemd-logind keeps its sessions. Default /run/systemd/sessions. */
  readonly loginFolder?: string;
}

/** A table in which suspects were looked at closer, and what is around them. */
export interface CloserLook {
  readonly agents: AgentTable;
  readonly around: Surroundings;
  /** What could not be looked at, and what that means. */
  readonly notes: readonly string[];
}

/** Looks closer at agents, and at members that may have lost their owner: their streams and login sessions. */
export async function lookCloser(seen: AgentTable, ledger: Ledger, edges: SurroundingEdges): Promise<CloserLook> {
  const agents = await withCloserLook(withRememberedHelpers(seen, ledger), edges);
  const suspects = suspectsOf({ agents, ledger });
  const notes: string[] = [];
  const streamed = [...new Set([...suspects, ...copiesOf(agents)])];
  const stdio = await readStdio(agents.table, streamed, edges, notes);
  const listeners = readListeners(streamed, edges.files, edges.procRoot);
  return { agents, around: { stdio, logins: readLogins(suspects, edges), listeners }, notes };
}

/** Everything that the judge asks of a process and those above it. */
const CLOSER: readonly DetailField[] = ['user', 'cwd', 'fds', 'markers', 'cgroup'];

/** Fills in what whoever made the table did not look at. */
async function withCloserLook(agents: AgentTable, { source }: SurroundingEdges): Promise<AgentTable> {
  const wanted = new Map<number, ProcessRecord>();
  for (const pid of agents.members.keys()) {
    for (const record of [agents.table.get(pid), ...agents.table.ancestors(pid)]) {
      if (record === undefined || (record.detail?.fds !== undefined && record.uid !== undefined)) continue;
      wanted.set(record.pid, record);
    }
  }
  if (wanted.size === 0) return agents;
  const parts = await source.detail([...wanted.values()], CLOSER);
  return parts.size === 0 ? agents : { ...agents, table: withDetail(agents.table, parts) };
}

/** Members that hang on nobody in particular, with the shells and wrappers above them. */
function suspectsOf(input: Pick<JudgeInput, 'agents' | 'ledger'>): readonly ProcessRecord[] {
  const context = openContext(input.agents, input.ledger, NOTHING_AROUND);
  const found = new Map<number, ProcessRecord>();
  for (const pid of input.agents.members.keys()) {
    const record = context.table.get(pid);
    if (record === undefined || record.state === 'Z') continue;
    const { end, above } = chainOf(context, record);
    if (end.at !== 'adopter') continue;
    for (const one of [record, ...above]) found.set(one.pid, one);
  }
  return [...found.values()];
}

/** MCP servers that one agent runs more than once: whether an older copy still has somebody at its input is asked. */
function copiesOf({ members, table }: AgentTable): readonly ProcessRecord[] {
  const groups = new Map<string, ProcessRecord[]>();
  for (const { pid, role, leader } of members.values()) {
    const record = table.get(pid);
    if (role !== 'mcp-server' || leader === undefined || record?.argv === undefined) continue;
    const key = JSON.stringify([leader, ...record.argv]);
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()].filter(({ length }) => length > 1).flat();
}

async function readStdio(
  table: ProcessTable,
  suspects: readonly ProcessRecord[],
  edges: SurroundingEdges,
  notes: string[],
): Promise<ReadonlyMap<number, Stdio>> {
  const channels = new Set<string>();
  for (const { detail } of suspects) {
    for (const fd of [0, 1, 2]) {
      const target = detail?.fds?.get(fd);
      if (target !== undefined && isChannel(target)) channels.add(target);
    }
  }
  const pipes = new Set([...channels].filter((target) => target.startsWith('pipe:')));
  const others: OtherEnds = {
    sockets: channels.size > pipes.size ? await socketsOf(edges, notes) : undefined,
    pipes: pipes.size > 0 ? await pipesOf(table, pipes, edges) : undefined,
  };
  const found = new Map<number, Stdio>();
  for (const record of suspects) {
    const stdio = stdioOf(record, others);
    if (stdio !== undefined) found.set(record.pid, stdio);
  }
  return found;
}

async function socketsOf({ run, files }: SurroundingEdges, notes: string[]): Promise<OtherEnds['sockets']> {
  const answer = await readLocalSockets(run, (file) => files.mtime(file) !== undefined);
  if (!('notKnown' in answer)) return answer;
  notes.push(answer.notKnown);
  return undefined;
}

/** Reads the descriptors of all processes: only where a suspect's stream is a pipe. */
async function pipesOf(
  table: ProcessTable,
  pipes: ReadonlySet<string>,
  { source, files, procRoot = '/proc' }: SurroundingEdges,
): Promise<OtherEnds['pipes']> {
  const parts = await source.detail(table.all, ['fds', 'user']);
  const looked = withDetail(table, parts);
  // Those that ended meanwhile hold nothing any more; they are not in the answer.
  const there = looked.all.filter(({ pid }) => parts.has(pid));
  const endOf = (holder: PipeHolder): PipeEnd => {
    const mode = files.linkMode(`${procRoot}/${holder.pid}/fd/${holder.fd}`);
    if (mode === undefined) return undefined;
    if ((mode & 0o600) === 0o600) return 'both';
    return (mode & 0o400) !== 0 ? 'reads' : 'writes';
  };
  return { holders: collectPipeHolders(there, pipes), endOf };
}

function readLogins(
  suspects: readonly ProcessRecord[],
  { files, loginFolder = '/run/systemd/sessions' }: SurroundingEdges,
): ReadonlyMap<string, LoginSessionState> {
  const found = new Map<string, LoginSessionState>();
  for (const { detail } of suspects) {
    const id = detail?.cgroup === undefined ? undefined : loginSessionOf(detail.cgroup);
    if (id === undefined || found.has(id) || !/^\w+$/.test(id)) continue;
    found.set(id, parseLoginSession(files.readText(`${loginFolder}/${id}`)));
  }
  return found;
}
