import path from 'node:path';
import type { BelievedSession, HostAdapter, HostPlace, HostReaders, HostRegistry } from '../host.js';
import { readJson, registryOf, textOf, timeOf } from '../registries/fields.js';
import { isMain } from './editors.js';

/**
 * Claude Desktop's code sessions: a file each, `local_<id>.json`, two folders down (account, workspace), with the id of
 * the claude that answers in it and whether it was archived. Undocumented: what is not there is not known.
 */
export const claudeDesktop: HostAdapter = {
  name: 'Claude Desktop',
  // Ours: nothing says how long it takes to start an agent, or to end one that was archived.
  limits: { startSeconds: 60, stopSeconds: 60 },
  agentsEndWithServer: true,
  recognise: (seen) => isMain('Claude Desktop', seen),
  async registry(place, readers) {
    const folders = dataFolders(place).map((folder) => path.join(folder, 'claude-code-sessions'));
    return Promise.all(folders.map((folder) => readFolder(folder, readers)));
  },
  attribute({ record, agent }, { server }) {
    if (agent === undefined) return undefined;
    const isMarked = record.detail?.markers?.CLAUDE_CODE_ENTRYPOINT === 'claude-desktop';
    if (!isMarked && server() === undefined) return undefined;
    return { agentSessionId: agent.sessionId, needsNoRow: true };
  },
};

/** Electron's `userData` of an application named Claude, on each platform. */
function dataFolders({ home, env }: HostPlace): readonly string[] {
  const config = env.XDG_CONFIG_HOME || path.join(home, '.config');
  const roaming = env.APPDATA || path.join(home, 'AppData', 'Roaming');
  return [path.join(home, 'Library', 'Application Support'), config, roaming].map((folder) =>
    path.join(folder, 'Claude'),
  );
}

async function readFolder(folder: string, readers: HostReaders): Promise<HostRegistry> {
  const sessions: BelievedSession[] = [];
  const files: string[] = [];
  for (const account of await readers.names(folder)) {
    for (const workspace of await readers.names(path.join(folder, account))) {
      const inside = path.join(folder, account, workspace);
      const names = await readers.names(inside);
      files.push(...names.filter((name) => /^local_.*\.json$/.test(name)).map((name) => path.join(inside, name)));
    }
  }
  for (const file of files.sort().slice(-MAX_SESSIONS)) {
    const { sessionId, cliSessionId, isArchived, lastActivityAt } = (await readJson(readers, file)).fields;
    const hostSessionId = textOf(sessionId) ?? path.basename(file, '.json');
    const agentSessionId = textOf(cliSessionId);
    // A row without an agent that ever answered joins with nothing.
    if (agentSessionId === undefined) continue;
    sessions.push({
      hostSessionId,
      agentSessionId,
      agent: 'claude',
      // A closed session keeps its row; that it is not archived says nothing of a process.
      state: isArchived === true ? 'archived' : 'unknown',
      lastSeen: timeOf(lastActivityAt),
    });
  }
  return registryOf({ from: folder, state: files.length === 0 ? 'absent' : 'read', isShared: true, sessions });
}

/** Ours: somebody's every session of a year. */
const MAX_SESSIONS = 2000;
