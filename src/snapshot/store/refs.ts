import { SesswatchError } from '../../errors.js';
import { editDistance } from '../../nearest.js';
import { counted } from '../../units.js';
import { sanitiseLabel } from '../document/label.js';

/** What a ref names. */
export type ResolvedRef<E> =
  | { readonly kind: 'saved'; readonly entry: E }
  /** The processes of this moment: the caller scans. */
  | { readonly kind: 'now' }
  /** A file that is read as it is: a snapshot or the text of `ps`. */
  | { readonly kind: 'path'; readonly path: string };

interface Named {
  readonly id: string;
  readonly label: string;
}

/**
 * The one place where a ref becomes a snapshot. In this order: `@now`, `@latest` and `@latest~N`; `-` for standard input; whatever holds a
 * path separator is a path; an id; a label, its newest, or with `~N` the Nth before; a unique prefix of an id; and at
 * last a name that ends in `.json` or `.txt`, or of a file that exists, is a path. So a saved label is
 * found whatever files lie in the current folder; `./name` names the file.
 *
 * @param exists whether there is a file of that name
 * @throws SesswatchError `usage`, naming what comes near or what it could mean
 */
export function resolveRef<E extends Named>(
  ref: string,
  entries: readonly E[],
  exists: (path: string) => boolean,
): ResolvedRef<E> {
  if (ref.startsWith('@')) return resolveSpecial(ref, entries);
  if (ref === '-') return { kind: 'path', path: ref };
  if (/[/\\]/.test(ref)) return { kind: 'path', path: ref };
  const exact = entries.find(({ id }) => id === ref);
  if (exact !== undefined) return { kind: 'saved', entry: exact };
  const { name, before } = splitAncestry(ref);
  const labelled = withLabel(name, entries);
  if (labelled.length > 0) return { kind: 'saved', entry: nthNewest(labelled, before, `labelled ${name}`) };
  const candidates = ref === '' ? [] : entries.filter(({ id }) => id.startsWith(ref));
  if (candidates[0] !== undefined && candidates.length === 1) return { kind: 'saved', entry: candidates[0] };
  if (candidates.length > 1) throw ambiguous(ref, candidates);
  if (/\.(json|txt)$/i.test(ref) || (ref !== '' && exists(ref))) return { kind: 'path', path: ref };
  throw unknownRef(ref, name, entries);
}

/** How many names an error lists. */
const LISTED = 5;

function resolveSpecial<E extends Named>(ref: string, entries: readonly E[]): ResolvedRef<E> {
  if (ref === '@now') return { kind: 'now' };
  const { name, before } = splitAncestry(ref);
  if (name === '@latest') return { kind: 'saved', entry: nthNewest(entries, before, 'saved') };
  throw new SesswatchError('usage', `${ref} is not a snapshot`, 'use @latest, @latest~N or @now');
}

function splitAncestry(ref: string): { name: string; before: number } {
  const [, name, before] = /^(.*)~(\d{1,9})$/s.exec(ref) ?? [];
  return name === undefined ? { name: ref, before: 0 } : { name, before: Number(before) };
}

function withLabel<E extends Named>(name: string, entries: readonly E[]): readonly E[] {
  // Text without a character that a label may hold would be looked up as the default label.
  if (!/[a-z0-9._]/i.test(name)) return [];
  const label = sanitiseLabel(name);
  return entries.filter((entry) => entry.label === label);
}

function nthNewest<E extends Named>(entries: readonly E[], before: number, which: string): E {
  const entry = newestFirst(entries)[before];
  if (entry !== undefined) return entry;
  throw new SesswatchError(
    'usage',
    entries.length === 0
      ? 'no snapshot is saved yet'
      : `only ${counted(entries.length, 'snapshot is', 'snapshots are')} ${which}`,
    entries.length === 0 ? SAVE_ONE : 'sesswatch snapshots lists them',
  );
}

const SAVE_ONE = 'save one: sesswatch snapshot --label NAME';

function newestFirst<E extends Named>(entries: readonly E[]): readonly E[] {
  return [...entries].sort((a, b) => (a.id < b.id ? 1 : -1));
}

function ambiguous(ref: string, candidates: readonly Named[]): SesswatchError {
  const names = newestFirst(candidates).map(({ id }) => id);
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return new SesswatchError(
    'usage',
    `${ref} could be ${names.length} snapshots: ${names.slice(0, LISTED).join(', ')}${more}`,
    'give more of the id',
  );
}

function unknownRef(ref: string, name: string, entries: readonly Named[]): SesswatchError {
  const near = nearMisses(name, entries);
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : 'sesswatch snapshots lists what is saved';
  return new SesswatchError(
    'usage',
    `there is no snapshot ${ref === '' ? 'with an empty name' : ref}`,
    entries.length === 0 ? SAVE_ONE : hint,
  );
}

/** Labels that begin or continue the name or differ from it little, and ids that begin with something near it. */
function nearMisses(name: string, entries: readonly Named[]): string[] {
  const wanted = sanitiseLabel(name);
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  const found: { text: string; distance: number }[] = [];
  for (const label of new Set(newestFirst(entries).map((entry) => entry.label))) {
    const isContinued = label.length > 2 && wanted.includes(label);
    const distance = isContinued ? 0 : editDistance(wanted, label);
    if (label.includes(wanted) || distance <= allowed) found.push({ text: label, distance });
  }
  // A timestamp mistyped: only what looks like one, because labels are short and ids are many.
  if (/^\d{8}T?\d*/.test(name)) {
    for (const { id } of newestFirst(entries)) {
      const distance = editDistance(name, id.slice(0, name.length));
      if (distance <= 2) found.push({ text: id, distance });
    }
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, LISTED)
    .map(({ text }) => text);
}
