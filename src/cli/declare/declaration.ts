import type { CommonOptions, Invocation } from '../invocation.js';
import type { rootCommand } from '../root-command.js';

/** What a declaration declares with. */
export interface DeclareContext {
  readonly program: ReturnType<typeof rootCommand>;
  readonly invocation: Invocation;
  /** Options of the program itself, once parsed. */
  readonly common: () => CommonOptions;
  readonly exit: (code: number) => void;
  /** The program with all commands, to be read. */
  readonly declared: () => ReturnType<typeof rootCommand>;
}

export type Declare = (context: DeclareContext) => void;

/** What one start of the program knows. */
export interface CommandSet {
  /** By name, in the order in which help lists them. */
  readonly declarations: ReadonlyMap<string, Declare>;
  /** What runs without a command, and what `help verdicts` prints. */
  readonly bare?: () => Promise<{ readonly overview: Bare; readonly verdicts: Bare }>;
}

type Bare = (invocation: Invocation, options: CommonOptions) => Promise<number>;

/** By what commands sum up. */
export const DIMENSIONS = ['agent', 'role', 'verdict', 'host'] as const;
