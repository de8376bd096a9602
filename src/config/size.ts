import { SesswatchError } from '../errors.js';

/** What a size may look like, for help and errors. */
export const SIZE_EXAMPLES = '500MB, 1.5G or 0';

/**
 * Reads an amount of memory: a number with at most three decimals and one of B, K, M, G, T, also written KB or
 * KiB, upper or lower case; or a bare `0`. Steps of 1024, as all of the output counts.
 *
 * @returns bytes
 * @throws SesswatchError `usage`
 */
export function parseSize(text: string): number {
  if (text === '0') return 0;
  const parts = FORM.exec(text);
  const step = STEPS.indexOf((parts?.[2] ?? '').toUpperCase());
  const bytes = parts === null ? Number.NaN : Math.round(Number(parts[1]) * 1024 ** Math.max(0, step));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new SesswatchError('usage', `"${text}" is not a size`, `write one such as ${SIZE_EXAMPLES}`);
}

/** A text that {@link parseSize} reads back as the same number of bytes: `1536MB`. */
export function sizeText(bytes: number): string {
  if (bytes === 0) return '0';
  let value = bytes;
  let step = 0;
  while (step < STEPS.length - 1 && value % 1024 === 0) {
    value /= 1024;
    step++;
  }
  return `${value}${STEPS[step]}B`;
}

// Either a unit letter (with or without B, iB), or a plain B: never a bare number.
const FORM = /^(\d{1,15}(?:\.\d{1,3})?) ?(?:([KMGT])(?:i?B)?|B)$/i;

const STEPS = ['', 'K', 'M', 'G', 'T'];
