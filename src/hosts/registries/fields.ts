import { type Fields, fieldsOf, parseJson } from '../../decode.js';
import type { HostReaders } from '../host.js';

/** What a registry file holds, or why not; registries are others' and change with every release. */
export type JsonAnswer =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

export async function readJson(readers: Pick<HostReaders, 'readText'>, file: string): Promise<JsonAnswer> {
  const answer = await readers.readText(file);
  if (answer.kind !== 'read') return answer;
  const value = parseJson(answer.text);
  return value === undefined ? { kind: 'unreadable', why: 'it is not JSON' } : { kind: 'read', value };
}

/** JSON in a text column; damaged text is an object without fields. */
export function fieldsOfText(value: unknown): Fields {
  return typeof value === 'string' ? fieldsOf(parseJson(value)) : {};
}

export function isJson(value: unknown): boolean {
  return typeof value === 'string' && parseJson(value) !== undefined;
}

/** A text with something in it; numbers as their digits, since ids are written either way. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : undefined;
}

/** No id is longer; a field that holds a whole prompt is not carried along. */
const MAX_TEXT = 200;

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
