import { adopterByRow } from '../../process/adopters.js';
import type { ProcessRecord } from '../../process/record.js';
import type { ProcessTable } from '../../process/table.js';
import type { Catalogue } from '../catalogue/catalogue.js';
import type { AgentEntry } from '../catalogue/entry.js';
import { indexOf } from '../catalogue/name-index.js';
import { type AgentTable, type Classification, isAgentProcess, isCounted, type Membership } from '../membership.js';
import type { Recognition } from '../recognise/recognition.js';
import { helperMember, type Place } from './helpers.js';
import { recogniseTable } from './launchers.js';
import { markedSession } from './markers.js';
import { type Descriptors, sessionIdFromHold, sessionIdFromRollout } from './open-files.js';
import { recordedHelper, withRecordedRoles } from './recorded.js';
import type { RegistryEntry } from './registry.js';
import { zombieName } from './zombies.js';

/**
 * Agents and their helpers in a process table: launchers told from what they launch, each real agent once, MCP
 * servers and tools with the agent that they belong to, by ancestry, or by markers where that is gone. What
 * stands above an agent (its terminal, its multiplexer, its host) is no member.
 *
 * @param registry what agents wrote down about their live sessions, by pid
 */
export function resolveAgents(
  table: ProcessTable,
  catalogue: Catalogue,
  registry: ReadonlyMap<number, RegistryEntry> = new Map(),
): AgentTable {
  const recognised = withRecordedRoles(recogniseTable(table, catalogue, registry), table);
  const entries = indexOf(catalogue).byName;
  const leaders = leaderMembers(table, recognised, registry);
  const aboveAgents = ancestorsOf(table, leaders.keys());

  const places = new Map<number, Place>();
  const members = new Map<number, Membership>();
  const placeOf = (record: ProcessRecord, above: Place): Place => {
    const own = recognised.get(record.pid);
    const lead = leaders.get(record.pid);
    if (lead !== undefined) {
      members.set(record.pid, lead);
      return { leader: lead.pid, agent: lead.agent };
    }
    if (own?.role === 'launcher' || own?.role === 'adapter') {
      const real = launched(table, record.pid, own.agent, leaders) ?? leaders.get(above.leader ?? -1);
      members.set(record.pid, launcherMember(record, own, real));
      return above;
    }
    if (own?.role === 'host-worker') {
      members.set(record.pid, { ...classification(own), pid: record.pid, leader: above.leader, via: 'self' });
      return above;
    }
    if (record.pid === 1 || record.kernelThread === true) return NOWHERE;
    if (zombieName(record, catalogue) !== undefined) return above;
    const helpers =
      helperMember({
        table,
        record,
        own,
        above,
        leaders,
        entries,
        mayBeMarked: !aboveAgents.has(record.pid),
      }) ?? recordedHelper(record, leaders);
    if (helpers === undefined) return NOWHERE;
    members.set(record.pid, helpers);
    // What hangs on somebody who adopts orphans is no part of a server that this one was started by.
    const isServer = helpers.role === 'mcp-server' && adopterByRow(record, table.scan.machine.platform) === undefined;
    return { leader: helpers.leader, agent: helpers.agent, partOf: isServer ? 'mcp-server' : 'tool' };
  };
  for (const record of table.all) place(record, table, places, placeOf);
  return { table, members: withIdsFromHelpers(members, entries, table) };
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
  // Younger than its parent by pid, where the pids of this machine went round once.
  const chain = new Set([record]);
  let at = table.parent(record.pid);
  while (at !== undefined && !places.has(at.pid) && !chain.has(at)) {
    chain.add(at);
    at = table.parent(at.pid);
  }
  let above = places.get(at?.pid ?? -1) ?? NOWHERE;
  for (const each of [...chain].reverse()) {
    above = placeOf(each, above);
    places.set(each.pid, above);
  }
}

