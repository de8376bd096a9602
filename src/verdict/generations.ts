import type { AgentTable, Membership } from '../agents/membership.js';
import { shownArgv } from '../agents/shown.js';
import { interpreterOf, ranBy } from '../command-line/interpreters.js';
import { isWindowsPath, programName } from '../command-line/program-name.js';
import { containerImage, packageWords, runnerScript } from '../command-line/runners.js';
import { scriptName } from '../command-line/script-name.js';
import { plainWords } from '../command-line/words.js';
import type { ProcessRecord } from '../process/record.js';
import { formatBytes } from '../units.js';
import { evidence, named } from './evidence/words.js';
import type { Evidence, Generation, Judgement, Verdict } from './judgement.js';

/** One running copy of an MCP server: its topmost process, with launchers, watchdogs and all else below that. */
interface Copy {
  readonly top: ProcessRecord;
  readonly pids: readonly number[];
  readonly rssBytes: number;
}

interface Runner {
  readonly pid: number;
  readonly agent?: string | undefined;
  readonly host?: string | undefined;
}

/** What is known of the use of one process. */
export interface Use {
  /** Nobody is at the other end of its standard input. */
  readonly isClosed: boolean;
  /** Milliseconds since the epoch: a look since which it used no CPU to speak of and moved no data. */
  readonly stillSince?: number | undefined;
}

/** What a table says of MCP servers that one live agent or host runs more than once. */
export interface FoundGenerations {
  /** Those whose older copies hold most memory first. */
  readonly generations: readonly Generation[];
  /** By pid, for every process of an older copy. */
  readonly notes: ReadonlyMap<number, Evidence>;
}

type Judgements = ReadonlyMap<number, Judgement>;

/**
 * Copies of one MCP server, the same program with the same arguments, under one live agent or host. The environment, by
 * which two servers may differ too, is not compared. Pure.
 */
export function generationsOf(
  agents: AgentTable,
  judgements: Judgements,
  useOf: (record: ProcessRecord) => Use,
): FoundGenerations {
  const groups = new Map<string, { readonly runner: Runner; readonly copies: Copy[] }>();
  for (const copy of copiesIn(agents)) {
    const runner = runnerOf(agents, judgements, copy.top.pid);
    if (runner === undefined) continue;
    const key = JSON.stringify([runner.pid, ...lastingWords(copy.top.argv ?? [])]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { runner, copies: [copy] });
    else group.copies.push(copy);
  }
  const generations: Generation[] = [];
  const notes = new Map<number, Evidence>();
  for (const { runner, copies } of groups.values()) {
    const [newest, ...older] = copies.sort(newestFirst);
    if (newest === undefined || older.length === 0) continue;
    const server = serverName(shownArgv(newest.top, agents.members.get(newest.top.pid)) ?? []);
    const generation: Generation = {
      leader: runner.pid,
      agent: runner.agent,
      host: runner.host,
      server,
      count: copies.length,
      newestStartedAt: newest.top.startedAt,
      olderRssBytes: older.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
      older: older.map(({ top }) => top.pid).sort((a, b) => a - b),
      unused: older.flatMap((copy) => {
        const because = whyUnused(agents, copy, newest.top.startedAt, useOf);
        return because === undefined ? [] : [{ pid: copy.top.pid, because }];
      }),
    };
    generations.push(generation);
    const note = noteOn(generation);
    for (const pid of older.flatMap(({ pids }) => pids)) notes.set(pid, note);
  }
  generations.sort((a, b) => b.olderRssBytes - a.olderRssBytes || a.leader - b.leader);
  return { generations, notes };
}

/** Every process of a copy must be shown to be out of use: one that is in use keeps the others. */
function whyUnused(
  agents: AgentTable,
  { pids }: Copy,
  newestAt: number | undefined,
  useOf: (record: ProcessRecord) => Use,
): string | undefined {
  const uses = pids
    .map((pid) => agents.table.get(pid))
    .map((record) => (record === undefined ? undefined : useOf(record)));
  if (uses.every((use) => use?.isClosed === true)) return 'its stdin is closed';
  if (newestAt === undefined) return undefined;
  const isStill = uses.every(
    (use) => use?.isClosed === true || (use?.stillSince ?? Number.POSITIVE_INFINITY) <= newestAt,
  );
  return isStill ? 'nothing has moved on it since the newest one began' : undefined;
}

function copiesIn(agents: AgentTable): Copy[] {
  const byTop = new Map<number, ProcessRecord[]>();
  for (const member of agents.members.values()) {
    const record = agents.table.get(member.pid);
    if (record === undefined || record.state === 'Z') continue;
    const top = topOf(agents, member);
    if (top === undefined) continue;
    byTop.set(top, [...(byTop.get(top) ?? []), record]);
  }
  return [...byTop].flatMap(([pid, records]) => {
    const top = agents.table.get(pid);
    if (top?.argv === undefined || top.argv.length === 0) return [];
    const rssBytes = records.reduce((sum, record) => sum + (record.rssBytes ?? 0), 0);
    return [{ top, pids: records.map((record) => record.pid), rssBytes }];
  });
}

