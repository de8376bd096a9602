import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fieldsOf, parseJson } from '../decode.js';
import { SesswatchError } from '../errors.js';
import { writeFileAtomic } from '../state/atomic-write.js';
import { readOwnFile } from '../state/own-file.js';
import { errnoOf, storageError } from '../state/storage-error.js';
import { ACTIONS, type Action, MECHANISMS, type Mechanism } from './schedule.js';

const SCHEMA = 'sesswatch/schedule-manifest/1';

/** Exactly what was written where, so that exactly that can be taken back. */
export interface Manifest {
  readonly schema: typeof SCHEMA;
  readonly mechanism: Mechanism;
  readonly everySeconds: number;
  readonly action: Action;
  /** Of the command, as they were given. */
  readonly flags: readonly string[];
  /** ISO 8601. */
  readonly installedAt: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** What was put behind the crontab, one character per byte. */
  readonly crontabAdded?: string | undefined;
}

export type PartState = 'as-written' | 'edited' | 'missing';

/** `undefined`: nothing is scheduled. @throws SesswatchError `storage`, `format` */
export function readManifest(stateHome: string): Manifest | undefined {
  const file = manifestFile(stateHome);
  const text = readOwnFile(file);
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  if (manifest !== undefined) return manifest;
  throw new SesswatchError(
    'format',
    `${file} is damaged or of another version`,
    'take the schedule out by hand (docs/scheduling.md), then remove this file',
  );
}

/** @throws SesswatchError `storage` */
export function writeManifest(stateHome: string, manifest: Omit<Manifest, 'schema'>): void {
  writeFileAtomic(manifestFile(stateHome), `${JSON.stringify({ schema: SCHEMA, ...manifest }, null, 2)}\n`);
}

export function removeManifest(stateHome: string): void {
  rmSync(manifestFile(stateHome), { force: true });
}

export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a file is still what it was. @throws SesswatchError `storage` */
export function fileState(file: { readonly path: string; readonly sha256: string }): PartState {
  try {
    return sha256(readFileSync(file.path)) === file.sha256 ? 'as-written' : 'edited';
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw storageError(error, 'read', file.path);
  }
}

function manifestFile(stateHome: string): string {
  return path.join(stateHome, 'schedule.json');
}

function parseManifest(text: string): Manifest | undefined {
  const value = parseJson(text);
  // Before 0.2 the flags were not kept.
  return isManifest(value) ? { ...value, flags: value.flags ?? [] } : undefined;
}

function isManifest(value: unknown): value is Omit<Manifest, 'flags'> & Partial<Manifest> {
  const { schema, mechanism, everySeconds, action, flags, installedAt, files, crontabAdded } = fieldsOf(value);
  return (
    schema === SCHEMA &&
    MECHANISMS.some((name) => name === mechanism) &&
    ACTIONS.some((name) => name === action) &&
    typeof everySeconds === 'number' &&
    typeof installedAt === 'string' &&
    (flags === undefined || (Array.isArray(flags) && flags.every((flag) => typeof flag === 'string'))) &&
    (crontabAdded === undefined || typeof crontabAdded === 'string') &&
    Array.isArray(files) &&
    files.every((file) => typeof file?.path === 'string' && typeof file?.sha256 === 'string')
  );
}
