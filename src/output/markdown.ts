/** A table with its columns to the left or right. Cells are markdown: {@link markdownCell}. */
export function markdownTable(
  titles: readonly string[],
  align: readonly ('l' | 'r')[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(align.map((side) => (side === 'r' ? '---:' : '---'))), ...rows.map(line)];
}

/** Text from outside in a cell: what would end the cell or be read as markup stands for itself. */
export function markdownCell(text: string): string {
  return text.replace(/[\\`*_[\]<>|#@]/g, (mark) => `\\${mark}`);
}
