import { createInterface } from 'node:readline';
import { type PlanLayout, planText, targetLine } from '../../output/text/reap/plan.js';
import type { PlanDocument } from '../../reap/plan/document.js';
import { counted } from '../../units.js';
import { type Invocation, printLines } from '../invocation.js';

/**
 * Asks on the terminal which trees of a plan are to be ended, until the answer is one: all, none, or the numbers of
 * some. Enter alone, Ctrl-C, Ctrl-D and the end of the input are none.
 *
 * @returns indexes into the plan's targets
 */
export async function askWhich(
  invocation: Invocation,
  document: PlanDocument,
  layout: PlanLayout,
  abort: AbortSignal,
): Promise<readonly number[]> {
  if (abort.aborted) return [];
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // A question whose input ends is never answered: without this the run would not come to its own end.
  const over = new AbortController();
  const lines: string[] = [];
  let onNews = (): void => {};
  // Kept until they are asked for: what was typed ahead answers the next question.
  terminal.on('line', (line) => {
    lines.push(line);
    onNews();
  });
  terminal.once('close', () => over.abort());
  terminal.once('SIGINT', () => over.abort());
  abort.addEventListener('abort', () => over.abort(), { once: true });
  over.signal.addEventListener('abort', () => onNews());
  /** `undefined` when nobody answers any more. */
  const ask = async (question: string): Promise<string | undefined> => {
    terminal.setPrompt(question);
    terminal.prompt();
    while (lines.length === 0 && !over.signal.aborted) {
      await new Promise<void>((resolve) => {
        onNews = resolve;
      });
    }
    return over.signal.aborted ? undefined : lines.shift()?.trim().toLowerCase();
  };
  const every = document.targets.map((_, index) => index);
  const question = `End ${counted(every.length, 'tree')}?  [a]ll  [c]hoose  [d]etails  [N]one > `;
  try {
    for (;;) {
      switch (await ask(question)) {
        case 'a':
        case 'all':
          return every;
        case 'c':
        case 'choose': {
          printLines(
            invocation,
            document.targets.map((target, index) => targetLine(target, index + 1)),
          );
          const answer = await ask('Numbers to end, with blanks between (none: Enter) > ');
          const chosen = chosenOf(answer ?? '', every.length);
          if (chosen !== undefined) return chosen;
          printLines(invocation, [`Give numbers from 1 to ${every.length}.`]);
          break;
        }
        case 'd':
        case 'details':
          printLines(invocation, planText(document, { ...layout, verbose: true }));
          break;
        case undefined:
          // The cursor is still behind the question.
          printLines(invocation, ['']);
          return [];
        case '':
        case 'n':
        case 'none':
          return [];
        default:
          printLines(invocation, ['Answer a, c, d or n.']);
      }
    }
  } finally {
    terminal.close();
  }
}

/** `undefined` when anything but numbers of trees stands there. */
function chosenOf(answer: string, trees: number): readonly number[] | undefined {
  const numbers = answer
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(Number);
  const isValid = numbers.every((one) => Number.isInteger(one) && one >= 1 && one <= trees);
  return isValid ? [...new Set(numbers)].map((one) => one - 1) : undefined;
}
