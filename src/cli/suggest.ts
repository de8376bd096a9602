import { nearest } from '../nearest.js';

/** `did you mean a or b?` for a word that is nearly known, else what to do otherwise. */
export function didYouMean(given: string, known: Iterable<string>, otherwise: string): string {
  const words = nearest(given, known);
  return words.length === 0 ? otherwise : `did you mean ${words.join(' or ')}?`;
}
