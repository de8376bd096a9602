import { SesswatchError } from '../errors.js';
import { SIZE_UNITS } from '../units.js';

/** What a size may look like, for help and errors. */
export const SIZE_EXAMPLES = '500MB, 1.5G or 0';

/**
 * Reads an amount of memory: a number with at most three decimals and one of B, K, M, G, T, also written KB or
 * KiB, upper or lower case; or a bare `0`. Steps of 1000, as all of the output counts, but for
 * KiB and the like.
 *
 * @returns bytes
 * @throws SesswatchError `usage`
 */
export function parseSize(text: string): number {
  if (text === '0') return 0;
  const parts = FORM.exec(text);
  const step = SIZE_UNITS.indexOf(`${parts?.[2] ?? ''}B`.toUpperCase() as (typeof SIZE_UNITS)[number]);
  const base = parts?.[3] === undefined ? 1000 : 1024;
  const bytes = parts === null ? Number.NaN : Math.round(Number(parts[1]) * base ** step);
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new SesswatchError('usage', `"${text}" is not a size`, `write one such as ${SIZE_EXAMPLES}`);
}

/** A text that {@link parseSize} reads back as the same number of bytes: `1536MB`. */
export function sizeText(bytes: number): string {
  if (bytes === 0) return '0';
  let value = bytes;
  let step = 0;
  while (step < SIZE_UNITS.length - 1 && value % 1000 === 0) {
    value /= 1000;
    step++;
  }
  return `${value}${SIZE_UNITS[step]}`;
}

// Either a unit letter (with or without B, iB), or a plain B: never a bare number.
const FORM = /^(\d{1,16}(?:\.\d{1,3})?) ?(?:([KMGT])(?:(i)?B)?|B)$/i;
