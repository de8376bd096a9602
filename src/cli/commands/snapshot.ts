import { statSync } from 'node:fs';
import path from 'node:path';
import { chooseColumns, processList } from '../../output/text/process-list.js';
import type { ProcessEntry, SnapshotDocument } from '../../snapshot/document/document.js';
import { openStore } from '../../snapshot/store/store.js';
import { counted, formatBytes } from '../../units.js';
import { completeness } from '../completeness.js';
import { type Command, printJson, printLines } from '../invocation.js';
import { look } from '../look.js';
import { styleOf } from '../style.js';
import { openWorld, stateFolder, widthOf } from '../world.js';

interface Options {
  readonly label?: string;
  readonly all?: boolean;
  readonly save: boolean;
}

/** Scans, saves, prints. An incomplete scan is saved too, marked as such: what it saw may be all there is. */
export const snapshot: Command<Options> = async (invocation, options) => {
  const world = await openWorld(invocation, options);
  const seen = await look(invocation, options, world, { all: options.all, label: options.label });
  const store = options.save
    ? openStore(path.join(stateFolder(invocation), 'snapshots'), invocation.now)
    : undefined;
  const document = store?.save(seen) ?? seen;
  if (options.json === true) printJson(invocation, document);
  else if (options.quiet === true) printLines(invocation, store === undefined ? [] : [document.id]);
  else {
    const style = await styleOf(invocation, world);
    const rows = document.processes.filter(options.all ? () => true : isMember);
    const width = widthOf(invocation, options);
    const columns = chooseColumns(undefined, rows, width);
    printLines(invocation, processList(rows, columns, { width, styleTitle: style.dim }));
    printLines(invocation, [style.bold(summary(document))]);
    if (store !== undefined) {
      const { size } = statSync(store.pathOf(document.id));
      printLines(invocation, [`saved ${document.id} (${formatBytes(size)})`]);
    }
  }
  return completeness(invocation, document);
};

function isMember(entry: ProcessEntry): boolean {
  return entry.role !== undefined;
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
