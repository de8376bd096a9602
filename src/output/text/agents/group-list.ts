import { isCounted } from '../../../agents/membership.js';
import type { ProcessEntry } from '../../../snapshot/document/document.js';
import type { Dimension } from '../../../snapshot/document/summary.js';
import { tally } from '../../../snapshot/document/totals.js';
import { memoryOf } from '../../../snapshot/document/trees.js';
import { formatBytes } from '../../../units.js';
import { formatColumns } from '../../columns.js';
import { harmless } from '../../harmless.js';
import type { Style } from '../../style.js';
import { shortDuration } from '../../words.js';

/** A line for each agent, role, verdict or host: how many, what they hold, how long they were idle. */
export function groupList(
  entries: readonly ProcessEntry[],
  by: Dimension,
  { width, style }: { readonly width: number | undefined; readonly style: Style },
): string[] {
  const groups = new Map<string, ProcessEntry[]>();
  for (const entry of entries) {
    const name = entry[by] ?? 'none';
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  const rows = [...groups]
    .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
    .map(([name, group]) => {
      const idle = group.flatMap(({ idleSeconds }) => idleSeconds ?? []);
      const verdicts = Object.entries(tally(group.map(({ verdict }) => verdict)));
      return [
        harmless(name),
        String(group.filter(isCounted).length),
        formatBytes(group.reduce((sum, entry) => sum + (memoryOf(entry) ?? 0), 0)),
        idle.length === 0 ? '-' : `${idle.length} for ${shortDuration(Math.min(...idle))} or more`,
        verdicts.map(([verdict, count]) => `${verdict} ${count}`).join(', '),
      ];
    });
  return formatColumns(
    [
      { title: by.toUpperCase() },
      { title: 'AGENTS', align: 'right' },
      { title: 'TREE', align: 'right' },
      { title: 'IDLE', align: 'right' },
      { title: 'VERDICTS', flexible: true },
    ],
    rows,
    { width, styleTitle: style.dim },
  );
}
