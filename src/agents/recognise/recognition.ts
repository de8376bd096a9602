import type { ProcessRecord } from '../../process/record.js';
import type { Mode } from '../catalogue/entry.js';
import type { NameIndex } from '../catalogue/name-index.js';
import type { Classification } from '../membership.js';

/** What a row alone tells, and what a look at its children may change about it. */
export interface Recognition extends Classification {
  /**
   * It may only stand in front of the real process, which its children tell:
   * `shim`: said to be a launcher, and is {@link withoutChild} where nothing of the agent runs below it;
   * `relaunch`: a launcher where a child is the same script with the same arguments;
   * `front`: a launcher where any child is the same agent.
   */
  readonly mayLaunch?: 'shim' | 'relaunch' | 'front' | undefined;
  /** What its command line asks for. */
  readonly withoutChild?: Mode | undefined;
  /** The words after the agent's own name, for comparing a relaunched child with its parent. */
  readonly words?: readonly string[] | undefined;
}

/** What {@link ./classify.ts} looks at. */
export type Row = Pick<ProcessRecord, 'comm' | 'exe' | 'argv' | 'argvIsSplitText' | 'state'>;

/** A row taken apart. */
export interface Command {
  readonly words: readonly string[];
  readonly exe?: string | undefined;
  readonly exeName?: string | undefined;
  readonly comm?: string | undefined;
  readonly split: boolean;
  readonly windows: boolean;
}

/** What recognising takes beside the command. */
export interface Scope {
  readonly index: NameIndex;
  /** Recognises a command that stands inside another's arguments, as a process of its own. */
  readonly within: (words: readonly string[], command: Command) => Recognition | undefined;
}

/** What stands above an agent is its launcher; what stands above an MCP server is part of it. */
export function asWrapper(inner: Recognition | undefined, because: string): Recognition | undefined {
  if (inner === undefined || inner.role === 'tool' || inner.role === 'host-worker') return undefined;
  if (inner.role === 'mcp-server') {
    return { agent: inner.agent, role: 'mcp-server', because };
  }
  return { agent: inner.agent, role: 'launcher', because };
}

/** A program that is an MCP server by configuration, or by its first word. */
export function isKnownMcp(name: string, rest: readonly string[], index: NameIndex): boolean {
  if (index.mcpNames.has(name)) return true;
  return index.mcpCommands.get(name)?.has(rest.find((word) => !word.startsWith('-')) ?? '') === true;
}
