/*
 * Reading of JSON that others wrote: nothing in it is of the kind that it should be until it was looked at, and what is
 * not is absent. Files of ours that must be right as a whole, or say where they are not, are checked by their
 * own formats.
 */

/** A JSON object of unknown content. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value of a JSON text; `undefined` for what is none: cut off, damaged, or something else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // V8's message quotes the text, which may be a secret: whoever asks says what was expected.
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object without the fields whose value is `undefined`. */
export function withoutAbsent<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The object, or one without fields. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number that is no less than 0. */
export function amountOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** A whole number that is no less than 0. */
export function countOf(value: unknown): number | undefined {
  const amount = amountOf(value);
  return amount !== undefined && Number.isSafeInteger(amount) ? amount : undefined;
}

/** The id of a process. */
export function pidOf(value: unknown): number | undefined {
  const count = countOf(value);
  return count === 0 ? undefined : count;
}

/** Milliseconds since the epoch, from 1970 to 9999: beyond, no clock shows it and arithmetic ends. */
export function momentOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && time >= 0 && time < LATEST ? time : undefined;
}

const LATEST = Date.UTC(10_000, 0);
