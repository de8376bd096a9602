import { isCounted } from '../../agents/membership.js';
import type { HostName } from '../catalogue.js';
import type { HostAdapter, Seen } from '../host.js';

/**
 * An editor or desktop application that starts agents below itself and keeps no list of them that others may read: its
 * agents are those below its main process. They have no rows by design, so nothing is missed and nothing disowned.
 */
function editor(name: HostName): HostAdapter {
  return {
    name,
    limits: { startSeconds: 60, stopSeconds: 60 },
    // A remote editor keeps its extensions, and their agents, for a window that comes back.
    agentsEndWithServer: false,
    recognise: (seen) => isMain(name, seen),
    registry: async () => [],
    attribute({ member }, { server }) {
      if (member === undefined || !isCounted(member) || server() === undefined) return undefined;
      return { agentSessionId: member.sessionId, needsNoRow: true };
    },
    leakSignals: () => [],
  };
}

/** Not a renderer, a watcher or the host of its extensions: those say their `--type`. */
export function isMain(name: HostName, { host, command }: Pick<Seen, 'host' | 'command'>): boolean {
  if (host?.name !== name || host.kind === 'extension-host') return false;
  return !command.argv.some((word) => word.startsWith('--type='));
}

export const EDITORS: readonly HostAdapter[] = (
  [
    'VS Code',
    'Cursor',
    'Windsurf',
    'Antigravity',
    'Kiro',
    'Trae',
    'Zed',
    'JetBrains',
    'Codex Desktop',
    'opencode Desktop',
  ] as const
).map(editor);
