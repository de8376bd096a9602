import type { GenerationEntry, SnapshotDocument } from '../../../snapshot/document/document.js';
import { counted, formatBytes } from '../../../units.js';
import { harmless } from '../../harmless.js';
import { clockWords } from '../../words.js';
import { wrap } from '../../wrap.js';

/** So many are told one by one; the others in one sum. */
const SHOWN = 4;

/**
 * A line for each MCP server that runs several times under one live agent or host.
 * @param width of the terminal; `undefined` breaks no line
 */
export function generationLines(
  { generations = [], takenAt }: Pick<SnapshotDocument, 'generations' | 'takenAt'>,
  width?: number | undefined,
): string[] {
  const shown = generations.slice(0, SHOWN);
  const rest = generations.slice(SHOWN);
  const lines = shown.map((one) => generationWords(one, takenAt));
  if (rest.length > 0) {
    const older = rest.reduce((sum, one) => sum + one.older.length, 0);
    const bytes = rest.reduce((sum, one) => sum + one.olderRssBytes, 0);
    lines.push(
      `${counted(rest.length, 'more MCP server')} with ${counted(older, 'older generation')}, which hold ${formatBytes(bytes)} RSS (sesswatch ps --json)`,
    );
  }
  return lines.flatMap((line) => wrap(line, width).map((part, at) => (at === 0 ? part : `  ${part}`)));
}

/** `codex(510) runs 22 generations of the same MCP server, x-mcp: the newest of 07:05, the older 21 hold 4.5 GB RSS`. */
function generationWords(generation: GenerationEntry, takenAt: string): string {
  const { leader, agent, host, server, count, newestStartedAt, older, olderRssBytes } = generation;
  const newest = newestStartedAt === undefined ? '' : ` the newest of ${clockWords(newestStartedAt, takenAt)},`;
  const hold = older.length === 1 ? 'older one holds' : `older ${older.length} hold`;
  return harmless(
    `${agent ?? host ?? 'process'}(${leader}) runs ${count} generations of the same MCP server, ${server}:` +
      `${newest} the ${hold} ${formatBytes(olderRssBytes)} RSS`,
  );
}
