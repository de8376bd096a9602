/** What went wrong, by who can mend it. `src/cli/exit-codes.ts` gives each its exit code. */
export type ErrorCode =
  /** The command line, a ref, a pid or a duration is not one. */
  | 'usage'
  /** A configuration file is missing, damaged, not allowed, or says something unknown. */
  | 'config'
  /** The process table, or a part that the command needs, could not be read. */
  | 'incomplete-scan'
  /** A file under the state folder could not be read or written. */
  | 'storage'
  /** A saved file is not what its name says: truncated, foreign, or of a newer schema. */
  | 'format'
  /** Another run holds the lock. */
  | 'locked';

/** An expected failure: printed as one line, `sesswatch: <message> (<hint>)`, never as a stack trace. */
export class SesswatchError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SesswatchError';
    this.code = code;
    this.hint = hint;
  }
}

/** What an error says, whoever threw it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
