/** Cells of the terminal that a text takes. */
export function widthOf(text: string): number {
  return isAscii(text) ? text.length : (measure?.(text) ?? [...text].length);
}

/**
 * Loads what measures other than plain text. It takes longer to load than a list takes to print
 * (docs/performance.md), so only those who are about to print such text wait for it; until then each character
 * counts as one cell.
 */
export async function loadWidths(texts: Iterable<string | null | undefined>): Promise<void> {
  if (measure !== undefined) return;
  for (const text of texts) {
    if (text === undefined || text === null || isAscii(text)) continue;
    measure = (await import('string-width')).default;
    return;
  }
}

let measure: ((text: string) => number) | undefined;

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
