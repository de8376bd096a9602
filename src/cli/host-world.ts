import { statSync } from 'node:fs';
import os from 'node:os';
import type { AgentTable } from '../agents/membership.js';
import { recogniseHost } from '../hosts/catalogue.js';
import type { Comparison } from '../hosts/compare/compare.js';
import type { HostPlace } from '../hosts/host.js';
import type { LookAtHostsRequest } from '../hosts/read-hosts.js';
import type { Invocation } from './invocation.js';
import type { World } from './world.js';

/** The parts of a look at hosts that a command decides on. */
export interface HostQuestion {
  readonly isWanted?: LookAtHostsRequest['isWanted'] | undefined;
  readonly probe?: LookAtHostsRequest['probe'] | undefined;
  readonly earlier?: LookAtHostsRequest['earlier'] | undefined;
  /** Other home folders than our own. */
  readonly homes?: readonly string[] | undefined;
}

/**
 * What hosts believe, compared with what runs. Registries are read only where a host's server is running, unless
 * `always`: reading them costs as much as the rest of a look (docs/performance.md), and a registry without its
 * server says nothing about running agents that a judge may take.
 */
export async function lookAtHostsNow(
  invocation: Invocation,
  world: World,
  agents: AgentTable,
  question: HostQuestion & { readonly always?: boolean } = {},
): Promise<readonly Comparison[]> {
  if (world.isRecorded || (question.always !== true && !hasHost(world, agents))) return [];
  const { createHostReaders, customHost, lookAtHosts, readPorts } = await import('../hosts/live.js');
  const { uid, platform, env } = invocation;
  return lookAtHosts({
    agents,
    detail: world.source.detail,
    places: placesOf(invocation, question.homes),
    readersOf: ({ owner }) =>
      createHostReaders({
        owner,
        sqlite: { temporary: os.tmpdir() },
        tmux: { temporary: env.TMUX_TMPDIR ?? '/tmp', uid },
        platform,
      }),
    ports: () => readPorts('/proc'),
    custom: world.settings.hosts.map(customHost),
    ...(question.isWanted === undefined ? {} : { isWanted: question.isWanted }),
    ...(question.probe === undefined ? {} : { probe: question.probe }),
    ...(question.earlier === undefined ? {} : { earlier: question.earlier }),
  });
}

function placesOf(
  { home, env, uid }: Invocation,
  homes: readonly string[] | undefined,
): readonly HostPlace[] {
  if (homes !== undefined) return homes.map((one) => ({ home: one, owner: ownerOf(one) ?? uid, env: {} }));
  return home === undefined ? [] : [{ home, owner: uid, env }];
}

function ownerOf(folder: string): number | undefined {
  // Windows calls every owner 0.
  return process.platform === 'win32' ? undefined : statSync(folder, { throwIfNoEntry: false })?.uid;
}

function hasHost({ settings }: World, { table, members }: AgentTable): boolean {
  if (settings.hosts.length > 0) return true;
  return table.all.some((record) => {
    if (record.argv === undefined || members.has(record.pid)) return false;
    const kind = recogniseHost(record)?.kind;
    return kind === 'server' || kind === 'worker';
  });
}
