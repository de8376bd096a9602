import { type AgentTable, isAgentProcess, type Membership } from '../../agents/membership.js';
import type { ProcessRecord } from '../../process/record.js';
import type { FoundTranscripts } from './find-transcripts.js';
import { codexTurn } from './turns/codex.js';

/**
 * The rollouts of a codex process are open: in itself, or for a TUI in codex's shared daemon. Of those in the daemon
 * it is the one that its command line names, else any that no other TUI's does.
 */
export function codexThreadsOf(
  agents: AgentTable,
  member: Membership,
  record: ProcessRecord,
): FoundTranscripts | undefined {
  const own = rolloutsOf(record);
  if (own.length > 0) return threadsOf(own, false);
  // A server's client may have threads that are kept nowhere.
  if (member.role !== 'session') return undefined;
  const codex = [...agents.members.values()].filter((one) => one.agent === 'codex' && isAgentProcess(one));
  const daemons = codex.filter(({ daemon }) => daemon === true);
  const holders = daemons.map(({ pid }) => agents.table.get(pid));
  const isEverything =
    [record, ...holders].every((one) => one?.detail?.fds !== undefined) &&
    record.argv?.includes('--ephemeral') === false;
  const held = holders.flatMap(rolloutsOf);
  const id = member.sessionId;
  if (id !== undefined)
    return threadsOf(
      held.filter((file) => threadIn(file) === id),
      isEverything,
    );
  const others = new Set(codex.map(({ daemon, sessionId }) => (daemon === true ? undefined : sessionId)));
  return threadsOf(
    held.filter((file) => !others.has(threadIn(file))),
    isEverything,
  );
}

function threadsOf(paths: readonly string[], isEverything: boolean): FoundTranscripts {
  return { paths, isEverything, read: codexTurn, ids: paths.flatMap((file) => threadIn(file) ?? []) };
}

function rolloutsOf(record: ProcessRecord | undefined): string[] {
  const open = [...(record?.detail?.fds?.values() ?? [])];
  return [...new Set(open.filter((file) => /\/sessions\/.*\/rollout-[^/]*\.jsonl$/.test(file)))];
}

function threadIn(file: string): string | undefined {
  return /-([0-9a-f]{8}-[0-9a-f-]{27})\.jsonl$/.exec(file)?.[1];
}
