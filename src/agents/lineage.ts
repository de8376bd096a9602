import type { ProcessRecord } from '../process/record.js';
import type { ProcessTable } from '../process/table.js';
import type { Catalogue } from './catalogue.js';
import { classify, type Recognition } from './classify.js';
import type { AgentEntry } from './entry.js';
import { kinRole, markedBy, markedPid, markedSession } from './kin.js';
import { type AgentTable, isAgentProcess, type Membership } from './membership.js';
import { indexOf } from './name-index.js';
import { sessionIdFromHold, sessionIdFromOutput, sessionIdFromRollout } from './open-files.js';
import { isCommOf, programName } from './program-name.js';
import type { ClaudeRegistryEntry } from './registry.js';

/**
 * Agents and their kin in a process table: launchers told from what they launch, each real agent once, MCP
 * servers and tools with the agent that they belong to, by ancestry, or by markers where that is gone. What
 * stands above an agent (its terminal, its multiplexer, its host) is no member.
 *
 * @param registry what Claude Code wrote down about its live sessions, by pid
 */
export function resolveAgents(
  table: ProcessTable,
  catalogue: Catalogue,
  registry: ReadonlyMap<number, ClaudeRegistryEntry> = new Map(),
): AgentTable {
  const recognised = settled(table, catalogue, registry);
  const entries = indexOf(catalogue).byName;
  const leads = leadMembers(table, recognised, registry);
  const aboveAgents = ancestorsOf(table, leads.keys());

  const places = new Map<number, Place>();
  const members = new Map<number, Membership>();
  const placeOf = (record: ProcessRecord, above: Place): Place => {
    const own = recognised.get(record.pid);
    const lead = leads.get(record.pid);
    if (lead !== undefined) {
      members.set(record.pid, lead);
      return { leader: lead.pid, agent: lead.agent };
    }
    if (own?.role === 'launcher') {
      const real = launched(table, record.pid, own.agent, leads) ?? leads.get(above.leader ?? -1);
      members.set(record.pid, launcherMember(record, own, real));
      return above;
    }
    if (own?.role === 'host-worker') {
      members.set(record.pid, { ...classification(own), pid: record.pid, leader: above.leader, via: 'self' });
      return above;
    }
    if (record.pid === 1 || record.kernelThread === true) return NOWHERE;
    if (isZombieAgent(record, catalogue)) return above;
    const kin = kinMember({ record, own, above, leads, entries, mayBeMarked: !aboveAgents.has(record.pid) });
    if (kin === undefined) return NOWHERE;
    members.set(record.pid, kin);
    return {
      leader: kin.leader,
      agent: kin.agent,
      kin: kin.role === 'mcp-server' ? 'mcp-server' : 'tool',
    };
  };
  for (const record of table.all) place(record, table, places, placeOf);
  return { table, members: withIdsFromKin(members, entries, table) };
}

/** An agent that ended and whose parent has not asked how: it takes no memory and cannot be killed. */
export interface ZombieAgent {
  readonly pid: number;
  readonly agent: string;
  readonly parent?: number | undefined;
}

/** Defunct agents, which are members of nothing; `parent` is who should have waited for them. */
export function zombieAgents(table: ProcessTable, catalogue: Catalogue): ZombieAgent[] {
  return table.all.flatMap((record) => {
    const agent = zombieName(record, catalogue);
    return agent === undefined ? [] : [{ pid: record.pid, agent, parent: table.parent(record.pid)?.pid }];
  });
}

/** Where a process stands, for its children: below which agent, and as part of what. */
interface Place {
  readonly leader?: number | undefined;
  readonly agent?: string | undefined;
  readonly kin?: 'tool' | 'mcp-server' | undefined;
}

const NOWHERE: Place = {};

/** Places a process after its parent, however deep the tree is and in whatever order the pids are. */
function place(
  record: ProcessRecord,
  table: ProcessTable,
  places: Map<number, Place>,
  placeOf: (record: ProcessRecord, above: Place) => Place,
): void {
  if (places.has(record.pid)) return;
  const parent = table.parent(record.pid);
  const above = parent === undefined ? NOWHERE : places.get(parent.pid);
  if (above !== undefined) {
    places.set(record.pid, placeOf(record, above));
    return;
  }
  // Younger than its parent by pid: the pids of this machine went round once.
  const chain = new Map([[record.pid, record]]);
  let at = parent;
  let top = NOWHERE;
  while (at !== undefined && !chain.has(at.pid)) {
    const known = places.get(at.pid);
    if (known !== undefined) {
      top = known;
      break;
    }
    chain.set(at.pid, at);
    at = table.parent(at.pid);
  }
  for (const each of [...chain.values()].reverse()) {
    top = placeOf(each, top);
    places.set(each.pid, top);
  }
}

