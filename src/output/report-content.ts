import { fieldsOf, listOf, textOf } from '../decode.js';
import type { ProcessEntry, SnapshotDocument } from '../snapshot/document/document.js';
import type { TrendReport } from '../snapshot/trend/document.js';
import { formatBytes, formatDuration } from '../units.js';
import { isDeadWeight, nameOfEntry, reasonOf, whatWords } from './words.js';

/** What a report is made of; nothing in it is read here. */
export interface ReportInput {
  readonly document: SnapshotDocument;
  readonly byAgent: TrendReport;
  readonly byHost: TrendReport;
  /** Reaps and hibernations. */
  readonly marks: readonly ReportMark[];
  readonly version: string;
}

export interface ReportMark {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly text: string;
}

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
}

export interface ReportColumn {
  readonly title: string;
  readonly kind: 'text' | 'number' | 'command' | 'verdict';
}

export interface ReportRow {
  readonly cells: readonly string[];
  /** Drawn as a bar beside the row, in bytes. */
  readonly bar?: { readonly bytes: number; readonly isDead: boolean } | undefined;
}

/** What a report says, whatever it is written in. */
export interface ReportContent {
  readonly title: string;
  /** A value and what it is of. */
  readonly facts: readonly (readonly [string, string])[];
  readonly warning: string | undefined;
  readonly next: string;
  readonly tables: readonly ReportTable[];
}

/** So many trees are drawn. */
const DRAWN_TREES = 12;

/** The figures, the dead weight with its reasons, the largest trees, generations, and what hosts are wrong about. */
export function reportContent({ document }: Pick<ReportInput, 'document'>): ReportContent {
  const dead = document.processes.filter(isDeadWeight);
  const [first] = dead;
  const held = dead.reduce((sum, { rssBytes = 0 }) => sum + rssBytes, 0);
  return {
    title: `Coding agents on ${document.machine.hostname ?? 'this machine'}`,
    facts: [
      [String(document.totals.agents), document.totals.agents === 1 ? 'agent' : 'agents'],
      [formatBytes(document.totals.rssBytes), 'with their helpers'],
      [String(dead.length), dead.length === 1 ? 'process is dead weight' : 'processes are dead weight'],
      [formatBytes(held), 'held by dead weight'],
    ],
    warning: document.complete ? undefined : 'The scan could not read everything: these figures may be too low.',
    next:
      first === undefined
        ? 'Nothing is dead weight: every agent works for somebody, or nothing shows that it lost them.'
        : `Now: sesswatch reap --dry-run shows what could go, sesswatch why ${first.pid} why.`,
    tables: [deadWeight(dead), largestTrees(document), generations(document), mismatches(document)].filter(
      ({ rows }) => rows.length > 0,
    ),
  };
}

const text = (title: string): ReportColumn => ({ title, kind: 'text' });
const number = (title: string): ReportColumn => ({ title, kind: 'number' });
const WHAT: ReportColumn = { title: 'what', kind: 'command' };

function deadWeight(dead: readonly ProcessEntry[]): ReportTable {
  return {
    title: 'Dead weight',
    columns: [
      number('PID'),
      text('agent'),
      { title: 'verdict', kind: 'verdict' },
      number('memory'),
      number('age'),
      text('why'),
      WHAT,
    ],
    rows: dead.map((entry) => ({
      cells: [
        String(entry.pid),
        nameOfEntry(entry),
        entry.verdict ?? '',
        formatBytes(entry.tree?.rssBytes ?? entry.rssBytes),
        formatDuration(entry.ageSeconds),
        reasonOf(entry),
        whatWords(entry),
      ],
    })),
  };
}

function largestTrees({ processes }: SnapshotDocument): ReportTable {
  const trees = processes
    .filter(({ tree }) => tree?.rssBytes !== undefined)
    .sort((a, b) => (b.tree?.rssBytes ?? 0) - (a.tree?.rssBytes ?? 0))
    .slice(0, DRAWN_TREES);
  return {
    title: 'Largest trees',
    columns: [number('PID'), text('agent'), number('memory'), number('processes'), WHAT],
    rows: trees.map((entry) => ({
      cells: [
        String(entry.pid),
        nameOfEntry(entry),
        formatBytes(entry.tree?.rssBytes),
        String(entry.tree?.processes ?? 1),
        whatWords(entry),
      ],
      bar: { bytes: entry.tree?.rssBytes ?? 0, isDead: isDeadWeight(entry) },
    })),
  };
}

function generations({ generations: all = [] }: SnapshotDocument): ReportTable {
  return {
    title: 'Older generations of MCP servers',
    columns: [text('of'), text('server'), number('copies'), number('memory of the older')],
    rows: all.map(({ agent, host, leader, server, count, olderRssBytes }) => ({
      cells: [`${agent ?? host ?? 'process'} ${leader}`, server, String(count), formatBytes(olderRssBytes)],
    })),
  };
}

function mismatches({ hosts = [] }: SnapshotDocument): ReportTable {
  return {
    title: 'What hosts believe, and what runs',
    columns: [text('host'), text('kind'), number('PID'), text('detail')],
    rows: hosts.map(fieldsOf).flatMap((host) =>
      listOf(host.mismatches)
        .map(fieldsOf)
        .map(({ kind, pid, detail }) => ({
          cells: [
            textOf(host.name) ?? '',
            textOf(kind) ?? '',
            pid === undefined ? '' : String(pid),
            textOf(detail) ?? '',
          ],
        })),
    ),
  };
}
