import type { ProcessRecord } from '../../../record.js';

/** The rows of one table in a text. */
export interface PastedTable {
  readonly records: readonly ProcessRecord[];
  /** Processes are missing at its edge. */
  readonly isCut?: boolean | undefined;
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

interface Rows<Row> {
  readonly headLines?: number;
  /** Lines that tell nothing and do not end the table. */
  readonly skips?: (line: string) => boolean;
  /** `undefined` for a line that is no row. */
  readonly read: (line: string) => Row | undefined;
  readonly end: (rows: readonly Row[]) => PastedTable;
}

/** Reads a table of one process a line. */
export function readRows<Row>({ headLines = 0, skips, read, end }: Rows<Row>): TableReader {
  const rows: Row[] = [];
  return {
    headLines,
    take(line) {
      if (skips?.(line) === true) return true;
      const row = read(line);
      if (row !== undefined) rows.push(row);
      return row !== undefined;
    },
    end: () => end(rows),
  };
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
    return row.record.ppid !== undefined || parent === undefined ? row.record : { ...row.record, ppid: parent };
  });
}

/** What trees draw before a command: `\_ ` of ps, `├─ ` of htop and `|- ` of plain ones. */
export const TREE_ART = /^[\s|│]*(?:\\_|[├└]─+|[|`]-+)\s?/;

/**
 * Rows that may hold arguments or the kernel's name alone: where not one is longer than such a name, or a path, arguments
 * are not known rather than none.
 */
export function namesAlone(records: readonly ProcessRecord[]): readonly ProcessRecord[] {
  const textOf = ({ argv, comm }: ProcessRecord): string => argv?.join(' ') ?? comm ?? '';
  // Threads of the kernel have longer names, in one word.
  const isName = (text: string): boolean =>
    !text.startsWith('/') && (text.length <= KERNEL_NAME || !text.includes(' '));
  if (!records.every((record) => isName(textOf(record)))) return records;
  return records.map((record) => {
    if (record.argv === undefined || record.argv.length === 0) return record;
    const { argv: _, argvIsSplitText: __, ...rest } = record;
    return { ...rest, comm: textOf(record) };
  });
}

/** TASK_COMM_LEN without the closing zero: proc_pid_comm(5). */
const KERNEL_NAME = 15;
