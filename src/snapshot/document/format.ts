import { ROLES } from '../../agents/membership.js';
import { isFields } from '../../decode.js';
import type { SourceName } from '../../process/scan.js';
import {
  amount,
  type DocumentKind,
  flag,
  list,
  listOf,
  must,
  object,
  oneOf,
  parseDocument,
  pid,
  text,
} from '../../state/checks.js';
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
  // Every field of the type is checked.
  return parseDocument(text, file, SNAPSHOT) as unknown as SnapshotDocument;
}

const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const time = must(
  'an ISO 8601 time in UTC',
  (value) => typeof value === 'string' && ISO_UTC.test(value) && !Number.isNaN(Date.parse(value)),
);
const counts = must('an object of numbers', (value) => isFields(value) && Object.values(value).every(Number.isFinite));

/** The compiler sees to it that none is forgotten. */
const SOURCES: Readonly<Record<SourceName, true>> = {
  procfs: true,
  ps: true,
  cim: true,
  portable: true,
  recorded: true,
};

/** One row of a document. */
export const PROCESS = object(
  { pid },
  {
    machine: text,
    startTime: text,
    startedAt: time,
    ppid: pid,
    uid: amount,
    user: text,
    pgid: amount,
    sid: amount,
    tty: (value) => (value === null ? undefined : text(value)),
    state: text,
    comm: text,
    exe: text,
    argv: listOf(text),
    argvIsSplitText: flag,
    cwd: text,
    cpuSeconds: amount,
    rssBytes: amount,
    pssBytes: amount,
    threads: amount,
    descriptors: amount,
    ageSeconds: amount,
    agent: text,
    helperOf: text,
    role: oneOf(ROLES),
    nameOnly: flag,
    sharedName: flag,
    sessionId: text,
    leader: pid,
    host: text,
    owner: object({ kind: text, name: text }, { pid }),
    verdict: oneOf(VERDICTS),
    reason: text,
    idleSeconds: amount,
    turn: oneOf(['open', 'closed']),
    runaway: object({ cpuPercent: amount, since: time, seconds: amount }),
    tree: object({ processes: amount }, { rssBytes: amount, pssBytes: amount, cpuPercent: amount }),
    ripeAt: time,
    resume: object({ folder: text, command: text }),
    evidence: listOf(object({ kind: text, argues: text, strength: amount, value: text, text })),
  },
);

const TOTALS = object(
  {
    processes: amount,
    agents: amount,
    sessions: amount,
    rssBytes: amount,
    byAgent: counts,
    byRole: counts,
    byVerdict: counts,
  },
  { generations: object({ count: amount, rssBytes: amount }) },
);

const GENERATION = object(
  { leader: pid, server: text, count: amount, olderRssBytes: amount, older: listOf(pid) },
  { agent: text, host: text, newestStartedAt: time },
);

const SNAPSHOT: DocumentKind = {
  schema: SNAPSHOT_SCHEMA,
  what: 'a sesswatch snapshot',
  check: object(
    {
      id: must('the id of a snapshot', (value) => typeof value === 'string' && isSnapshotId(value)),
      label: text,
      takenAt: time,
      machine: object(
        { source: oneOf(Object.keys(SOURCES)) },
        { hostname: text, bootId: text, platform: text, release: text },
      ),
      complete: flag,
      totals: TOTALS,
      processes: listOf(PROCESS),
    },
    { problems: listOf(text), notes: listOf(text), hosts: list, generations: listOf(GENERATION) },
  ),
  ifDamaged: 'delete it, or restore it from a backup; other snapshots are not affected',
  ifForeign: 'give a file that sesswatch snapshot saved, or move this one away',
};
