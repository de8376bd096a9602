import path from 'node:path';
import { optionValue } from '../../command-line/words.js';
import { amountOf } from '../../decode.js';
import { isAdopted } from '../../process/adopters.js';
import { agentMismatch, serverMismatches } from '../compare/mismatch.js';
import type { HostAdapter, HostView, Mismatch, Seen } from '../host.js';
import { factOf, readJson, registryOf } from '../registries/fields.js';

/**
 * cc-haha: a desktop application whose sidecar starts itself again as a CLI for each chat. The port in the
 * CLI's `--sdk-url` names its server.
 */
export const ccHaha: HostAdapter = {
  name: 'cc-haha',
  // Client disconnect 30 s, prewarmed CLIs idle 5 min, pending permission 30 min.
  limits: { startSeconds: 30, stopSeconds: 10, detachedSeconds: 30, idleSeconds: 300 },
  // The port decides: the sidecar is started again after a crash.
  agentsEndWithServer: false,
  recognise: ({ host }) => host?.name === 'cc-haha' && host.kind === 'server',
  async registry(place, readers) {
    // Sessions live in memory and in Claude Code's own files; only the last port is written down.
    const file = path.join(place.home, '.claude', 'desktop-server-state.json');
    const { state, fields, notes } = await readJson(readers, file);
    return [registryOf({ from: file, state, facts: { lastPort: amountOf(fields.lastPort) }, notes })];
  },
  attribute(seen) {
    const url = sdkUrl(seen);
    const isCli = seen.command.programs.some((program) => /^claude-sidecar(-|$)/.test(program));
    if (url === undefined && !(isCli && seen.command.argv[1] === 'cli')) return undefined;
    const { argv } = seen.command;
    const id = optionValue(argv, '--session-id') ?? optionValue(argv, '--resume') ?? url?.session;
    return { hostSessionId: url?.session ?? id, agentSessionId: id, needsNoRow: true };
  },
  leakSignals(view) {
    return [...withoutServer(view), ...hanging(view)];
  },
  probe: {
    url({ ports }, { command }, registries) {
      const given = optionValue(command.argv, '--port');
      // 0 lets the kernel choose one.
      const port = given === undefined || given === '0' ? (ports?.[0] ?? factOf(registries, 'lastPort')) : given;
      return port === undefined ? undefined : `http://127.0.0.1:${port}/health`;
    },
    facts: () => ({}),
  },
};

/** Port and session id of `--sdk-url ws://127.0.0.1:PORT/sdk/ID?token=…`; the token is not looked at. */
function sdkUrl({ command }: Pick<Seen, 'command'>): { port: number; session: string | undefined } | undefined {
  const match = /^wss?:\/\/[^/?#]*:(\d+)\/sdk\/([^/?#]+)/.exec(optionValue(command.argv, '--sdk-url') ?? '');
  return match === null ? undefined : { port: Number(match[1]), session: match[2] };
}

/** CLIs whose port nobody listens on; where ports cannot be read, those that lost their parent. */
function withoutServer(view: HostView): Mismatch[] {
  return view.running.flatMap((agent): Mismatch[] => {
    if (agent.server !== undefined) return [];
    const port = sdkUrl({
      command: { programs: [], paths: [], scripts: [], argv: agent.record.argv ?? [] },
    })?.port;
    const detail =
      view.ports !== undefined && port !== undefined
        ? view.ports.listening.has(port)
          ? undefined
          : `nothing listens on port ${port} of its server`
        : isAdopted(view.table, agent.record.pid)
          ? 'its server is gone'
          : undefined;
    if (detail === undefined) return [];
    return [agentMismatch('unregistered', agent, detail)];
  });
}

/** The kernel takes connections for a frozen event loop: only an answer proves that it lives. */
function hanging(view: HostView): Mismatch[] {
  return serverMismatches(view, 'unresponsive', ({ pid }) => {
    const probe = view.probes.get(pid);
    return probe?.state === 'hangs'
      ? `it takes connections and did not answer /health within ${probe.tookMs / 1000} s`
      : undefined;
  });
}
