import {
  countMismatches,
  type HostEntry,
  type HostsDocument,
  type MismatchEntry,
  type RunningEntry,
} from '../../../hosts/compare/report.js';
import type { ServerFacts } from '../../../hosts/host.js';
import { counted, formatBytes, formatDuration } from '../../../units.js';
import { cutTo, formatColumns } from '../../columns.js';
import { harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { shortId } from '../agents/process-list.js';

export interface HostsLayout {
  readonly width: number | undefined;
  readonly style: Style;
}

/** What `sesswatch hosts` prints: what differs first, then each host with what it uses and where it is wrong. */
export function hostsText(document: HostsDocument, layout: HostsLayout): string[] {
  const { style } = layout;
  if (document.hosts.length === 0) {
    return [style.bold('no host applications are running, and none left a registry'), ...notes(document, style)];
  }
  return [
    headline(document, style),
    ...document.hosts.flatMap((host) => ['', ...hostLines(host, layout)]),
    ...notes(document, style),
    ...advice(document, style),
  ];
}

function headline(document: HostsDocument, style: Style): string {
  const hosts = document.hosts.filter(({ name }) => name !== BY_THEMSELVES).length;
  const agents = document.hosts.reduce((sum, { running }) => sum + running.filter(isAgent).length, 0);
  const kinds = new Map<string, number>();
  for (const { kind } of document.hosts.flatMap(({ mismatches }) => mismatches))
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const total = countMismatches(document);
  const each = [...kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const found =
    total === 0
      ? style.green('all as they believe')
      : style.yellow(`${counted(total, 'mismatch', 'mismatches')}: ${each}`);
  return `${style.bold(`${counted(hosts, 'host')} · ${counted(agents, 'agent')}`)} · ${found}`;
}

/** The entry for agents that no host claims. */
const BY_THEMSELVES = 'agents';

function hostLines(host: HostEntry, { width, style }: HostsLayout): string[] {
  const isHost = host.name !== BY_THEMSELVES;
  const servers = [host.server, ...(host.otherServers ?? [])].filter((server) => server !== undefined);
  const name = style.bold(isHost ? harmless(host.name) : 'agents by themselves');
  const serverText = servers.length === 0 ? 'no server runs' : servers.map(serverFacts).join('; ');
  const live = host.believed.filter(({ state }) => state === 'live').length;
  const memory = host.running.reduce((sum, { rssBytes }) => sum + (rssBytes ?? 0), 0);
  const unreadable = host.registries.some(({ state }) => state === 'unreadable');
  const belief = unreadable
    ? 'what it believes could not be read'
    : host.registries.length === 0
      ? 'keeps no list of its agents'
      : `believes in ${counted(live, 'session')}`;
  const runs = whoRuns(host.running);
  return [
    isHost ? `${name}  ${style.dim(serverText)}` : name,
    `  ${isHost ? `${belief}, ${runs}` : runs}${memory > 0 ? `, ${formatBytes(memory)}` : ''}`,
    ...formatColumns(
      [
        { title: '' },
        { title: '', align: 'right' },
        { title: '' },
        { title: '', align: 'right' },
        { title: '', flexible: true },
      ],
      host.mismatches.map(mismatchCells),
      {
        width,
        indent: '  ',
        style: (cell, _row, column) => (column === 0 ? style.yellow(cell) : cell),
      },
    ),
    ...(host.tooEarly === undefined
      ? []
      : [style.dim(`  too early to judge ${host.tooEarly.count}; again in ${host.tooEarly.againSeconds} s`)]),
  ];
}

/** A host's helpers are no agents: `count` leaves them out too. */
function isAgent({ role }: RunningEntry): boolean {
  return role !== 'host-worker';
}

function whoRuns(running: readonly RunningEntry[]): string {
  const agents = running.filter(isAgent).length;
  const workers = running.length - agents;
  if (workers === 0) return `${counted(agents, 'agent runs', 'agents run')}${untouched(running)}`;
  return agents === 0
    ? counted(workers, 'worker runs', 'workers run')
    : `${counted(agents, 'agent')} and ${counted(workers, 'worker')} run`;
}

/** `, 7 of them idle for 2h to 14h`. */
function untouched(running: readonly RunningEntry[]): string {
  const idle = running.flatMap(({ idleSeconds }) => (idleSeconds === undefined ? [] : [idleSeconds]));
  if (idle.length === 0) return '';
  const [least, most] = [Math.min(...idle), Math.max(...idle)].map(formatDuration);
  return `, ${idle.length} of them idle for ${least === most ? most : `${least} to ${most}`}`;
}

function serverFacts(server: ServerFacts): string {
  const { pid, uptimeSeconds, rssBytes, threads, descriptors, connections } = server;
  return [
    `server ${pid}`,
    uptimeSeconds === undefined ? '' : `up ${formatDuration(uptimeSeconds)}`,
    rssBytes === undefined ? '' : formatBytes(rssBytes),
    threads === undefined ? '' : counted(threads, 'thread'),
    descriptors === undefined ? '' : counted(descriptors, 'descriptor'),
    connections === undefined || connections === 0 ? '' : counted(connections, 'connection'),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function mismatchCells({ kind, pid, hostSessionId, agentSessionId, rssBytes, detail }: MismatchEntry): string[] {
  const id = agentSessionId ?? hostSessionId;
  return [
    kind,
    pid === undefined ? '-' : String(pid),
    id === undefined ? '-' : shownId(id),
    rssBytes === undefined ? '' : formatBytes(rssBytes),
    harmless(detail),
  ];
}

/** UUIDs are told apart by their first part; other hosts' keys begin with a date. */
function shownId(id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id) ? shortId(id) : cutTo(harmless(id), LONGEST_ID);
}
const LONGEST_ID = 32;

function notes(document: HostsDocument, style: Style): string[] {
  return document.notes.length === 0 ? [] : ['', ...document.notes.map((note) => style.dim(`note: ${harmless(note)}`))];
}

/** What to do next, by what was found. */
function advice(document: HostsDocument, style: Style): string[] {
  const found = document.hosts.flatMap(({ mismatches }) => mismatches);
  const agent = found.find(({ kind }) => kind === 'retired' || kind === 'unregistered' || kind === 'duplicate');
  if (agent?.pid !== undefined) {
    return [
      '',
      style.dim(`sesswatch why ${agent.pid} tells more; sesswatch reap --include disowned,superseded plans their end`),
    ];
  }
  const isOnlyBelief = found.length > 0 && found.every(({ kind }) => kind === 'phantom');
  return isOnlyBelief ? ['', style.dim('nothing to end: these rows go when their host cleans up')] : [];
}