/** Every recognised row, with launchers told from the real thing by what runs below them. */
function settled(
  table: ProcessTable,
  catalogue: Catalogue,
  registry: ReadonlyMap<number, ClaudeRegistryEntry>,
): ReadonlyMap<number, Recognition> {
  const platform = table.scan.machine.platform;
  const rows = new Map<number, Recognition>();
  for (const record of table.all) {
    if (record.kernelThread === true) continue;
    const found = classify(record, catalogue, platform);
    if (found !== undefined) rows.set(record.pid, found);
  }
  const entries = indexOf(catalogue).byName;
  const result = new Map<number, Recognition>();
  for (const [pid, row] of rows) {
    const record = row.stands === undefined ? undefined : table.get(pid);
    if (record === undefined) {
      result.set(pid, claimed(row, registry.get(pid)));
      continue;
    }
    const children = table.children(pid).map((child) => rows.get(child.pid));
    result.set(pid, standing(row, record, children, entries.get(row.agent ?? '')));
  }
  return result;
}

/** What a process that may only stand in front of another turns out to be. */
function standing(
  row: Recognition,
  record: ProcessRecord,
  children: readonly (Recognition | undefined)[],
  entry: AgentEntry | undefined,
): Recognition {
  const same = children.filter(
    (child) => child !== undefined && child.agent === row.agent && child.role !== 'tool',
  );
  switch (row.stands) {
    case undefined:
      return row;
    case 'shim':
      // With nothing below it, the command line is all there is of the agent.
      if (same.length > 0 || row.couldBe === undefined) return row;
      return {
        ...row,
        role: row.couldBe.role,
        daemon: row.couldBe.daemon,
      };
    case 'front':
      return same.length > 0 ? asLauncher(row) : row;
    case 'relaunch': {
      const mark = entry?.markers?.relaunched;
      if (mark !== undefined && record.detail?.markers?.[mark] !== undefined) return row;
      return same.some((child) => child?.stands === 'relaunch' && endsWith(child.words, row.words))
        ? asLauncher(row)
        : row;
    }
  }
}

function asLauncher(row: Recognition): Recognition {
  return {
    agent: row.agent,
    role: 'launcher',
    sessionId: row.sessionId,
    because: `${row.because}, and the real one runs below it`,
  };
}

/** A relaunched agent gets its parent's words, perhaps after some of the parent's own. */
function endsWith(words: readonly string[] = [], end: readonly string[] = []): boolean {
  const offset = words.length - end.length;
  return offset >= 0 && end.every((word, at) => words[offset + at] === word);
}

/**
 * A spare that Claude's daemon kept warm becomes the background session and keeps its command line: only the
 * agent's own file tells (2.1.328).
 */
function claimed(row: Recognition, entry: ClaudeRegistryEntry | undefined): Recognition {
  const isSpare = row.role === 'infrastructure' && row.words?.includes('--bg-spare') === true;
  if (!isSpare || row.words?.includes('--bg-pty-host') === true) return row;
  if (entry?.sessionId === undefined || entry.kind === 'interactive') return row;
  return {
    agent: row.agent,
    role: 'session',
    because: `${row.because}; its registry file says that it holds a background session`,
  };
}

/** Sessions, servers and infrastructure: each leads what runs below it. */
function leadMembers(
  table: ProcessTable,
  recognised: ReadonlyMap<number, Recognition>,
  registry: ReadonlyMap<number, ClaudeRegistryEntry>,
): Map<number, Membership> {
  const leads = new Map<number, Membership>();
  for (const [pid, row] of recognised) {
    if (!isAgentProcess(row)) continue;
    leads.set(pid, {
      ...classification(row),
      ...ownSessionId(row, table.get(pid), row.agent === 'claude' ? registry.get(pid) : undefined),
      pid,
      leader: pid,
      via: 'self',
    });
  }
  return leads;
}

