import type { ProcessRecord } from '../../../record.js';

/** The rows of one table in a text. */
export interface PastedTable {
  readonly records: readonly ProcessRecord[];
  /** Only Windows has such a table. */
  readonly isWindows?: boolean | undefined;
}

/** Reads the lines of a table after its head. */
export interface TableReader {
  /** How many lines its head takes. */
  readonly headLines: number;
  /** Whether the line belongs to the table. An empty line may: lists have them between processes. */
  take(line: string): boolean;
  end(): PastedTable;
}

/** A form of table that is known by how it begins: a reader when one begins at this line. */
export type Form = (lines: readonly string[], at: number, takenAt: number) => TableReader | undefined;

/** A record and how far it is indented in a drawn tree: below 0 for none. */
export interface Drawn {
  readonly record: ProcessRecord;
  readonly depth: number;
}

/** Parents as a drawn tree tells them, for rows that name none. The nearest row above that stands further left is the parent. */
export function withDrawnParents(rows: readonly Drawn[]): readonly ProcessRecord[] {
  const above: Drawn[] = [];
  return rows.map((row) => {
    while (above.length > 0 && (above.at(-1)?.depth ?? 0) >= row.depth) above.pop();
    const parent = above.at(-1)?.record.pid;
    above.push(row);
    return row.record.ppid !== undefined || parent === undefined
      ? row.record
      : { ...row.record, ppid: parent };
  });
}

/** What trees draw before a command: `\_ ` of ps, `├─ ` of htop and `|- ` of plain ones. */
export const TREE_ART = /^[\s|│]*(?:\\_|[├└]─+|[|`]-+)\s?/;
