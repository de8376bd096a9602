/**
 * The form in which labels are saved and looked up: lower case, every run of other than `[a-z0-9._-]` one `-`, none at
 * the ends, `snapshot` when nothing is left. Longer ones are cut, so that every label makes a valid file name.
 */
export function sanitiseLabel(text: string): string {
  const clean = text.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return trimDashes(trimDashes(clean).slice(0, MAX_LABEL_LENGTH)) || 'snapshot';
}

/** `20260115T141242123Z-<label>`. Ids sort as the moments they name, of one moment by label. */
export function snapshotId(takenAtMs: number, label: string): string {
  return `${new Date(takenAtMs).toISOString().replace(/[-:.]/g, '')}-${label}`;
}

/**
 * The id for when this one is taken: a millisecond later. Two snapshots of one millisecond and label thus both
 * keep an id of the promised form and their order; `takenAt` in the document stays the true moment.
 */
export function nextSnapshotId(id: string): string {
  const [, year, month, day, hour, minute, second, ms] = ID_PARTS.exec(id) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return snapshotId(at + 1, id.slice(ID_TIME_LENGTH + 1));
}

/** Whether a text has the form of an id. Only such a text may become part of a path. */
export function isSnapshotId(text: string): boolean {
  return ID.test(text);
}

/** With the timestamp and `.json` well within the 255 bytes that file systems allow for a name. */
const MAX_LABEL_LENGTH = 180;

const ID = /^\d{8}T\d{9}Z-[a-z0-9._-]+$/;
const ID_PARTS = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-/;
const ID_TIME_LENGTH = '20260115T141242123Z'.length;

function trimDashes(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