/** The registry goes before argv: a session that was cleared or forked has another id than it was started with. */
function ownSessionId(
  row: Recognition,
  record: ProcessRecord | undefined,
  entry: ClaudeRegistryEntry | undefined,
): Pick<Membership, 'sessionId' | 'sessionIdFrom'> {
  if (row.role === 'infrastructure') return {};
  if (entry?.sessionId !== undefined && entry.sessionId !== row.sessionId) {
    return { sessionId: entry.sessionId, sessionIdFrom: 'registry' };
  }
  if (row.sessionId !== undefined) return { sessionId: row.sessionId, sessionIdFrom: 'argv' };
  const fds = record?.detail?.fds;
  const open =
    fds === undefined
      ? undefined
      : row.agent === 'codex'
        ? sessionIdFromRollout(fds)
        : row.agent === 'copilot'
          ? sessionIdFromHold(fds)
          : undefined;
  return open === undefined ? {} : { sessionId: open, sessionIdFrom: 'rollout' };
}

/** Without what only this file needs to know. */
function classification(
  row: Recognition,
): Pick<Membership, 'agent' | 'role' | 'daemon' | 'sessionId' | 'because'> {
  return {
    agent: row.agent,
    role: row.role,
    daemon: row.daemon,
    sessionId: row.sessionId,
    because: row.because,
  };
}

function ancestorsOf(table: ProcessTable, pids: Iterable<number>): ReadonlySet<number> {
  const above = new Set<number>();
  for (const pid of pids) {
    for (let at = table.parent(pid); at !== undefined && !above.has(at.pid); at = table.parent(at.pid)) {
      above.add(at.pid);
    }
  }
  return above;
}

/** The agent below a launcher, past further launchers. */
function launched(
  table: ProcessTable,
  pid: number,
  agent: string | undefined,
  leads: ReadonlyMap<number, Membership>,
): Membership | undefined {
  for (const descendant of table.descendants(pid)) {
    const lead = leads.get(descendant.pid);
    if (lead !== undefined && lead.agent === agent) return lead;
  }
  return undefined;
}

function launcherMember(record: ProcessRecord, own: Recognition, real: Membership | undefined): Membership {
  const sessionId = real?.agent === own.agent ? real?.sessionId : undefined;
  return {
    ...classification(own),
    sessionId,
    sessionIdFrom: sessionId === undefined ? undefined : 'leader',
    pid: record.pid,
    leader: real?.pid,
    via: 'ancestry',
  };
}

interface KinQuestion {
  readonly record: ProcessRecord;
  readonly own: Recognition | undefined;
  readonly above: Place;
  readonly leads: ReadonlyMap<number, Membership>;
  readonly entries: ReadonlyMap<string, AgentEntry>;
  /** False for what stands above an agent: it may carry markers and is no part of any agent. */
  readonly mayBeMarked: boolean;
}

function kinMember(question: KinQuestion): Membership | undefined {
  const { above } = question;
  if (above.leader !== undefined || above.kin !== undefined) return byAncestry(question);
  return byMarkers(question);
}

function byAncestry({ record, own, above, leads, entries }: KinQuestion): Membership {
  const lead = above.leader === undefined ? undefined : leads.get(above.leader);
  const agent = own?.role === 'mcp-server' ? (own.agent ?? above.agent) : (above.agent ?? own?.agent);
  const entry = entries.get(above.agent ?? '');
  const markers = record.detail?.markers;
  // A server that a tool call started is what the tool call wanted, and not one of the agent's own.
  const role = above.kin === 'tool' ? 'tool' : (kinOf(own) ?? kinRole(record, entry, above.kin));
  return {
    agent,
    role,
    ...kinSession(record, entry, lead),
    pid: record.pid,
    leader: above.leader,
    via: 'ancestry',
    because: own?.because ?? whyKin(role, lead),
    ...marked(markedPid(markers, entry)),
  };
}

function kinOf(own: Recognition | undefined): 'tool' | 'mcp-server' | undefined {
  return own?.role === 'tool' || own?.role === 'mcp-server' ? own.role : undefined;
}