/** The topmost process of the server that it is or belongs to. What a tool call started is the tool's. */
function topOf(agents: AgentTable, member: Membership): number | undefined {
  let top = member.role === 'mcp-server' ? member.pid : undefined;
  let highest: Membership = member;
  for (const { pid } of agents.table.ancestors(member.pid)) {
    const above = agents.members.get(pid);
    if (above === undefined || above.pid === member.leader || above.leader !== member.leader) break;
    highest = above;
    if (above.role === 'mcp-server') top = pid;
  }
  return highest.role === 'tool' ? undefined : top;
}

/** Who runs it: its agent, or else the host or agent that owns it. `undefined` where that one is dead weight itself. */
function runnerOf(agents: AgentTable, judgements: Judgements, pid: number): Runner | undefined {
  const own = judgements.get(pid);
  if (own === undefined || isDead(own.verdict)) return undefined;
  const owner = own.owner?.kind === 'host' || own.owner?.kind === 'agent' ? own.owner : undefined;
  const leader = agents.members.get(pid)?.leader ?? owner?.pid;
  const record = leader === undefined ? undefined : agents.table.get(leader);
  if (record === undefined || record.state === 'Z') return undefined;
  const verdict = judgements.get(record.pid)?.verdict;
  if (verdict !== undefined && isDead(verdict)) return undefined;
  const agent = agents.members.get(record.pid)?.agent;
  return { pid: record.pid, agent, host: agent === undefined ? owner?.name : undefined };
}

function isDead(verdict: Verdict): boolean {
  switch (verdict) {
    case 'orphan':
    case 'superseded':
    case 'disowned':
    case 'leftover':
    case 'zombie':
      return true;
    case 'live':
    case 'idle':
    case 'protected':
    case 'unknown':
      return false;
  }
}

function newestFirst({ top: a }: Copy, { top: b }: Copy): number {
  return (b.startedAt ?? 0) - (a.startedAt ?? 0) || b.pid - a.pid;
}

/** The words of a command line without what each start makes anew: pids, ids, ports that the kernel gave. */
function lastingWords(argv: readonly string[]): readonly string[] {
  return argv.map((word, at) => {
    const [, name, value] = /^(--?[\w-]+)=(.*)$/s.exec(word) ?? [];
    if (name !== undefined && value !== undefined) return `${name}=${lasting(name, value)}`;
    const before = argv[at - 1];
    return lasting(before?.startsWith('-') === true ? before : '', word);
  });
}

function lasting(option: string, value: string): string {
  if (/(^|-)(pid|ppid|session|session-id|instance-id|nonce)$/i.test(option) && !value.startsWith('-')) return '';
  if (/(^|-)port$/i.test(option) && Number(value) >= EPHEMERAL_PORTS) return '';
  return value.replace(UUID, '');
}

const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
/** Where Linux begins to choose ports by itself: ip(7), ip_local_port_range. */
const EPHEMERAL_PORTS = 32_768;

/** The package, image, script or program of a command line. */
function serverName(words: readonly string[]): string {
  const [first = '?', ...rest] = words;
  if (first.includes(' ') && !first.startsWith('/') && !isWindowsPath(first)) {
    return serverName([...first.split(' ').filter((word) => word !== ''), ...rest]);
  }
  const program = programName(first, isWindowsPath(first));
  const packaged = packageWords(program, rest);
  if (packaged !== undefined)
    return /^python/.test(packaged[0] ?? '') ? serverName(packaged) : (packaged[0] ?? program);
  if (program === 'docker' || program === 'podman') return containerImage(rest) ?? program;
  const interpreter = interpreterOf(program);
  const ran = interpreter === undefined ? undefined : ranBy(interpreter, rest);
  switch (ran?.kind) {
    case 'script': {
      const runner = runnerScript(ran.path);
      return runner === undefined ? scriptName(ran.path) : serverName([runner, ...ran.rest]);
    }
    case 'module':
      return ran.name;
    case 'text': {
      const inner = plainWords(ran.text);
      return inner === undefined || inner.length === 0 ? program : serverName(inner);
    }
    case undefined:
      return program;
  }
}

function noteOn({ leader, agent, host, server, count, olderRssBytes }: Generation): Evidence {
  const runner = named({ pid: leader, name: agent ?? host ?? 'process' });
  const memory = `${formatBytes(olderRssBytes)} RSS`;
  const older = count === 2 ? `it holds ${memory}` : `the older ${count - 1} hold ${memory}`;
  return evidence(
    'older-generation',
    'note',
    1,
    `${count} of ${server}`,
    `${runner} runs ${count} generations of ${server}, and this is not the newest: ${older}`,
  );
}
