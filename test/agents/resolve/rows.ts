import { CATALOGUE } from '../../../src/agents/catalogue/catalogue.js';
import type { Membership } from '../../../src/agents/membership.js';
import type { RegistryEntry } from '../../../src/agents/resolve/registry.js';
import { resolveAgents } from '../../../src/agents/resolve/resolve.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { tableOf } from '../trees.js';

export const U1 = '11111111-1111-4111-8111-111111111111';
export const U2 = '22222222-2222-4222-8222-222222222222';

export interface Extra extends Partial<ProcessRecord> {
  readonly env?: Readonly<Record<string, string>>;
}

/** Standard streams as an MCP server has them. */
export const PIPES = new Map([
  [0, 'pipe:[1]'],
  [1, 'pipe:[2]'],
]);
export const HOOK = { CLAUDE_CODE_CHILD_SESSION: '1' };

/** A row as Linux tells it: comm and executable are those of the program, unless said otherwise. */
export function row(pid: number, ppid: number, command: string | string[], extra: Extra = {}): ProcessRecord {
  const argv = typeof command === 'string' ? command.split(' ') : command;
  const name = (argv[0] ?? '').split('/').at(-1) ?? '';
  const { env, ...fields } = extra;
  return {
    pid,
    ppid,
    argv,
    comm: name.slice(0, 15),
    exe: `/usr/bin/${name}`,
    startTime: String(pid),
    ...fields,
    ...(env !== undefined && { detail: { markers: env, ...fields.detail } }),
  };
}

export function members(
  rows: readonly ProcessRecord[],
  registry?: ReadonlyMap<number, RegistryEntry>,
): ReadonlyMap<number, Membership> {
  return resolveAgents(tableOf(rows), CATALOGUE, registry).members;
}

/** `agent/role of leader`, for reading. */
export function shown(found: ReadonlyMap<number, Membership>): Record<number, string> {
  return Object.fromEntries(
    [...found].map(([pid, { agent, role, leader }]) => [pid, `${agent ?? '-'}/${role} of ${leader ?? 'nobody'}`]),
  );
}
