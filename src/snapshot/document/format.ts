import { ROLES } from '../../agents/membership.js';
import { SesswatchError } from '../../errors.js';
import type { SourceName } from '../../process/scan.js';
import { VERDICTS } from '../../verdict/judgement.js';
import { SNAPSHOT_SCHEMA, type SnapshotDocument } from './document.js';
import { isSnapshotId } from './label.js';

/**
 * Reads the text of a snapshot file. Every field that this version knows is checked; fields that it does not know
 * are kept as they are, so that a document passes through without loss. Classification and verdicts in it are
 * what was true for the version that saved it.
 *
 * @param file named in errors
 * @throws SesswatchError `format`: empty, cut off, foreign, of a newer schema, or with a wrong value
 */
export function parseSnapshot(text: string, file: string): SnapshotDocument {
  const value = parseJson(text, file);
  checkSchema(value, file);
  const wrong = fieldsOf(DOCUMENT)(value);
  if (wrong !== undefined) {
    throw new SesswatchError('format', `${file} is damaged: ${wrong.replace(/^\./, '')}`, DAMAGED);
  }
  // Every field of the type was checked just above.
  return value as unknown as SnapshotDocument;
}

const DAMAGED = 'delete it, or restore it from a backup; other snapshots are not affected';

type Fields = Readonly<Record<string, unknown>>;

