import type { Mode } from '../entry.js';

/** What commands and flags of agents make of a process, under names of their own. */
export const SESSION: Mode = { role: 'session' };
export const SERVER: Mode = { role: 'server' };
export const MCP_SERVER: Mode = { role: 'mcp-server' };
export const TOOL: Mode = { role: 'tool' };
/** Starts the agent elsewhere and returns. */
export const STARTER: Mode = { role: 'launcher' };
/** Between a host and the agent: speaks the host's protocol and runs the agent below it. */
export const ADAPTER: Mode = { role: 'adapter' };
/** A command that does one thing and ends (`update`, `mcp list`): the agent's own, but nobody's conversation. */
export const UPKEEP: Mode = { role: 'infrastructure' };
/** Parentless by design. */
export const DAEMON: Mode = { role: 'infrastructure', daemon: true };
/** What a daemon keeps running for itself. */
export const WORKER: Mode = { role: 'infrastructure', daemon: 'worker' };
export const RESUMED: Mode = { role: 'session', sessionIdNext: true };

/** One mode for several words. */
export function each(words: string, mode: Mode): Record<string, Mode> {
  return Object.fromEntries(words.split(' ').map((word) => [word, mode]));
}

export function list(words: string): readonly string[] {
  return words.split(' ');
}

export const HELP = each('--help --version -h', UPKEEP);