function byMarkers({ record, own, leads, entries, mayBeMarked }: KinQuestion): Membership | undefined {
  const shape = kinOf(own);
  const signs = mayBeMarked ? markedBy(record.detail?.markers, [...entries.values()]) : [];
  const all = signs.map((sign) => ({ sign, lead: markedLead(sign, record, leads) }));
  const chosen = all.find(({ lead }) => lead !== undefined) ?? all[0];
  if (chosen === undefined && shape === undefined) return undefined;
  const entry = chosen?.sign.entry ?? entries.get(own?.agent ?? '');
  const agent = own?.agent ?? entry?.name;
  const role = shape ?? kinRole(record, entry, undefined);
  return {
    agent,
    role,
    ...kinSession(record, entry, chosen?.lead),
    pid: record.pid,
    leader: chosen?.lead?.pid,
    via: chosen === undefined ? 'self' : 'marker',
    because: own?.because ?? `its environment says that ${agent} started it`,
    ...marked(chosen?.sign.pid),
  };
}

/** The live agent that a marker names; a pid that was used again names nobody. */
function markedLead(
  sign: ReturnType<typeof markedBy>[number],
  record: ProcessRecord,
  leads: ReadonlyMap<number, Membership>,
): Membership | undefined {
  const byPid = sign.pid === undefined || sign.pid === record.pid ? undefined : leads.get(sign.pid);
  if (byPid?.agent === sign.entry.name) {
    const otherSession =
      sign.sessionId !== undefined && byPid.sessionId !== undefined && sign.sessionId !== byPid.sessionId;
    if (!otherSession) return byPid;
  }
  if (sign.sessionId === undefined) return undefined;
  for (const lead of leads.values()) {
    if (lead.agent === sign.entry.name && lead.sessionId === sign.sessionId) return lead;
  }
  return undefined;
}

/** Kin that an agent marked say which of its sessions they are of; others share the agent's own. */
function kinSession(
  record: ProcessRecord,
  entry: AgentEntry | undefined,
  lead: Membership | undefined,
): Pick<Membership, 'sessionId' | 'sessionIdFrom'> {
  const own = markedSession(record.detail?.markers, entry);
  if (own !== undefined) return { sessionId: own, sessionIdFrom: 'marker' };
  const fds = record.detail?.fds;
  const open = fds === undefined ? undefined : sessionIdFromOutput(fds);
  if (open !== undefined) return { sessionId: open, sessionIdFrom: 'rollout' };
  return lead?.sessionId === undefined ? {} : { sessionId: lead.sessionId, sessionIdFrom: 'leader' };
}

function marked(pid: number | undefined): Pick<Membership, 'markedPid'> {
  return pid === undefined ? {} : { markedPid: pid };
}

function whyKin(role: 'tool' | 'mcp-server', lead: Membership | undefined): string {
  const above = lead === undefined ? 'a process of an agent' : `${lead.agent}(${lead.pid})`;
  return role === 'tool' ? `it runs below ${above}` : `it runs below ${above}, marked as its MCP server`;
}

/** An agent that shows its id nowhere itself may have told its children; they must agree. */
function withIdsFromKin(
  members: ReadonlyMap<number, Membership>,
  entries: ReadonlyMap<string, AgentEntry>,
  table: ProcessTable,
): ReadonlyMap<number, Membership> {
  const told = new Map<number, string | null>();
  for (const member of members.values()) {
    if (member.leader === undefined || member.leader === member.pid || member.sessionIdFrom !== 'marker')
      continue;
    const leader = members.get(member.leader);
    if (leader?.sessionId !== undefined || leader?.agent === undefined) continue;
    const id = markedSession(table.get(member.pid)?.detail?.markers, entries.get(leader.agent)) ?? null;
    const before = told.get(leader.pid);
    told.set(leader.pid, before === undefined || before === id ? id : null);
  }
  if (told.size === 0) return members;
  const result = new Map(members);
  for (const [pid, id] of told) {
    const leader = result.get(pid);
    if (id === null || leader === undefined || leader.role === 'infrastructure' || leader.daemon === true)
      continue;
    result.set(pid, { ...leader, sessionId: id, sessionIdFrom: 'marker' });
  }
  return result;
}

function isZombieAgent(record: ProcessRecord, catalogue: Catalogue): boolean {
  return zombieName(record, catalogue) !== undefined;
}

function zombieName(record: ProcessRecord, catalogue: Catalogue): string | undefined {
  if (record.state !== 'Z' || record.comm === undefined) return undefined;
  const name = programName(record.comm, false);
  const { programs } = indexOf(catalogue);
  const known = programs.get(name);
  if (known !== undefined) return known.entry.name;
  if (record.comm.length < 15) return undefined;
  for (const [program, { entry }] of programs) if (isCommOf(record.comm, program)) return entry.name;
  return undefined;
}
