import { SesswatchError } from '../errors.js';
import { DURATION_UNITS } from '../units.js';

/** What a duration may look like, for help and errors. */
export const DURATION_EXAMPLES = '90s, 15m, 1h30m, 2d or 0';

/**
 * Reads `90s`, `15m`, `1h30m`, `2d` or a bare `0`: whole numbers, each unit once, the larger before the smaller.
 * Nothing else passes: a number without a unit could be seconds or minutes, and a guess decides what is ended.
 *
 * @returns seconds
 * @throws SesswatchError `usage`
 */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  const parts = text === '' ? null : FORM.exec(text);
  const seconds = parts === null ? Number.NaN : total(parts.slice(1));
  // Beyond this, milliseconds are no longer exact; it is far longer than any machine runs.
  if (Number.isSafeInteger(seconds * 1000)) return seconds;
  throw new SesswatchError(
    'usage',
    `"${text}" is not a duration`,
    `write one such as ${DURATION_EXAMPLES}${suggestion(text)}`,
  );
}

const FORM = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

function total(counts: readonly (string | undefined)[]): number {
  return DURATION_UNITS.reduce((sum, [, size], at) => sum + Number(counts[at] ?? 0) * size, 0);
}

/** A number without a unit is the commonest slip. */
function suggestion(text: string): string {
  return /^\d{1,9}$/.test(text) ? `: ${text}s or ${text}m?` : '';
}
