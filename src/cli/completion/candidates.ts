/** The parts of a declared command that completion reads; commander's own are of this shape. */
export interface DeclaredCommand {
  name(): string;
  description(): string;
  readonly commands: readonly DeclaredCommand[];
  readonly options: readonly DeclaredOption[];
  readonly registeredArguments: readonly DeclaredArgument[];
}

export interface DeclaredOption {
  readonly long?: string | undefined;
  readonly short?: string | undefined;
  readonly description: string;
  /** Takes a value. */
  readonly required: boolean;
  readonly hidden: boolean;
  readonly argChoices?: readonly string[] | undefined;
}

interface DeclaredArgument {
  name(): string;
  readonly variadic: boolean;
  readonly argChoices?: readonly string[] | undefined;
}

export interface Candidate {
  readonly word: string;
  readonly what: string;
}

/** What only a look at the machine tells, asked when it is needed. */
export interface KnownWords {
  readonly agents: () => readonly Candidate[];
  readonly verdicts: () => readonly Candidate[];
  /** Refs of saved snapshots. */
  readonly refs: () => readonly Candidate[];
  /** Processes of agents with what they are. */
  readonly pids: () => Promise<readonly Candidate[]>;
}

/**
 * What may stand in the place of the last word.
 *
 * @param words behind `sesswatch`, the one that is being typed last
 */
export async function candidatesFor(
  program: DeclaredCommand,
  words: readonly string[],
  known: KnownWords,
): Promise<readonly Candidate[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  // Behind it stands somebody else's command.
  if (before.includes('--')) return [];
  const { command, operands, pending } = placeOf(program, before);
  const [flag, value] = typed.startsWith('--') ? splitFlag(typed) : [undefined, undefined];
  if (flag !== undefined && value !== undefined) {
    const option = optionNamed(program, command, flag);
    const values = option === undefined ? [] : await valuesOf(option, known);
    return matching(values, value).map((one) => ({ ...one, word: `${flag}=${one.word}` }));
  }
  if (pending !== undefined) return lastOfList(await valuesOf(pending, known), typed);
  if (typed.startsWith('-')) return matching(flagsOf(program, command), typed);
  if (command.commands.length > 0 && operands === 0) {
    return matching(
      command.commands.map((one) => ({ word: one.name(), what: one.description() })),
      typed,
    );
  }
  const argument = command.registeredArguments[operands] ?? command.registeredArguments.at(-1);
  const isOver = operands >= command.registeredArguments.length && argument?.variadic !== true;
  if (argument === undefined || isOver) return [];
  return matching(await operandsOf(argument, known), typed);
}

interface Place {
  readonly command: DeclaredCommand;
  /** How many operands of the command are there already. */
  readonly operands: number;
  /** The option whose value comes next. */
  readonly pending: DeclaredOption | undefined;
}

function placeOf(program: DeclaredCommand, words: readonly string[]): Place {
  let command = program;
  let operands = 0;
  let pending: DeclaredOption | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    if (word.startsWith('-')) {
      const option = word.includes('=') ? undefined : optionNamed(program, command, word);
      pending = option?.required === true ? option : undefined;
      continue;
    }
    const below = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined;
    if (below === undefined) operands++;
    else command = below;
  }
  return { command, operands, pending };
}

function optionNamed(program: DeclaredCommand, command: DeclaredCommand, name: string): DeclaredOption | undefined {
  return [...command.options, ...program.options].find((one) => one.long === name || one.short === name);
}

function flagsOf(program: DeclaredCommand, command: DeclaredCommand): Candidate[] {
  const options = new Set([...command.options, ...program.options]);
  return [...options].flatMap(({ long, description, hidden }) =>
    long === undefined || hidden ? [] : [{ word: long, what: description }],
  );
}

async function valuesOf(option: DeclaredOption, known: KnownWords): Promise<readonly Candidate[]> {
  if (option.argChoices !== undefined) return option.argChoices.map((word) => ({ word, what: '' }));
  switch (option.long) {
    case '--agent':
      return known.agents();
    case '--verdict':
      return known.verdicts();
    case '--label':
      return known.refs();
    case '--pid':
    case '--force-pid':
      return await known.pids();
    default:
      return [];
  }
}

async function operandsOf(argument: DeclaredArgument, known: KnownWords): Promise<readonly Candidate[]> {
  if (argument.argChoices !== undefined) return argument.argChoices.map((word) => ({ word, what: '' }));
  switch (argument.name()) {
    case 'ref':
    case 'refs':
    case 'from':
    case 'to':
    case 'labels':
      return known.refs();
    case 'pid':
    case 'pids':
      return await known.pids();
    default:
      return [];
  }
}

/** In a list (`claude,co`) the word behind the last comma. */
function lastOfList(values: readonly Candidate[], typed: string): Candidate[] {
  const comma = typed.lastIndexOf(',') + 1;
  const head = typed.slice(0, comma);
  return matching(values, typed.slice(comma)).map((one) => ({ ...one, word: head + one.word }));
}

function matching(all: readonly Candidate[], typed: string): Candidate[] {
  return all.filter(({ word }) => word.startsWith(typed));
}

function splitFlag(typed: string): [flag: string, value: string] | [undefined, undefined] {
  const at = typed.indexOf('=');
  return at < 0 ? [undefined, undefined] : [typed.slice(0, at), typed.slice(at + 1)];
}
