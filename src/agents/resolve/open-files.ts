import { type ProcessDetail, withoutDeleted } from '../../process/record.js';

export type Descriptors = NonNullable<ProcessDetail['fds']>;

/**
 * The thread of a codex process, from what it holds open: its rollout, else the lock of the thread that it
 * writes. `undefined` when there is none, and when there are several: a daemon serves many threads.
 */
export function sessionIdFromRollout(fds: Descriptors): string | undefined {
  return (
    only(fds, /\/rollout-[\dT:.-]+-([0-9a-f]{8}-[0-9a-f-]{27})\.jsonl$/) ??
    only(fds, /\/thread-writer-locks\/([0-9a-f-]{36})\.lock$/)
  );
}

/** The session of a Claude Code tool shell, alive or left behind, from the file that its output goes to. */
export function sessionIdFromOutput(fds: Descriptors): string | undefined {
  return only(fds, /\/claude-[^/]+\/[^/]+\/([0-9a-f]{8}-[0-9a-f-]{27})\/tasks\/[^/]+\.output$/);
}

/** The session of a copilot process, from the file that says it is in use. */
export function sessionIdFromHold(fds: Descriptors): string | undefined {
  return only(fds, /\/session-state\/([^/]+)\/inuse\.\d+\.(?:hold|lock)$/);
}

/** What the first group matches in any descriptor, when it is the same in all that match. */
function only(fds: Descriptors, pattern: RegExp): string | undefined {
  let found: string | undefined;
  for (const link of fds.values()) {
    const id = pattern.exec(withoutDeleted(link))?.[1];
    if (id === undefined) continue;
    if (found !== undefined && found !== id) return undefined;
    found = id;
  }
  return found;
}
