import { SesswatchError } from '../../../errors.js';
import { diffMarkdown } from '../../../output/diff-markdown.js';
import { diffText } from '../../../output/text/compare/diff.js';
import { diffSnapshots, hasDifference, hasLeak } from '../../../snapshot/diff/diff.js';
import { parseExpectation } from '../../../snapshot/diff/expectation.js';
import type { SnapshotDocument } from '../../../snapshot/document/document.js';
import { narrowToHosts } from '../../../snapshot/document/narrow.js';
import { isHostNamed } from '../../declare/choices.js';
import { EXIT_DONE, EXIT_FOUND } from '../../exit-codes.js';
import { type Command, printJson, printLines } from '../../invocation.js';
import { completeness } from '../../look/completeness.js';
import { openWorld, widthOf } from '../../look/world.js';
import { styleOf } from '../../style.js';
import { readRef } from './snapshots.js';

interface Options {
  readonly leaks?: boolean;
  readonly expect?: readonly string[];
  readonly exitCode?: boolean;
  readonly markdown?: boolean;
  readonly all?: boolean;
  readonly host?: readonly string[];
}

/** Two snapshots compared by identity; the second is this moment when it is left out. */
export const diff: Command<Options, readonly [from: string, to: string | undefined]> = async (
  invocation,
  options,
  from,
  to,
) => {
  const world = await openWorld(invocation, options);
  const names = new Set(world.catalogue.agents.map((entry) => entry.name));
  const expectations = (options.expect ?? []).map((text) => parseExpectation(text, names));
  const { host } = options;
  const whole = [await readRef(invocation, options, from), await readRef(invocation, options, to ?? '@now')] as const;
  refuseTwoMachines(...whole);
  const [before, after] = host === undefined ? whole : narrowToHosts(whole, (name) => isHostNamed(name, host));
  const result = diffSnapshots(before, after, expectations);
  const leaksOnly = options.leaks === true;
  if (options.json === true) printJson(invocation, result);
  else if (options.markdown === true) printLines(invocation, diffMarkdown(result, leaksOnly));
  else {
    const layout = {
      width: widthOf(invocation, options),
      style: await styleOf(invocation, world),
      leaksOnly,
      all: options.all === true,
    };
    printLines(invocation, diffText(result, layout));
  }
  const seen = [before, after].map((document) => completeness(invocation, document)).find((code) => code !== EXIT_DONE);
  if (seen !== undefined) return seen;
  if (options.exitCode !== true) return EXIT_DONE;
  const isFound = leaksOnly || expectations.length > 0 ? hasLeak(result) : hasDifference(result);
  return isFound ? EXIT_FOUND : EXIT_DONE;
};

/**
 * What one machine lost says nothing of what another gained. A machine may change its name, and one that was restarted is
 * the same: only names and boots that both differ tell two.
 * @throws SesswatchError `usage`
 */
function refuseTwoMachines({ machine: before }: SnapshotDocument, { machine: after }: SnapshotDocument): void {
  const { hostname = after.hostname } = before;
  if (hostname === (after.hostname ?? hostname)) return;
  if (before.bootId !== undefined && before.bootId === after.bootId) return;
  const what = `these are of two machines, ${hostname} and ${after.hostname}`;
  throw new SesswatchError('usage', what, 'a diff is of one; ps and count take several --from');
}
