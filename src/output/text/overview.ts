import { isAgentProcess, isCounted } from '../../agents/membership.js';
import type { ProcessEntry, SnapshotDocument } from '../../snapshot/document/document.js';
import { counted, formatBytes, formatDuration } from '../../units.js';
import type { Verdict } from '../../verdict/judgement.js';
import { formatColumns } from '../columns.js';
import { harmless } from '../harmless.js';
import type { Style } from '../style.js';
import { shortId } from './process-list.js';

export interface OverviewLayout {
  readonly width: number | undefined;
  readonly style: Style;
}

/** The one screen: how many of which agents, what is dead weight and why, what to do next. */
export function overviewText(document: SnapshotDocument, layout: OverviewLayout): string[] {
  const { style } = layout;
  const members = document.processes.filter((entry) => entry.role !== undefined);
  const where = `${harmless(document.machine.hostname ?? 'this machine')}, ${clock(document.takenAt)}`;
  const agents = members.filter((entry) => isAgentProcess(entry));
  if (members.length === 0) {
    return [
      `${style.bold('no coding agents are running')}  ${style.dim(`${counted(document.totals.processes, 'process', 'processes')} looked at · ${where}`)}`,
    ];
  }
  const head = [
    counted(document.totals.agents, 'agent'),
    counted(members.length, 'process', 'processes'),
    formatBytes(document.totals.rssBytes),
  ].join(' · ');
  return [
    `${style.bold(head)}  ${style.dim(where)}`,
    ...summary(agents, members),
    ...advice(document, layout),
  ];
}

function summary(agents: readonly ProcessEntry[], members: readonly ProcessEntry[]): string[] {
  const rows: string[][] = [];
  const byAgent = new Map<string, ProcessEntry[]>();
  for (const agent of agents) {
    const name = agent.agent ?? '?';
    byAgent.set(name, [...(byAgent.get(name) ?? []), agent]);
  }
  const largest = [...byAgent].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
  for (const [name, group] of largest) {
    const counted = group.filter(isCounted);
    const helpers = group.length - counted.length;
    const said =
      verdictsOf(counted) +
      (helpers === 0 ? '' : `${counted.length > 0 ? ', ' : ''}${helpers} infrastructure`);
    rows.push([harmless(name), String(counted.length), formatBytes(memoryOf(group)), said]);
  }
  const helpers = members.filter((entry) => !isAgentProcess(entry));
  if (helpers.length > 0)
    rows.push(['helpers', String(helpers.length), formatBytes(memoryOf(helpers)), rolesOf(helpers)]);
  return formatColumns(
    [{ title: '' }, { title: '', align: 'right' }, { title: '', align: 'right' }, { title: '' }],
    rows,
    { width: undefined, indent: '  ' },
  );
}

/** What could go, with the reason, and the command that does it. */
function advice(document: SnapshotDocument, { style, width }: OverviewLayout): string[] {
  const dead = document.processes.filter((entry) => isCounted(entry) && isDeadWeight(entry.verdict));
  const leftovers = document.processes.filter((entry) => entry.verdict === 'leftover');
  if (dead.length === 0 && leftovers.length === 0) return [];
  const shown = [...dead, ...leftovers];
  const rows = shown.map((entry) => [
    String(entry.pid),
    harmless(entry.agent ?? entry.role ?? ''),
    entry.verdict ?? '',
    entry.idleSeconds === undefined ? 'not proven idle' : `idle ${formatDuration(entry.idleSeconds)}`,
    formatBytes(entry.rssBytes),
    reasonOf(entry),
  ]);
  const lines = formatColumns(
    [
      { title: '', align: 'right' },
      { title: '' },
      { title: '' },
      { title: '' },
      { title: '', align: 'right' },
      { title: '', flexible: true },
    ],
    rows,
    { width, indent: '  ' },
  );
  const first = `${counted(shown.length, 'process has', 'processes have')} no owner or no use, ${formatBytes(memoryOf(shown))}: ${style.bold('sesswatch orphans')} says why, ${style.bold('sesswatch reap --dry-run')} what would go`;
  return ['', first, ...lines];
}

function isDeadWeight(verdict: Verdict | undefined): boolean {
  return verdict === 'orphan' || verdict === 'superseded' || verdict === 'disowned';
}

function reasonOf(entry: ProcessEntry): string {
  const strongest = [...(entry.evidence ?? [])]
    .filter((one) => one.argues === 'orphan')
    .sort((a, b) => b.strength - a.strength)[0];
  return harmless(
    strongest?.text ?? (entry.sessionId === undefined ? '' : `session ${shortId(entry.sessionId)}`),
  );
}

function verdictsOf(group: readonly ProcessEntry[]): string {
  const counts = new Map<string, number>();
  for (const { verdict, idleSeconds } of group) {
    if (verdict === undefined) continue;
    const name = verdict === 'idle' && group.length === 1 ? `idle ${formatDuration(idleSeconds)}` : verdict;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

const HELPER_ROLES: Readonly<Record<string, readonly [string, string]>> = {
  'mcp-server': ['MCP server', 'MCP servers'],
  tool: ['tool process', 'tool processes'],
  launcher: ['launcher', 'launchers'],
  adapter: ['adapter', 'adapters'],
  'host-worker': ['host worker', 'host workers'],
};

function rolesOf(helpers: readonly ProcessEntry[]): string {
  return Object.entries(HELPER_ROLES)
    .flatMap(([role, [one, many]]) => {
      const group = helpers.filter((entry) => entry.role === role);
      if (group.length === 0) return [];
      const left = group.filter((entry) => entry.verdict === 'leftover').length;
      return [counted(group.length, one, many) + (left === 0 ? '' : ` (${left} leftover)`)];
    })
    .join(', ');
}

function memoryOf(entries: readonly ProcessEntry[]): number {
  return entries.reduce((sum, entry) => sum + (entry.rssBytes ?? 0), 0);
}

function clock(iso: string): string {
  const at = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
