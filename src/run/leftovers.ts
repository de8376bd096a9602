import {
  checkExpectations,
  type Expectation,
  type ExpectationResult,
  isExpected,
} from '../snapshot/diff/expectation.js';
import type { ProcessEntry } from '../snapshot/document/document.js';
import type { Descendant } from './descent.js';
import type { Leftover } from './document.js';

/**
 * The descendants that are left, as trees: parents before their children. An expectation that is met makes the
 * processes that it counts expected; it counts what the command left, not what runs on the machine. A process is
 * expected with everything below it: an agent that may stay may keep its MCP servers.
 */
export function toLeftovers(
  alive: readonly Descendant[],
  entryOf: (pid: number) => ProcessEntry,
  expectations: readonly Expectation[],
): { leftovers: Leftover[]; expectations: ExpectationResult[] } {
  const entries = new Map(alive.map(({ record }) => [record.pid, entryOf(record.pid)]));
  const results = checkExpectations(expectations, [], [...entries.values()]);
  const met = results.filter((result) => result.met).map((result) => result.expectation);
  const children = new Map<number | undefined, Descendant[]>();
  for (const descendant of alive.toSorted((a, b) => a.record.pid - b.record.pid)) {
    const { ppid = 0 } = descendant.record;
    const parent = entries.has(ppid) ? ppid : undefined;
    children.set(parent, [...(children.get(parent) ?? []), descendant]);
  }
  const below = (parent: number | undefined, depth: number, isBelowExpected: boolean): Leftover[] =>
    (children.get(parent) ?? []).flatMap((descendant) => {
      const { pid } = descendant.record;
      const process: ProcessEntry = entries.get(pid) ?? { pid };
      const expected = isBelowExpected || met.some((expectation) => isExpected(expectation, process));
      const leftover = { process, foundBy: descendant.foundBy, how: howOf(descendant), depth, expected };
      return [leftover, ...below(pid, depth + 1, expected)];
    });
  return { leftovers: below(undefined, 0, false), expectations: results };
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
