import { otherHolders } from '../../agents/same-session.js';
import { isAdopted } from '../../process/adopters.js';
import type { BelievedSession, HostRegistry, HostView, Mismatch, RunningAgent, TooEarly } from '../host.js';
import { checkClaim, describeClaim } from '../registries/claim.js';
import { speakers } from './asked-registries.js';
import { agentMismatch } from './mismatch.js';

/** `retired`, when the row says that the session is over; `unregistered`, when there is no row. */
export function notBelieved(view: HostView, agent: RunningAgent): Mismatch[] {
  const { session } = agent;
  if (session !== undefined) {
    if (session.state === 'live' || session.state === 'unknown') return [];
    const seconds = session.lastSeen === undefined ? undefined : (view.now - session.lastSeen) / 1000;
    if (seconds !== undefined && seconds < view.limits.stopSeconds) return [];
    const byLiveHost = speakers(view, agent).some((registry) => registry.sessions.includes(session));
    return [agentMismatch('retired', agent, `its session is ${session.state}`, byLiveHost)];
  }
  if (agent.needsNoRow === true) return [];
  // Without an id it could be the agent of any row.
  if (agent.agentSessionId === undefined && agent.hostSessionId === undefined) return [];
  if (agent.ageSeconds === undefined || agent.ageSeconds < view.limits.startSeconds) return [];
  const registries = speakers(view, agent);
  if (registries.length === 0 || !registries.every(({ state, listsAll }) => state === 'read' && listsAll)) return [];
  // Nor when a live row waits for an agent: a conversation that is resumed may get another id than it was given.
  const joined = joinedRows(view);
  if (registries.some(({ sessions }) => sessions.some((row) => !joined.has(row) && couldBe(agent, row)))) return [];
  return [agentMismatch('unregistered', agent, 'its host has no row for it', true)];
}

/**
 * Agents and rows that the host's own patience leaves out: just started, just stopped, just written. Each would be named
 * above if it still stood so after its time.
 */
export function tooEarly(view: HostView): TooEarly | undefined {
  const waived = { ...view, limits: { ...view.limits, startSeconds: 0, stopSeconds: 0 } };
  const { startSeconds, stopSeconds } = view.limits;
  const left: number[] = [];
  for (const agent of view.running) {
    if (notBelieved(view, agent).length > 0 || notBelieved(waived, agent).length === 0) continue;
    const { session, ageSeconds = 0 } = agent;
    const since = session?.lastSeen === undefined ? 0 : (view.now - session.lastSeen) / 1000;
    left.push(session === undefined ? startSeconds - ageSeconds : stopSeconds - since);
  }
  const named = new Set(phantoms(view).map(({ hostSessionId }) => hostSessionId));
  const rows = view.registries.flatMap(({ sessions }) => sessions);
  for (const { hostSessionId } of phantoms(waived)) {
    const lastSeen = rows.find((row) => row.hostSessionId === hostSessionId)?.lastSeen;
    if (named.has(hostSessionId) || lastSeen === undefined) continue;
    left.push(startSeconds - (view.now - lastSeen) / 1000);
  }
  if (left.length === 0) return undefined;
  return { count: left.length, againSeconds: Math.max(1, Math.ceil(Math.max(...left))) };
}

/** Agents that outlived their server: below none, and adopted by whoever adopts orphans. */
export function leftBehind(view: HostView): Mismatch[] {
  return view.running.flatMap((agent): Mismatch[] => {
    if (agent.server !== undefined || !isAdopted(view.table, agent.record.pid)) return [];
    return [agentMismatch('unregistered', agent, 'its server is gone')];
  });
}

/** Agents that share a session with a younger one, which is the one that the host talks to. */
export function duplicates({ running, table }: HostView): Mismatch[] {
  const holders = running.flatMap((of) => {
    const { pid, uid, startTime, startedAt } = of.record;
    const sessionId = of.agentSessionId ?? of.hostSessionId;
    if (sessionId === undefined) return [];
    const { agent = '', sharedName } = of.member ?? {};
    return [{ pid, uid, startTime, startedAt, sharedName, agent, sessionId, of }];
  });
  const isAbove = (pid: number, of: number): boolean => table.ancestors(of).some((one) => one.pid === pid);
  return [...otherHolders(holders, isAbove)].flatMap(([{ of }, { by, isYounger }]): Mismatch[] => {
    return isYounger ? [agentMismatch('duplicate', of, `process ${by.pid} is younger and has the same session`)] : [];
  });
}

/** Rows that say live where nothing runs. */
export function phantoms(view: HostView): Mismatch[] {
  const joined = joinedRows(view);
  const unjoined = view.running.filter((agent) => agent.session === undefined && agent.needsNoRow !== true);
  return view.registries.flatMap((registry) =>
    registry.sessions.flatMap((session): Mismatch[] => {
      if (session.state !== 'live' || joined.has(session)) return [];
      if (session.lastSeen !== undefined && view.now - session.lastSeen < view.limits.startSeconds * 1000) return [];
      const { claim } = session;
      const state = claim === undefined ? undefined : checkClaim(claim, view.table);
      const isThere = state === 'same' || state === 'unknown';
      if (session.needsNoAgent === true && (isThere || state === undefined)) return [];
      // The row is of that process, whoever it works for.
      if (session.ofOneProcess === true && isThere) return [];
      // An agent without a row may be the one.
      if (session.ended === undefined && unjoined.some((agent) => couldBe(agent, session))) return [];
      const why =
        session.ended ??
        (claim !== undefined && (state === 'gone' || state === 'reused')
          ? describeClaim(claim, state)
          : 'no agent runs for it');
      const { hostSessionId, agentSessionId } = session;
      const detail = isStale(view, registry) ? `${why}; its server is gone too` : why;
      return [{ kind: 'phantom', hostSessionId, agentSessionId, pid: claim?.pid, detail }];
    }),
  );
}

/** A registry whose servers have all ended without clearing it: a crash, or a boot since. */
function isStale(view: HostView, { servers }: HostRegistry): boolean {
  return servers.length > 0 && servers.every((claim) => /gone|reused/.test(checkClaim(claim, view.table)));
}

/** Whether a row without an agent and an agent without a row may belong together, whatever their ids say. */
function couldBe(agent: RunningAgent, row: BelievedSession): boolean {
  if (row.state !== 'live' || row.claim !== undefined || row.needsNoAgent === true) return false;
  return row.agent === undefined || agent.member?.agent === undefined || agent.member.agent === row.agent;
}

function joinedRows({ running }: HostView): ReadonlySet<BelievedSession | undefined> {
  return new Set(running.map(({ session }) => session));
}
