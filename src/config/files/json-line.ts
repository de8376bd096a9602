/**
 * The line, from 1, on which a damaged JSON text stops being JSON. V8 does not always tell, so the longest prefix of
 * whole lines is sought that only ends too early.
 */
export function jsonErrorLine(text: string): number {
  const ends = [...text.matchAll(/\n|$/g)].map((match) => match.index);
  let good = 0;
  let bad = ends.length;
  while (good + 1 < bad) {
    const middle = Math.floor((good + bad) / 2);
    if (isBeginning(text.slice(0, ends[middle - 1]))) good = middle;
    else bad = middle;
  }
  return Math.min(good + 1, ends.length);
}

/** Whether a text is JSON, or could become it by more text behind. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/end of JSON input/.test(message)) return true;
    // Whole lines are tried, and no text goes on in the next one.
    if (/^Unterminated string/.test(message)) return false;
    const position = /at position (\d+)/.exec(message)?.[1];
    return position !== undefined && Number(position) >= text.trimEnd().length;
  }
}
