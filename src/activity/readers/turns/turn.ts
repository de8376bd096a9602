import { type Fields, fieldsOf, parseJson } from '../../../decode.js';

/** Whether an agent makes an answer, by what it wrote down itself. */
export interface Turn {
  readonly state: 'open' | 'closed';
  /** What was seen, for a sentence: `the last message is the user's`. Never a word of the conversation. */
  readonly because: string;
}

export const OPEN = {
  user: open("the last message is the user's"),
  call: open('a tool call without its result'),
  result: open('a tool call was answered, the model has not answered yet'),
  begun: open('a turn began and has not ended'),
  unfinished: open('the last answer is not finished'),
} as const;

export const CLOSED = {
  answered: closed('the last answer is finished'),
  ended: closed('the last turn ended'),
  interrupted: closed('the last turn was interrupted'),
  none: closed('no turn has begun'),
} as const;

/** How the messages of one kind of transcript tell; `undefined` where they leave it open what is the case. */
export type ReadTurn = (entries: readonly Fields[], isTail: boolean) => Turn | undefined;

/**
 * The entries of a transcript with one JSON value a line. A tail begins in the midst of a line, which is dropped.
 *
 * @returns `undefined` when a line is no JSON: what is half written cannot be understood yet
 */
export function entriesOf(text: string, isTail: boolean): readonly Fields[] | undefined {
  const lines = text.split('\n');
  if (isTail) lines.shift();
  const entries: Fields[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const entry = parseJson(line);
    // Being written, or damaged.
    if (entry === undefined) return undefined;
    entries.push(fieldsOf(entry));
  }
  return entries;
}

function open(because: string): Turn {
  return { state: 'open', because };
}

function closed(because: string): Turn {
  return { state: 'closed', because };
}
