import type { ProcessRecord } from '../../record.js';
import { commandOf } from './cells.js';
import { readPasted } from './pasted.js';

/** A process table that was read from text. */
export interface TextTable {
  /** Milliseconds since the epoch, where the text says when it was taken. */
  readonly takenAt?: number | undefined;
  readonly records: readonly ProcessRecord[];
  readonly strayLines: number;
  /** Heads over lines that were no rows: nothing follows from what is not there. */
  readonly isGarbled: boolean;
  readonly isCut: boolean;
  readonly isWindows: boolean;
}

/**
 * Reads the text of a before/after investigation:
 *
 *     === 2026-11-20T10:32:52+0000 ===
 *     -- pgrep --          pgrep -fal PATTERN
 *     -- ps --             ps -Ao pid,ppid,etime,rss,command | grep PATTERN
 *
 * or whatever table of processes people copy. Of several such blocks the last one counts. A process that both programs list is one
 * process; one that only pgrep lists was there too. Empty sections say that nothing ran. `undefined` when
 * nothing in the text is known.
 */
export function parseCapture(text: string, fallbackTime: number): TextTable | undefined {
  const block = lastBlock(text.split('\n').map((line) => line.trimEnd()));
  const takenAt = block.title === undefined ? undefined : timeOf(block.title);
  const ps = readPasted(block.psLines, takenAt ?? fallbackTime);
  if (!ps.isTable && !block.hasSection) return undefined;
  const known = new Set(ps.records.map((record) => record.pid));
  const pgrep = (block.pgrepLines ?? []).filter((line) => line !== '').map(pgrepRow);
  const pgrepOnly = pgrep.flatMap((row) => (row === undefined || known.has(row.pid) ? [] : [row]));
  return {
    takenAt,
    records: [...ps.records, ...firstOfEachPid(pgrepOnly)],
    strayLines: ps.strayLines + pgrep.filter((row) => row === undefined).length,
    isGarbled: ps.isGarbled,
    isCut: ps.isCut,
    isWindows: ps.isWindows,
  };
}

interface Block {
  readonly title: string | undefined;
  readonly psLines: string[];
  readonly pgrepLines: string[];
  hasSection: boolean;
}

function lastBlock(lines: readonly string[]): Block {
  let block = emptyBlock(undefined);
  // Before any section: a table without a title.
  let section: string[] | undefined = block.psLines;
  for (const line of lines) {
    const title = /^=== (.+) ===$/.exec(line)?.[1];
    const name = /^-- (\S.*) --$/.exec(line)?.[1];
    if (title !== undefined) {
      block = emptyBlock(title);
      section = block.psLines;
    } else if (name !== undefined) {
      section = sectionOf(block, name);
      block.hasSection ||= section !== undefined;
    } else {
      section?.push(line);
    }
  }
  return block;
}

function emptyBlock(title: string | undefined): Block {
  return { title, psLines: [], pgrepLines: [], hasSection: false };
}

/** Sections of other programs (`free`, `lsof`) are passed over. */
function sectionOf(block: Block, name: string): string[] | undefined {
  if (/^pgrep\b/.test(name)) return block.pgrepLines;
  return /^ps\b/.test(name) ? block.psLines : undefined;
}

/** `13 node --watch src/bin.ts`. */
function pgrepRow(line: string): ProcessRecord | undefined {
  const match = /^\s*(\d{1,10}) (\S.*)$/s.exec(line);
  return match === null ? undefined : { pid: Number(match[1]), ...commandOf(match[2] ?? '') };
}

function firstOfEachPid(rows: readonly ProcessRecord[]): ProcessRecord[] {
  const byPid = new Map<number, ProcessRecord>();
  for (const row of rows) if (!byPid.has(row.pid)) byPid.set(row.pid, row);
  return [...byPid.values()];
}

/** A time within a title: ISO 8601 with any of its zones (`+0000` too), or what `date` prints. */
function timeOf(title: string): number | undefined {
  const iso = /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?/.exec(title);
  const zone = iso?.[3]?.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2') ?? '';
  // Nothing looser than these two: Date.parse takes `ready 1` for the year 2001.
  const time = Date.parse(
    iso === null ? (DATE_OUTPUT.exec(title)?.[0] ?? '') : `${iso[1]}T${iso[2]?.replace(',', '.')}${zone}`,
  );
  return Number.isNaN(time) ? undefined : time;
}

/** `Fri Nov 20 10:32:52 UTC 2026`. */
const DATE_OUTPUT = /[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d (?:[A-Z]{2,5} )?\d{4}/;
