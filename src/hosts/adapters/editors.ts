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
    attribute: ({ agent }, { server }) => agent && server() && { agentSessionId: agent.sessionId, needsNoRow: true },
  };
}

/** Not a renderer, a watcher or the host of its extensions: those say their `--type`. */
export function isMain(name: HostName, { host, command }: Pick<Seen, 'host' | 'command'>): boolean {
  if (host?.name !== name || host.kind === 'extension-host') return false;
  return !command.argv.some((word) => word.startsWith('--type='));
}

const WITHOUT_REGISTRY: readonly HostName[] = [
  ...(['VS Code', 'Cursor', 'Windsurf', 'Antigravity', 'Kiro', 'Trae', 'Zed', 'JetBrains'] as const),
  ...(['Codex Desktop', 'opencode Desktop'] as const),
];

export const EDITORS: readonly HostAdapter[] = WITHOUT_REGISTRY.map(editor);
