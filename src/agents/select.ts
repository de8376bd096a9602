import type { AgentTable, Membership } from './membership.js';

/** Only the members of some agents, with the helpers that belongs to them. */
export function selectAgents<T extends AgentTable>(agents: T, names: readonly string[] | undefined): T {
  if (names === undefined || names.length === 0) return agents;
  const wanted = new Set(names);
  const isWanted = (member: Membership): boolean => {
    if (member.agent !== undefined && wanted.has(member.agent)) return true;
    const leader = member.leader === undefined ? undefined : agents.members.get(member.leader);
    return leader?.agent !== undefined && wanted.has(leader.agent);
  };
  return { ...agents, members: new Map([...agents.members].filter(([, member]) => isWanted(member))) };
}
