import { statSync } from 'node:fs';
import { isAgentProcess } from '../../../agents/membership.js';
import { chooseColumns, processList, sortEntries } from '../../../output/text/agents/process-list.js';
import { nextLine } from '../../../output/words.js';
import { wrap } from '../../../output/wrap.js';
import type { SnapshotDocument } from '../../../snapshot/document/document.js';
import { isMember, treesOf } from '../../../snapshot/document/trees.js';
import { counted, formatBytes } from '../../../units.js';
import { type Command, printJson, printLines, remark } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { look } from '../../look/look.js';
import { noAgents, openWorld, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { savedSnapshots } from './snapshots.js';

interface Options {
  readonly label?: string;
  readonly all?: boolean;
  readonly save: boolean;
}

/** Lines below the list: summary, where it was saved, what next, and the prompt. */
const LINES_BELOW = 6;

/** Scans, saves, prints. An incomplete scan is saved too, marked as such: what it saw may be all there is. */
export const snapshot: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const seen = await look(invocation, options, world, { all: options.all, label: options.label });
  const store = options.save ? savedSnapshots(invocation) : undefined;
  const document = store?.save(seen) ?? seen;
  if (options.json === true) printJson(invocation, document);
  else if (options.quiet === true) printLines(invocation, store === undefined ? [] : [document.id]);
  else {
    const style = await styleOf(invocation, world);
    const isWhole = options.all === true || options.verbose === true;
    const rows = sortEntries(
      isWhole ? document.processes.filter(options.all ? () => true : isMember) : heads(document),
    );
    const width = widthOf(invocation, options);
    const columns = chooseColumns(undefined, rows, width);
    if (rows.length === 0) remark(invocation, options, noAgents(world, document));
    const lines = processList(rows, columns, { width, style });
    const room = invocation.rows === undefined || isWhole ? lines.length : invocation.rows - LINES_BELOW;
    const more = lines.length - Math.max(room, 2);
    printLines(invocation, more > 0 ? lines.slice(0, lines.length - more) : lines);
    if (more > 0) printLines(invocation, [style.dim(`and ${more} more (-v lists all, with their helpers)`)]);
    printLines(
      invocation,
      wrap(summary(document), width).map((line) => style.bold(line)),
    );
    if (store !== undefined) {
      const { size } = statSync(store.pathOf(document.id));
      printLines(invocation, [
        `Saved ${document.id} (${formatBytes(size)})`,
        nextLine(`sesswatch diff ${document.label}`, style),
      ]);
    }
  }
  return completeness(invocation, document);
};

/** An agent each, with its helpers summed up in it, and helpers whose agent is gone. */
function heads(document: SnapshotDocument): SnapshotDocument['processes'] {
  return treesOf(document.processes)
    .map(({ head }) => head)
    .filter((head) => isAgentProcess(head) || head.verdict === 'leftover');
}

function summary({ totals }: SnapshotDocument): string {
  const each = Object.entries(totals.byAgent).map(([name, number]) => `${name} ${number}`);
  return [
    counted(totals.agents, 'agent') + (each.length === 0 ? '' : ` (${each.join(', ')})`),
    counted(totals.sessions, 'session'),
    formatBytes(totals.rssBytes),
    `${counted(totals.processes, 'process', 'processes')} looked at`,
  ].join(' · ');
}
