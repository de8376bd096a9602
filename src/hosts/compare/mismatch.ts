import type { HostView, Mismatch, RunningAgent, ServerFacts } from '../host.js';

/** What is said of one agent with everything below it. */
export function agentMismatch(
  kind: Mismatch['kind'],
  { record, hostSessionId, agentSessionId, treeRssBytes }: RunningAgent,
  detail: string,
  byLiveHost?: boolean,
): Mismatch {
  return { kind, hostSessionId, agentSessionId, pid: record.pid, rssBytes: treeRssBytes, detail, byLiveHost };
}

/** What is said of each server of a host that has it said of itself. */
export function serverMismatches(
  view: HostView,
  kind: Mismatch['kind'],
  detailOf: (server: ServerFacts, agents: number) => string | undefined,
): Mismatch[] {
  return view.servers.flatMap((server) => {
    const agents = view.running.filter((agent) => agent.server === server.pid).length;
    const detail = detailOf(server, agents);
    return detail === undefined ? [] : [{ kind, pid: server.pid, rssBytes: server.rssBytes, detail }];
  });
}
