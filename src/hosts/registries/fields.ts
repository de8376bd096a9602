import type { HostReaders } from '../host.js';

/** A JSON object of unknown content. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a registry file holds, or why not; registries are others' and change with every release. */
export type JsonAnswer =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

export async function readJson(readers: Pick<HostReaders, 'readText'>, file: string): Promise<JsonAnswer> {
  const answer = await readers.readText(file);
  if (answer.kind !== 'read') return answer;
  try {
    return { kind: 'read', value: JSON.parse(answer.text) };
  } catch {
    // V8's message quotes the text, which may be a secret.
    return { kind: 'unreadable', why: 'it is not JSON' };
  }
}

/** The object, or one without fields. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** JSON in a text column; damaged text is an object without fields. */
export function fieldsOfText(value: unknown): Fields {
  if (typeof value !== 'string') return {};
  try {
    return fieldsOf(JSON.parse(value));
  } catch {
    // The row then says nothing, which is all that may be concluded.
    return {};
  }
}

export function isJson(value: unknown): boolean {
  try {
    return typeof value === 'string' && JSON.parse(value) !== undefined;
  } catch {
    // That is the answer.
    return false;
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text with something in it; numbers as their digits, since ids are written either way. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : undefined;
}

/** No id is longer; a field that holds a whole prompt is not carried along. */
const MAX_TEXT = 200;

export function pidOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/**
 * Milliseconds since the epoch, from ISO 8601 text (SQLite's form without a zone is UTC) or from a number. 1e11
 * tells seconds from milliseconds: as seconds it is the year 5138, as milliseconds 1973.
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number' && value > 0) {
    const at = value < 1e11 ? value * 1000 : value;
    return at <= LAST_DATE ? at : undefined;
  }
  if (typeof value !== 'string' || value === '') return undefined;
  const hasNoZone = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(value);
  const at = Date.parse(hasNoZone ? `${value.replace(' ', 'T')}Z` : value);
  return Number.isNaN(at) ? undefined : at;
}

/** ECMA-262, time values. */
const LAST_DATE = 8.64e15;
