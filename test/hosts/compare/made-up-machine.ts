import { CATALOGUE } from '../../../src/agents/catalogue/catalogue.js';
import { resolveAgents } from '../../../src/agents/resolve/resolve.js';
import { beliefsOf } from '../../../src/hosts/compare/beliefs.js';
import { hostReport } from '../../../src/hosts/compare/report.js';
import type { HostReaders } from '../../../src/hosts/host.js';
import { type LookAtHostsRequest, lookAtHosts } from '../../../src/hosts/read-hosts.js';
import type { PortTable } from '../../../src/hosts/registries/ports.js';
import type { Pane } from '../../../src/hosts/registries/tmux.js';
import type { ProcessRecord } from '../../../src/process/record.js';
import { createProcessTable } from '../../../src/process/table.js';
import type { SqliteRow } from '../../../src/state/sqlite.js';

export const NOW = Date.parse('2026-01-15T12:00:00Z');
export const HOUR_AGO = NOW - 3_600_000;
export const ID = '296187f1-65bd-4ea2-b200-f445e15823e5';

export type Row = Partial<ProcessRecord> & { pid: number; argv: readonly string[] };

interface TableContext {
  readonly rows: readonly Row[];
  readonly files?: Readonly<Record<string, unknown>>;
  readonly databases?: Readonly<Record<string, readonly SqliteRow[]>>;
  readonly panes?: readonly Pane[];
  readonly ports?: PortTable;
  readonly more?: Partial<LookAtHostsRequest>;
}

/** A made-up machine: rows, files by their path, tables by database. */
export async function lookAtMadeUpMachine({
  rows,
  files = {},
  databases = {},
  panes = [],
  ports,
  more = {},
}: TableContext) {
  const table = createProcessTable({
    source: 'procfs',
    takenAt: NOW,
    machine: { bootId: 'b', platform: 'linux' },
    complete: true,
    problems: [],
    processes: [
      { pid: 1, ppid: 0, argv: ['/sbin/init'], comm: 'systemd', startTime: '1', startedAt: 0 },
      ...rows.map((row) => ({ ppid: 1, startTime: String(row.pid), startedAt: HOUR_AGO, uid: 1000, ...row })),
    ],
  });
  const readers: HostReaders = {
    async readText(file) {
      const content = files[file];
      if (content === undefined) return { kind: 'absent' };
      return { kind: 'read', text: typeof content === 'string' ? content : JSON.stringify(content) };
    },
    names: async (folder) =>
      Object.keys(files).flatMap((file) =>
        file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1).split('/')[0] ?? ''] : [],
      ),
    sqlite: async (file) => {
      const found = databases[file];
      return found === undefined ? { kind: 'absent' } : { kind: 'rows', rows: found };
    },
    panes: async () => ({ kind: 'read', panes, whole: true, notes: [] }),
  };
  const comparisons = await lookAtHosts({
    agents: resolveAgents(table, CATALOGUE),
    detail: async () => new Map(),
    places: [{ home: '/h', owner: 1000, env: {} }],
    readersOf: () => readers,
    ports: async () => ports,
    ...more,
  });
  const document = hostReport(comparisons, NOW);
  const faults = document.hosts.flatMap(({ name, mismatches }) =>
    mismatches.map(({ kind, pid, hostSessionId, detail }) => [name, kind, pid ?? hostSessionId, detail]),
  );
  return { document, faults, beliefs: beliefsOf(comparisons) };
}
