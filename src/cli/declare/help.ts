import { InvalidArgumentError } from '@commander-js/extra-typings';

export type Example = readonly [line: string, what: string];

/** Examples under the help of a command. */
export function examples(shown: readonly Example[]): string {
  const width = Math.max(...shown.map(([line]) => line.length));
  return ['', 'Examples:', ...shown.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`)].join('\n');
}

/** Declares what a command is for, with examples under its help. */
export function described<C extends Describable>(command: C, what: string, shown: readonly Example[]): C {
  command.description(what);
  EXAMPLES.set(command, shown);
  command.addHelpText('after', () => examples(shown));
  return command;
}

/** The examples that a command was declared with. */
export function examplesOf(command: object): readonly Example[] {
  return EXAMPLES.get(command) ?? [];
}

const EXAMPLES = new WeakMap<object, readonly Example[]>();

interface Describable {
  description(text: string): unknown;
  addHelpText(position: 'after', text: () => string): unknown;
}

/** Comma separated, or repeated. */
export function listOf(text: string, before: readonly string[] | undefined): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return [...(before ?? []), ...parts.filter((part) => part !== '')];
}

/** Repeated: each value may hold commas of its own. */
export function repeated(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), text];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number, 0 or more.');
  return Number(text);
}

export function processId(text: string): number {
  const pid = wholeNumber(text);
  if (pid < 1) throw new InvalidArgumentError('Give a process id, 1 or more.');
  return pid;
}

/** Several process ids, comma separated or repeated. */
export function processIds(text: string, before: readonly number[] | undefined): number[] {
  return [...(before ?? []), ...listOf(text, undefined).map(processId)];
}