/** Sessions, servers and infrastructure: each leaders what runs below it. */
function leaderMembers(
  table: ProcessTable,
  recognised: ReadonlyMap<number, Recognition>,
  registry: ReadonlyMap<number, RegistryEntry>,
): Map<number, Membership> {
  const leaders = new Map<number, Membership>();
  for (const [pid, row] of recognised) {
    if (!isAgentProcess(row)) continue;
    leaders.set(pid, {
      ...classification(row),
      ...ownSessionId(row, table.get(pid), registry.get(pid)),
      pid,
      leader: pid,
      via: 'self',
    });
  }
  for (const daemon of leaders.values()) {
    const tui = daemon.daemon === true && daemon.agent === 'codex' ? tuiOf(daemon, leaders, table) : undefined;
    if (tui !== undefined) leaders.set(tui.pid, { ...tui, sessionId: daemon.sessionId, sessionIdFrom: 'rollout' });
  }
  return leaders;
}

/** Whose the one thread in codex's daemon is: of the one TUI without another, if the thread began after that did. */
function tuiOf(
  { pid, sessionId }: Membership,
  leaders: ReadonlyMap<number, Membership>,
  table: ProcessTable,
): Membership | undefined {
  const others = [...leaders.values()].filter(
    (one) => one.agent === 'codex' && one.pid !== pid && table.get(one.pid)?.uid === table.get(pid)?.uid,
  );
  const [tui, ...more] = others.filter((one) => one.role === 'session' && one.sessionId === undefined);
  if (sessionId === undefined || tui === undefined || more.length > 0) return undefined;
  if (others.some((one) => one.sessionId === sessionId)) return undefined;
  // A UUID of version 7 begins with its time in milliseconds. RFC 9562
  const began = /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(sessionId)
    ? Number(`0x${sessionId.slice(0, 13).replace('-', '')}`)
    : 0;
  const startedAt = table.get(tui.pid)?.startedAt;
  return startedAt !== undefined && startedAt <= began ? tui : undefined;
}

/** The registry goes before argv: a session that was cleared or forked has another id than it was started with. */
function ownSessionId(
  row: Recognition,
  record: ProcessRecord | undefined,
  entry: RegistryEntry | undefined,
): Pick<Membership, 'sessionId' | 'sessionIdFrom'> {
  if (isCounted(row)) {
    if (entry?.sessionId !== undefined && entry.sessionId !== row.sessionId) {
      return { sessionId: entry.sessionId, sessionIdFrom: 'registry' };
    }
    if (row.sessionId !== undefined) return { sessionId: row.sessionId, sessionIdFrom: 'argv' };
  }
  const fds = record?.detail?.fds;
  const open = fds === undefined ? undefined : openSession(row, fds);
  return open === undefined ? {} : { sessionId: open, sessionIdFrom: 'rollout' };
}

/** A daemon that serves one conversation holds its file open too. */
function openSession({ agent }: Recognition, fds: Descriptors): string | undefined {
  if (agent === 'codex') return sessionIdFromRollout(fds);
  return agent === 'copilot' ? sessionIdFromHold(fds) : undefined;
}

/** Without what only recognising needs to know. */
function classification({
  mayLaunch: _mayLaunch,
  withoutChild: _withoutChild,
  words: _words,
  ...row
}: Recognition): Classification {
  return row;
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
  leaders: ReadonlyMap<number, Membership>,
): Membership | undefined {
  for (const descendant of table.descendants(pid)) {
    const lead = leaders.get(descendant.pid);
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

/** An agent that shows its id nowhere itself may have told its children; they must agree. */
function withIdsFromHelpers(
  members: ReadonlyMap<number, Membership>,
  entries: ReadonlyMap<string, AgentEntry>,
  table: ProcessTable,
): ReadonlyMap<number, Membership> {
  const told = new Map<number, string | null>();
  for (const member of members.values()) {
    if (member.leader === undefined || member.leader === member.pid || member.sessionIdFrom !== 'marker') continue;
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
    if (id === null || leader === undefined || leader.role === 'infrastructure') continue;
    result.set(pid, { ...leader, sessionId: id, sessionIdFrom: 'marker' });
  }
  return result;
}
