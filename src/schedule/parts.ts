import { rmSync } from 'node:fs';
import { fileState, type Manifest, type PartState } from './manifest.js';
import { blockState, readCrontab, replaceCrontab, verifyCrontab, withoutBlock } from './mechanisms/crontab.js';
import type { SchedulePlace } from './programs.js';

/** One thing that was written. */
export interface Part {
  /** A path, or {@link CRONTAB}. */
  readonly what: string;
  readonly state: PartState;
  readonly remove: () => void;
}

export const CRONTAB = 'crontab';

/** All that a schedule was written into, as it is now. @throws SesswatchError `storage`, `format` */
export function partsOf({ files, crontabAdded }: Manifest, place: SchedulePlace): Part[] {
  const parts = files.map((file): Part => {
    return { what: file.path, state: fileState(file), remove: () => rmSync(file.path, { force: true }) };
  });
  if (crontabAdded === undefined) return parts;
  const table = readCrontab(place);
  const rest = withoutBlock(table, crontabAdded);
  const remove = (): void => {
    replaceCrontab(place, table, rest);
    verifyCrontab(place, rest);
  };
  return [...parts, { what: CRONTAB, state: blockState(table, crontabAdded), remove }];
}
