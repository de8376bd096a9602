import { statSync } from 'node:fs';
import os from 'node:os';
import type { AgentTable } from '../agents/membership.js';
import { recogniseHost } from '../hosts/catalogue.js';
import type { Comparison } from '../hosts/compare/compare.js';
import type { HostPlace } from '../hosts/host.js';
import type { LookAtHostsRequest } from '../hosts/read-hosts.js';
import type { ObserveEdges } from './edges.js';

/** What a command may ask beyond what every look asks. */
export interface HostQuestion {
  readonly isWanted?: LookAtHostsRequest['isWanted'] | undefined;
  readonly probe?: LookAtHostsRequest['probe'] | undefined;
  readonly earlier?: LookAtHostsRequest['earlier'] | undefined;
  /** Other home folders than our own. */
  readonly homes?: readonly string[] | undefined;
  /** Registries too whose server does not run. */
  readonly always?: boolean | undefined;
}

/**
 * What hosts believe, compared with what runs. Registries are read only where a host's server is running, unless
 * `always`: reading them costs as much as the rest of a look (docs/performance.md), and a registry without its
 * server says nothing about running agents that a judge may take.
 */
export async function readHosts(
  edges: ObserveEdges,
  agents: AgentTable,
  question: HostQuestion = {},
): Promise<readonly Comparison[]> {
  if (question.always !== true && !hasHost(edges, agents)) return [];
  const { createHostReaders, customHost, lookAtHosts, readPorts } = await import('../hosts/live.js');
  const { self, platform, env } = edges;
  return lookAtHosts({
    agents,
    detail: edges.source.detail,
    places: placesOf(edges, question.homes),
    readersOf: ({ owner }) =>
      createHostReaders({
        owner,
        sqlite: { temporary: os.tmpdir() },
        tmux: { temporary: env.TMUX_TMPDIR ?? '/tmp', uid: self.uid },
        platform,
      }),
    ports: () => readPorts('/proc'),
    custom: edges.hosts.map(customHost),
    ...(question.isWanted === undefined ? {} : { isWanted: question.isWanted }),
    ...(question.probe === undefined ? {} : { probe: question.probe }),
    ...(question.earlier === undefined ? {} : { earlier: question.earlier }),
  });
}

function placesOf(
  { home, env, self, platform }: ObserveEdges,
  homes: readonly string[] | undefined,
): readonly HostPlace[] {
  if (homes !== undefined) {
    return homes.map((one) => ({ home: one, owner: ownerOf(one, platform) ?? self.uid, env: {} }));
  }
  return home === undefined ? [] : [{ home, owner: self.uid, env }];
}

function ownerOf(folder: string, platform: NodeJS.Platform): number | undefined {
  // Windows calls every owner 0.
  return platform === 'win32' ? undefined : statSync(folder, { throwIfNoEntry: false })?.uid;
}

function hasHost({ hosts }: ObserveEdges, { table, members }: AgentTable): boolean {
  if (hosts.length > 0) return true;
  return table.all.some((record) => {
    if (record.argv === undefined || members.has(record.pid)) return false;
    const kind = recogniseHost(record)?.kind;
    return kind === 'server' || kind === 'worker' || kind === 'desktop';
  });
}
