import { harmless, harmlessJson } from '../output/harmless.js';

/** Everything that a command takes from the world it was called in. Nothing below `cli/` reads `process`. */
export interface Invocation {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string | undefined;
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  readonly uid: number | undefined;
  readonly now: () => number;
  readonly isTerminal: boolean;
  /** Width of the terminal; `undefined` for pipes and files. */
  readonly columns: number | undefined;
  /** Height of the terminal. */
  readonly rows?: number | undefined;
  /** Says on a terminal what is being waited for; an empty text takes it away. */
  readonly progress?: ((text: string) => void) | undefined;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly agent?: readonly string[];
  /** Several only where a command takes more than one machine. */
  readonly from?: readonly string[];
  readonly source?: string;
  readonly config?: string;
  /** Two observations, so far apart, in one run. */
  readonly sample?: string;
  /** `auto`, `always`, `never`; false for `--no-color`. */
  readonly color?: string | boolean;
  /** JSON each, as the settings of the same names take it. */
  readonly addAgent?: readonly string[];
  readonly addMcpServer?: readonly string[];
  readonly addHost?: readonly string[];
  readonly reveal?: boolean;
  readonly wide?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** A command: options in, exit code out. */
export type Command<Options, Operands extends readonly unknown[] = readonly []> = (
  invocation: Invocation,
  options: Options & CommonOptions,
  ...operands: Operands
) => Promise<number>;

/** One line of JSON on stdout; people pipe it into `jq`. */
export function printJson(invocation: Invocation, document: unknown): void {
  invocation.out(`${harmlessJson(document, 2)}\n`);
}

export function printLines(invocation: Invocation, lines: readonly string[]): void {
  if (lines.length > 0) invocation.out(`${lines.join('\n')}\n`);
}

/** A remark that is not the answer: on stderr, so that pipes stay clean; silenced by `--quiet`. */
export function remark(invocation: Invocation, options: CommonOptions, text: string): void {
  if (options.quiet !== true) invocation.err(`sesswatch: ${harmless(text)}\n`);
}
