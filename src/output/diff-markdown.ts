import { agentsOf } from '../snapshot/diff/diff.js';
import type { SnapshotDiff } from '../snapshot/diff/document.js';
import { bytesChange, formatDuration } from '../units.js';
import { markdownCell, markdownTable } from './markdown.js';
import { headlines } from './text/compare/diff.js';
import { type DiffRow, diffRows, leakRows } from './text/compare/diff-rows.js';

/**
 * A diff to paste into a pull request: what it comes to, a table of agents before and after, a table of the
 * processes. Command lines are left out, as they say more than a pull request should.
 */
export function diffMarkdown(diff: SnapshotDiff, leaksOnly = false): string[] {
  const rows = leaksOnly ? leakRows(diff) : diffRows(diff, false);
  const lines = [
    `**${markdownCell(diff.from.label)} → ${markdownCell(diff.to.label)}**`,
    '',
    ...headlines(diff, leaksOnly).map((line) => `- ${markdownCell(line)}`),
    '',
    ...agentTable(diff),
    ...processTable(rows),
  ];
  const notes = [
    ...diff.notes,
    ...[diff.from, diff.to].flatMap((side) => side.notes.map((note) => `${side.label}: ${note}`)),
  ];
  return notes.length === 0 ? lines : [...lines, '', ...notes.map((note) => `> ${markdownCell(note)}`)];
}

function agentTable(diff: SnapshotDiff): string[] {
  const { before, after, delta } = diff.totals;
  const rows = agentsOf(diff.totals).map((agent) => {
    const change = delta.byAgent[agent]?.count ?? 0;
    return [
      markdownCell(agent),
      String(before.byAgent[agent]?.count ?? 0),
      String(after.byAgent[agent]?.count ?? 0),
      change > 0 ? `+${change}` : String(change),
      bytesChange(before.byAgent[agent]?.rssBytes ?? 0, after.byAgent[agent]?.rssBytes ?? 0),
    ];
  });
  if (rows.length === 0) return [];
  return markdownTable(['agent', 'before', 'after', 'change', 'memory'], ['l', 'r', 'r', 'r', 'r'], rows);
}

function processTable(rows: readonly DiffRow[]): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [
    String(row.pid),
    row.change === 'leaked' ? '**leaked**' : row.change,
    markdownCell(row.agent),
    row.role ?? '-',
    markdownCell(row.session),
    row.verdict,
    formatDuration(row.ageSeconds),
    row.memory,
    markdownCell(row.owner),
    markdownCell(row.what),
  ]);
  const titles = ['pid', 'change', 'agent', 'role', 'session', 'verdict', 'age', 'memory', 'owner', 'what'];
  const align = ['r', 'l', 'l', 'l', 'l', 'l', 'r', 'r', 'l', 'l'] as const;
  return ['', ...markdownTable(titles, align, cells)];
}
