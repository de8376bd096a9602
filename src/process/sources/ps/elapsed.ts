/**
 * Seconds from what `ps` prints for `etime` and `time`: `MM:SS`, `HH:MM:SS`, `D-HH:MM:SS`, on BSD with hundredths
 * and with minutes beyond 59. Read as text, digit by digit: `08` and `09` are numbers here, not failed octals
 * (an age gate written in shell arithmetic failed open over them). `undefined` for anything else.
 */
export function parseElapsed(text: string): number | undefined {
  const match = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d\d(?:\.\d+)?)$/.exec(text);
  if (match === null) return undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Seconds from a column that is `etime` or `etimes`: the header of both is ELAPSED. */
export function parseElapsedOrSeconds(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : parseElapsed(text);
}

/** What `lstart` looks like in the C locale: `Fri Nov 20 08:09:05 2026`. For use inside a larger pattern. */
export const LSTART = '[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4}';

/** The wall time of an `lstart` as ISO 8601 without a zone, which only the caller can know. */
export function parseLstart(text: string): string | undefined {
  const match = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/.exec(text);
  if (match === null) return undefined;
  const [, monthName = '', day = '', clock = '', year = ''] = match;
  const month = MONTHS.indexOf(monthName) + 1;
  if (month === 0) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${day.trim().padStart(2, '0')}T${clock}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
