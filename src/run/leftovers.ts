import type { ExpectationResult } from '../snapshot/diff/expectation.js';
import { checkExpectations, type Expectation, isExpected } from '../snapshot/diff/expectation.js';
import type { ProcessEntry } from '../snapshot/document/document.js';
import type { Descendant } from './descent.js';
import type { Leftover } from './document.js';

/**
 * The descendants that are left, as trees: parents before their children. An expectation that is met makes the
 * processes that it counts expected; it counts what the command left, not what runs on the machine.
 */
export function toLeftovers(
  alive: readonly Descendant[],
  entryOf: (pid: number) => ProcessEntry,
  expectations: readonly Expectation[],
): { leftovers: Leftover[]; expectations: ExpectationResult[] } {
  const rows = alive.map((descendant) => ({
    descendant,
    process: entryOf(descendant.record.pid),
  }));
  const results = checkExpectations(
    expectations,
    [],
    rows.map((row) => row.process),
  );
  const met = results.filter((result) => result.met).map((result) => result.expectation);
  const leftovers = inTreeOrder(rows).map(({ row, depth }) => ({
    process: row.process,
    foundBy: row.descendant.foundBy,
    how: howOf(row.descendant),
    depth,
    expected: false,
  }));
  return { leftovers: markExpected(leftovers, met), expectations: results };
}

/** A process is expected with everything below it: an agent that may stay may keep its MCP servers. */
function markExpected(leftovers: readonly Leftover[], met: readonly Expectation[]): Leftover[] {
  let allowedDepth = Number.POSITIVE_INFINITY;
  return leftovers.map((leftover) => {
    if (leftover.depth <= allowedDepth) {
      const isAllowed = met.some((expectation) => isExpected(expectation, leftover.process));
      allowedDepth = isAllowed ? leftover.depth : Number.POSITIVE_INFINITY;
      return { ...leftover, expected: isAllowed };
    }
    return { ...leftover, expected: true };
  });
}

interface Row {
  readonly descendant: Descendant;
  readonly process: ProcessEntry;
}

function inTreeOrder(rows: readonly Row[]): { row: Row; depth: number }[] {
  const byPid = new Map(rows.map((row) => [row.process.pid, row]));
  const children = new Map<number | undefined, Row[]>();
  for (const row of rows) {
    const { ppid } = row.descendant.record;
    const parent = ppid !== undefined && byPid.has(ppid) ? ppid : undefined;
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  const ordered: { row: Row; depth: number }[] = [];
  const visit = (parent: number | undefined, depth: number): void => {
    const below = [...(children.get(parent) ?? [])].sort((a, b) => a.process.pid - b.process.pid);
    for (const row of below) {
      ordered.push({ row, depth });
      visit(row.process.pid, depth + 1);
    }
  };
  visit(undefined, 0);
  return ordered;
}

function howOf({ foundBy, through }: Descendant): string {
  const who = through === undefined ? undefined : `${through.name}(${through.pid})`;
  switch (foundBy) {
    case 'tree':
      return who === undefined ? 'the command itself' : `child of ${who}`;
    case 'subreaper':
      return 'left its parent, and was handed to the subreaper above the command';
    case 'group':
      return `in the process group of ${who}`;
    case 'session':
      return `in the session of ${who}`;
    case 'cookie':
      return 'its environment holds the id of this run';
  }
}
