/**
 * The words nearest to one that is not known, best first, for hints: at most `most`, and only such that differ
 * in no more than a third of their letters (at least 2), or that begin with what was given.
 */
export function nearest(given: string, known: Iterable<string>, most = 3): string[] {
  const scored: { word: string; distance: number }[] = [];
  for (const word of new Set(known)) {
    const distance = word.startsWith(given) && given !== '' ? 0 : editDistance(given, word);
    if (distance <= Math.max(2, Math.floor(word.length / 3)) && distance < word.length) scored.push({ word, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.word < b.word ? -1 : 1));
  return scored.slice(0, most).map((one) => one.word);
}

/** Optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