function parseJson(text: string, file: string): unknown {
  if (text.trim() === '') throw new SesswatchError('format', `${file} is empty`, DAMAGED);
  try {
    return JSON.parse(text);
  } catch (error) {
    // Text that begins as one of our documents was one once; anything else never was.
    if (!/^\s*\{\s*"schema"\s*:\s*"sesswatch\//.test(text)) throw notASnapshot(file, error);
    throw new SesswatchError('format', `${file} is cut off or damaged: it is not valid JSON`, DAMAGED, error);
  }
}

function checkSchema(value: unknown, file: string): asserts value is Fields {
  if (!isFields(value) || typeof value.schema !== 'string') throw notASnapshot(file);
  if (value.schema === SNAPSHOT_SCHEMA) return;
  const version = /^sesswatch\/snapshot\/(\d+)$/.exec(value.schema)?.[1];
  if (version === undefined) throw notASnapshot(file);
  throw new SesswatchError(
    'format',
    `${file} was written by a newer sesswatch, as ${value.schema}; this one reads ${SNAPSHOT_SCHEMA}`,
    'update sesswatch to read it',
  );
}

function notASnapshot(file: string, cause?: unknown): SesswatchError {
  return new SesswatchError(
    'format',
    `${file} is not a sesswatch snapshot`,
    'give a file that sesswatch snapshot saved, or move this one away',
    cause,
  );
}

/** Answers with what is wrong, as it reads after the name of the field: ` is not a number`, `[2].kind is not text`. */
type Check = (value: unknown) => string | undefined;

const text = must('text', (value) => typeof value === 'string');
const flag = must('true or false', (value) => typeof value === 'boolean');
const amount = must('a number', Number.isFinite);
const pid = must('a process id', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
const list = must('a list', Array.isArray);
const counts = must('an object of numbers', (value) => isFields(value) && Object.values(value).every(Number.isFinite));
const time = must(
  'an ISO 8601 time in UTC',
  (value) => typeof value === 'string' && ISO_UTC.test(value) && !Number.isNaN(Date.parse(value)),
);
const snapshotId = must('the id of a snapshot', (value) => typeof value === 'string' && isSnapshotId(value));

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function must(be: string, test: (value: unknown) => boolean): Check {
  const complaint = ` is not ${be}`;
  return (value) => (test(value) ? undefined : complaint);
}

function oneOf(known: readonly string[]): Check {
  return must(`one of ${known.join(', ')}`, (value) => typeof value === 'string' && known.includes(value));
}

function orNull(check: Check): Check {
  return (value) => (value === null ? undefined : check(value));
}

function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return ' is not a list';
    for (let index = 0; index < value.length; index++) {
      const wrong = check(value[index]);
      if (wrong !== undefined) return `[${index}]${wrong}`;
    }
    return undefined;
  };
}

function fieldsOf(shape: Shape): Check {
  return (value) => {
    if (!isFields(value)) return ' is not an object';
    for (const [name, check] of shape.required) {
      const wrong = check(value[name]);
      if (wrong !== undefined) return `.${name}${wrong}`;
    }
    for (const [name, check] of shape.optional) {
      const wrong = value[name] === undefined ? undefined : check(value[name]);
      if (wrong !== undefined) return `.${name}${wrong}`;
    }
    return undefined;
  };
}

interface Shape {
  readonly required: readonly (readonly [name: string, check: Check])[];
  readonly optional: readonly (readonly [name: string, check: Check])[];
}

const OWNER: Shape = {
  required: [
    ['kind', text],
    ['name', text],
  ],
  optional: [['pid', pid]],
};

const TREE: Shape = {
  required: [['processes', amount]],
  optional: [
    ['rssBytes', amount],
    ['pssBytes', amount],
    ['cpuPercent', amount],
  ],
};

const RUNAWAY: Shape = {
  required: [
    ['cpuPercent', amount],
    ['since', time],
    ['seconds', amount],
  ],
  optional: [],
};

const GENERATION: Shape = {
  required: [
    ['leader', pid],
    ['server', text],
    ['count', amount],
    ['olderRssBytes', amount],
    ['older', listOf(pid)],
  ],
  optional: [
    ['agent', text],
    ['host', text],
    ['newestStartedAt', time],
  ],
};

const EVIDENCE: Shape = {
  required: [
    ['kind', text],
    ['argues', text],
    ['strength', amount],
    ['value', text],
    ['text', text],
  ],
  optional: [],
};

/** The compiler sees to it that none is forgotten. */
const SOURCES: Readonly<Record<SourceName, true>> = {
  procfs: true,
  ps: true,
  cim: true,
  portable: true,
  recorded: true,
};

const RESUME: Shape = {
  required: [
    ['folder', text],
    ['command', text],
  ],
  optional: [],
};

const PROCESS: Shape = {
  required: [['pid', pid]],
  optional: [
    ['startTime', text],
    ['startedAt', time],
    ['ppid', pid],
    ['uid', amount],
    ['user', text],
    ['pgid', amount],
    ['sid', amount],
    ['tty', orNull(text)],
    ['state', text],
    ['comm', text],
    ['exe', text],
    ['argv', listOf(text)],
    ['argvIsSplitText', flag],
    ['cwd', text],
    ['cpuSeconds', amount],
    ['rssBytes', amount],
    ['pssBytes', amount],
    ['threads', amount],
    ['descriptors', amount],
    ['ageSeconds', amount],
    ['agent', text],
    ['helperOf', text],
    ['role', oneOf(ROLES)],
    ['nameOnly', flag],
    ['sharedName', flag],
    ['sessionId', text],
    ['leader', pid],
    ['host', text],
    ['owner', fieldsOf(OWNER)],
    ['verdict', must(`one of ${VERDICTS.join(', ')}`, (value) => VERDICTS.some((one) => one === value))],
    ['reason', text],
    ['idleSeconds', amount],
    ['turn', oneOf(['open', 'closed'])],
    ['runaway', fieldsOf(RUNAWAY)],
    ['tree', fieldsOf(TREE)],
    ['ripeAt', time],
    ['resume', fieldsOf(RESUME)],
    ['evidence', listOf(fieldsOf(EVIDENCE))],
  ],
};

const TOTALS: Shape = {
  required: [
    ['processes', amount],
    ['agents', amount],
    ['sessions', amount],
    ['rssBytes', amount],
    ['byAgent', counts],
    ['byRole', counts],
    ['byVerdict', counts],
  ],
  optional: [],
};

const MACHINE: Shape = {
  required: [['source', oneOf(Object.keys(SOURCES))]],
  optional: [
    ['hostname', text],
    ['bootId', text],
    ['platform', text],
    ['release', text],
  ],
};

const DOCUMENT: Shape = {
  required: [
    ['id', snapshotId],
    ['label', text],
    ['takenAt', time],
    ['machine', fieldsOf(MACHINE)],
    ['complete', flag],
    ['totals', fieldsOf(TOTALS)],
    ['processes', listOf(fieldsOf(PROCESS))],
  ],
  optional: [
    ['problems', listOf(text)],
    ['notes', listOf(text)],
    ['hosts', list],
    ['generations', listOf(fieldsOf(GENERATION))],
  ],
};

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
