import { CLAUDE } from './agents/claude.js';
import { CODEX } from './agents/codex.js';
import { COPILOT } from './agents/copilot.js';
import { AUGGIE, CLINE, CONTINUE, CURSOR_AGENT, KIRO, ZCODE } from './agents/editors.js';
import { GEMINI, QWEN } from './agents/gemini.js';
import { SERVER, UPKEEP } from './agents/modes.js';
import { KILO, OPENCODE } from './agents/opencode.js';
import { OMP, PI } from './agents/pi.js';
import { AIDER, GOOSE, KIMI } from './agents/python.js';
import { AMP, CRUSH, DROID, GROK } from './agents/terminals.js';
import type { AgentEntry, CustomAgent, CustomMcpPattern, ScriptPlace } from './entry.js';
import type { McpPatterns } from './mcp-servers.js';
import { MCP_SERVERS } from './mcp-servers.js';

/** Every agent and MCP server that is known, the user's own included. */
export interface Catalogue {
  readonly agents: readonly AgentEntry[];
  readonly mcp: McpPatterns;
}

/**
 * The known agents. Sources: processes of the real programs as recorded in fixtures/corpus, each program's
 * `--help`, and public reports; fixtures/corpus/README.md says which line is which.
 */
export const AGENTS: readonly AgentEntry[] = [
  CLAUDE,
  CODEX,
  GEMINI,
  QWEN,
  OPENCODE,
  COPILOT,
  CURSOR_AGENT,
  AMP,
  CRUSH,
  AIDER,
  GOOSE,
  DROID,
  KIRO,
  GROK,
  KIMI,
  PI,
  OMP,
  KILO,
  CLINE,
  CONTINUE,
  AUGGIE,
  ZCODE,
];

/** What is known without any configuration. */
export const CATALOGUE: Catalogue = { agents: AGENTS, mcp: MCP_SERVERS };

/**
 * The catalogue with a person's own agents and MCP servers. An agent of a known name adds to what is known of
 * it, so that a renamed or moved `claude` stays `claude`.
 */
export function catalogueWith(agents: readonly CustomAgent[] = [], mcp: readonly CustomMcpPattern[] = []): Catalogue {
  if (agents.length === 0 && mcp.length === 0) return CATALOGUE;
  const added = new Map(AGENTS.map((entry) => [entry.name, entry]));
  for (const custom of agents) added.set(custom.name, withCustom(added.get(custom.name), custom));
  return {
    agents: [...added.values()],
    mcp: {
      ...MCP_SERVERS,
      names: [...MCP_SERVERS.names, ...mcp.flatMap((pattern) => pattern.names ?? [])],
      scriptEnds: [...MCP_SERVERS.scriptEnds, ...mcp.flatMap((pattern) => pattern.scripts ?? [])],
    },
  };
}

function withCustom(known: AgentEntry | undefined, custom: CustomAgent): AgentEntry {
  const entry: AgentEntry = known ?? { name: custom.name, executables: [], interpreter: 'any' };
  const executables = custom.executables ?? (known === undefined ? [custom.name] : []);
  return {
    ...entry,
    executables: [...entry.executables, ...executables],
    scripts: [...(entry.scripts ?? []), ...(custom.scripts ?? []).map(scriptEnd)],
    modules: [...(entry.modules ?? []), ...(custom.modules ?? [])],
    packages: [...(entry.packages ?? []), ...(custom.packages ?? [])],
    commands: {
      ...entry.commands,
      ...Object.fromEntries((custom.infrastructureCommands ?? []).map((word) => [word, UPKEEP])),
      ...Object.fromEntries((custom.serverCommands ?? []).map((word) => [word, SERVER])),
    },
    flags: {
      ...entry.flags,
      ...Object.fromEntries((custom.serverFlags ?? []).map((word) => [word, SERVER])),
    },
    values: [...(entry.values ?? []), ...(custom.valueOptions ?? []), ...(custom.sessionFlags ?? [])],
    sessionFlags: [...(entry.sessionFlags ?? []), ...(custom.sessionFlags ?? [])],
  };
}

/** A script by the end of its path, at a folder's edge, taken letter for letter. */
function scriptEnd(end: string): ScriptPlace {
  const literal = end.replace(/^\/+/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return { path: new RegExp(`(^|/)${literal}$`) };
}
