import { isDeleted, type ProcessRecord, withoutDeleted } from '../../process/record.js';
import { clock, evidence, named } from '../evidence/words.js';
import type { Evidence } from '../judgement.js';
import type { Trace } from './trace.js';

/** A trace in words. `subject` is whom it was found on, where that is not the process itself. */
export function traceEvidence(trace: Trace, now: number, record: ProcessRecord): Evidence {
  switch (trace.kind) {
    case 'owner-lost': {
      const { lost, seenAt } = trace;
      const before = lost.pid === undefined ? lost.name : named({ pid: lost.pid, name: lost.name });
      const at = clock(seenAt, now);
      const text = `worked for ${before} at ${at}, which ended; its parent is ${record.ppid ?? 'not known'} now`;
      return evidence('owner-lost', 'orphan', 3, `${before} at ${at}`, text);
    }
    case 'seen-under': {
      const at = clock(trace.seenAt, now);
      const text = `was seen under ${trace.value} at ${at}, which ended`;
      return evidence('seen-under', 'orphan', 3, `${trace.value} at ${at}`, text);
    }
    case 'terminal-gone':
      return evidence(trace.kind, 'orphan', 3, trace.value, `its terminal ${withoutDeleted(trace.value)} is gone`);
    case 'stdio-closed':
      return evidence(trace.kind, 'orphan', trace.streams === 'both' ? 3 : 2, trace.value, CLOSED[trace.streams]);
    case 'leader-gone':
      return evidence(trace.kind, 'orphan', 2, trace.value, `the leader of its ${trace.of}, ${trace.value}, is gone`);
    case 'login-ended':
      return evidence(
        trace.kind,
        'orphan',
        2,
        `session-${trace.value}.scope`,
        `its login session ${trace.value} ended`,
      );
    case 'marker-names-dead':
      return evidence(
        trace.kind,
        'orphan',
        trace.isProven ? 2 : 1,
        trace.value,
        trace.by === 'pid'
          ? `its environment names agent ${trace.value}, which is gone`
          : `its environment names session ${trace.value}, which no agent holds`,
      );
    case 'agent-gone':
      return evidence(
        trace.kind,
        'orphan',
        2,
        trace.value,
        `it is the shell of a tool call of ${trace.value}, and no agent is above it`,
      );
  }
}

const CLOSED = {
  stdin: 'nobody is at the other end of its stdin',
  stdout: 'nobody is at the other end of its stdout',
  both: 'nobody is at the other end of its stdin and stdout',
} as const;

/** Its working folder was deleted under it: that only supports. */
export function cwdDeleted(record: ProcessRecord): Evidence | undefined {
  const cwd = record.detail?.cwd;
  return cwd !== undefined && isDeleted(cwd)
    ? evidence('cwd-deleted', 'orphan', 1, cwd, 'its working folder was deleted')
    : undefined;
}

/** Its program was deleted: after an update that is normal for a long session, so it only supports. */
export function exeDeleted(record: ProcessRecord): Evidence | undefined {
  return record.exe !== undefined && isDeleted(record.exe)
    ? evidence('exe-deleted', 'orphan', 1, record.exe, 'its program was deleted or replaced')
    : undefined;
}
