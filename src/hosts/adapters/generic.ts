import path from 'node:path';
import { parseRegistryEntry, registryFolders } from '../../agents/resolve/registry.js';
import type { BelievedSession, HostAdapter, HostReaders, HostRegistry } from '../host.js';
import { registryOf, timeOf } from '../registries/fields.js';

/**
 * No host at all: what agents write down of themselves. Claude Code keeps a file for each live session, which
 * stays behind after a SIGKILL; codex keeps its rollout open. Enough for duplicates, phantoms and idleness of
 * agents that no host claims.
 */
export const agentsThemselves: HostAdapter = {
  name: 'agents',
  limits: { startSeconds: 5, stopSeconds: 5 },
  agentsEndWithServer: false,
  recognise: () => false,
  async registry(place, readers) {
    const folders = registryFolders('claude', place).map((folder) => path.join(folder, 'sessions'));
    return Promise.all(folders.map((folder) => readFolder(folder, readers)));
  },
  attribute: ({ agent }) => agent && { agentSessionId: agent.sessionId, needsNoRow: true },
};

async function readFolder(folder: string, readers: HostReaders): Promise<HostRegistry> {
  // Beside the files lie `<pid>.<hash>.key` with secrets: only whole numbers are opened.
  const names = (await readers.names(folder)).filter((name) => /^\d+\.json$/.test(name)).sort();
  const sessions: BelievedSession[] = [];
  for (const name of names) {
    const answer = await readers.readText(path.join(folder, name));
    const entry = answer.kind === 'read' ? parseRegistryEntry(answer.text) : undefined;
    if (entry?.sessionId === undefined) continue;
    // A home folder may be shared with a container, whose pids mean others here.
    if (entry.pidDomain !== undefined && entry.pidDomain !== (readers.pidDomain ?? entry.pidDomain)) continue;
    const { sessionId, procStart, startedAt, status, statusUpdatedAt } = entry;
    const pid = entry.pid ?? Number(name.slice(0, -'.json'.length));
    sessions.push({
      hostSessionId: sessionId,
      agentSessionId: sessionId,
      agent: 'claude',
      state: 'live',
      busy: status === 'busy',
      lastSeen: timeOf(statusUpdatedAt ?? startedAt),
      idleSince: status === 'idle' ? timeOf(statusUpdatedAt) : undefined,
      // Written once dialogs are through, any time after the start: only the exact token guards the pid.
      claim: { pid, startToken: procStart },
      ofOneProcess: true,
    });
  }
  return registryOf({ from: folder, state: names.length === 0 ? 'absent' : 'read', sessions });
}
