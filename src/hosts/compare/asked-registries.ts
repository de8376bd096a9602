import type { HostRegistry, HostView, RunningAgent } from '../host.js';
import { checkClaim } from '../registries/claim.js';

/**
 * The registries that may be asked about an agent: those of the live server above it. One that belongs to
 * another server, or to one that is gone, has no say; one that names no server speaks when there is only one.
 */
export function speakers(
  view: Pick<HostView, 'servers' | 'registries' | 'table'>,
  agent: Pick<RunningAgent, 'server'>,
): readonly HostRegistry[] {
  const live = new Set(view.servers.map(({ pid }) => pid));
  if (live.size === 0) return [];
  return view.registries.filter((registry) => {
    if (registry.state === 'absent') return false;
    if (registry.isShared === true) return true;
    const owners = registry.servers.filter(
      (claim) => live.has(claim.pid) && checkClaim(claim, view.table) !== 'reused',
    );
    if (owners.length > 0) return agent.server === undefined || owners.some(({ pid }) => pid === agent.server);
    return registry.servers.length === 0 && live.size === 1;
  });
}
