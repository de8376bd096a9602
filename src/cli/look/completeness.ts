import type { Scan } from '../../process/scan.js';
import { EXIT_DONE, EXIT_INCOMPLETE } from '../exit-codes.js';
import type { Invocation } from '../invocation.js';

/** 3 when the scan could not see what it needs, after saying so on stderr; else 0. */
export function completeness(
  invocation: Invocation,
  scan: Pick<Scan, 'complete'> & {
    readonly problems?: readonly (string | { readonly what: string })[] | undefined;
  },
): number {
  if (scan.complete) return EXIT_DONE;
  const problems = (scan.problems ?? []).map((one) => (typeof one === 'string' ? one : one.what));
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : '';
  const first = problems[0] ?? 'it does not say why';
  invocation.err(`sesswatch: the scan is incomplete: ${first}${more} (see sesswatch doctor)\n`);
  return EXIT_INCOMPLETE;
}
