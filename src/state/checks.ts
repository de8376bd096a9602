import { type Fields, isFields } from '../decode.js';
import { SesswatchError } from '../errors.js';

/** Answers with what is wrong, as it reads after the name of the field: ` is not a number`, `[2].kind is not text`. */
export type Check = (value: unknown) => string | undefined;

export const text = must('text', (value) => typeof value === 'string');
export const flag = must('true or false', (value) => typeof value === 'boolean');
export const amount = must('a number', Number.isFinite);
export const pid = must('a process id', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
export const list = must('a list', Array.isArray);

export function must(be: string, test: (value: unknown) => boolean): Check {
  const complaint = ` is not ${be}`;
  return (value) => (test(value) ? undefined : complaint);
}

export function oneOf(known: readonly string[]): Check {
  return must(`one of ${known.join(', ')}`, (value) => known.some((one) => one === value));
}

function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value));
}

export function both(one: Check, other: Check): Check {
  return (value) => one(value) ?? other(value);
}

export function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return ' is not a list';
    for (let index = 0; index < value.length; index++) {
      const wrong = check(value[index]);
      if (wrong !== undefined) return `[${index}]${wrong}`;
    }
    return undefined;
  };
}

/** An object with at least these fields; of those that may be absent, what is there must be right. */
export function object(
  required: Readonly<Record<string, Check>>,
  absentable: Readonly<Record<string, Check>> = {},
): Check {
  const checks = [
    ...Object.entries(required),
    ...Object.entries(absentable).map(([name, check]) => [name, optional(check)] as const),
  ];
  return (value) => {
    if (!isFields(value)) return ' is not an object';
    for (const [name, check] of checks) {
      const wrong = check(value[name]);
      if (wrong !== undefined) return `.${name}${wrong}`;
    }
    return undefined;
  };
}

/** A kind of document of ours, and how errors speak of it. */
export interface DocumentKind {
  /** `sesswatch/snapshot/1`. */
  readonly schema: string;
  /** `a sesswatch snapshot`. */
  readonly what: string;
  readonly check: Check;
  /** What to do with a file that was damaged, and with one that never was such a document. */
  readonly ifDamaged: string;
  readonly ifForeign: string;
}

/**
 * Reads the text of a document of ours. Fields that this version does not know are kept as they are.
 *
 * @param file named in errors
 * @throws SesswatchError `format`: empty, cut off, foreign, of a newer schema, or with a wrong value
 */
export function parseDocument(text: string, file: string, kind: DocumentKind): Fields {
  const failure = (what: string, hint: string, cause?: unknown) =>
    new SesswatchError('format', `${file} ${what}`, hint, cause);
  const foreign = (cause?: unknown) => failure(`is not ${kind.what}`, kind.ifForeign, cause);
  if (text.trim() === '') throw failure('is empty', kind.ifDamaged);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Text that begins as one of our documents was one once; anything else never was.
    if (!/^\s*\{\s*"schema"\s*:\s*"sesswatch\//.test(text)) throw foreign(error);
    throw failure('is cut off or damaged: it is not valid JSON', kind.ifDamaged, error);
  }
  if (!isFields(value) || typeof value.schema !== 'string') throw foreign();
  if (value.schema !== kind.schema) {
    const family = kind.schema.replace(/\d+$/, '');
    if (!value.schema.startsWith(family) || !/^\d+$/.test(value.schema.slice(family.length))) throw foreign();
    const what = `was written by a newer sesswatch, as ${value.schema}; this one reads ${kind.schema}`;
    throw failure(what, 'update sesswatch to read it');
  }
  const wrong = kind.check(value);
  if (wrong !== undefined) throw failure(`is damaged: ${wrong.replace(/^\./, '')}`, kind.ifDamaged);
  return value;
}
