import type { ErrorCode } from '../errors.js';

/** Done, nothing to report. */
export const EXIT_DONE = 0;
/** Found what was asked about. */
export const EXIT_FOUND = 1;
/** Usage or configuration error. */
export const EXIT_USAGE = 2;
/** Incomplete scan, nothing done. */
export const EXIT_INCOMPLETE = 3;
/** Survivors remain. */
export const EXIT_SURVIVORS = 4;
/** Another run holds the lock. */
const EXIT_LOCKED = 5;

/** The exit code of an expected failure. */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'usage':
    case 'config':
    // A file that cannot be read or written is mended by whoever called, like a wrong option.
    case 'storage':
    case 'format':
      return EXIT_USAGE;
    case 'incomplete-scan':
      return EXIT_INCOMPLETE;
    case 'locked':
      return EXIT_LOCKED;
  }
}
