import type { ProcessTable } from '../process/table.js';

/** What a process can be for its agent. */
export const ROLES = [
  /** An interactive or headless agent. */
  'session',
  /** App-server, ACP, `serve`: an agent that programs talk to. */
  'server',
  /** A wrapper whose only work is to run the real binary: never counted. */
  'launcher',
  /** A go-between of a host and an agent (claude-agent-acp, a plugin's broker): never counted. */
  'adapter',
  'mcp-server',
  /** A tool shell and what it started. */
  'tool',
  /** An agent's daemons and what those keep running, and commands that end by themselves (`update`). */
  'infrastructure',
  /** A host's helper, for example one slash worker per session. */
  'host-worker',
] as const;

/** What a process is for its agent. */
export type Role = (typeof ROLES)[number];

export function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

/** What one process is for an agent, as its own row tells. */
export interface Classification {
  /** Catalogue name; `undefined` for an MCP server of any agent and for hosts' helpers. */
  readonly agent?: string | undefined;
  readonly role: Role;
  /** Parentless by design (`claude daemon run`, codex's managed daemon), or a `worker` that such a one keeps. */
  readonly daemon?: true | 'worker' | undefined;
  /** Known by a name that other programs have too: listed, never counted, never ended. */
  readonly nameOnly?: true | undefined;
  /** Where the id of the conversation stands in argv. */
  readonly sessionId?: string | undefined;
  /** Told by a name alone that any script or program could have, and not by the agent's own program or package. */
  readonly sharedName?: true | undefined;
  /** How it was recognised, in words, for `why`: `argv[0] is claude`. */
  readonly because: string;
}

/** What one process is for an agent, once its tree, registry files and markers were looked at too. */
export interface Membership extends Classification {
  /** `agent` is that of the process it belongs to: its own row names none (an MCP server of any agent, a tool). */
  readonly inherited?: true | undefined;
  readonly pid: number;
  /**
   * The agent process that this one belongs to: its own pid for sessions, servers and infrastructure; the
   * nearest agent above (or the one that a marker names) for helpers; `undefined` when that agent is gone.
   */
  readonly leader?: number | undefined;
  /** How it came to its leader; `ledger`: an earlier observation saw it under that agent. */
  readonly via: 'self' | 'ancestry' | 'marker' | 'ledger';
  readonly sessionIdFrom?: 'argv' | 'registry' | 'rollout' | 'marker' | 'leader' | undefined;
  /** A pid that an environment marker names as the agent above (`CLAUDE_PID`, `OPENCODE_PID`). */
  readonly markedPid?: number | undefined;
}

/** A process table and what each process in it is for an agent. */
export interface AgentTable {
  readonly table: ProcessTable;
  /** Agents and their helpers only. */
  readonly members: ReadonlyMap<number, Membership>;
}

/**
 * Whether it is an agent that counts: the one rule for `count`, `ps`, the totals of a snapshot and everything
 * that is read back from one. Daemons and helpers are none.
 */
export function isCounted({ role, nameOnly }: Part): boolean {
  return (role === 'session' || role === 'server') && nameOnly !== true;
}

/** Whether it is a process of the agent itself, counted, a daemon or by its name alone: no launcher, adapter or helper. */
export function isAgentProcess(member: Part): boolean {
  return isCounted(member) || member.role === 'infrastructure' || member.nameOnly === true;
}

interface Part {
  readonly role?: Role | undefined;
  readonly nameOnly?: boolean | undefined;
}
