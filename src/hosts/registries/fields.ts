import { type Fields, fieldsOf, parseJson, pidOf } from '../../decode.js';
import type { HostReaders, HostRegistry, PidClaim } from '../host.js';

/** A registry file; registries are others' and change with every release. */
export interface JsonFile {
  readonly state: HostRegistry['state'];
  /** What it holds, and that as an object; nothing unless it was read. */
  readonly value: unknown;
  readonly fields: Fields;
  /** Why it could not be read. */
  readonly notes: readonly string[];
}

export async function readJson(readers: Pick<HostReaders, 'readText'>, file: string): Promise<JsonFile> {
  const answer = await readers.readText(file);
  const value = answer.kind === 'read' ? parseJson(answer.text) : undefined;
  if (value !== undefined) return { state: 'read', value, fields: fieldsOf(value), notes: [] };
  const notes = answer.kind === 'absent' ? [] : notReadable(file, 'why' in answer ? answer.why : 'it is not JSON');
  return { state: answer.kind === 'absent' ? 'absent' : 'unreadable', value, fields: {}, notes };
}

export function notReadable(file: string, why: string): readonly string[] {
  return [`registry not readable: ${file}: ${why}`];
}

/** A registry that holds no more than is told of it. */
export function registryOf(told: Pick<HostRegistry, 'from' | 'state'> & Partial<HostRegistry>): HostRegistry {
  return { listsAll: false, sessions: [], servers: [], facts: {}, notes: [], ...told };
}

/** What a file says of a process; nothing without a pid. */
export function claimOf(pid: unknown, startToken?: unknown, startedAt?: unknown): PidClaim | undefined {
  const number = pidOf(pid);
  return number === undefined
    ? undefined
    : { pid: number, startToken: textOf(startToken), startedAt: timeOf(startedAt) };
}

/** What the first registry that tells it says of its host. */
export function factOf(registries: readonly HostRegistry[], name: string): number | undefined {
  return registries.map(({ facts }) => facts[name]).find((one) => one !== undefined);
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
