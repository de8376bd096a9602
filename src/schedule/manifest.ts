import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { parseJson } from '../decode.js';
import { SesswatchError } from '../errors.js';
import { writeFileAtomic } from '../state/atomic-write.js';
import { readOwnFile } from '../state/own-file.js';
import { errnoOf, storageError } from '../state/storage-error.js';
import { ACTIONS, MECHANISMS } from './schedule.js';

const SCHEMA = 'sesswatch/schedule-manifest/1';

const FORMAT = v.object({
  schema: v.literal(SCHEMA),
  mechanism: v.picklist(MECHANISMS),
  everySeconds: v.number(),
  action: v.picklist(ACTIONS),
  /** Of the command, as they were given; before 0.2 they were not kept. */
  flags: v.optional(v.pipe(v.array(v.string()), v.readonly()), []),
  /** ISO 8601. */
  installedAt: v.string(),
  files: v.array(v.object({ path: v.string(), sha256: v.string() })),
  /** What was put behind the crontab, one character per byte. */
  crontabAdded: v.optional(v.string()),
});

/** Exactly what was written where, so that exactly that can be taken back. */
export type Manifest = Omit<v.InferOutput<typeof FORMAT>, 'schema'>;

export type PartState = 'as-written' | 'edited' | 'missing';

/** `undefined`: nothing is scheduled. @throws SesswatchError `storage`, `format` */
export function readManifest(stateHome: string): Manifest | undefined {
  const file = manifestFile(stateHome);
  const text = readOwnFile(file);
  if (text === undefined) return undefined;
  const read = v.safeParse(FORMAT, parseJson(text));
  if (read.success) {
    const { schema, ...manifest } = read.output;
    return manifest;
  }
  throw new SesswatchError(
    'format',
    `${file} is damaged or of another version`,
    'take the schedule out by hand (docs/scheduling.md), then remove this file',
  );
}

/** @throws SesswatchError `storage` */
export function writeManifest(stateHome: string, manifest: Manifest): void {
  writeFileAtomic(manifestFile(stateHome), `${JSON.stringify({ schema: SCHEMA, ...manifest }, null, 2)}\n`);
}

export function removeManifest(stateHome: string): void {
  rmSync(manifestFile(stateHome), { force: true });
}

export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a file is still what it was. @throws SesswatchError `storage` */
export function fileState(file: Manifest['files'][number]): PartState {
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
